package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of server connections that idle, and which of them is used next. */
class IdleServersIT {
  @RegisterExtension
  static final ProxyUnderTest RESERVE =
      ProxyUnderTest.transactionMode(1)
          .general("query_wait_timeout = 1500", "reserve_pool_timeout = 400")
          .user("reserve_pool_size = 1");

  @RegisterExtension
  static final ProxyUnderTest LAST_USED =
      ProxyUnderTest.transactionMode(3).general("worker_threads = 1");

  @RegisterExtension
  static final ProxyUnderTest IN_TURN =
      ProxyUnderTest.transactionMode(3).general("worker_threads = 1", "server_round_robin = true");

  @RegisterExtension
  static final ProxyUnderTest CHECKED =
      ProxyUnderTest.transactionMode(1)
          .general(
              "worker_threads = 1",
              "server_check_query = \"INSERT INTO checks VALUES (1)\"",
              "server_check_delay = 0");

  @RegisterExtension
  static final ProxyUnderTest CHECKED_LATER =
      ProxyUnderTest.transactionMode(1)
          .general(
              "worker_threads = 1",
              "server_check_query = \"INSERT INTO checks VALUES (1)\"",
              "healthcheck_delay = 1500");

  @RegisterExtension
  static final ProxyUnderTest AGEING =
      ProxyUnderTest.transactionMode(4)
          .general("worker_threads = 1", "server_lifetime = 4000", "idle_timeout = 0")
          .user("min_pool_size = 4");

  @RegisterExtension
  static final ProxyUnderTest PROBED =
      ProxyUnderTest.transactionMode(1).general("tcp_keepidle = 200");

  @RegisterExtension
  static final ProxyUnderTest UNPROBED =
      ProxyUnderTest.transactionMode(1).general("tcp_keepalive = false");

  // ---- reserve ---------------------------------------------------------------------------------

  @Test
  void the_reserve_serves_who_has_waited_long_and_no_more_than_that() {
    try (RawConnection holder = RESERVE.raw();
        RawConnection late = RESERVE.raw();
        RawConnection tooLate = RESERVE.raw()) {
      holder.ask("BEGIN");
      long start = System.nanoTime();
      late.ask("BEGIN");
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(390L, 1490L);
      assertThat(RESERVE.serverProcesses("idle in transaction")).isEqualTo(2);

      tooLate.send(RawConnection.query("SELECT 1"));
      RawConnection.Message error = tooLate.untilReady().getFirst();

      assertThat(error.field('C')).isEqualTo("53000");
      assertThat(error.field('D')).contains("2 of 1 and 1 reserve connections are in use");
    }
  }

  // ---- which one is used -----------------------------------------------------------------------

  /** The server processes that serve one client after another, once three are open. */
  private static Set<String> pidsInUse(ProxyUnderTest proxy) {
    try (RawConnection a = proxy.raw();
        RawConnection b = proxy.raw();
        RawConnection c = proxy.raw()) {
      List.of(a, b, c).forEach(client -> client.ask("BEGIN"));
      List.of(a, b, c).forEach(client -> client.ask("COMMIT"));
      Set<String> pids = new HashSet<>();
      for (int i = 0; i < 9; i++) {
        pids.add(a.value("SELECT pg_backend_pid()"));
      }
      return pids;
    }
  }

  @Test
  void the_connection_used_last_is_used_next() {
    assertThat(pidsInUse(LAST_USED)).hasSize(1);
  }

  @Test
  void with_server_round_robin_all_are_used_in_turn() {
    assertThat(pidsInUse(IN_TURN)).hasSize(3);
  }

  // ---- checks ----------------------------------------------------------------------------------

  @Test
  void an_idle_connection_is_asked_before_its_next_use() {
    CHECKED.onServer("CREATE TABLE checks(n int)");
    try (RawConnection client = CHECKED.raw()) {
      client.ask("SELECT 1");
      client.ask("SELECT 2");
      client.ask("SELECT 3");

      // The login has opened it, so that this question is the fourth use of an idle connection.
      assertThat(client.value("SELECT count(*) FROM checks")).isEqualTo("4");
    }
  }

  @Test
  void a_connection_that_has_idled_for_less_than_the_delay_is_not_asked() {
    CHECKED_LATER.onServer("CREATE TABLE checks(n int)");
    try (RawConnection client = CHECKED_LATER.raw()) {
      client.ask("SELECT 1");
      client.ask("SELECT 2");
      assertThat(CHECKED_LATER.valueOnServer("SELECT count(*) FROM checks")).isEqualTo("0");

      Eventually.pause(3_200);
      assertThat(client.value("SELECT 'served'")).isEqualTo("served");
      assertThat(CHECKED_LATER.valueOnServer("SELECT count(*) FROM checks")).isEqualTo("1");
    }
  }

  @Test
  void a_connection_whose_network_has_died_silently_costs_its_client_the_timeout_only() {
    try (ChaosWire wire = ChaosWire.to(TestPostgres.shared().port(), ChaosWire.Temper.CALM)) {
      ProxyUnderTest proxy =
          ProxyUnderTest.transactionMode(1)
              .general("worker_threads = 1", "server_check_delay = 0", "healthcheck_timeout = 300")
              .serverPort(wire.port())
              .start();
      try (RawConnection client = proxy.raw()) {
        String before = client.value("SELECT pg_backend_pid()");
        wire.stall();
        long start = System.nanoTime();
        String after = client.value("SELECT pg_backend_pid()");

        assertThat(after).isNotEqualTo(before);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
            .isBetween(290L, 5_000L);
      } finally {
        proxy.stop();
      }
    }
  }

  // ---- lifetime --------------------------------------------------------------------------------

  private static Set<String> pids() {
    return Set.of(
        AGEING
            .valueOnServer(
                "SELECT string_agg(pid::text, ',') FROM pg_stat_activity WHERE datname ="
                    + " current_database() AND application_name <> 'observer'")
            .split(","));
  }

  @Test
  void a_connection_is_replaced_at_the_end_of_its_life_but_never_in_use() {
    Eventually.equal(() -> pids().size(), 4);
    Set<String> first = pids();
    try (RawConnection holder = AGEING.raw()) {
      holder.ask("BEGIN");
      String held = holder.value("SELECT pg_backend_pid()");
      Eventually.equal(
          () -> {
            Set<String> left = new HashSet<>(pids());
            left.retainAll(first);
            return left;
          },
          Set.of(held));
      assertThat(holder.value("SELECT pg_backend_pid()")).isEqualTo(held);
      holder.ask("COMMIT");
      Eventually.equal(() -> pids().contains(held), false);
    }
  }

  // ---- keepalive -------------------------------------------------------------------------------

  private static final int KEEPALIVE_TIMER = 2;

  /** The tables of TCP sockets; an IPv6 socket may have an IPv4 peer. */
  private static final List<Path> SOCKETS =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  /** Whether the kernel has a keepalive timer for the connection from the port to the server. */
  private static boolean probed(ProxyUnderTest proxy, String clientPort) {
    String local = String.format(":%04X", Integer.parseInt(clientPort));
    String remote = String.format(":%04X", proxy.postgres().port());
    for (String line : SOCKETS.stream().flatMap(IdleServersIT::lines).toList()) {
      String[] fields = line.trim().split("\\s+");
      if (fields[1].endsWith(local) && fields[2].endsWith(remote)) {
        return Integer.parseInt(fields[5].split(":")[0], 16) == KEEPALIVE_TIMER;
      }
    }
    throw new AssertionError("no connection from port " + clientPort);
  }

  private static Stream<String> lines(Path table) {
    try {
      return Files.exists(table) ? Files.readAllLines(table).stream() : Stream.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void the_kernel_probes_server_connections_unless_told_not_to() {
    assumeTrue(Files.isReadable(SOCKETS.getFirst()), "no table of the kernel's sockets");
    try (RawConnection one = PROBED.raw();
        RawConnection two = UNPROBED.raw()) {
      String first = one.value("SELECT inet_client_port()");
      String second = two.value("SELECT inet_client_port()");

      // The timer of unacknowledged data hides it for a moment.
      Eventually.equal(() -> probed(PROBED, first), true);
      assertThat(probed(UNPROBED, second)).isFalse();
    }
  }
}
