package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Layer 2: what a client gets that has waited for long. */
class WaitTimerTest extends PoolRig {
  private static final ConnectionLimit NO_LIMIT = new ConnectionLimit("none", 1000);

  @Test
  void a_wait_that_takes_too_long_ends_with_the_numbers() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    passes(3);
    Client c = client(pool, one).asks();
    passes(3);
    assertThat(b.refused().code()).isEqualTo("53000");
    assertThat(b.refused().message()).contains("shop/app", "5000 ms");
    assertThat(b.refused().detail()).contains("1 of 1", "2 clients wait");
    assertThat(c.refusal).isNull();
    passes(3);
    assertThat(c.refused().code()).isEqualTo("53000");
  }

  @Test
  void the_refusal_names_the_shared_limit_that_is_used_up() {
    ConnectionLimit shared = new ConnectionLimit("max_db_connections of shop", 1);
    ConnectionPool pool = pool(settings(5, 0, TimeUnit.SECONDS.toNanos(5), 0, 0), shared, NO_LIMIT);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    passes(6);
    assertThat(b.refused().detail())
        .contains("1 of 5 connections", "max_db_connections of shop: 1 of 1")
        .doesNotContain("none");
    assertThat(b.refused().code()).isEqualTo("53300");
    assertThat(b.refused().hint()).startsWith("Raise max_db_connections or query_wait_timeout");
  }

  @Test
  void the_refusal_of_a_pool_that_is_used_up_itself_names_its_size() {
    ConnectionLimit shared = new ConnectionLimit("max_db_connections of shop", 1);
    ConnectionPool pool = pool(settings(1, 0, TimeUnit.SECONDS.toNanos(5), 0, 0), shared);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    passes(6);
    assertThat(b.refused().code()).isEqualTo("53000");
    assertThat(b.refused().detail()).contains("1 of 1 connections are in use", "1 client waits");
    assertThat(b.refused().hint()).startsWith("Raise pool_size or query_wait_timeout");
  }

  @Test
  void the_reserve_is_opened_for_a_client_that_has_waited_long() {
    ConnectionPool pool =
        pool(
            new PoolSettings(
                "shop/app",
                1,
                0,
                1,
                TimeUnit.SECONDS.toNanos(5),
                TimeUnit.SECONDS.toNanos(60),
                0,
                0,
                PoolSettings.Check.NONE,
                false));
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    Client c = client(pool, one).asks();
    passes(4);
    assertThat(connector.attempts()).isZero();
    passes(2);
    connector.accepts();
    assertThat(b.upstream).isNotNull();
    passes(6);
    assertThat(connector.attempts()).as("the reserve is one").isZero();
    assertThat(c.upstream).isNull();
  }
}
