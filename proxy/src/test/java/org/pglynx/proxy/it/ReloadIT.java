package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.FileSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigFile;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.reload.ReloadException;
import org.pglynx.proxy.reload.ReloadPlan;

/** The configuration of a running proxy changes, in front of a real server. */
class ReloadIT {
  @TempDir private Path directory;
  private final Program pgbench = Program.require("pgbench");
  private final TestPostgres postgres = TestPostgres.shared(TestPostgres.Major.V18);
  private @Nullable ProxyServer server;
  private String first = "";
  private String second = "";

  @BeforeEach
  void databases() {
    first = postgres.createDatabase("reload");
    second = postgres.createDatabase("reload");
    postgres.execute(first, "CREATE TABLE place AS SELECT 'first' AS name");
    postgres.execute(second, "CREATE TABLE place AS SELECT 'second' AS name");
  }

  @AfterEach
  void stop() {
    ProxyServer running = server;
    if (running != null) {
      running.close();
    }
    postgres.dropDatabase(first);
    postgres.dropDatabase(second);
  }

  // ---- given -----------------------------------------------------------------------------------

  private Path file() {
    return directory.resolve("pglynx.toml");
  }

  private void write(String text) throws IOException {
    Files.writeString(file(), text);
  }

  private ProxyServer server() {
    return Objects.requireNonNull(server, "not started");
  }

  private static String general(String... lines) {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 2
    admin_username = "admin"
    admin_password = "secret"
    """
        + String.join("\n", lines)
        + "\n[ml]\nenabled = false\n";
  }

  private String pool(String name, String database, String... userLines) {
    return String.format(
        Locale.ROOT,
        """
        [pools.%s.shards.0]
        database = "%s"
        servers = [["127.0.0.1", %d, "primary"]]
        [pools.%s.users.0]
        username = "postgres"
        auth_type = "trust"
        %s
        """,
        name,
        database,
        postgres.port(),
        name,
        String.join("\n", userLines));
  }

  private ProxyServer started() throws IOException {
    ProxyServer started =
        ProxyServer.start(
            ConfigLoader.load(file()), new FileSource(new ConfigFile(file(), Map.of())));
    server = started;
    return started;
  }

  private ReloadPlan reload() {
    return server().reload().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private Connection connect(String database, String user, String password) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", user);
    all.setProperty("password", password);
    all.setProperty("sslmode", "disable");
    all.setProperty("socketTimeout", "30");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server().port() + "/" + database, all);
  }

  private Connection connect() throws SQLException {
    return connect("app", "postgres", "");
  }

  private static @Nullable String place(Connection connection) throws SQLException {
    return ProxyUnderTest.value(connection, "SELECT name FROM place");
  }

  /** On a thread of its own: all of them wait. */
  private static void aside(Runnable task) {
    Thread.ofPlatform().daemon().start(task);
  }

  /** The name of the place, or the SQLSTATE of the error. */
  private static String asked(Connection connection) {
    try {
      return String.valueOf(place(connection));
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private static String pid(Connection connection) throws SQLException {
    return String.valueOf(ProxyUnderTest.value(connection, "SELECT pg_backend_pid()"));
  }

  // ---- pools -----------------------------------------------------------------------------------

  @Test
  void aPoolThatDoesNotChangeKeepsItsConnectionsAndItsStatistics() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect();
        Connection admin = connect("pglynx", "admin", "secret")) {
      String before = pid(client);
      String counted = stats(admin);

      write(
          general("max_client_conn = 50")
              + pool("app", first, "pool_size = 1")
              + pool("other", second, "pool_size = 1"));
      ReloadPlan plan = reload();

      assertThat(plan.keys()).containsExactly("general.max_client_conn");
      assertThat(pid(client)).isEqualTo(before);
      assertThat(Long.parseLong(stats(admin))).isEqualTo(Long.parseLong(counted) + 1);
      try (Connection newcomer = connect("other", "postgres", "")) {
        assertThat(place(newcomer)).isEqualTo("second");
      }
    }
  }

  @Test
  void texts_of_statements_are_kept_when_that_is_asked_for_while_sessions_are_there()
      throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect();
        Connection admin = connect("pglynx", "admin", "secret")) {
      client.setAutoCommit(false);
      ProxyUnderTest.value(client, "SELECT 'secret' AS before");
      assertThat(AdminTable.show(admin, "QUERIES WHERE database = 'app'").getFirst())
          .containsEntry("query", "null");

      ProxyUnderTest.run(admin, "SET track_queries = true");

      // Sessions hear of it on their own loops.
      Eventually.equal(() -> textOfNext(client, admin), "SELECT ? AS after");
      assertThat(AdminTable.show(admin, "QUERIES WHERE database = 'app'").getFirst())
          .containsEntry("state", "idle in transaction");
      client.rollback();
    }
  }

  private static String textOfNext(Connection client, Connection admin) {
    try {
      ProxyUnderTest.value(client, "SELECT 'secret' AS after");
      return String.valueOf(
          AdminTable.show(admin, "QUERIES WHERE database = 'app'").getFirst().get("query"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void traces_are_told_from_when_a_collector_is_named_until_it_is_not() throws Exception {
    OtlpCollector collector = new OtlpCollector();
    String sql = "SELECT 1 /*traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-%016x-01'*/";
    write(general() + pool("app", first, "pool_size = 2"));
    started();
    try (Connection client = connect()) {
      ProxyUnderTest.value(client, sql.formatted(1));
      write(
          general("otlp_endpoint = \"" + collector.endpoint() + "\"")
              + pool("app", first, "pool_size = 2"));
      reload();
      // Sessions hear of it on their own loops.
      Eventually.equal(() -> told(collector, client, sql.formatted(2)), true);
      write(general() + pool("app", first, "pool_size = 2"));
      reload();
      ProxyUnderTest.value(client, sql.formatted(3));
      Eventually.pause(300);
      int known = collector.spans().size();
      ProxyUnderTest.value(client, sql.formatted(4));
      Eventually.pause(300);
      assertThat(collector.spans()).hasSize(known);
    } finally {
      collector.close();
    }

    assertThat(collector.spans())
        .extracting(span -> span.parent())
        .contains("0000000000000002")
        .doesNotContain("0000000000000001");
  }

  private static boolean told(OtlpCollector collector, Connection client, String sql) {
    try {
      ProxyUnderTest.value(client, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return !collector.spans().isEmpty();
  }

  @Test
  void a_smaller_pool_closes_as_many_idle_connections_as_it_has_too_many() throws Exception {
    write(general() + pool("app", first, "pool_size = 8", "min_pool_size = 8"));
    started();
    Eventually.equal(this::connections, 8);

    write(general() + pool("app", first, "pool_size = 5", "min_pool_size = 0"));
    reload();

    Eventually.equal(this::connections, 5);
    // Two rounds of upkeep.
    Eventually.pause(2_200);
    assertThat(connections()).isEqualTo(5);
  }

  private int connections() {
    return Integer.parseInt(
        postgres.value(
            "postgres",
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                + " AND datname = '"
                + first
                + "'"));
  }

  private static String stats(Connection admin) throws SQLException {
    try (Statement statement = admin.createStatement();
        var rows = statement.executeQuery("SHOW STATS")) {
      while (rows.next()) {
        if (rows.getString("database").equals("app")) {
          return rows.getString("total_query_count");
        }
      }
    }
    throw new AssertionError("no row of the database");
  }

  @Test
  void sizesChangeWithoutAnyConnectionBeingLost() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect();
        Connection other = connect()) {
      client.setAutoCommit(false);
      String held = pid(client);

      write(general() + pool("app", first, "pool_size = 2"));
      reload();

      assertThat(pid(other)).isNotEqualTo(held);
      assertThat(pid(client)).isEqualTo(held);
      client.commit();
    }
  }

  @Test
  void aTransactionUnderWayEndsWhereItBeganAndTheNextOneIsElsewhere() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect();
        Connection other = connect()) {
      client.setAutoCommit(false);
      assertThat(place(client)).isEqualTo("first");

      write(general() + pool("app", second, "pool_size = 2"));
      reload();

      assertThat(place(other)).isEqualTo("second");
      assertThat(place(client)).isEqualTo("first");
      client.commit();
      assertThat(place(client)).isEqualTo("second");
      client.commit();
    }
    Eventually.equal(() -> connections(first), "0");
  }

  private String connections(String database) {
    return postgres.value(
        "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database + "'");
  }

  @Test
  void whoWaitsForAConnectionGetsOneOfTheNewServer() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect();
        Connection waiting = connect()) {
      client.setAutoCommit(false);
      assertThat(place(client)).isEqualTo("first");
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(() -> asked(waiting), ReloadIT::aside);
      Eventually.equal(this::waits, "1");

      write(general() + pool("app", second, "pool_size = 1"));
      reload();

      // pool_size holds for the connections to both servers together.
      assertThat(answer).isNotDone();
      client.commit();
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("second");
    }
  }

  private String waits() {
    try (Connection admin = connect("pglynx", "admin", "secret");
        Statement statement = admin.createStatement();
        var rows = statement.executeQuery("SHOW POOLS")) {
      rows.next();
      return rows.getString("cl_waiting");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void sessionsOfARemovedPoolEndBetweenTransactions() throws Exception {
    write(general() + pool("app", first, "pool_size = 2") + pool("other", second, "pool_size = 1"));
    started();
    try (Connection idle = connect();
        Connection busy = connect()) {
      assertThat(place(idle)).isEqualTo("first");
      busy.setAutoCommit(false);
      assertThat(place(busy)).isEqualTo("first");

      write(general() + pool("other", second, "pool_size = 1"));
      reload();

      assertThatThrownBy(() -> connect().close())
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("3D000"));
      Eventually.equal(() -> asked(idle), "57P01");
      assertThat(place(busy)).isEqualTo("first");
      busy.commit();
      Eventually.equal(() -> connections(first), "0");
    }
  }

  @Test
  void limitsOfTimeHoldForSessionsThatAreThere() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect()) {
      assertThat(place(client)).isEqualTo("first");

      write(general() + pool("app", first, "pool_size = 1", "query_timeout = 200"));
      reload();

      assertThatThrownBy(() -> ProxyUnderTest.value(client, "SELECT pg_sleep(20)"))
          .hasMessageContaining("canceling statement due to query timeout");
    }
  }

  @Test
  void aReloadDuringAPauseLeavesClientsWaitingAndResumeLetsThemGo_pgcat_35() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect();
        Connection admin = connect("pglynx", "admin", "secret")) {
      ProxyUnderTest.run(admin, "PAUSE app");
      CompletableFuture<String> held =
          CompletableFuture.supplyAsync(() -> asked(client), ReloadIT::aside);
      write(general() + pool("app", second, "pool_size = 2"));

      ProxyUnderTest.run(admin, "RELOAD");
      assertThat(held).isNotDone();
      ProxyUnderTest.run(admin, "RESUME app");

      assertThat(held.get(10, TimeUnit.SECONDS)).isEqualTo("second");
    }
  }

  @Test
  void aPausedPoolThatIsRemovedLetsNobodyWaitForEver() throws Exception {
    String other = pool("other", second, "pool_size = 1");
    write(general() + pool("app", first, "pool_size = 1") + other);
    started();
    try (Connection client = connect();
        Connection admin = connect("pglynx", "admin", "secret")) {
      ProxyUnderTest.run(admin, "PAUSE app");
      CompletableFuture<String> held =
          CompletableFuture.supplyAsync(() -> asked(client), ReloadIT::aside);
      Eventually.equal(this::waits, "1");
      write(general() + other);

      reload();

      assertThat(held.get(10, TimeUnit.SECONDS)).isEqualTo("57P01");
    }
  }

  @Test
  void aGeneralSettingHoldsForEveryPool_pgcat_36() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect()) {
      assertThat(place(client)).isEqualTo("first");

      write(general("query_timeout = 200") + pool("app", first, "pool_size = 1"));
      reload();

      assertThatThrownBy(() -> ProxyUnderTest.value(client, "SELECT pg_sleep(20)"))
          .hasMessageContaining("canceling statement due to query timeout");
    }
  }

  @Test
  void aKeyIsSetUntilTheNextReload() throws Exception {
    write(general("query_timeout = 0") + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect();
        Connection admin = connect("pglynx", "admin", "secret")) {
      ProxyUnderTest.run(admin, "SET query_timeout = 200");
      assertThat(config(admin, "query_timeout")).isEqualTo("200");
      assertThatThrownBy(() -> ProxyUnderTest.value(client, "SELECT pg_sleep(20)"))
          .hasMessageContaining("canceling statement due to query timeout");

      ProxyUnderTest.run(admin, "RELOAD");

      assertThat(config(admin, "query_timeout")).isEqualTo("0");
      assertThatThrownBy(() -> ProxyUnderTest.run(admin, "SET query_timeout = 'soon'"))
          .hasMessageContaining("expected a whole number");
      assertThatThrownBy(() -> ProxyUnderTest.run(admin, "SET port = 5"))
          .hasMessageContaining("only a restart changes it");
    }
  }

  private static String config(Connection admin, String key) throws SQLException {
    try (Statement statement = admin.createStatement();
        var rows = statement.executeQuery("SHOW CONFIG WHERE key = '" + key + "'")) {
      rows.next();
      return rows.getString("value");
    }
  }

  // ---- who may come in -------------------------------------------------------------------------

  @Test
  void aPasswordChangesForWhoComesInLater() throws Exception {
    String users = "\"postgres\" \"old\"\n";
    Path list = Files.writeString(directory.resolve("userlist.txt"), users);
    String text =
        general("auth_file = \"userlist.txt\"")
            + pool("app", first, "pool_size = 1").replace("auth_type = \"trust\"\n", "");
    write(text);
    started();
    try (Connection client = connect("app", "postgres", "old")) {
      assertThat(client.isValid(5)).isTrue();

      Files.writeString(list, "\"postgres\" \"new\"\n");
      reload();

      assertThatThrownBy(() -> connect("app", "postgres", "old").close())
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("28P01"));
      connect("app", "postgres", "new").close();
    }
  }

  @Test
  void whatAClientHasTaughtAboutTheLoginStaysForOtherServersOfTheSameUser() throws Exception {
    String role = TestPostgres.freshName("it_taught");
    postgres.createRole(role, "taught", "scram-sha-256");
    try {
      Files.writeString(directory.resolve("userlist.txt"), quoted(role, verifier(role)));
      String general = general("auth_file = \"userlist.txt\"");
      write(general + passing(role, first));
      started();
      try (Connection client = connect("app", role, "taught")) {
        assertThat(currentDatabase(client)).isEqualTo(first);

        write(general + passing(role, second));
        reload();

        Eventually.equal(() -> currentDatabase(client), second);
      }
    } finally {
      server().close();
      postgres.execute("postgres", "DROP ROLE " + role);
    }
  }

  private String verifier(String role) {
    return postgres.value(
        "postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = '" + role + "'");
  }

  private static String quoted(String user, String secret) {
    return '"' + user + "\" \"" + secret + "\"\n";
  }

  /** A pool of a user whose secret alone is known. */
  private String passing(String role, String database) {
    return pool("app", database, "pool_size = 1")
        .replace("auth_type = \"trust\"\n", "")
        .replace("username = \"postgres\"", "username = \"" + role + '"');
  }

  /** Or the SQLSTATE of the error. */
  private static String currentDatabase(Connection connection) {
    try {
      return String.valueOf(ProxyUnderTest.value(connection, "SELECT current_database()"));
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @Test
  void rulesAreTakenUp() throws Exception {
    Path rules = Files.writeString(directory.resolve("hba.conf"), "host all all all trust\n");
    write(general("auth_hba_file = \"hba.conf\"") + pool("app", first, "pool_size = 1"));
    started();
    connect().close();

    Files.writeString(rules, "host all all all reject\n");
    reload();

    assertThatThrownBy(() -> connect().close())
        .isInstanceOfSatisfying(
            SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("28000"));
  }

  // ---- faults ----------------------------------------------------------------------------------

  @Test
  void aFaultyFileChangesNothingAndSaysWhy() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();
    try (Connection client = connect()) {
      String before = pid(client);

      write(general("pol_mode = 1") + pool("app", second, "pool_size = 0"));

      assertThatThrownBy(this::reload)
          .hasCauseInstanceOf(ReloadException.class)
          .hasMessageContaining("pol_mode")
          .hasMessageContaining("pool_size");
      assertThat(pid(client)).isEqualTo(before);
    }
  }

  @Test
  void whatNeedsARestartIsNamedAndStaysAsItWas() throws Exception {
    write(general() + pool("app", first, "pool_size = 1"));
    started();

    write(
        general().replace("worker_threads = 2", "worker_threads = 3")
            + pool("app", first, "pool_size = 2"));
    ReloadPlan plan = reload();

    assertThat(plan.needRestart()).containsExactly("general.worker_threads");
    assertThat(plan.effective().general().workerThreads()).isEqualTo(2);
    try (Connection admin = connect("pglynx", "admin", "secret");
        Statement statement = admin.createStatement();
        var rows = statement.executeQuery("SHOW CONFIG")) {
      List<String> lines = new ArrayList<>();
      while (rows.next()) {
        lines.add(rows.getString("key") + "=" + rows.getString("value"));
      }
      assertThat(lines).contains("worker_threads=2", "pools.app.users.0.pool_size=2");
    }
  }

  @Test
  void aChangedFileIsNoticed() throws Exception {
    write(general("autoreload = 100") + pool("app", first, "pool_size = 1"));
    started();

    write(general("autoreload = 100") + pool("app", second, "pool_size = 1"));

    try (Connection client = connect()) {
      Eventually.equal(() -> asked(client), "second");
    }
  }

  // ---- under load ------------------------------------------------------------------------------

  @Test
  void twentyReloadsUnderLoadFailNoTransaction_1105_1120_1104() throws Exception {
    write(general() + pool("app", first, "pool_size = 3"));
    started();
    Path script = Files.writeString(directory.resolve("load.sql"), LOAD);
    List<CompletableFuture<Program.Outcome>> loads = new ArrayList<>();
    for (String mode : List.of("simple", "extended", "prepared")) {
      loads.add(CompletableFuture.supplyAsync(() -> load(mode, script), ReloadIT::aside));
    }

    for (int round = 0; round < 20; round++) {
      write(changed(round));
      reload();
      Eventually.pause(150);
    }

    for (CompletableFuture<Program.Outcome> load : loads) {
      Program.Outcome outcome = load.get(90, TimeUnit.SECONDS);
      assertThat(outcome.output()).contains("number of failed transactions: 0 (0.000%)");
      assertThat(outcome.exit()).as(outcome.output()).isZero();
    }
  }

  private static final String LOAD =
      "BEGIN;\nSELECT count(*) FROM place;\nSELECT pg_sleep(0.002);\nEND;\nSELECT name FROM place;\n";

  private Program.Outcome load(String mode, Path script) {
    String port = String.valueOf(server().port());
    List<String> arguments = new ArrayList<>(List.of("-n", "-h", "127.0.0.1", "-p", port));
    // A thread each, as pgbench blocks one while it prepares.
    arguments.addAll(List.of("-U", "postgres", "-c", "4", "-j", "4", "-T", "5", "-M", mode));
    arguments.addAll(List.of("-f", script.toString(), "app"));
    return pgbench.run(Map.of(), arguments);
  }

  /** The server, the size, the limits, other pools: something else each time. */
  private String changed(int round) {
    String database = round % 2 == 0 ? second : first;
    String others = round % 3 == 0 ? pool("other", second, "pool_size = 1") : "";
    return general(
            "query_timeout = " + (10_000 + round),
            "max_client_conn = " + (100 + round),
            "max_db_connections = " + (round % 4 == 0 ? 3 : 0))
        + pool(
            "app",
            database,
            "pool_size = " + (2 + round % 3),
            "statement_timeout = " + (round % 5 == 0 ? 20_000 : 0))
        + others;
  }
}
