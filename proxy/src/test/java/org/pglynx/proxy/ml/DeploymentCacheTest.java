package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeploymentCacheTest {
  private static final ModelKey MODEL = new ModelKey("c", "d", 1, "0");

  private final AtomicLong nanos = new AtomicLong();
  private final DeploymentCache cache = new DeploymentCache(nanos::get);

  @Test
  void answers_for_a_second() {
    find("alice");

    passMillis(499);
    assertThat(cache.current(key("alice"))).isEqualTo(MODEL);
    passMillis(501);
    assertThat(cache.current(key("alice"))).isNull();
  }

  @Test
  void one_request_looks_again_while_others_go_on() {
    find("alice");
    passMillis(600);

    assertThat(cache.current(key("alice"))).as("the one that looks").isNull();
    assertThat(cache.current(key("alice"))).as("the others").isEqualTo(MODEL);
  }

  @Test
  void users_do_not_share_what_was_found() {
    find("alice");

    assertThat(cache.current(key("bob"))).isNull();
  }

  @Test
  void a_deployment_is_seen_at_once() {
    find("alice");

    cache.deployed("c", "d", "p");

    assertThat(cache.current(key("alice"))).isNull();
  }

  @Test
  void a_look_up_that_a_deployment_overtook_is_not_kept() {
    DeploymentCache.LookUp lookUp = cache.begin();
    cache.deployed("c", "d", "p");
    cache.found(key("alice"), MODEL, lookUp);

    assertThat(cache.current(key("alice"))).isNull();
  }

  @Test
  void nothing_is_kept_while_an_open_transaction_may_deploy() {
    find("alice");
    cache.mayDeploy("c", "d", "p", "77");
    find("alice");
    assertThat(cache.current(key("alice"))).isNull();
    assertThat(cache.uncertain("c", "d", "p")).isEqualTo("77");

    cache.certain("c", "d", "p", "77");
    find("alice");
    assertThat(cache.current(key("alice"))).isEqualTo(MODEL);
  }

  @Test
  void the_end_of_an_older_transaction_does_not_settle_a_newer_one() {
    cache.mayDeploy("c", "d", "p", "77");
    cache.mayDeploy("c", "d", "p", "78");

    cache.certain("c", "d", "p", "77");

    assertThat(cache.uncertain("c", "d", "p")).isEqualTo("78");
  }

  private void find(String user) {
    cache.found(key(user), MODEL, cache.begin());
  }

  private static DeploymentCache.Key key(String user) {
    return new DeploymentCache.Key("c", "d", user, new ModelRef.Project("p"));
  }

  private void passMillis(long millis) {
    nanos.addAndGet(millis * 1_000_000);
  }
}
