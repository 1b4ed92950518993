package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.transport.TestAuthority;

/** psql comes in by a pg_hba.conf, with secrets of a userlist.txt and of the configuration. */
class AccessRulesIT {
  private static final TestPostgres POSTGRES = TestPostgres.shared();
  private static final String LISTED = TestPostgres.freshName("it_listed");
  private static final String HASHED = TestPostgres.freshName("it_hashed");
  private static final String VERIFIED = TestPostgres.freshName("it_verified");
  private static final String CERTIFIED = TestPostgres.freshName("it_certified");
  private static final String STALE = TestPostgres.freshName("it_stale");
  private static final List<String> ROLES = List.of(LISTED, HASHED, VERIFIED, CERTIFIED, STALE);

  @TempDir static Path directory = Path.of("");
  private static String authority = "";
  private static @Nullable ProxyServer server;

  @BeforeAll
  static void start() throws IOException {
    TestAuthority trusted = TestAuthority.in(directory, "authority");
    TestAuthority.Issued keys = trusted.server("server", "DNS:localhost,IP:127.0.0.1");
    trusted.client("anna", "/O=shop/CN=anna");
    authority = trusted.certificate().toString();
    POSTGRES.createRole(LISTED, "of listed", "scram-sha-256");
    POSTGRES.createRole(HASHED, "of hashed", "md5");
    POSTGRES.createRole(VERIFIED, "of verified", "scram-sha-256");
    POSTGRES.execute("postgres", "CREATE ROLE " + CERTIFIED + " LOGIN");
    POSTGRES.createRole(STALE, "of stale", "scram-sha-256");
    Files.writeString(directory.resolve("pg_hba.conf"), rules());
    Files.writeString(directory.resolve("pg_ident.conf"), "people anna " + CERTIFIED + "\n");
    Files.writeString(
        directory.resolve("userlist.txt"),
        """
        "%s" "of listed"
        "%s" "%s"
        "%s" "%s"
        "%s" ""
        """
            .formatted(LISTED, HASHED, secret(HASHED), STALE, secret(STALE), CERTIFIED));
    Path file = directory.resolve("pglynx.toml");
    Files.writeString(file, toml(keys));
    server = ProxyServer.start(ConfigLoader.load(file));
  }

  private static String secret(String role) {
    return POSTGRES.value(
        "postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = '" + role + "'");
  }

  private static String rules() {
    return """
    # TYPE  DATABASE  USER      ADDRESS       METHOD
    local   all       all                     peer
    host    app       postgres  samehost      reject
    hostssl app       %4$s      127.0.0.1/32  cert map=people
    hostssl app       %2$s      127.0.0.1/32  password
    hostnossl clear   all       127.0.0.1/32  password
    host    app       %2$s,%3$s 127.0.0.0 255.0.0.0 md5
    host    app,"pglynx" /^(it_|admin) 127.0.0.1/32 \\
        scram-sha-256
    """
        .formatted(LISTED, LISTED, HASHED, CERTIFIED);
  }

  private static String toml(TestAuthority.Issued keys) {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 2
    auth_hba_file = "pg_hba.conf"
    auth_ident_file = "pg_ident.conf"
    auth_file = "userlist.txt"
    admin_username = "admin"
    admin_password = "of the admin"
    tls_certificate = "%1$s"
    tls_private_key = "%2$s"
    client_tls_ca_file = "%3$s"
    [[general.hba]]
    type = "host"
    database = "refused"
    address = "127.0.0.1/32"
    method = "reject"
    [pools.app]
    users."*".pool_size = 2
    users.verified = { username = "%4$s", password = "%5$s", pool_size = 2 }
    shards.0.database = "postgres"
    shards.0.servers = [["127.0.0.1", %6$d, "primary"]]
    [pools.clear]
    users."*".pool_size = 2
    shards.0.database = "postgres"
    shards.0.servers = [["127.0.0.1", %6$d, "primary"]]
    """
        .formatted(
            keys.certificate(), keys.key(), authority, VERIFIED, secret(VERIFIED), POSTGRES.port());
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(server).close();
    ROLES.forEach(role -> POSTGRES.execute("postgres", "DROP ROLE " + role));
  }

  private static String psql(String database, String user, String password, String mode) {
    return psql(database, user, password, mode, Map.of(), "SELECT current_user");
  }

  private static String psql(
      String database,
      String user,
      String password,
      String mode,
      Map<String, String> more,
      String sql) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("PGHOST", "127.0.0.1");
    environment.put("PGPORT", String.valueOf(Objects.requireNonNull(server).port()));
    environment.put("PGDATABASE", database);
    environment.put("PGUSER", user);
    environment.put("PGPASSWORD", password);
    environment.put("PGSSLMODE", mode);
    environment.put("PGSSLROOTCERT", authority);
    return Program.require("psql").run(environment, List.of("-X", "-At", "-c", sql)).output();
  }

  @ParameterizedTest
  @ValueSource(strings = {"disable", "require"})
  void a_password_of_the_file_serves_every_method(String mode) {
    // md5 without TLS, in clear with it; the server asks for SCRAM.
    assertThat(psql("app", LISTED, "of listed", mode)).isEqualTo(LISTED + "\n");
    assertThat(psql("app", LISTED, "wrong", mode))
        .contains("FATAL:  password authentication failed for user \"" + LISTED + '"');
  }

  @Test
  void an_md5_hash_of_the_file_logs_in_on_both_sides() {
    assertThat(psql("app", HASHED, "of hashed", "disable")).isEqualTo(HASHED + "\n");
  }

  @Test
  void a_verifier_of_the_configuration_passes_through() {
    assertThat(psql("app", VERIFIED, "of verified", "disable")).isEqualTo(VERIFIED + "\n");
    assertThat(psql("app", VERIFIED, "wrong", "disable")).contains("authentication failed");
  }

  @Test
  void a_verifier_that_the_server_no_longer_has_is_told_with_the_way_out() {
    assertThat(psql("app", STALE, "of stale", "disable")).isEqualTo(STALE + "\n");
    // The same password, but with another salt: the client's keys do not fit the server's verifier.
    POSTGRES.execute("postgres", "ALTER ROLE " + STALE + " PASSWORD 'of stale'");
    POSTGRES.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + STALE + "'");

    assertThat(psql("app", STALE, "of stale", "disable", Map.of("PGAPPNAME", "other"), "SELECT 1"))
        .contains("it stores another SCRAM verifier than the proxy")
        .contains("copy rolpassword from it, or configure the password");
  }

  @Test
  void a_certificate_maps_to_a_user() {
    Map<String, String> certificate =
        Map.of(
            "PGSSLCERT", directory.resolve("anna.crt").toString(),
            "PGSSLKEY", privateKey().toString());

    assertThat(psql("app", CERTIFIED, "", "verify-full", certificate, "SELECT current_user"))
        .isEqualTo(CERTIFIED + "\n");
    assertThat(psql("app", CERTIFIED, "", "require"))
        .contains("FATAL:  connection requires a valid client certificate");
  }

  private static Path privateKey() {
    Path key = directory.resolve("anna.key");
    assertThat(key.toFile().setReadable(false, false) && key.toFile().setReadable(true, true))
        .isTrue();
    return key;
  }

  @Test
  void a_password_in_clear_is_not_asked_for_without_tls() {
    assertThat(psql("clear", LISTED, "of listed", "disable"))
        .contains("FATAL:  a password in clear is not asked for over an unencrypted connection")
        .contains("HINT:");
  }

  @Test
  void who_matches_no_rule_is_told_in_the_words_of_postgres() {
    assertThat(psql("clear", LISTED, "of listed", "require"))
        .contains(
            "FATAL:  no pg_hba.conf entry for host \"127.0.0.1\", user \""
                + LISTED
                + "\", database \"clear\", SSL encryption");
  }

  @Test
  void who_is_rejected_is_told_in_the_words_of_postgres() {
    assertThat(psql("app", "postgres", "", "disable"))
        .contains(
            "FATAL:  pg_hba.conf rejects connection for host \"127.0.0.1\", user \"postgres\","
                + " database \"app\", no encryption");
    assertThat(psql("refused", "anybody", "", "disable"))
        .contains("FATAL:  pg_hba.conf rejects connection");
  }

  @Test
  void the_rules_hold_for_the_admin_databases_and_nothing_shown_is_a_secret_CVE_2023_22332() {
    assertThat(psql("pgbouncer", "admin", "of the admin", "disable"))
        .contains("no pg_hba.conf entry");
    StringBuilder shown = new StringBuilder();
    for (String topic : List.of("CONFIG", "DATABASES", "POOLS", "USERS", "CLIENTS", "SERVERS")) {
      shown.append(psql("pglynx", "admin", "of the admin", "disable", Map.of(), "SHOW " + topic));
    }
    assertThat(shown.toString())
        .contains("auth_hba_file")
        .doesNotContain("of the admin", "of listed", "SCRAM-SHA-256$", secret(HASHED));
  }
}
