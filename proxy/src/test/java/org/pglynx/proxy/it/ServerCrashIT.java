package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/** A server that is killed is told of clearly, and the same clients go on once it is back. */
class ServerCrashIT {
  private static final CrashingPostgres POSTGRES = CrashingPostgres.start();
  private static final String FAILED = "E:ERROR:(25P02|57P03|08001|08006)";

  private static final ProxyServer PROXY =
      ProxyServer.start(ConfigLoader.parse(toml(), "crash.toml"));

  private static String toml() {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 2
    connect_timeout = 3000
    [pools.app]
    pool_mode = "transaction"
    [pools.app.shards.0]
    database = "postgres"
    servers = [["127.0.0.1", %d, "primary"]]
    [pools.app.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = 3
    [pools.sticky]
    pool_mode = "session"
    [pools.sticky.shards.0]
    database = "postgres"
    servers = [["127.0.0.1", %d, "primary"]]
    [pools.sticky.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = 3
    """
        .formatted(POSTGRES.port(), POSTGRES.port());
  }

  @BeforeAll
  static void login() {
    try (RawConnection connection = client()) {
      connection.ask("CREATE TABLE crash(n int)");
    }
  }

  @AfterAll
  static void stop() {
    PROXY.close();
    POSTGRES.close();
  }

  /** Logs in as soon as the server is back from the recovery of an earlier test. */
  private static RawConnection client() {
    RawConnection client = loggedIn();
    for (int i = 0; !client.refusal().isEmpty() && i < 150; i++) {
      client.close();
      Eventually.pause(100);
      client = loggedIn();
    }
    return client;
  }

  private static RawConnection loggedIn() {
    return RawConnection.login(PROXY.port(), "app", "postgres");
  }

  /** The statement until the server is back from its recovery. */
  private static void assertComesBack(RawConnection connection) {
    Eventually.equal(() -> connection.value("SELECT 'back'"), "back");
  }

  private static int serverPid(RawConnection connection) {
    return Integer.parseInt(connection.value("SELECT pg_backend_pid()"));
  }

  @Test
  void aServerProcessKilledInAQueryIsToldAndTheClientGoesOn() {
    try (RawConnection connection = client();
        RawConnection killer = client()) {
      assertComesBack(connection);
      connection.send(RawConnection.query("SELECT 'marker', pg_sleep(30)"));
      Eventually.pause(300);
      int pid =
          Integer.parseInt(
              killer.value(
                  "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT ''marker''%'"));
      POSTGRES.kill9(pid);

      List<RawConnection.Message> replies = connection.untilReady();

      assertThat(replies.getFirst().tag()).isEqualTo('E');
      assertThat(replies.getFirst().field('C')).isIn("08006", "57P02");
      assertThat(replies.getFirst().field('M')).isNotBlank();
      assertThat(replies.getLast().shape()).isEqualTo("Z:I");
      assertComesBack(connection);
      assertComesBack(killer);
    }
  }

  @Test
  void aServerProcessKilledInATransactionFailsItsNextStatementOnce() {
    try (RawConnection connection = client()) {
      assertComesBack(connection);
      connection.ask("BEGIN");
      connection.ask("INSERT INTO crash VALUES (1)");
      POSTGRES.kill9(serverPid(connection));
      Eventually.pause(300);

      List<String> next = connection.ask("INSERT INTO crash VALUES (2)");

      assertThat(next).hasSize(2).last().isEqualTo("Z:E");
      List<String> behind = connection.ask("INSERT INTO crash VALUES (3)");
      assertThat(behind).hasSize(2).last().isEqualTo("Z:E");
      assertThat(behind.getFirst()).as("25P02, unless no server is back to say so").matches(FAILED);
      assertThat(connection.ask("COMMIT")).containsExactly("C:ROLLBACK", "Z:I");
      assertThat(next.getFirst()).matches("E:ERROR:(08006|57P02|57P01)");
      assertComesBack(connection);
      assertThat(connection.value("SELECT count(*) FROM crash")).isEqualTo("0");
    }
  }

  @Test
  void aServerProcessKilledAmidABatchSkipsToSync() {
    try (RawConnection connection = client()) {
      assertComesBack(connection);
      connection.send(
          RawConnection.parse("", "SELECT pg_backend_pid()"),
          RawConnection.bind("", ""),
          RawConnection.execute("", 0),
          RawConnection.flush());
      byte[] row = connection.until('C').get(2).body();
      int pid =
          Integer.parseInt(
              new String(row, 6, row.length - 6, java.nio.charset.StandardCharsets.UTF_8));
      POSTGRES.kill9(pid);
      Eventually.pause(300);
      connection.send(
          RawConnection.parse("", "SELECT 2"),
          RawConnection.bind("", ""),
          RawConnection.execute("", 0),
          RawConnection.sync());

      List<String> replies = connection.shapes(1);

      assertThat(replies).hasSize(2).last().isEqualTo("Z:I");
      assertThat(replies.getFirst()).startsWith("E:ERROR:");
      assertComesBack(connection);
    }
  }

  @Test
  void aNamedStatementSurvivesItsServer() {
    try (RawConnection connection = client()) {
      assertComesBack(connection);
      connection.send(RawConnection.parse("s", "SELECT 'prepared'"), RawConnection.sync());
      connection.untilReady();
      POSTGRES.kill9(serverPid(connection));
      Eventually.pause(300);
      assertComesBack(connection);

      connection.send(
          RawConnection.bind("", "s"), RawConnection.execute("", 0), RawConnection.sync());

      assertThat(connection.shapes(1)).containsExactly("2", "D", "C:SELECT 1", "Z:I");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"idle", "in a query", "in a transaction"})
  void theWholeServerKilledAndRestartedServesTheSameClients(String moment) {
    try (RawConnection connection = client()) {
      assertComesBack(connection);
      switch (moment) {
        case "in a query" -> connection.send(RawConnection.query("SELECT pg_sleep(30)"));
        case "in a transaction" -> {
          connection.ask("BEGIN");
          // A BEGIN takes a server with its first statement.
          connection.ask("SELECT 1");
        }
        default -> connection.ask("SELECT 1");
      }
      Eventually.pause(200);
      POSTGRES.kill9();
      if (moment.equals("in a query")) {
        assertThat(connection.shapes(1)).containsExactly("E:ERROR:08006", "Z:I");
      }
      List<String> whileDown = connection.ask("SELECT 1");
      boolean inside = moment.equals("in a transaction");
      assertThat(whileDown).hasSize(2).last().isEqualTo(inside ? "Z:E" : "Z:I");
      assertThat(whileDown.getFirst()).matches("E:ERROR:(08001|08006|57P01)");

      POSTGRES.restart();

      if (inside) {
        assertThat(connection.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
      }
      assertComesBack(connection);
      try (RawConnection another = client()) {
        assertThat(another.value("SELECT 'another'")).isEqualTo("another");
      }
    }
  }

  @Test
  void inSessionModeTheSessionEndsWithItsServer() {
    try (RawConnection waiting = client()) {
      assertComesBack(waiting);
      try (RawConnection connection = RawConnection.login(PROXY.port(), "sticky", "postgres")) {
        POSTGRES.kill9(serverPid(connection));
        Eventually.pause(300);

        List<RawConnection.Message> end = connection.until('\0');

        assertThat(end.getFirst().field('V')).isEqualTo("FATAL");
        assertThat(end.getFirst().field('C')).isIn("08006", "57P02");
      }
      assertComesBack(waiting);
    }
  }
}
