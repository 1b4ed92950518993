package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.FileSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigFile;

/**
 * The dashboard's page in a browser, in front of a primary and two standbys: see {@code
 * dashboard/test/walks} for what is done.
 */
@EnabledIfSystemProperty(named = "dashboard.screenshots", matches = ".+", disabledReason = "slow")
class DashboardPageIT {
  private static final String USER = "person";
  private static final String PASSWORD = "quite secret";
  private static final String DATABASE = "shop";
  private static final String AWAY = "away";

  @TempDir private static Path directory;
  private static StreamingCluster servers;
  private static ProxyServer proxy;

  @BeforeAll
  static void start() throws Exception {
    servers =
        StreamingCluster.start(
            2,
            "CREATE ROLE " + USER + " LOGIN",
            "GRANT CREATE ON DATABASE postgres TO " + USER,
            "GRANT CREATE ON SCHEMA public TO " + USER,
            "CREATE TABLE secret_rows AS SELECT 1 AS a");
    ConfigFile file =
        new ConfigFile(Files.writeString(directory.resolve("page.toml"), toml()), Map.of());
    proxy = ProxyServer.start(file.load(), new FileSource(file));
    Properties login = new Properties();
    login.putAll(Map.of("user", USER, "password", PASSWORD));
    try (Connection person =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + DATABASE, login)) {
      ProxyUnderTest.run(person, "CREATE EXTENSION pgml");
    }
  }

  private static String toml() {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    http_port = 0
    worker_threads = 2
    track_queries = true
    slow_query_ms = 1000
    admin_username = "admin"
    admin_password = "%2$s"
    [ml]
    threads = 2
    [pools.%1$s]
    probe_interval = 500
    default_role = "primary"
    [pools.%1$s.shards.0]
    database = "postgres"
    servers = %4$s
    [pools.%1$s.users.0]
    username = "%3$s"
    password = "%2$s"
    pool_size = 8
    [pools.parts.shards.0]
    database = "postgres"
    servers = [["127.0.0.1", %5$d, "primary"]]
    [pools.parts.shards.1]
    database = "template1"
    servers = [["127.0.0.1", %5$d, "primary"]]
    [pools.parts.users.0]
    username = "%3$s"
    password = "%2$s"
    pool_size = 2
    [pools.alone.shards.0]
    database = "postgres"
    servers = [["127.0.0.1", %5$d, "primary"]]
    [pools.alone.users.0]
    username = "%3$s"
    password = "%2$s"
    pool_size = 2
    [pools.%6$s]
    connect_timeout = 2000
    [pools.%6$s.shards.0]
    database = "postgres"
    servers = [["127.0.0.1", 1, "primary"]]
    [pools.%6$s.users.0]
    username = "%3$s"
    password = "%2$s"
    pool_size = 2
    """
        .formatted(
            DATABASE, PASSWORD, USER, servers.toml("auto", "auto"), servers.server(0).port(), AWAY);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    servers.close();
  }

  @Test
  void people_do_with_the_page_what_it_is_for() throws Exception {
    ProcessBuilder browser =
        new ProcessBuilder(
                "sh",
                Path.of("..", "dashboard", "test", "run.sh").toString(),
                "http://127.0.0.1:" + proxy.httpPort(),
                System.getProperty("dashboard.screenshots", ""))
            .redirectErrorStream(true);
    browser
        .environment()
        .putAll(
            Map.of(
                "DASHBOARD_DATABASE",
                DATABASE,
                "DASHBOARD_USER",
                USER,
                "DASHBOARD_PASSWORD",
                PASSWORD,
                "DASHBOARD_SECRET",
                "secret_rows",
                "DASHBOARD_AWAY",
                AWAY));
    Process run = browser.start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(run.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(run.exitValue()).as(said).isZero();
    assertThat(said).contains("the page works");
  }
}
