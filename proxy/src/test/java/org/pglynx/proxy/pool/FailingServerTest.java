package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.backend.ScriptedServer;

/** Layer 2: what clients and the server notice of each other while connecting fails. */
class FailingServerTest extends PoolRig {
  @Test
  void a_failing_server_tells_its_real_error_to_all_who_wait() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    Client b = client(pool, one).asks();
    connector.refuses(DOWN);
    assertThat(a.refused()).isEqualTo(DOWN);
    assertThat(b.refused()).isEqualTo(DOWN);
    assertThat(pool.budget().used()).isZero();
  }

  @Test
  void a_failed_attempt_beside_live_connections_is_tried_again_later() {
    ConnectionPool pool = pool(2);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    connector.refuses(DOWN);
    assertThat(b.refusal).isNull();
    assertThat(connector.attempts()).isZero();
    passes(1);
    connector.accepts();
    assertThat(b.upstream).isNotNull();
  }

  @Test
  void a_loop_whose_logins_fail_gets_the_connection_of_another_loop() {
    ConnectionPool pool = pool(2);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client b = client(pool, two).asks();
    connector.refuses(DOWN);
    run();
    passes(1);
    connector.refuses(DOWN);
    comesBack(a, server);
    assertThat(b.refusal).isNull();
    assertThat(b.upstream).isNotNull();
  }

  @Test
  void while_a_server_fails_clients_are_told_at_once_and_one_attempt_is_made_in_each_pause() {
    ConnectionPool pool = pool(5);
    client(pool, one).asks();
    connector.refuses(DOWN);
    Client b = client(pool, one).asks();
    Client c = client(pool, two).asks();
    run();
    assertThat(b.refused()).isEqualTo(DOWN);
    assertThat(c.refused()).isEqualTo(DOWN);
    assertThat(connector.attempts()).isZero();
    passes(1);
    Client d = client(pool, one).asks();
    Client e = client(pool, two).asks();
    run();
    assertThat(connector.attempts()).as("a single probe").isEqualTo(1);
    connector.accepts();
    run();
    assertThat(d.upstream).isNotNull();
    connector.accepts();
    assertThat(e.upstream).isNotNull();
  }

  @Test
  void a_server_that_everybody_avoids_is_tried_again_by_who_asks_for_it() {
    ConnectionPool pool = pool(5);
    client(pool, one).asks();
    connector.refuses(DOWN);
    LoopPool part = pool.on(one.eventLoop());
    assertThat(part.reachable()).isFalse();
    assertThat(connector.attempts()).as("within the pause").isZero();
    passes(1);
    assertThat(part.reachable()).isFalse();
    assertThat(part.reachable()).isFalse();
    assertThat(connector.attempts()).as("a single probe").isEqualTo(1);
    connector.accepts();
    assertThat(part.reachable()).isTrue();
  }

  @Test
  void the_pauses_between_attempts_grow_and_stay_short() {
    ConnectionPool pool = pool(5);
    int attempts = 0;
    for (int tick = 0; tick < 600; tick++) {
      client(pool, one).asks();
      run();
      while (connector.attempts() > 0) {
        attempts++;
        connector.refuses(DOWN);
      }
      passes(100, TimeUnit.MILLISECONDS);
    }
    assertThat(attempts).as("in a minute").isBetween(25, 50);
  }

  @Test
  void clients_do_not_wait_for_a_server_that_hangs_at_the_probe() {
    ConnectionPool pool = pool(5);
    client(pool, one).asks();
    connector.refuses(DOWN);
    passes(1);
    Client b = client(pool, one).asks();
    run();
    passes(2);
    Client c = client(pool, one).asks();
    run();
    assertThat(connector.attempts()).as("the probe hangs").isEqualTo(1);
    assertThat(b.refused()).isEqualTo(DOWN);
    assertThat(c.refused()).isEqualTo(DOWN);
  }

  @Test
  void a_hanging_server_does_not_stop_attempts_beyond_a_bound() {
    ConnectionPool pool = pool(100);
    for (int i = 0; i < 50; i++) {
      client(pool, one).asks();
    }
    assertThat(connector.attempts()).isEqualTo(ConnectGate.ABREAST);
    connector.accepts();
    assertThat(connector.attempts()).isEqualTo(ConnectGate.ABREAST);
  }

  @Test
  void a_session_that_asks_is_never_refused_before_it_waits() {
    ConnectionPool pool = pool(5);
    client(pool, one).asks();
    connector.refuses(DOWN);
    Client b = client(pool, one);
    assertThat(pool.on(one.eventLoop()).open(b)).isNull();
    assertThat(b.refusal).isNull();
    run();
    assertThat(b.refused()).isEqualTo(DOWN);
  }
}
