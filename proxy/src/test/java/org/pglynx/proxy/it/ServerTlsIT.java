package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.transport.TestAuthority;

/** The proxy speaks TLS with a real server, and believes only what the mode lets it believe. */
class ServerTlsIT {
  private static final String ENCRYPTED =
      "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

  @TempDir static Path directory = Path.of("");
  private static @Nullable TlsPostgres postgres;
  private static @Nullable TestAuthority authority;
  private static @Nullable TestAuthority stranger;

  private final List<ProxyServer> started = new ArrayList<>();

  @BeforeAll
  static void startServer() {
    TestAuthority own = TestAuthority.in(directory, "authority");
    authority = own;
    stranger = TestAuthority.in(directory, "stranger");
    own.client("certified", "/CN=certified");
    postgres = TlsPostgres.start(own, own.server("server", "DNS:localhost"));
  }

  @AfterAll
  static void stopServer() {
    postgres().close();
  }

  private static TlsPostgres postgres() {
    return Objects.requireNonNull(postgres);
  }

  private static String authority() {
    return "\nserver_tls_ca_file = \"" + Objects.requireNonNull(authority).certificate() + '"';
  }

  @AfterEach
  void stopProxies() {
    started.forEach(ProxyServer::close);
  }

  /** A proxy whose server is dialled by this host name. */
  private ProxyServer proxy(String host, String tls) {
    StringBuilder toml =
        new StringBuilder("[general]\nhost = \"127.0.0.1\"\nport = 0\nworker_threads = 2\n");
    toml.append("admin_username = \"admin\"\nadmin_auth_type = \"trust\"\n");
    toml.append("[pools.app]\n").append(tls).append("\n[pools.app.shards.0]\n");
    toml.append("database = \"postgres\"\nservers = [[\"").append(host).append("\", ");
    toml.append(postgres().port()).append(", \"primary\"]]\n");
    for (String user : List.of("plain", "tls", "bound", "clear", "certified", "postgres")) {
      toml.append("[pools.app.users.").append(user).append("]\nusername = \"").append(user);
      toml.append("\"\nauth_type = \"trust\"\npool_size = 1\nserver_password = \"");
      toml.append(TlsPostgres.PASSWORD).append("\"\n");
    }
    ProxyServer proxy = ProxyServer.start(ConfigLoader.parse(toml.toString(), "tls.toml"));
    started.add(proxy);
    return proxy;
  }

  private static Connection connect(ProxyServer proxy, String user) throws SQLException {
    return java.sql.DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + proxy.port()
            + "/app?sslmode=disable&socketTimeout=30&user="
            + user);
  }

  private static @Nullable String value(ProxyServer proxy, String user, String sql)
      throws SQLException {
    try (Connection connection = connect(proxy, user)) {
      return ProxyUnderTest.value(connection, sql);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "disable, plain, false",
    "disable, postgres, false",
    "allow, postgres, false",
    "allow, plain, false",
    "allow, tls, true",
    "prefer, postgres, true",
    "prefer, tls, true",
    "prefer, plain, false",
    "require, postgres, true",
    "require, bound, true",
    "require, clear, true",
  })
  void eachModeReachesWhomItCan(String mode, String user, String encrypted) throws SQLException {
    ProxyServer proxy = proxy("127.0.0.1", "server_tls_sslmode = \"" + mode + '"');

    assertThat(value(proxy, user, ENCRYPTED)).isEqualTo(encrypted);
  }

  @ParameterizedTest
  @CsvSource({
    "disable, tls, no encryption",
    "require, plain, SSL encryption",
    "verify-full, plain, SSL encryption"
  })
  void aRoleThatTheModeCannotReachGetsTheServersWords(String mode, String user, String words) {
    String trust = mode.equals("verify-full") ? authority() : "";
    ProxyServer proxy = proxy("localhost", "server_tls_sslmode = \"" + mode + '"' + trust);

    assertThatThrownBy(() -> value(proxy, user, "SELECT 1"))
        .hasMessageContaining("no pg_hba.conf entry")
        .hasMessageContaining(words)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28000");
  }

  @Test
  void aPasswordGoesInClearOnlyThroughTls() {
    ProxyServer proxy = proxy("127.0.0.1", "");
    postgres().execute("CREATE ROLE unsafe LOGIN PASSWORD 'x'");

    assertThatThrownBy(() -> value(proxy, "clear", "SELECT 1"))
        .hasMessageContaining("no pg_hba.conf entry");
  }

  @ParameterizedTest
  @CsvSource({
    "verify-ca, 127.0.0.1, true",
    "verify-ca, localhost, true",
    "verify-full, localhost, true",
    "verify-full, 127.0.0.1, false"
  })
  void theHostNameCountsOnlyWhereItIsChecked(String mode, String host, boolean reached) {
    ProxyServer proxy = proxy(host, "server_tls_sslmode = \"" + mode + '"' + authority());

    if (reached) {
      assertThat(asked(proxy, "bound")).isEqualTo("true");
    } else {
      assertThatThrownBy(() -> value(proxy, "bound", ENCRYPTED))
          .hasMessageContaining("by TLS")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("08001");
    }
  }

  private static @Nullable String asked(ProxyServer proxy, String user) {
    try {
      return value(proxy, user, ENCRYPTED);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify-ca", "verify-full"})
  void aServerOfAnUnknownAuthorityIsNotBelieved(String mode) {
    String other = Objects.requireNonNull(stranger).certificate().toString();
    ProxyServer proxy =
        proxy(
            "localhost",
            "server_tls_sslmode = \"" + mode + "\"\nserver_tls_ca_file = \"" + other + '"');

    assertThatThrownBy(() -> value(proxy, "postgres", "SELECT 1"))
        .hasMessageContaining("by TLS")
        .hasMessageContaining("certification path");
  }

  @Test
  void publicAuthoritiesAreAskedWhereNoneIsNamed() {
    ProxyServer proxy = proxy("localhost", "server_tls = true\nverify_server_certificate = true");

    assertThatThrownBy(() -> value(proxy, "postgres", "SELECT 1"))
        .hasMessageContaining("certification path");
  }

  @Test
  void ourCertificateLogsIn() throws SQLException {
    ProxyServer proxy =
        proxy(
            "localhost",
            "server_tls_sslmode = \"verify-full\"\nserver_tls_cert_file = \""
                + directory.resolve("certified.crt")
                + "\"\nserver_tls_key_file = \""
                + directory.resolve("certified.key")
                + '"'
                + authority());

    assertThat(
            value(
                proxy,
                "certified",
                "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
        .isEqualTo("/CN=certified");
  }

  @Test
  void withoutOurCertificateTheServerSaysWhatItMisses() {
    ProxyServer proxy = proxy("localhost", "server_tls_sslmode = \"require\"");

    assertThatThrownBy(() -> value(proxy, "certified", "SELECT 1"))
        .hasMessageContaining("connection requires a valid client certificate");
  }

  @Test
  void aStatementIsCancelledThroughTls() throws Exception {
    ProxyServer proxy = proxy("localhost", "server_tls_sslmode = \"require\"");
    try (Connection connection = connect(proxy, "tls");
        Statement statement = connection.createStatement()) {
      String server = ProxyUnderTest.value(connection, "SELECT pg_backend_pid()");
      CompletableFuture<SQLException> outcome =
          CompletableFuture.supplyAsync(() -> {
            try {
              statement.execute("SELECT pg_sleep(60)");
              throw new AssertionError("the statement went on");
            } catch (SQLException e) {
              return e;
            }
          });
      Eventually.equal(
          () ->
              postgres()
                  .value(
                      "SELECT count(*) FROM pg_stat_activity WHERE usename = 'tls'"
                          + " AND state = 'active' AND wait_event = 'PgSleep'"),
          "1");
      statement.cancel();

      assertThat(outcome.get(20, TimeUnit.SECONDS).getSQLState()).isEqualTo("57014");
      assertThat(ProxyUnderTest.value(connection, "SELECT pg_backend_pid()")).isEqualTo(server);
    }
  }

  @ParameterizedTest
  @CsvSource({"require, TLSv1.3/TLS_", "disable, ''"})
  void theConsoleTellsHowAServerConnectionIsEncrypted(String mode, String begin) throws Exception {
    ProxyServer proxy = proxy("localhost", "server_tls_sslmode = \"" + mode + '"');
    try (Connection client = connect(proxy, "postgres");
        Connection admin = AdminTable.login(proxy.port())) {
      ProxyUnderTest.run(client, "SET application_name = 'told'");

      String shown = AdminTable.value(admin, "SERVERS", "tls");
      assertThat(shown).startsWith(begin);
      assertThat(shown.isEmpty()).isEqualTo(begin.isEmpty());
      assertThat(AdminTable.value(admin, "SERVERS", "application_name")).isEqualTo("told");
    }
  }

  @Test
  void encryptedConnectionsMoveBetweenEventLoops() throws Exception {
    ProxyServer proxy = proxy("localhost", "server_tls_sslmode = \"require\"");
    String large = "x".repeat(200_000);
    List<CompletableFuture<Integer>> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      clients.add(CompletableFuture.supplyAsync(() -> asks(proxy, large)));
    }

    for (CompletableFuture<Integer> client : clients) {
      assertThat(client.get(60, TimeUnit.SECONDS)).isEqualTo(40);
    }
  }

  /** Many short transactions over the one server connection that all clients share. */
  private static int asks(ProxyServer proxy, String large) {
    int right = 0;
    try (Connection connection = connect(proxy, "tls")) {
      for (int i = 0; i < 40; i++) {
        String value = ProxyUnderTest.value(connection, "SELECT '" + large + i + "'");
        right += (large + i).equals(value) ? 1 : 0;
      }
      return right;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
