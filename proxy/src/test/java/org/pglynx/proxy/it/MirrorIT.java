package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;
import org.postgresql.PGConnection;

/** A mirror of another version, behind a line that fails: it has the same rows in the end. */
class MirrorIT {
  private static final int CLIENTS = 4;
  private static final int TURNS = 100;

  private static String database;
  private static TestPostgres server;
  private static TestPostgres copy;
  private static ChaosWire wire;
  private static ProxyServer proxy;

  @BeforeAll
  static void start() {
    server = TestPostgres.shared();
    copy = TestPostgres.shared(TestPostgres.Major.V17);
    database = server.createDatabase("mirrored");
    execute(copy, "postgres", "CREATE DATABASE " + database);
    for (TestPostgres each : List.of(server, copy)) {
      execute(each, database, "CREATE TABLE t (client int, turn int, how text)");
      execute(each, database, "CREATE TABLE walk (client int PRIMARY KEY, n bigint)");
      execute(each, database, "INSERT INTO walk SELECT i, 1 FROM generate_series(0, 9) AS i");
    }
    wire = ChaosWire.to(copy.port(), ChaosWire.Temper.CALM);
    proxy = ProxyServer.start(ConfigLoader.parse(toml(), "test.toml"));
  }

  private static String toml() {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 2
    admin_username = "admin"
    admin_auth_type = "trust"
    [ml]
    enabled = false
    [pools.app]
    mirror_queue_kb = 4096
    [pools.app.shards.0]
    database = "%s"
    servers = [["127.0.0.1", %d, "primary"]]
    mirrors = [["127.0.0.1", %d, 0]]
    [pools.app.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = 4
    """
        .formatted(database, server.port(), wire.port());
  }

  @AfterAll
  static void stop() {
    proxy.close();
    wire.close();
  }

  private static void execute(TestPostgres on, String database, String sql) {
    try (Connection direct = on.connect(database);
        Statement statement = direct.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> rows(TestPostgres of) {
    List<String> rows = new ArrayList<>();
    try (Connection direct = of.connect(database);
        Statement statement = direct.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT t::text FROM t UNION ALL SELECT walk::text FROM walk ORDER BY 1")) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return rows;
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/app?user=postgres&prepareThreshold=2");
  }

  private static Map<String, String> counts() {
    try (Connection admin = AdminTable.login(proxy.port())) {
      return AdminTable.show(admin, "MIRRORS").getFirst();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes in all ways that there are, each row once. */
  private static Void work(int number) throws SQLException, IOException {
    try (Connection client = connect();
        PreparedStatement insert =
            client.prepareStatement("INSERT INTO t VALUES (?, ?, 'prepared')");
        Statement simple = client.createStatement()) {
      for (int turn = 0; turn < TURNS; turn++) {
        insert.setInt(1, number);
        insert.setInt(2, turn);
        insert.executeUpdate();
        // The order of a client's transactions matters.
        simple.execute(
            "UPDATE walk SET n = (n * 7 + " + turn + ") % 1000003 WHERE client = " + number);
        client.setAutoCommit(false);
        simple.execute("SET LOCAL search_path = public");
        insert.executeUpdate();
        simple.execute("INSERT INTO t VALUES (" + number + ", " + turn + ", 'block')");
        if (turn % 3 == 0) {
          client.rollback();
        } else {
          client.commit();
        }
        client.setAutoCommit(true);
        if (turn % 10 == 0) {
          client
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn("COPY t FROM STDIN", new StringReader(number + "\t" + turn + "\tcopied\n"));
          fails(simple);
        }
      }
    }
    return null;
  }

  private static void fails(Statement simple) {
    try {
      simple.execute("INSERT INTO t VALUES (1, 1, 'never'); SELECT 1 / 0");
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("22012");
    }
  }

  private static void work() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Void>> works = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        works.add(threads.submit(() -> work(number)));
      }
      for (Future<Void> each : works) {
        each.get();
      }
    }
  }

  private static boolean settled() {
    Map<String, String> counts = counts();
    return Long.parseLong(counts.get("begun"))
        == Long.parseLong(counts.get("done")) + Long.parseLong(counts.get("dropped"));
  }

  @Test
  void a_mirror_has_the_same_rows_and_one_that_fails_is_not_noticed() throws Exception {
    work();
    Eventually.equal(MirrorIT::settled, true);
    assertThat(counts()).containsEntry("dropped", "0").containsEntry("waiting_bytes", "0");
    assertThat(rows(copy)).hasSizeGreaterThan(CLIENTS * TURNS).isEqualTo(rows(server));

    wire.drop(true);
    work();
    wire.drop(false);
    wire.cut();
    Eventually.equal(MirrorIT::settled, true);
    assertThat(Long.parseLong(counts().get("dropped"))).isPositive();

    for (TestPostgres each : List.of(server, copy)) {
      execute(each, database, "TRUNCATE t");
      execute(each, database, "UPDATE walk SET n = 1");
    }
    work();
    Eventually.equal(() -> rows(copy).size() == rows(server).size(), true);
    assertThat(rows(copy)).isEqualTo(rows(server));
  }
}
