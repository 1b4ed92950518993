package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The dashboard's page in a browser: see {@code dashboard/test/page.mjs} for what is done. */
@EnabledIfSystemProperty(named = "dashboard.screenshots", matches = ".+", disabledReason = "slow")
class DashboardPageIT {
  private static final String USER = TestPostgres.freshName("person");
  private static final String PASSWORD = "secret";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(5)
          .general("http_port = 0", "admin_username = \"admin\"", "admin_password = \"secret\"")
          .anotherUser(
              "username = \"" + USER + "\"", "password = \"" + PASSWORD + "\"", "pool_size = 5");

  @BeforeAll
  static void createRole() throws Exception {
    PROXY.onServer(
        "CREATE ROLE " + USER + " LOGIN",
        "GRANT CREATE ON DATABASE " + PROXY.serverDatabase() + " TO " + USER,
        "GRANT CREATE ON SCHEMA public TO " + USER,
        "CREATE TABLE secret_rows AS SELECT 1 AS a");
    try (Connection person = PROXY.connect("user", USER, "password", PASSWORD)) {
      ProxyUnderTest.run(person, "CREATE EXTENSION pgml");
    }
  }

  @Test
  void a_person_logs_in_trains_deploys_rolls_back_predicts_cancels_and_pauses() throws Exception {
    String url = "http://127.0.0.1:" + PROXY.server().httpPort();
    ProcessBuilder browser =
        new ProcessBuilder(
                "sh",
                Path.of("..", "dashboard", "test", "run.sh").toString(),
                url,
                System.getProperty("dashboard.screenshots", ""))
            .redirectErrorStream(true);
    browser
        .environment()
        .putAll(
            Map.of(
                "DASHBOARD_DATABASE",
                ProxyUnderTest.DATABASE,
                "DASHBOARD_USER",
                USER,
                "DASHBOARD_PASSWORD",
                PASSWORD,
                "DASHBOARD_SECRET",
                "secret_rows"));
    Process run = browser.start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(run.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(run.exitValue()).as(said).isZero();
    assertThat(said).contains("the page works");
  }
}
