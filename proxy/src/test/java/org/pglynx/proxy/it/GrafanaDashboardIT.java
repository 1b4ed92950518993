package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/** The dashboard for Grafana asks for metrics and labels that a real proxy's page has. */
class GrafanaDashboardIT {
  private static final Path DASHBOARD = Path.of("..", "packaging", "grafana", "pglynx.json");
  private static final Pattern METRIC = Pattern.compile("\\b(pglynx|pgcat)_[a-z_]+");
  private static final Pattern EXPRESSION = Pattern.compile("\"(?:expr|query)\": \"(.*)\"");
  private static final Pattern LABEL = Pattern.compile("\\{\\{([a-z_]+)\\}\\}");

  /** Two servers, as some metrics are of databases that have several. */
  private static String page() {
    String toml =
        """
        [general]
        host = "127.0.0.1"
        port = 0
        http_port = 0
        worker_threads = 1
        [pools.app]
        query_parser_enabled = true
        query_parser_read_write_splitting = true
        [pools.app.shards.0]
        database = "postgres"
        servers = [["127.0.0.1", %1$d, "primary"], ["localhost", %1$d, "replica"]]
        [pools.app.users.0]
        username = "postgres"
        auth_type = "trust"
        pool_size = 2
        """
            .formatted(TestPostgres.shared().port());
    try (ProxyServer proxy = ProxyServer.start(ConfigLoader.parse(toml, "dashboard.toml"))) {
      return Web.get(proxy.httpPort(), "/metrics").body();
    }
  }

  /** Metrics of the page that have no value before something has happened. */
  private static final Set<String> LATER =
      Set.of(
          "pglynx_prediction_seconds_bucket",
          "pglynx_predictions_total",
          "pglynx_models_bytes",
          "pglynx_trainings",
          "pglynx_replica_lag_seconds");

  @Test
  void every_metric_that_it_asks_for_is_on_the_page() throws IOException {
    String page = page();
    Set<String> asked = new TreeSet<>();
    Matcher expressions = EXPRESSION.matcher(Files.readString(DASHBOARD));
    while (expressions.find()) {
      METRIC.matcher(expressions.group(1)).results().forEach(found -> asked.add(found.group()));
    }
    asked.removeAll(LATER);

    assertThat(asked).hasSizeGreaterThan(15);
    assertThat(asked)
        .allMatch(name -> page.contains("\n" + name + " ") || page.contains(name + "{"));
  }

  @Test
  void every_metric_that_comes_later_has_its_name_in_the_product() throws IOException {
    String sources = RunbookTest.sources();

    assertThat(LATER)
        .allMatch(name -> sources.contains('"' + name.replaceFirst("_bucket$", "") + '"'));
  }

  @Test
  void every_label_of_its_legends_is_on_the_page() throws IOException {
    String page = page();

    assertThat(LABEL.matcher(Files.readString(DASHBOARD)).results())
        .extracting(found -> found.group(1))
        .filteredOn(label -> !label.equals("instance"))
        .allMatch(label -> page.contains(label + "=\""));
  }
}
