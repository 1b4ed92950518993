package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.FileSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.app.rehearsal.SelfSigned;
import org.pglynx.proxy.config.ConfigException;
import org.pglynx.proxy.config.ConfigFile;
import org.pglynx.proxy.config.ConfigLoader;
import org.postgresql.util.PSQLWarning;

/**
 * Secrets are planted wherever there is a place for one, and then looked for in everything that the
 * process tells: the log at its most talkative, all tables of the console, the metrics, and the
 * errors that clients get.
 */
class SecretsIT {
  private static final TestPostgres POSTGRES = TestPostgres.shared();
  private static final Pattern TOPIC = Pattern.compile("SHOW ([A-Z_]+) ");

  /** Each is in all that is planted. */
  private static final String MARK = "s3cr3t";

  private final String asking = TestPostgres.freshName("it_asks");
  private final String asked = TestPostgres.freshName("it_asked");
  private final String made = TestPostgres.freshName("it_made");
  @TempDir private Path directory;
  private String database = "";

  @BeforeEach
  void create() {
    database = POSTGRES.createDatabase("it_secrets");
    POSTGRES.createRole(asking, MARK + "-asking", "scram-sha-256");
    POSTGRES.createRole(asked, MARK + "-asked", "scram-sha-256");
    POSTGRES.execute("postgres", "GRANT SELECT ON pg_authid TO " + asking);
    POSTGRES.execute(database, "GRANT SELECT ON pg_authid TO " + asking);
  }

  @AfterEach
  void drop() {
    POSTGRES.dropDatabase(database);
    POSTGRES.execute("postgres", "REVOKE ALL ON pg_authid FROM " + asking);
    for (String role : List.of(asking, asked, made)) {
      POSTGRES.execute("postgres", "DROP ROLE IF EXISTS " + role);
    }
  }

  private String toml(SelfSigned identity) throws IOException {
    Files.writeString(directory.resolve("password"), MARK + "-of-file\n");
    Files.writeString(directory.resolve("users"), "\"listed\" \"" + MARK + "-listed\"\n");
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    http_port = 0
    worker_threads = 2
    admin_username = "admin"
    admin_password = "${ADMIN}"
    stats_username = "stats"
    stats_password = "file:%1$s"
    auth_file = "%2$s"
    auth_query_user = "%3$s"
    auth_query_password = "s3cr3t-asking"
    tls_certificate = "%4$s"
    tls_private_key = "%5$s"
    slow_query_ms = 1
    track_queries = true
    log_client_connections = true
    log_client_disconnections = true
    [pools.app]
    shards.0.database = "%6$s"
    shards.0.servers = [["127.0.0.1", %7$d, "primary"]]
    users.0 = { username = "own", password = "s3cr3t-own", server_username = "postgres", server_password = "s3cr3t-server", pool_size = 2 }
    users.1 = { username = "clear", auth_type = "md5", password = "s3cr3t-clear", server_username = "%8$s", server_password = "s3cr3t-wrong", pool_size = 1 }
    users."*".pool_size = 2
    """
        .formatted(
            directory.resolve("password"),
            directory.resolve("users"),
            asking,
            identity.certificate(),
            identity.key(),
            database,
            POSTGRES.port(),
            asked);
  }

  private static Connection login(ProxyServer proxy, String db, String user, String password)
      throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", user);
    all.setProperty("password", password);
    all.setProperty("prepareThreshold", "1");
    all.setProperty("socketTimeout", "30");
    all.setProperty("sslmode", user.equals("own") ? "require" : "disable");
    all.setProperty("preferQueryMode", db.equals("pglynx") ? "simple" : "extended");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + db, all);
  }

  private final List<String> told = new ArrayList<>();

  private void refused(ProxyServer proxy, String db, String user, String password) {
    try (Connection client = login(proxy, db, user, password)) {
      ProxyUnderTest.run(client, "SELECT 1");
      throw new AssertionError(user + " came in");
    } catch (SQLException e) {
      told.add(String.valueOf(e.getMessage()));
    }
  }

  private void use(ProxyServer proxy) throws SQLException {
    try (Connection own = login(proxy, "app", "own", MARK + "-own")) {
      ProxyUnderTest.run(
          own,
          "CREATE ROLE " + made + " PASSWORD '" + MARK + "-made'",
          "ALTER ROLE " + made + " PASSWORD E'" + MARK + "\\'-altered' /* " + MARK + " */");
      try (PreparedStatement statement =
          own.prepareStatement("SELECT ?::text, pg_sleep(0.01), '" + MARK + "-constant'")) {
        for (int i = 0; i < 3; i++) {
          statement.setString(1, MARK + "-bound");
          statement.execute();
        }
      }
      failing(own, "SELECT '" + MARK + "-failing'::int");
      failing(own, "SELECT pgml.predict('" + MARK + "', ARRAY[1])");
    }
    try (Connection listed = login(proxy, "app", asked, MARK + "-asked")) {
      ProxyUnderTest.run(listed, "SELECT pg_sleep(0.01)");
    }
    refused(proxy, "app", "own", MARK + "-guess");
    refused(proxy, "app", asked, MARK + "-guess");
    refused(proxy, "app", "clear", MARK + "-clear");
    refused(proxy, "app", "listed", MARK + "-listed");
    refused(proxy, "app", "nobody", MARK + "-nobody");
    refused(proxy, "pglynx", "admin", MARK + "-guess");
  }

  /** What is typed into the dashboard; gives the words that its session is known by. */
  private List<String> browse(ProxyServer proxy) {
    try (Browser browser = new Browser(proxy.httpPort())) {
      told.add(browser.tryLogin("app", "own", MARK + "-guess").http().body());
      browser.login("pglynx", "admin", MARK + "-admin").login("app", "own", MARK + "-own");
      browser.post("/api/sql", "sql", "SELECT '" + MARK + "-typed', pg_sleep(0.01)");
      String token = browser.get("/api/session").json().get("token").asText();
      return List.of(String.valueOf(browser.cookie()), token);
    }
  }

  private static void failing(Connection client, String sql) {
    try {
      ProxyUnderTest.run(client, sql);
      throw new AssertionError("no error: " + sql);
    } catch (SQLException _) {
      // The client may read what it has written.
    }
  }

  /** All tables, while a transaction is open whose last statement has a secret in it. */
  private String console(ProxyServer proxy) throws SQLException {
    StringBuilder all = new StringBuilder();
    try (Connection admin = login(proxy, "pglynx", "admin", MARK + "-admin");
        Connection open = login(proxy, "app", "own", MARK + "-own")) {
      open.setAutoCommit(false);
      ProxyUnderTest.value(open, "SELECT '" + MARK + "-running'");
      for (String topic : topics(admin)) {
        try (Statement statement = admin.createStatement();
            ResultSet rows = statement.executeQuery("SHOW " + topic)) {
          while (rows.next()) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              all.append(rows.getString(i)).append('\t');
            }
            all.append('\n');
          }
        }
      }
      try {
        ProxyUnderTest.run(admin, "SET admin_password = '" + MARK + "-set'", "RELOAD");
      } catch (SQLException e) {
        told.add(String.valueOf(e.getMessage()));
      }
      open.rollback();
    }
    return all.toString();
  }

  private static List<String> topics(Connection admin) throws SQLException {
    List<String> topics = new ArrayList<>();
    try (Statement statement = admin.createStatement()) {
      statement.execute("SHOW HELP");
      if (statement.getWarnings() instanceof PSQLWarning help) {
        Matcher found = TOPIC.matcher(String.valueOf(help.getServerErrorMessage().getDetail()));
        while (found.find()) {
          topics.add(found.group(1));
        }
      }
    }
    topics.remove("HELP");
    assertThat(topics).hasSizeGreaterThan(25).contains("CONFIG", "QUERIES", "SLOW", "PREPARED");
    return topics;
  }

  private static String faults(String toml) {
    try {
      ConfigLoader.parse(toml, "faulty.toml");
      throw new AssertionError("no fault");
    } catch (ConfigException e) {
      return e.faults().toString() + e;
    }
  }

  @Test
  void what_the_process_tells_has_no_secret_in_it() throws Exception {
    SelfSigned identity = SelfSigned.in(directory);
    String config = toml(identity);
    Path file = Files.writeString(directory.resolve("pglynx.toml"), config);
    ConfigFile source = new ConfigFile(file, java.util.Map.of("ADMIN", MARK + "-admin"));
    String tables;
    String metrics;
    String log;
    List<String> sessions;
    try (LogCapture capture = new LogCapture();
        ProxyServer proxy = ProxyServer.start(source.load(), new FileSource(source))) {
      use(proxy);
      sessions = browse(proxy);
      Eventually.equal(() -> capture.text().contains("ALTER ROLE " + made), true);
      tables = console(proxy);
      metrics = Web.get(proxy.httpPort(), "/metrics").body();
      proxy.close();
      log = capture.text();
    }
    String key = Files.readAllLines(identity.key()).get(1);

    assertThat(config).contains(MARK);
    assertThat(log).contains("slow statement", "CREATE ROLE " + made + " PASSWORD ?");
    assertThat(tables).contains("admin_password", "SELECT ?", "pg_sleep(?)", "$1");
    assertThat(metrics).contains("pglynx_query_seconds_count");
    for (String output : List.of(log, tables, metrics, String.join("\n", told))) {
      assertThat(output).doesNotContain(MARK, key).doesNotContain(sessions);
    }
  }

  @Test
  void nor_have_the_faults_of_a_configuration() throws Exception {
    String good = toml(SelfSigned.in(directory)).replace("${ADMIN}", MARK + "-admin");

    assertThat(faults(good.replace("stats_username = \"stats\"", "")))
        .contains("stats_password")
        .doesNotContain(MARK);
    assertThat(faults(good.replace("admin_username = \"admin\"", "admin_user = \"admin\"")))
        .contains("admin_user")
        .doesNotContain(MARK);
    assertThat(
            faults(
                good.replace("password = \"s3cr3t-own\"", "password = \"SCRAM-SHA-256$s3cr3t\"")))
        .contains("SCRAM")
        .doesNotContain(MARK);
    assertThat(faults(good.replace("auth_query_password", "auth_query_pasword")))
        .contains("auth_query_pasword")
        .doesNotContain(MARK);
  }
}
