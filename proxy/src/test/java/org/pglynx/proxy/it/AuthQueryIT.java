package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Nobody is listed: the server is asked who its users are, and they log in to it with what their
 * own login has left.
 */
class AuthQueryIT {
  private static final String ASKING = TestPostgres.freshName("it_asking");
  private static final String SCRAM = TestPostgres.freshName("it_passed");
  private static final String MD5 = TestPostgres.freshName("it_passed_md5");
  private static final TestPostgres POSTGRES = TestPostgres.shared();
  private static final List<String> ROLES = new ArrayList<>(List.of(ASKING, SCRAM, MD5));
  private static String database = "";
  private static String second = "";
  private static @Nullable ProxyServer server;

  @BeforeAll
  static void start() {
    database = POSTGRES.createDatabase("it_users");
    second = POSTGRES.createDatabase("it_second");
    POSTGRES.createRole(ASKING, "asks", "scram-sha-256");
    POSTGRES.createRole(SCRAM, "of-scram", "scram-sha-256");
    POSTGRES.createRole(MD5, "of-md5", "md5");
    // Whoever may plant things in a schema would like auth_query to find them (CVE-2025-12819).
    POSTGRES.execute(
        database,
        "GRANT SELECT ON pg_authid TO " + ASKING,
        "CREATE SCHEMA evil",
        "GRANT ALL ON SCHEMA evil TO PUBLIC",
        "CREATE TABLE evil.caught (who text)",
        "GRANT ALL ON evil.caught TO PUBLIC",
        "CREATE FUNCTION evil.lower(name) RETURNS text LANGUAGE sql AS $$"
            + " INSERT INTO evil.caught VALUES ($1); SELECT $1::text $$",
        "ALTER ROLE " + ASKING + " SET search_path = evil, pg_catalog");
    POSTGRES.execute("postgres", "GRANT SELECT ON pg_authid TO " + ASKING);
    server = ProxyServer.start(ConfigLoader.parse(toml(), "test.toml"));
  }

  private static String toml() {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 2
    admin_username = "admin"
    admin_auth_type = "trust"
    auth_query_user = "%1$s"
    auth_query_password = "asks"
    [pools.app]
    auth_query = "SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END FROM pg_authid WHERE lower(rolname) = lower('$1') AND rolcanlogin"
    users."*".pool_size = 2
    shards.0.database = "%2$s"
    shards.0.servers = [["127.0.0.1", %3$d, "primary"]]
    [pools.by_md5]
    users."*".pool_size = 2
    users."*".auth_type = "md5"
    shards.0.database = "%2$s"
    shards.0.servers = [["127.0.0.1", %3$d, "primary"]]
    [pools."*"]
    users."*".pool_size = 2
    shards.0.servers = [["127.0.0.1", %3$d, "primary"]]
    """
        .formatted(ASKING, database, POSTGRES.port());
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(server).close();
    POSTGRES.dropDatabase(database);
    POSTGRES.dropDatabase(second);
    POSTGRES.execute("postgres", "REVOKE ALL ON pg_authid FROM " + ASKING);
    ROLES.forEach(role -> POSTGRES.execute("postgres", "DROP ROLE \"" + role + '"'));
  }

  private static String login(String db, String user, String password, String... more)
      throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", user);
    all.setProperty("password", password);
    all.setProperty("sslmode", "disable");
    for (int i = 0; i < more.length; i += 2) {
      all.setProperty(more[i], more[i + 1]);
    }
    int port = Objects.requireNonNull(server).port();
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/" + db;
    try (Connection connection = DriverManager.getConnection(url, all)) {
      return String.valueOf(
          ProxyUnderTest.value(connection, "SELECT current_user || ' in ' || current_database()"));
    }
  }

  /** "in", or the SQLSTATE of the refusal. */
  private static String outcome(String db, String user, String password) {
    try {
      login(db, user, password);
      return "in";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private static void refused(String db, String user, String password, String state) {
    assertThatThrownBy(() -> login(db, user, password))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo(state);
  }

  private static List<String> pools() throws SQLException {
    int port = Objects.requireNonNull(server).port();
    String url =
        "jdbc:postgresql://127.0.0.1:" + port + "/pglynx?user=admin&preferQueryMode=simple";
    List<String> rows = new ArrayList<>();
    try (Connection admin = DriverManager.getConnection(url);
        Statement statement = admin.createStatement();
        ResultSet row = statement.executeQuery("SHOW POOLS")) {
      while (row.next()) {
        rows.add(row.getString("database") + "/" + row.getString("user"));
      }
    }
    return rows;
  }

  /** A role of its own for a test. */
  private static String role(String options) {
    String name = TestPostgres.freshName("it_role");
    ROLES.add(name);
    POSTGRES.createRole(name, "right", "scram-sha-256");
    POSTGRES.execute("postgres", "ALTER ROLE " + name + " " + options);
    return name;
  }

  @Test
  void a_scram_user_passes_through_and_nobody_has_configured_its_password() throws SQLException {
    assertThat(login("app", SCRAM, "of-scram")).isEqualTo(SCRAM + " in " + database);
  }

  @Test
  void an_md5_hash_serves_a_server_that_asks_by_md5() throws SQLException {
    assertThat(login("by_md5", MD5, "of-md5")).isEqualTo(MD5 + " in " + database);
  }

  @Test
  void under_md5_a_user_with_a_verifier_is_asked_by_scram() throws SQLException {
    assertThat(login("by_md5", SCRAM, "of-scram")).isEqualTo(SCRAM + " in " + database);
  }

  @Test
  void an_unknown_user_is_told_what_a_wrong_password_is_told() {
    refused("app", SCRAM, "wrong", "28P01");
    refused("app", "it_no_such_user", "wrong", "28P01");
    refused("app", MD5, "of-md5", "28P01");
  }

  @Test
  void an_expired_password_does_not_log_in_CVE_2025_2291() {
    refused("app", role("VALID UNTIL '2001-01-01'"), "right", "28P01");
    refused("nowhere", role("VALID UNTIL '2001-01-01'"), "right", "28P01");
  }

  @Test
  void a_password_that_expires_ends_the_remembered_one_CVE_2025_2291() {
    String name = role("VALID UNTIL 'infinity'");
    assertThatCode(() -> login("app", name, "right")).doesNotThrowAnyException();
    POSTGRES.execute("postgres", "ALTER ROLE " + name + " VALID UNTIL '2001-01-01'");

    Eventually.equal(() -> outcome("app", name, "right"), "28P01");
  }

  @Test
  void a_role_without_login_does_not_log_in_CVE_2025_2291() {
    refused("app", role("NOLOGIN"), "right", "28P01");
  }

  @Test
  void a_role_that_loses_its_login_ends_the_remembered_one_CVE_2025_2291() {
    String name = role("LOGIN");
    assertThatCode(() -> login("app", name, "right")).doesNotThrowAnyException();
    POSTGRES.execute("postgres", "ALTER ROLE " + name + " NOLOGIN");

    Eventually.equal(() -> outcome("app", name, "right"), "28P01");
  }

  @Test
  void a_role_without_password_does_not_log_in() {
    refused("app", role("PASSWORD NULL"), "right", "28P01");
  }

  @Test
  void a_changed_password_counts_and_the_old_one_does_not() {
    String name = role("LOGIN");
    assertThatCode(() -> login("app", name, "right")).doesNotThrowAnyException();
    POSTGRES.execute("postgres", "ALTER ROLE " + name + " PASSWORD 'another'");

    Eventually.equal(() -> outcome("app", name, "another"), "in");
    refused("app", name, "right", "28P01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x' OR '1'='1",
        "x'; DROP TABLE evil.caught; --",
        "$1",
        "x\" OR \"1\"=\"1",
        "\\'; SELECT 1; --",
        "%s%n%p"
      })
  void a_name_with_quotes_is_a_name_28d1390b(String name) {
    refused("app", name, "right", "28P01");
    refused("nowhere", name, "right", "28P01");
  }

  @Test
  void a_role_whose_name_has_quotes_logs_in_28d1390b() throws SQLException {
    String name = "it o'brien \"; --";
    POSTGRES.execute("postgres", "CREATE ROLE \"it o'brien \"\"; --\" LOGIN PASSWORD 'right'");
    try {
      assertThat(login("app", name, "right")).isEqualTo(name + " in " + database);
    } finally {
      POSTGRES.execute("postgres", "DROP ROLE \"it o'brien \"\"; --\"");
    }
  }

  @Test
  void an_unknown_user_is_never_the_user_that_asks_CVE_2015_6817() {
    refused("app", "it_stranger", "asks", "28P01");
    refused("app", "it_stranger", "postgres", "28P01");
    // The query of this pool compares without case: it finds the role, but not the one asked for.
    assertThatThrownBy(() -> login("app", SCRAM.toUpperCase(java.util.Locale.ROOT), "of-scram"))
        .hasMessageContaining("cannot look up users");
  }

  @Test
  void parameters_of_a_client_never_reach_the_connection_that_asks_CVE_2025_12819() {
    refused("app", "it_victim", "wrong", "28P01");
    for (String path : List.of("evil, pg_catalog", "'; DROP TABLE evil.caught; --")) {
      RawConnection raw = RawConnection.open(Objects.requireNonNull(server).port());
      raw.send(
          RawConnection.startup(
              196_608,
              Map.of(
                  "user", "it_another_victim",
                  "database", "app",
                  "search_path", path,
                  "options", "-c search_path=evil")));
      assertThat(raw.next().tag()).isEqualTo('R');
      raw.close();
    }

    assertThat(POSTGRES.value(database, "SELECT count(*) FROM evil.caught")).isEqualTo("0");
  }

  @Test
  void a_newer_protocol_is_negotiated_once_however_long_the_question_takes_1459_1460() {
    try (RawConnection raw = RawConnection.open(Objects.requireNonNull(server).port())) {
      raw.send(
          RawConnection.startup(
              196_610, Map.of("user", SCRAM, "database", "app", "_pq_.command_tag_format", "x")));

      assertThat(raw.next().tag()).isEqualTo('v');
      assertThat(raw.next().tag()).isEqualTo('R');
      raw.send(RawConnection.query("SELECT 1"));
      assertThat(raw.shapes(1)).containsExactly("E:FATAL:08P01", "EOF");
    }
  }

  @Test
  void a_flood_of_logins_opens_no_flood_of_connections() throws Exception {
    List<Callable<Integer>> attempts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String name = "it_flood_" + i;
      attempts.add(() -> {
        refused("app", name, "x", "28P01");
        return asking();
      });
    }
    assertThat(together(attempts)).allSatisfy(count -> assertThat(count).isBetween(0, 6));
  }

  /** Connections of the role that asks: at most two for each of the three pools. */
  private static int asking() {
    return Integer.parseInt(
        POSTGRES.value(
            "postgres", "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + ASKING + "'"));
  }

  private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (Future<T> each : threads.invokeAll(tasks)) {
        results.add(each.get());
      }
    }
    return results;
  }

  @Test
  void a_pooled_connection_lets_nobody_in_by_itself_CVE_2025_46801() throws SQLException {
    assertThat(login("app", SCRAM, "of-scram")).isNotEmpty();

    refused("app", SCRAM, "any password", "28P01");
    refused("app", SCRAM, "of-scram ", "28P01");
  }

  @Test
  void any_database_is_served_by_its_own_name() throws SQLException {
    assertThat(login(second, SCRAM, "of-scram")).isEqualTo(SCRAM + " in " + second);
    assertThat(pools()).contains(second + "/" + SCRAM).doesNotContain("*/*", "app/*");
  }

  @Test
  void a_database_that_does_not_exist_is_told_after_the_proof_only() {
    refused("it_no_such_database", SCRAM, "wrong", "28P01");
    refused("it_no_such_database", SCRAM, "of-scram", "3D000");
  }

  @Test
  void first_logins_at_once_make_one_pool() throws Exception {
    String name = role("LOGIN");
    List<Callable<String>> logins = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      logins.add(() -> login(second, name, "right"));
    }

    assertThat(Set.copyOf(together(logins))).containsExactly(name + " in " + second);
    assertThat(pools()).containsOnlyOnce(second + "/" + name);
  }

  @Test
  void missing_databases_and_users_at_once_harm_nobody_1452_773_730() throws Exception {
    List<Callable<String>> logins = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String db = i % 3 == 0 ? "app" : "it_missing_" + i % 5;
      String user = i % 2 == 0 ? SCRAM : "it_missing_" + i;
      logins.add(() -> outcome(db, user, "of-scram"));
    }
    List<String> outcomes = together(logins);

    assertThat(outcomes).containsOnly("in", "28P01", "3D000");
    assertThat(outcomes.stream().filter("in"::equals)).hasSize(10);
    assertThat(login("app", SCRAM, "of-scram")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 9_000})
  void long_names_are_names_CVE_2012_4575(int length) {
    refused("d".repeat(length), SCRAM, "of-scram", "3D000");
    refused("app", "u".repeat(length), "right", "28P01");
  }
}
