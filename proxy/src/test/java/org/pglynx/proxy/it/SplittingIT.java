package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.route.StatementCorpus;

/** Reads and writes told apart, through a proxy, on a real primary and a real standby. */
class SplittingIT {
  /** Of the server that a statement runs on; it is no volatile function. */
  private static final String WHERE = "SELECT inet_server_port()";

  private static StreamingCluster cluster;
  private static ProxyServer proxy;

  @BeforeAll
  static void start() {
    cluster = StreamingCluster.start(1, String.join("\n", StatementCorpus.schema()));
    proxy = ProxyServer.start(ConfigLoader.parse(toml(), "test.toml"));
    Eventually.equal(SplittingIT::knowsFunctions, true);
  }

  private static boolean knowsFunctions() {
    try (Connection client = connect("")) {
      return ask(client, WHERE).equals(replica());
    } catch (SQLException e) {
      return false;
    }
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
    probe_interval = 200
    query_parser_enabled = true
    query_parser_read_write_splitting = true
    [pools.app.shards.0]
    database = "postgres"
    servers = %s
    [pools.app.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = 4
    """
        .formatted(cluster.toml("primary", "replica"));
  }

  @AfterAll
  static void stop() {
    proxy.close();
    cluster.close();
  }

  private static String primary() {
    return String.valueOf(cluster.server(0).port());
  }

  private static String replica() {
    return String.valueOf(cluster.server(1).port());
  }

  private static Connection connect(String more) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/app?user=postgres" + more);
  }

  private static String ask(Connection client, String sql) throws SQLException {
    try (Statement statement = client.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private static String where(Connection client) {
    try {
      return ask(client, WHERE);
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aDriverReadsFromTheReplicaAndWritesToThePrimary() throws SQLException {
    for (String mode : List.of("", "&preferQueryMode=simple")) {
      try (Connection client = connect(mode)) {
        // The driver's SET still has its server for a moment.
        Eventually.equal(() -> where(client), replica());
        assertThat(ask(client, "SELECT nextval('s') * 0 + inet_server_port()"))
            .isEqualTo(primary());
        assertThat(ask(client, "UPDATE t SET name = name RETURNING inet_server_port()"))
            .isEqualTo(primary());
      }
    }
  }

  @Test
  void aTransactionStaysOnOneServer() throws SQLException {
    try (Connection client = connect("")) {
      client.setAutoCommit(false);
      assertThat(ask(client, WHERE)).isEqualTo(primary());
      client.commit();
      client.setReadOnly(true);
      assertThat(ask(client, WHERE)).isEqualTo(replica());
      assertThat(ask(client, "SELECT count(*) > 0 FROM t")).isEqualTo("t");
      client.commit();
    }
  }

  @Test
  void aPreparedStatementIsRoutedByWhatItDoes() throws SQLException {
    try (Connection client = connect("&prepareThreshold=1");
        PreparedStatement read = client.prepareStatement(WHERE);
        PreparedStatement write =
            client.prepareStatement(
                "UPDATE t SET name = name WHERE id = ? RETURNING" + " inet_server_port()")) {
      for (int i = 0; i < 5; i++) {
        try (ResultSet row = read.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1))
              .isIn(i == 0 ? List.of(primary(), replica()) : List.of(replica()));
        }
        write.setInt(1, 1);
        try (ResultSet row = write.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isEqualTo(primary());
        }
      }
    }
  }

  @Test
  void theClientChooses() throws SQLException {
    try (Connection client = connect("&preferQueryMode=simple");
        Statement statement = client.createStatement()) {
      assertThat(ask(client, "SHOW SERVER ROLE")).isEqualTo("auto");
      statement.execute("SET SERVER ROLE TO 'primary'");
      assertThat(ask(client, WHERE)).isEqualTo(primary());
      statement.execute("SET SERVER ROLE TO 'auto'");
      assertThat(ask(client, WHERE)).isEqualTo(replica());
      assertThat(ask(client, "/* role: primary */ " + WHERE)).isEqualTo(primary());
      assertThat(ask(client, "SHOW PRIMARY READS")).isEqualTo("off");
    }
    try (Connection client = connect("&options=-c%20pglynx.role=primary")) {
      assertThat(ask(client, WHERE)).isEqualTo(primary());
    }
  }

  @Test
  void theLastWordOfCommandAndParameterCounts() throws SQLException {
    try (Connection client = connect("&preferQueryMode=simple");
        Statement statement = client.createStatement()) {
      for (int i = 0; i < 20; i++) {
        statement.execute("SET SERVER ROLE TO 'auto'");
        assertThat(ask(client, WHERE)).isEqualTo(replica());
        statement.execute("SET pglynx.role = 'primary'");
        // Twice: the first may find the server that the parameter was set on.
        assertThat(ask(client, WHERE)).isEqualTo(primary());
        assertThat(ask(client, WHERE)).isEqualTo(primary());
        statement.execute("SET SERVER ROLE TO 'replica'");
        assertThat(ask(client, WHERE)).isEqualTo(replica());
        statement.execute("SET pglynx.role = 'any'");
        statement.execute("SET pglynx.role = 'primary'");
        assertThat(ask(client, WHERE)).isEqualTo(primary());
        assertThat(ask(client, WHERE)).isEqualTo(primary());
        statement.execute("RESET pglynx.role");
        assertThat(ask(client, WHERE)).isEqualTo(replica());
      }
    }
  }

  @Test
  void theConsoleShowsWhereStatementsWent() throws SQLException {
    try (Connection client = connect("&preferQueryMode=simple")) {
      for (int i = 0; i < 20; i++) {
        ask(client, "SELECT count(*) FROM t WHERE id = " + i);
      }
    }
    try (Connection console =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:"
                    + proxy.port()
                    + "/pglynx?user=admin&preferQueryMode=simple");
        Statement statement = console.createStatement();
        ResultSet row = statement.executeQuery("SHOW ROUTING")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString("server_role")).isEqualTo("auto");
      assertThat(row.getLong("replica")).isPositive();
      assertThat(row.getLong("plan_hits")).isGreaterThan(15);
      assertThat(row.getLong("functions")).isGreaterThan(1000);
      assertThat(row.getLong("suspects")).isPositive();
    }
  }

  /** What a replica refuses although it was thought to read: the primary does it. */
  @Test
  void aFunctionThatBecomesVolatileIsRetriedOnThePrimary() throws SQLException {
    cluster
        .server(0)
        .execute(
            "CREATE FUNCTION changed() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 1::bigint'");
    cluster.settle(cluster.server(0));
    try (Connection client = connect("")) {
      // Known once the database has been asked again, for the definitions that come by here.
      Eventually.equal(() -> replicaRuns(client, "changed()"), true);
      cluster
          .server(0)
          .execute(
              "CREATE OR REPLACE FUNCTION changed() RETURNS bigint LANGUAGE sql VOLATILE AS"
                  + " $$SELECT nextval('s')$$");
      cluster.settle(cluster.server(0));

      String first = ask(client, "SELECT changed()");
      String second = ask(client, "SELECT changed()");

      assertThat(Long.parseLong(second)).isEqualTo(Long.parseLong(first) + 1);
    }
  }

  /** The standby replays a lock that its query stands in the way of: SQLSTATE 40001. */
  @Test
  void aQueryThatRecoveryCancelsOnTheReplicaIsDoneByThePrimary() throws Exception {
    cluster
        .server(0)
        .execute("CREATE TABLE contended (id int)", "INSERT INTO contended VALUES (1)");
    cluster
        .server(1)
        .execute("ALTER SYSTEM SET max_standby_streaming_delay = 0", "SELECT pg_reload_conf()");
    cluster.settle(cluster.server(0));
    long before = retried();
    try (Connection client = connect("")) {
      // The driver's SET still has its server for a moment.
      Eventually.equal(() -> where(client), replica());
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(() -> {
            try {
              return ask(
                  client, "SELECT inet_server_port() FROM contended, pg_sleep(2) WHERE id = 1");
            } catch (SQLException e) {
              return String.valueOf(e.getMessage());
            }
          });
      // The log may bring another reason to cancel it before: a page that the primary has pruned.
      Eventually.equal(() -> answer.isDone() || sleepsOnTheReplica(), true);
      // At once: the primary may be asked between two statements.
      cluster.server(0).execute("TRUNCATE contended; INSERT INTO contended VALUES (1)");

      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(primary());
      assertThat(retried()).isEqualTo(before + 1);
    } finally {
      cluster
          .server(1)
          .execute("ALTER SYSTEM RESET max_standby_streaming_delay", "SELECT pg_reload_conf()");
    }
  }

  private static boolean sleepsOnTheReplica() {
    return cluster
        .server(1)
        .value(
            "SELECT count(*) FROM pg_stat_activity"
                + " WHERE query LIKE '%FROM contended, pg_sleep%' AND state = 'active'"
                + " AND pid <> pg_backend_pid()")
        .equals("1");
  }

  private static long retried() throws SQLException {
    try (Connection admin = AdminTable.login(proxy.port())) {
      return Long.parseLong(AdminTable.value(admin, "ROUTING", "retried"));
    }
  }

  @Test
  void aTemporaryTableIsReadWhereItIs() throws SQLException {
    try (Connection client = connect("");
        Statement statement = client.createStatement()) {
      statement.execute("CREATE TEMP TABLE mine AS SELECT 7 AS seven");
      for (int i = 0; i < 3; i++) {
        assertThat(ask(client, "SELECT seven FROM mine")).isEqualTo("7");
      }
      statement.execute("DROP TABLE mine");
      Eventually.equal(() -> where(client), replica());
    }
  }

  private static boolean replicaRuns(Connection client, String call) {
    try (Statement statement = client.createStatement()) {
      statement.execute("CREATE OR REPLACE VIEW noticed AS SELECT 1 AS one");
      return ask(client, "SELECT inet_server_port() FROM " + call).equals(replica());
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void everyStatementOfTheCorpusThatReadsSucceedsThroughTheProxy() {
    List<String> failed = new ArrayList<>();
    try (RawConnection client = RawConnection.login(proxy.port(), "app", "postgres")) {
      for (StatementCorpus.Case each : StatementCorpus.all()) {
        if (each.replica()) {
          client.send(RawConnection.query(each.sql()));
          client.untilReady().stream()
              .filter(reply -> reply.tag() == 'E')
              .forEach(reply -> failed.add(each.sql() + ": " + reply.text()));
          client.send(RawConnection.query("ROLLBACK"));
          client.untilReady();
        }
      }
    }

    assertThat(failed).isEmpty();
  }
}
