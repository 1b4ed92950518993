package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/** Sessions that read what they wrote, from standbys that are late. */
class ReadYourWritesIT {
  private static final int CLIENTS = 6;
  private static final int TURNS = 60;

  private static StreamingCluster cluster;
  private static ProxyServer proxy;

  private record Seen(int stale, int onStandbys) {}

  @BeforeAll
  static void start() {
    cluster = StreamingCluster.start(2, "CREATE TABLE seen (client int, turn int)");
    proxy = ProxyServer.start(ConfigLoader.parse(toml(), "test.toml"));
    try (Connection client = connect("own")) {
      Eventually.equal(() -> where(client).equals(String.valueOf(cluster.server(0).port())), false);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String toml() {
    StringBuilder toml =
        new StringBuilder(
            """
            [general]
            host = "127.0.0.1"
            port = 0
            worker_threads = 2
            [ml]
            enabled = false
            """);
    pool(toml, "own", "read_your_writes = true");
    pool(toml, "any", "read_your_writes = false");
    return toml.toString();
  }

  private static void pool(StringBuilder toml, String name, String line) {
    toml.append(
        """
        [pools.%s]
        query_parser_enabled = true
        query_parser_read_write_splitting = true
        primary_reads_enabled = false
        %s
        [pools.%s.shards.0]
        database = "postgres"
        servers = %s
        [pools.%s.users.0]
        username = "postgres"
        auth_type = "trust"
        pool_size = 8
        """
            .formatted(name, line, name, cluster.toml("primary", "replica"), name));
  }

  @AfterAll
  static void stop() {
    try {
      proxy.close();
    } finally {
      cluster.close();
    }
  }

  private static Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + proxy.port()
            + "/"
            + database
            + "?user=postgres&preferQueryMode=simple");
  }

  private static String where(Connection client) {
    try (Statement statement = client.createStatement();
        ResultSet row = statement.executeQuery("SELECT inet_server_port()")) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes and reads what it wrote, in turn; now and then it rests, so that standbys catch up. */
  private static Seen work(String database, int number) throws SQLException {
    int stale = 0;
    int onStandbys = 0;
    String primary = String.valueOf(cluster.server(0).port());
    try (Connection client = connect(database);
        Statement statement = client.createStatement()) {
      for (int turn = 0; turn < TURNS; turn++) {
        statement.execute("INSERT INTO seen VALUES (" + number + ", " + turn + ")");
        if (turn % 10 == 9) {
          Eventually.pause(700);
        }
        try (ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(max(turn), -1), inet_server_port() FROM seen WHERE client = "
                    + number)) {
          row.next();
          stale += row.getInt(1) == turn ? 0 : 1;
          onStandbys += row.getString(2).equals(primary) ? 0 : 1;
        }
      }
    }
    return new Seen(stale, onStandbys);
  }

  private static List<Seen> all(String database, int from) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Seen>> works = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = from + i;
        works.add(threads.submit(() -> work(database, number)));
      }
      List<Seen> seen = new ArrayList<>();
      for (Future<Seen> each : works) {
        seen.add(each.get(60, TimeUnit.SECONDS));
      }
      return seen;
    }
  }

  private static int stale(List<Seen> all) {
    return all.stream().mapToInt(Seen::stale).sum();
  }

  private static int onStandbys(List<Seen> all) {
    return all.stream().mapToInt(Seen::onStandbys).sum();
  }

  @Test
  void no_session_reads_an_older_state_than_it_has_written_and_standbys_are_used()
      throws Exception {
    late("200ms");
    List<Seen> own = all("own", 0);
    List<Seen> any = all("any", 100);

    assertThat(stale(any)).as("the servers are late: the test can fail").isPositive();
    assertThat(stale(own)).isZero();
    assertThat(onStandbys(own)).isPositive();
  }

  private static void late(String delay) {
    for (int i = 1; i < cluster.size(); i++) {
      cluster
          .server(i)
          .execute(
              "ALTER SYSTEM SET recovery_min_apply_delay = '" + delay + "'",
              "SELECT pg_reload_conf()");
    }
  }
}
