package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the console's commands do to clients and servers. */
class AdminCommandsIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(2)
          .general(
              "admin_username = \"admin\"",
              "admin_password = \"secret\"",
              "stats_username = \"watcher\"",
              "stats_password = \"look\"")
          .user("min_pool_size = 1");

  @AfterEach
  void everythingGoesOn() throws SQLException {
    tell("RESUME", "ENABLE app", "RELOAD");
  }

  private static Connection console(String user, String password) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", user);
    all.setProperty("password", password);
    all.setProperty("sslmode", "disable");
    all.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + PROXY.port() + "/pglynx", all);
  }

  private static void tell(String... commands) throws SQLException {
    try (Connection admin = console("admin", "secret")) {
      ProxyUnderTest.run(admin, commands);
    }
  }

  private static List<String> column(String sql, String column) throws SQLException {
    try (Connection admin = console("admin", "secret");
        Statement statement = admin.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(column)));
      }
      return values;
    }
  }

  private static CompletableFuture<String> asked(Connection client, String sql) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return String.valueOf(ProxyUnderTest.value(client, sql));
          } catch (SQLException e) {
            return e.getSQLState();
          }
        },
        AdminCommandsIT::aside);
  }

  /** On a thread of its own: all of them wait. */
  private static void aside(Runnable task) {
    Thread.ofPlatform().daemon().start(task);
  }

  private static String pid(Connection client) throws SQLException {
    return String.valueOf(ProxyUnderTest.value(client, "SELECT pg_backend_pid()"));
  }

  // ---- which connection has which
  // ----------------------------------------------------------------

  @Test
  void a_client_in_a_transaction_and_its_server_name_each_other() throws SQLException {
    try (RawConnection client = PROXY.raw()) {
      client.ask("BEGIN");
      client.ask("SELECT 1");
      String pid = column("SHOW SERVERS WHERE link <> ''", "remote_pid").getFirst();

      assertThat(column("SHOW CLIENTS WHERE link <> '' AND database = 'app'", "link"))
          .isEqualTo(column("SHOW SERVERS WHERE remote_pid = " + pid, "ptr"));
      assertThat(column("SHOW SERVERS WHERE remote_pid = " + pid, "link"))
          .isEqualTo(column("SHOW CLIENTS WHERE link <> '' AND database = 'app'", "ptr"));
      assertThat(column("SHOW CLIENTS WHERE database = 'app'", "local_port"))
          .containsOnly("" + PROXY.port());
      // The server knows the proxy's end by the same port.
      assertThat(column("SHOW SERVERS WHERE remote_pid = " + pid, "local_port").getFirst())
          .isEqualTo(
              PROXY.valueOnServer("SELECT client_port FROM pg_stat_activity WHERE pid = " + pid));
      client.ask("COMMIT");
    }
    Eventually.equal(() -> linked(), List.of());
    assertThat(column("SHOW SOCKETS", "ptr")).doesNotHaveDuplicates();
  }

  private static List<String> linked() {
    try {
      return column("SHOW SERVERS WHERE link <> ''", "link");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- PAUSE -----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"PAUSE", "PAUSE app", "PAUSE app, postgres", "MAINTENANCE ON"})
  void aPauseWaitsForTransactionsAndHoldsNewOnes(String pause) throws Exception {
    try (Connection busy = PROXY.connect();
        Connection other = PROXY.connect()) {
      busy.setAutoCommit(false);
      pid(busy);
      CompletableFuture<Void> paused =
          CompletableFuture.runAsync(() -> quietly(pause), AdminCommandsIT::aside);
      Eventually.equal(AdminCommandsIT::paused, "1");
      // Asked on each event loop, behind the word that a pause has begun.
      column("SHOW QUERIES", "id");

      CompletableFuture<String> held = asked(other, "SELECT 1");
      assertThat(paused).isNotDone();
      busy.commit();
      paused.get(10, TimeUnit.SECONDS);
      Eventually.equal(() -> PROXY.serverProcesses(""), 0);
      assertThat(held).isNotDone();

      tell(pause.startsWith("M") ? "MAINTENANCE OFF" : pause.replace("PAUSE", "RESUME"));
      assertThat(held.get(10, TimeUnit.SECONDS)).isEqualTo("1");
    }
  }

  private static void quietly(String command) {
    try {
      tell(command);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String paused() {
    try {
      return column("SHOW DATABASES", "paused").getFirst();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- DISABLE, KILL, RECONNECT ----------------------------------------------------------------

  @Test
  void nobodyComesInToADisabledDatabaseAndWhoIsInStays() throws SQLException {
    try (Connection client = PROXY.connect()) {
      tell("DISABLE app");

      assertThatThrownBy(() -> PROXY.connect().close())
          .hasMessageContaining("database \"app\" is disabled");
      assertThat(column("SHOW DATABASES", "disabled")).containsExactly("1");
      assertThat(pid(client)).isNotEmpty();
      tell("ENABLE app");
    }
    PROXY.connect().close();
  }

  @Test
  void aKilledDatabaseHasNoClientsAndIsPaused() throws Exception {
    try (Connection client = PROXY.connect()) {
      CompletableFuture<String> running = asked(client, "SELECT pg_sleep(60)");
      Eventually.equal(() -> PROXY.serverProcesses("active"), 1);

      tell("KILL app");

      assertThat(running.get(10, TimeUnit.SECONDS)).isEqualTo("57P01");
      assertThat(column("SHOW DATABASES", "paused")).containsExactly("1");
      Eventually.equal(() -> PROXY.serverProcesses(""), 0);
    }
  }

  @Test
  void aClientIsKilledAndAStatementIsCancelledByItsNumber() throws Exception {
    try (Connection one = PROXY.connect("ApplicationName", "one");
        Connection two = PROXY.connect("ApplicationName", "two")) {
      CompletableFuture<String> first = asked(one, "SELECT pg_sleep(60)");
      CompletableFuture<String> second = asked(two, "SELECT pg_sleep(60)");
      Eventually.equal(() -> PROXY.serverProcesses("active"), 2);

      tell("KILL_CLIENT " + id("one"), "CANCEL " + id("two"));

      assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("57P01");
      assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("57014");
      assertThat(pid(two)).isNotEmpty();
      assertThatThrownBy(() -> tell("KILL_CLIENT 2147483647"))
          .hasMessageContaining("there is no client 2147483647");
    }
  }

  private static String id(String application) throws SQLException {
    return column("SHOW CLIENTS WHERE application_name = '" + application + "'", "id").getFirst();
  }

  @Test
  void reconnectReplacesServersAndWaitCloseWaitsForThem() throws Exception {
    try (Connection busy = PROXY.connect();
        Connection other = PROXY.connect()) {
      busy.setAutoCommit(false);
      String before = pid(busy);

      tell("RECONNECT app");
      CompletableFuture<Void> closed =
          CompletableFuture.runAsync(() -> quietly("WAIT_CLOSE app"), AdminCommandsIT::aside);
      assertThat(pid(other)).isNotEqualTo(before);
      assertThat(pid(busy)).isEqualTo(before);
      assertThat(closed).isNotDone();
      busy.commit();

      closed.get(10, TimeUnit.SECONDS);
      assertThat(pid(busy)).isNotEqualTo(before);
      busy.commit();
    }
  }

  @Test
  void whatIsNotThereIsToldByName() {
    assertThatThrownBy(() -> tell("PAUSE nowhere"))
        .hasMessageContaining("there is no pool of \"nowhere\"");
    assertThatThrownBy(() -> tell("DISABLE nowhere"))
        .hasMessageContaining("there is no database \"nowhere\"");
  }

  // ---- SHOW ------------------------------------------------------------------------------------

  @Test
  void statisticsBeginAnew() throws SQLException {
    try (Connection client = PROXY.connect()) {
      pid(client);
      assertThat(column("SHOW STATS WHERE database = 'app'", "total_query_count"))
          .doesNotContain("0");

      tell("RESET STATS");

      assertThat(column("SHOW STATS WHERE database = 'app'", "total_query_count"))
          .containsExactly("0");
      pid(client);
      assertThat(column("SHOW STATS", "total_query_count")).containsExactly("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void tablesAreSelectedFromInBothProtocols(String mode) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", "admin");
    all.setProperty("password", "secret");
    all.setProperty("preferQueryMode", mode);
    String url = "jdbc:postgresql://127.0.0.1:" + PROXY.port() + "/pglynx?sslmode=disable";
    try (Connection admin = DriverManager.getConnection(url, all);
        Statement statement = admin.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SHOW LISTS WHERE items >= 1 AND list LIKE '%s' ORDER BY list DESC LIMIT 2")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString("list")).isEqualTo("users");
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isFalse();
    }
  }

  /** Each table with its first column, as the drivers of monitors and people read them. */
  @ParameterizedTest
  @CsvSource({
    "simple, admin, secret",
    "extended, admin, secret",
    "simple, watcher, look",
    "extended, watcher, look"
  })
  void every_table_is_read_in_both_protocols_by_both_roles(
      String mode, String user, String password) throws SQLException {
    String tables =
        "VERSION STATE POOLS POOLS_EXTENDED CLIENTS SERVERS SOCKETS ACTIVE_SOCKETS STATS STATS_TOTALS"
            + " STATS_AVERAGES TOTALS PERCENTILES DATABASES REPLICATION SHARDS BANS CONFIG ROUTING"
            + " QUERIES SLOW MIRRORS PREPARED LISTENERS TLS HBA MEM MODELS TRAININGS TRANSACTIONS"
            + " PREDICTIONS LISTS USERS PEERS PEER_POOLS";
    String url =
        "jdbc:postgresql://127.0.0.1:%d/pgbouncer?sslmode=disable&preferQueryMode=%s"
            .formatted(PROXY.port(), mode);
    try (Connection console = DriverManager.getConnection(url, user, password);
        Statement statement = console.createStatement()) {
      for (String table : tables.split(" ")) {
        String first;
        int rows = 0;
        try (ResultSet all = statement.executeQuery("SHOW " + table)) {
          first = all.getMetaData().getColumnName(1);
          while (all.next()) {
            rows++;
          }
        }
        String clause = " WHERE %1$s IS NOT NULL ORDER BY %1$s DESC LIMIT 1".formatted(first);
        try (ResultSet one = statement.executeQuery("SHOW " + table + clause)) {
          int selected = one.next() ? 1 : 0;
          assertThat(one.next()).as(table).isFalse();
          assertThat(selected).as(table).isLessThanOrEqualTo(rows);
        }
      }
    }
  }

  @Test
  void preparedStatementsAndListenersAreShown() throws SQLException {
    try (Connection client = PROXY.connect("prepareThreshold", "1");
        var statement = client.prepareStatement("SELECT 'hidden' AS seen_by_show_prepared")) {
      statement.execute();
      statement.execute();

      assertThat(column("SHOW PREPARED WHERE query LIKE '%seen_by%'", "database"))
          .containsExactly("app");
      assertThat(column("SHOW PREPARED WHERE query LIKE '%seen_by%'", "query"))
          .containsExactly("SELECT ? AS seen_by_show_prepared");
      assertThat(column("SHOW LISTENERS WHERE type = 'tcp'", "port"))
          .containsExactly(String.valueOf(PROXY.port()));
    }
  }

  // ---- roles -----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RELOAD",
        "PAUSE",
        "RESUME",
        "DISABLE app",
        "ENABLE app",
        "KILL app",
        "KILL_CLIENT 1",
        "CANCEL 1",
        "RECONNECT",
        "WAIT_CLOSE",
        "MAINTENANCE ON",
        "BAN 127.0.0.1 10",
        "UNBAN 127.0.0.1",
        "SET query_timeout = 1",
        "RESET STATS",
        "SHUTDOWN"
      })
  void whoMayOnlyLookChangesNothing_CVE_2026_6667(String command) throws SQLException {
    try (Connection watcher = console("watcher", "look")) {
      assertThatThrownBy(() -> ProxyUnderTest.run(watcher, command))
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("42501"));
      assertThat(ProxyUnderTest.value(watcher, "SHOW VERSION")).startsWith("pglynx");
    }
  }
}
