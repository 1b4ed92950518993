package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers: a stop that lets transactions end. */
class DrainIT {
  private ProxyUnderTest proxy = ProxyUnderTest.transactionMode(2);

  @AfterEach
  void stop() {
    proxy.stop();
  }

  private CompletableFuture<Void> drain() {
    return CompletableFuture.runAsync(() -> proxy.server().drain());
  }

  private static void isPutOut(RawConnection client) {
    RawConnection.Message last = client.next();
    assertThat(last.shape()).isEqualTo("E:FATAL:57P01");
    assertThat(last.field('M')).isEqualTo("terminating connection due to administrator command");
    assertThat(client.next().tag()).isEqualTo('\0');
  }

  @Test
  void idle_clients_go_at_once_and_others_when_their_transaction_has_ended() {
    proxy.start();
    try (RawConnection idle = proxy.raw();
        RawConnection busy = proxy.raw();
        RawConnection inBlock = proxy.raw()) {
      proxy.onServer("CREATE TABLE kept (n int)");
      inBlock.ask("BEGIN");
      busy.send(RawConnection.query("SELECT pg_sleep(0.5)"));
      Eventually.equal(() -> proxy.serverProcesses("active"), 1);
      CompletableFuture<Void> stopping = drain();

      isPutOut(idle);
      assertThat(busy.shapes(1)).containsExactly("T", "D", "C:SELECT 1", "Z:I");
      isPutOut(busy);
      assertThat(inBlock.ask("INSERT INTO kept VALUES (1)")).containsExactly("C:INSERT 0 1", "Z:T");
      assertThat(stopping).isNotDone();
      assertThatThrownBy(() -> RawConnection.open(proxy.port())).hasMessageContaining("refused");
      assertThat(inBlock.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
      isPutOut(inBlock);
      stopping.orTimeout(20, TimeUnit.SECONDS).join();
    }
    assertThat(proxy.valueOnServer("SELECT count(*) FROM kept")).isEqualTo("1");
    Eventually.equal(() -> proxy.serverProcesses(""), 0);
  }

  @Test
  void a_client_that_waits_for_a_server_is_served_before_it_goes() throws Exception {
    proxy.general(AdminTable.OPEN).start();
    try (RawConnection first = proxy.raw();
        RawConnection second = proxy.raw();
        RawConnection waiting = proxy.raw()) {
      first.ask("BEGIN");
      second.ask("BEGIN");
      waiting.send(RawConnection.query("SELECT 1"));
      try (Connection admin = AdminTable.login(proxy.port())) {
        Eventually.equal(() -> AdminTable.value(admin, "POOLS", "cl_waiting"), "1");
      }
      CompletableFuture<Void> stopping = drain();
      first.ask("ROLLBACK");

      assertThat(waiting.shapes(1)).endsWith("C:SELECT 1", "Z:I");
      isPutOut(waiting);
      second.ask("ROLLBACK");
      stopping.orTimeout(20, TimeUnit.SECONDS).join();
    }
  }

  @Test
  void in_session_mode_a_client_goes_between_transactions_too() {
    proxy = ProxyUnderTest.sessionMode(1).start();
    try (RawConnection client = proxy.raw()) {
      client.ask("BEGIN");
      CompletableFuture<Void> stopping = drain();
      assertThat(client.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
      isPutOut(client);
      stopping.orTimeout(20, TimeUnit.SECONDS).join();
    }
  }

  @Test
  void a_transaction_that_does_not_end_is_cut_off_when_the_time_is_over() {
    proxy.general("shutdown_timeout = 300").start();
    try (RawConnection client = proxy.raw()) {
      proxy.onServer("CREATE TABLE kept (n int)");
      client.ask("BEGIN");
      client.ask("INSERT INTO kept VALUES (1)");

      drain().orTimeout(20, TimeUnit.SECONDS).join();
      isPutOut(client);
    }
    Eventually.equal(() -> proxy.serverProcesses(""), 0);
    assertThat(proxy.valueOnServer("SELECT count(*) FROM kept")).isEqualTo("0");
  }

  @Test
  void without_a_timeout_nothing_is_waited_for() {
    proxy.general("shutdown_timeout = 0").start();
    try (RawConnection client = proxy.raw()) {
      client.ask("BEGIN");
      drain().orTimeout(20, TimeUnit.SECONDS).join();
      isPutOut(client);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void the_first_signal_waits_for_transactions_and_the_second_does_not(int signals) {
    proxy.start();
    try (SmallProxy process = SmallProxy.start(proxy.postgres().port(), proxy.serverDatabase(), 2);
        RawConnection client = RawConnection.login(process.port(), "app", "postgres");
        RawConnection idle = RawConnection.login(process.port(), "app", "postgres")) {
      client.ask("BEGIN");
      process.terminate();
      isPutOut(idle);
      if (signals == 1) {
        assertThat(client.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
      } else {
        process.terminate();
      }
      isPutOut(client);
      assertThat(process.exitCode()).isZero();
    }
  }
}
