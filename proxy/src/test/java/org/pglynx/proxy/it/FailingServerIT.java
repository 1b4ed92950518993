package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * While a server lets nobody in, clients are told its own words at once, also while the proxy does
 * not try again; and when it is well again they are served within seconds.
 */
class FailingServerIT {
  private static final int CLIENTS = 20;

  private record Told(String severity, String code, String message, long millis) {}

  /** Logs in and leaves. */
  private static Told comes(ProxyUnderTest proxy) {
    try (RawConnection client = RawConnection.open(proxy.port())) {
      long start = System.nanoTime();
      client.send(
          RawConnection.startup(
              3 << 16, Map.of("user", "postgres", "database", ProxyUnderTest.DATABASE)));
      RawConnection.Message last = client.next();
      while (last.tag() != 'E' && last.tag() != 'Z') {
        last = client.next();
      }
      return told(last, start);
    }
  }

  private static Told asks(RawConnection client) {
    long start = System.nanoTime();
    client.send(RawConnection.query("SELECT 1"));
    return told(client.untilReady().getFirst(), start);
  }

  private static Told told(RawConnection.Message message, long start) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    return message.tag() == 'E'
        ? new Told(message.field('V'), message.field('C'), message.field('M'), millis)
        : new Told("", "00000", "", millis);
  }

  private static List<Told> atOnce(List<Callable<Told>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Told> told = new ArrayList<>();
      for (Future<Told> each : threads.invokeAll(tasks)) {
        told.add(each.get(30, TimeUnit.SECONDS));
      }
      return told;
    }
  }

  private static List<Told> allCome(ProxyUnderTest proxy) throws Exception {
    List<Callable<Told>> tasks = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      tasks.add(() -> comes(proxy));
    }
    return atOnce(tasks);
  }

  private static List<Told> allAsk(List<RawConnection> clients) throws Exception {
    List<Callable<Told>> tasks = new ArrayList<>();
    clients.forEach(client -> tasks.add(() -> asks(client)));
    return atOnce(tasks);
  }

  private static ProxyUnderTest proxyAs(String role) {
    return ProxyUnderTest.transactionMode(3)
        .general("query_wait_timeout = 20000")
        .user("server_username = \"" + role + "\"")
        .start();
  }

  @Test
  void who_logs_in_meanwhile_is_told_the_servers_own_error_at_once() throws Exception {
    String role = TestPostgres.freshName("absent");
    ProxyUnderTest proxy = proxyAs(role);
    try {
      for (int round = 0; round < 3; round++) {
        assertThat(allCome(proxy))
            .allSatisfy(told -> {
              assertThat(told.severity()).isEqualTo("FATAL");
              assertThat(told.code()).isEqualTo("28000");
              assertThat(told.message()).contains("role \"" + role + "\" does not exist");
              assertThat(told.millis()).isLessThan(5_000);
            });
      }
      proxy.onServer("CREATE ROLE " + role + " LOGIN");
      Eventually.equal(() -> comes(proxy).code(), "00000");
      assertThat(allCome(proxy)).allSatisfy(told -> assertThat(told.code()).isEqualTo("00000"));
    } finally {
      proxy.stop();
      TestPostgres.shared().execute("postgres", "DROP ROLE IF EXISTS " + role);
    }
  }

  @Test
  void sessions_are_told_so_too_and_live_on_until_the_server_is_well_again() throws Exception {
    String role = TestPostgres.freshName("locked_out");
    TestPostgres.shared().execute("postgres", "CREATE ROLE " + role + " LOGIN");
    ProxyUnderTest proxy = proxyAs(role);
    List<RawConnection> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(proxy.raw());
      }
      proxy.onServer(
          "ALTER ROLE " + role + " NOLOGIN",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + role + "'");
      Eventually.equal(() -> proxy.serverProcesses(""), 0);
      for (int round = 0; round < 3; round++) {
        assertThat(allAsk(clients))
            .allSatisfy(told -> {
              assertThat(told.severity()).isEqualTo("ERROR");
              assertThat(told.code()).isEqualTo("28000");
              assertThat(told.message()).contains("role \"" + role + "\" is not permitted");
              assertThat(told.millis()).isLessThan(5_000);
            });
      }
      proxy.onServer("ALTER ROLE " + role + " LOGIN");
      Eventually.equal(() -> asks(clients.getFirst()).code(), "00000");
      assertThat(allAsk(clients)).allSatisfy(told -> assertThat(told.code()).isEqualTo("00000"));
    } finally {
      clients.forEach(RawConnection::close);
      proxy.stop();
      TestPostgres.shared().execute("postgres", "DROP ROLE IF EXISTS " + role);
    }
  }

  @Test
  void a_server_that_is_down_gets_few_attempts_however_many_clients_come() throws Exception {
    try (FakePostgres down = FakePostgres.that(peer -> {})) {
      ProxyUnderTest proxy = ProxyUnderTest.transactionMode(10).serverPort(down.port()).start();
      try {
        long start = System.nanoTime();
        int came = 0;
        while (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < 2_000) {
          for (Told told : allCome(proxy)) {
            assertThat(told.code()).isEqualTo("08001");
            came++;
          }
        }
        assertThat(came).isGreaterThan(2 * CLIENTS);
        // Eight at once, each in two versions of the protocol, then single ones in growing pauses.
        assertThat(down.connections()).isBetween(2, 40);
      } finally {
        proxy.stop();
      }
    }
  }
}
