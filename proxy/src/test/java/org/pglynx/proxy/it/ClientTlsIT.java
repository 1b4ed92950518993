package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.transport.TestAuthority;

/** Real drivers speak TLS with the proxy as they do with Postgres. */
class ClientTlsIT {
  @TempDir static Path directory = Path.of("");
  private static final List<ProxyUnderTest> STARTED = new ArrayList<>();
  private static String authority = "";
  private static String stranger = "";
  private static ProxyUnderTest prefers = ProxyUnderTest.transactionMode(2);
  private static ProxyUnderTest requires = prefers;
  private static ProxyUnderTest verifies = prefers;
  private static ProxyUnderTest newest = prefers;

  @BeforeAll
  static void start() {
    TestAuthority trusted = TestAuthority.in(directory, "authority");
    TestAuthority other = TestAuthority.in(directory, "stranger");
    TestAuthority.Issued server = trusted.server("server", "DNS:localhost,IP:127.0.0.1");
    trusted.client("anna", "/O=shop/CN=anna");
    other.client("mallory", "/CN=anna");
    authority = trusted.certificate().toString();
    stranger = other.certificate().toString();
    String[] keys = {
      "tls_certificate = \"" + server.certificate() + '"',
      "tls_private_key = \"" + server.key() + '"',
      "client_tls_ca_file = \"" + authority + '"'
    };
    prefers = started(keys);
    requires = started(with(keys, "client_tls_sslmode = \"require\""));
    verifies = started(with(keys, "client_tls_sslmode = \"verify-full\""));
    newest = started(with(keys, "client_tls_protocols = \"tlsv1.3\""));
  }

  private static String[] with(String[] keys, String more) {
    List<String> all = new ArrayList<>(List.of(keys));
    all.add(more);
    return all.toArray(String[]::new);
  }

  private static ProxyUnderTest started(String... general) {
    ProxyUnderTest proxy =
        ProxyUnderTest.transactionMode(2)
            .general(general)
            .user("auth_type = \"scram-sha-256\"", "password = \"of-scram\"")
            .user("server_password = \"\"")
            .pool("sni_hosts = [\"localhost\"]")
            .start();
    STARTED.add(proxy);
    return proxy;
  }

  @AfterAll
  static void stop() {
    STARTED.forEach(ProxyUnderTest::stop);
  }

  private static Map<String, String> environment(ProxyUnderTest proxy, String mode) {
    Map<String, String> all = new HashMap<>();
    all.put("PGHOST", "localhost");
    all.put("PGHOSTADDR", "127.0.0.1");
    all.put("PGPORT", String.valueOf(proxy.port()));
    all.put("PGUSER", "postgres");
    all.put("PGPASSWORD", "of-scram");
    all.put("PGDATABASE", "app");
    all.put("PGSSLMODE", mode);
    all.put("PGSSLROOTCERT", authority);
    return all;
  }

  private static String psql(Map<String, String> environment) {
    return Program.require("psql")
        .run(environment, List.of("-X", "-At", "-c", "\\conninfo", "-c", "SELECT 'done'"))
        .output();
  }

  @ParameterizedTest
  @CsvSource({
    "allow, false",
    "prefer, true",
    "require, true",
    "verify-ca, true",
    "verify-full, true"
  })
  void psqlConnectsInEachMode(String mode, boolean encrypted) {
    String output = psql(environment(prefers, mode));

    assertThat(output).endsWith("done\n");
    assertThat(output.contains("SSL connection (protocol: TLSv1.3")).isEqualTo(encrypted);
  }

  @Test
  void psqlConnectsWithTls12() {
    Map<String, String> environment = environment(requires, "verify-full");
    environment.put("PGSSLMAXPROTOCOLVERSION", "TLSv1.2");

    assertThat(psql(environment)).contains("protocol: TLSv1.2").endsWith("done\n");
  }

  @Test
  void an_older_version_than_is_configured_is_not_spoken() {
    Map<String, String> environment = environment(newest, "require");
    assertThat(psql(environment)).contains("protocol: TLSv1.3").endsWith("done\n");

    environment.put("PGSSLMAXPROTOCOLVERSION", "TLSv1.2");

    assertThat(psql(environment)).contains("alert protocol version").doesNotContain("done");
  }

  @Test
  void aClientThatDoesNotTrustTheCertificateGoesAway() {
    Map<String, String> environment = environment(prefers, "verify-ca");
    environment.put("PGSSLROOTCERT", stranger);

    assertThat(psql(environment)).contains("certificate verify failed");
  }

  @Test
  void aPlainClientIsRefusedWhereTlsIsRequired() {
    assertThat(psql(environment(requires, "disable")))
        .contains("FATAL:  no pg_hba.conf entry for host \"127.0.0.1\", user \"postgres\"")
        .contains("database \"app\", no encryption");
  }

  @Test
  void psqlFallsBackToTlsWhereItIsRequired() {
    assertThat(psql(environment(requires, "allow"))).contains("SSL connection").endsWith("done\n");
  }

  @Test
  void aClientCertificateIsDemandedInPostgresWords() {
    assertThat(psql(environment(verifies, "require")))
        .contains("FATAL:  connection requires a valid client certificate");
  }

  @Test
  void aClientCertificateOfTheAuthorityIsAccepted() {
    assertThat(psql(certified(verifies, "anna"))).contains("SSL connection").endsWith("done\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"optional", "demanded"})
  void aClientCertificateOfAStrangerIsRefused(String kind) {
    ProxyUnderTest proxy = kind.equals("optional") ? prefers : verifies;

    assertThat(psql(certified(proxy, "mallory"))).doesNotContain("done").contains("alert");
  }

  private static Map<String, String> certified(ProxyUnderTest proxy, String name) {
    Map<String, String> environment = environment(proxy, "verify-full");
    Path key = directory.resolve(name + ".key");
    assertThat(key.toFile().setReadable(false, false) && key.toFile().setReadable(true, true))
        .isTrue();
    environment.put("PGSSLCERT", directory.resolve(name + ".crt").toString());
    environment.put("PGSSLKEY", key.toString());
    return environment;
  }

  private static Connection jdbc(ProxyUnderTest proxy, String... properties) throws SQLException {
    List<String> all =
        new ArrayList<>(
            List.of("password", "of-scram", "sslmode", "verify-full", "sslrootcert", authority));
    all.addAll(List.of(properties));
    return proxy.connect(all.toArray(String[]::new));
  }

  @Test
  void pgjdbcConnectsAndChecksTheHost() throws SQLException {
    try (Connection connection = jdbc(requires)) {
      assertThat(ProxyUnderTest.value(connection, "SELECT 'done'")).isEqualTo("done");
    }
  }

  @Test
  void pgjdbcConnectsByDirectTls() throws SQLException {
    try (Connection connection = jdbc(requires, "sslNegotiation", "direct")) {
      assertThat(ProxyUnderTest.value(connection, "SELECT 'done'")).isEqualTo("done");
    }
  }

  @Test
  void largeValuesPassBothWays() throws SQLException {
    String large = "x".repeat(3_000_000);
    try (Connection connection = jdbc(requires);
        var statement = connection.prepareStatement("SELECT ?::text || 'end'")) {
      statement.setString(1, large);
      try (var row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).isEqualTo(large + "end");
      }
    }
  }

  @Test
  void pgjdbcWithoutTlsIsRefusedWhereItIsRequired() {
    assertThatThrownBy(() -> jdbc(requires, "sslmode", "disable"))
        .hasMessageContaining("no encryption")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "prefer", "disable"})
  void psqlBindsTheLoginToTheConnection(String binding) {
    Map<String, String> environment = environment(requires, "require");
    environment.put("PGCHANNELBINDING", binding);

    assertThat(psql(environment)).endsWith("done\n");
  }

  @Test
  void psqlThatInsistsOnBindingGetsNoneWithoutTls() {
    Map<String, String> environment = environment(prefers, "disable");
    environment.put("PGCHANNELBINDING", "require");

    assertThat(psql(environment))
        .contains("channel binding required, but SSL not in use")
        .doesNotContain("done");
  }

  @Test
  void pgjdbcBindsTheLoginToTheConnection() throws SQLException {
    try (Connection connection = jdbc(requires, "channelBinding", "require")) {
      assertThat(ProxyUnderTest.value(connection, "SELECT 'done'")).isEqualTo("done");
    }
  }

  @Test
  void aNewCertificateIsShownWithoutARestart() throws IOException {
    TestAuthority renewed = TestAuthority.in(directory, "renewed");
    TestAuthority.Issued before = renewed.server("before", "DNS:localhost");
    TestAuthority.Issued after = renewed.server("after", "DNS:localhost");
    ProxyUnderTest proxy =
        started(
            "tls_certificate = \"" + before.certificate() + '"',
            "tls_private_key = \"" + before.key() + '"');
    Map<String, String> environment = environment(proxy, "verify-full");
    environment.put("PGSSLROOTCERT", renewed.certificate().toString());
    assertThat(psql(environment)).endsWith("done\n");
    assertThat(subject(proxy)).contains("CN = before");

    Files.move(after.key(), before.key(), StandardCopyOption.ATOMIC_MOVE);
    Files.move(after.certificate(), before.certificate(), StandardCopyOption.ATOMIC_MOVE);

    Eventually.equal(() -> subject(proxy).contains("CN = after"), true);
    assertThat(psql(environment)).endsWith("done\n");
  }

  private static String subject(ProxyUnderTest proxy) {
    return TestAuthority.openssl(
        "s_client", "-starttls", "postgres", "-connect", "127.0.0.1:" + proxy.port());
  }

  @Test
  void pgbenchReadsLargeRowsAsItsSocketBecomesReadable() throws IOException {
    Path script = directory.resolve("rows.sql");
    Files.writeString(script, "SELECT repeat('x', 16384 + n) FROM generate_series(1, 40) n;\n");

    Program.Outcome outcome =
        Program.require("pgbench")
            .run(
                environment(requires, "require"),
                List.of("-n", "-c", "4", "-t", "25", "-f", script.toString()));

    assertThat(outcome.output()).contains("number of transactions actually processed: 100/100");
  }

  @Test
  void behindItsHostThePoolIsFoundByTheServersDatabase() {
    String server = prefers.serverDatabase();
    Map<String, String> named = environment(prefers, "verify-full");
    named.put("PGDATABASE", server);
    Map<String, String> elsewhere = environment(prefers, "verify-ca");
    elsewhere.put("PGDATABASE", server);
    elsewhere.put("PGHOST", "127.0.0.1");

    assertThat(psql(named)).endsWith("done\n");
    assertThat(psql(elsewhere)).contains("database \"" + server + "\" does not exist");
  }
}
