package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.FrontendBytes;

/** Layer 2: connections that have idled are asked before use. */
class IdleCheckTest extends PoolRig {
  private ConnectionPool checkingPool() {
    return pool(
        new PoolSettings(
            "shop/app",
            5,
            0,
            0,
            0,
            0,
            0,
            0,
            new PoolSettings.Check(
                "SELECT 1", TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(1)),
            false));
  }

  private static final byte[] OK =
      FrontendBytes.all(BackendBytes.complete("SELECT 1"), BackendBytes.ready('I'));

  @Test
  void a_connection_that_has_idled_long_is_asked_before_use() {
    ConnectionPool pool = checkingPool();
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    a.gives();
    passes(40);
    Client b = client(pool, one).asks();
    assertThat(b.upstream).isNull();
    assertThat(server.got()).containsExactly("Q SELECT 1");
    server.says(OK);
    assertThat(b.upstream).isNotNull();
    assertThat(connector.attempts()).isZero();
  }

  @Test
  void a_connection_that_has_idled_briefly_is_used_unasked() {
    ConnectionPool pool = checkingPool();
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    a.gives();
    passes(20);
    Client b = client(pool, one).asks();
    assertThat(b.upstream).isNotNull();
    assertThat(server.got()).isEmpty();
  }

  @Test
  void with_a_delay_of_0_each_idle_connection_is_asked() {
    PoolSettings.Check check = new PoolSettings.Check(";", 0, TimeUnit.SECONDS.toNanos(1));
    ConnectionPool pool = pool(new PoolSettings("shop/app", 5, 0, 0, 0, 0, 0, 0, check, false));
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    assertThat(server.got()).as("a fresh one has answered already").isEmpty();
    a.gives();
    Client b = client(pool, one).asks();
    assertThat(b.upstream).isNull();
    assertThat(server.got()).containsExactly("Q ;");
    server.says(OK);
    assertThat(b.upstream).isNotNull();
  }

  @Test
  void a_connection_that_does_not_answer_is_closed_and_replaced() {
    ConnectionPool pool = checkingPool();
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    a.gives();
    passes(40);
    Client b = client(pool, one).asks();
    passes(2);
    assertThat(server.alive()).isFalse();
    connector.accepts();
    assertThat(b.upstream).isNotNull();
    assertThat(pool.budget().used()).isEqualTo(1);
  }
}
