package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.stats.ExpositionReader;

/** Real servers: what Prometheus and orchestrators are told. */
class MetricsIT {
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(1)
          .general(AdminTable.OPEN)
          .general("http_port = 0", "worker_threads = 2")
          .anotherUser("username = \"a \\\"b\\\\\"", "pool_size = 3", "auth_type = \"trust\"");

  @AfterAll
  static void goOn() throws Exception {
    try (Connection admin = AdminTable.login(PROXY.port())) {
      ProxyUnderTest.run(admin, "MAINTENANCE OFF");
    }
  }

  private static String page() {
    HttpResponse<String> answer = Web.get(PROXY.server().httpPort(), "/metrics");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    return answer.body();
  }

  private static double value(String name) {
    return ExpositionReader.read(page()).value(name, "pool", "app", "user", "postgres");
  }

  @Test
  void what_clients_do_is_on_the_page() {
    double before = value("pglynx_query_seconds_count");
    try (RawConnection client = PROXY.raw();
        RawConnection waiting = PROXY.raw()) {
      client.ask("SELECT 1");
      client.ask("BEGIN");
      client.ask("SELECT pg_sleep(0.2)");
      waiting.send(RawConnection.query("SELECT 2"));
      Eventually.equal(() -> value("pgcat_pools_cl_waiting"), 1.0);

      ExpositionReader during = ExpositionReader.read(page());
      assertThat(during.value("pgcat_pools_cl_active", "user", "postgres")).isEqualTo(1);
      assertThat(during.value("pgcat_pools_sv_active", "user", "postgres")).isEqualTo(1);
      client.ask("COMMIT");
      waiting.shapes(1);
    }
    ExpositionReader after = ExpositionReader.read(page());
    assertThat(after.value("pglynx_query_seconds_count", "user", "postgres") - before).isEqualTo(5);
    assertThat(after.value("pglynx_query_seconds_sum", "user", "postgres")).isBetween(0.2, 60.0);
    assertThat(after.value("pglynx_transaction_seconds_count", "user", "postgres"))
        .isGreaterThanOrEqualTo(3);
    assertThat(after.value("pgcat_stats_total_query_count", "username", "postgres"))
        .isGreaterThanOrEqualTo(5);
    assertThat(after.of("pglynx_event_loop_lag_seconds_count")).hasSize(2);
    assertThat(after.value("pgcat_servers_query_count", "username", "postgres"))
        .isGreaterThanOrEqualTo(5);
    assertThat(after.value("pgcat_servers_transaction_count", "username", "postgres"))
        .isGreaterThanOrEqualTo(3);
    assertThat(after.value("pgcat_servers_bytes_sent", "username", "postgres")).isPositive();
    assertThat(after.value("pgcat_servers_bytes_received", "username", "postgres")).isPositive();
  }

  @Test
  void trainings_and_predictions_are_on_the_page() throws Exception {
    PROXY.onServer(
        "CREATE TABLE houses AS SELECT x::float8 AS size, 2.0 * x AS price"
            + " FROM generate_series(1, 60) x");
    ExpositionReader before = ExpositionReader.read(page());
    try (Connection client = PROXY.connect()) {
      ProxyUnderTest.run(
          client,
          "SELECT * FROM pgml.train('houses', 'regression', 'houses', 'price')",
          "SELECT pgml.predict('houses', ARRAY[7.0])");
      assertThatThrownBy(() ->
              ProxyUnderTest.run(
                  client, "SELECT * FROM pgml.train('huts', 'regression', 'huts', 'price')"))
          .hasMessageContaining("huts");
    }
    ExpositionReader after = ExpositionReader.read(page());

    for (String outcome : List.of("done", "failed")) {
      assertThat(
              after.value("pglynx_trainings_total", "outcome", outcome)
                  - before.value("pglynx_trainings_total", "outcome", outcome))
          .isEqualTo(1);
    }
    assertThat(after.value("pglynx_predictions_total", "project", "houses")).isEqualTo(1);
    assertThat(after.value("pglynx_prediction_seconds_count", "project", "houses")).isEqualTo(1);
    assertThat(after.value("pglynx_models")).isPositive();
  }

  @Test
  void prepared_statements_are_counted_on_the_page_and_at_the_console() throws Exception {
    String[] labels = {"pool", "app", "user", "postgres"};
    ExpositionReader before = ExpositionReader.read(page());
    try (Connection client = PROXY.connect("prepareThreshold", "1");
        Connection admin = AdminTable.login(PROXY.port())) {
      Map<String, String> earlier =
          AdminTable.show(admin, "STATS WHERE database = 'app'").getFirst();
      try (PreparedStatement statement = client.prepareStatement("SELECT 'counted', ?::int")) {
        for (int i = 0; i < 5; i++) {
          statement.setInt(1, i);
          statement.execute();
        }
        assertThat(AdminTable.show(admin, "CLIENTS WHERE database = 'app'"))
            .singleElement()
            .satisfies(row -> assertThat(row).containsEntry("prepared_statements", "1"));
      }
      ExpositionReader after = ExpositionReader.read(page());
      assertThat(grown(before, after, "pglynx_prepared_misses_total", labels)).isEqualTo(1);
      assertThat(grown(before, after, "pglynx_prepared_hits_total", labels)).isBetween(3.0, 5.0);
      assertThat(grown(before, after, "pglynx_binds_total", labels)).isGreaterThanOrEqualTo(5);
      assertThat(grown(before, after, "pglynx_client_parses_total", labels)).isEqualTo(1);
      assertThat(grown(before, after, "pglynx_client_logins_total", labels)).isEqualTo(1);
      assertThat(after.value("pglynx_prepared_statements", labels)).isPositive();
      Map<String, String> later = AdminTable.show(admin, "STATS WHERE database = 'app'").getFirst();
      assertThat(number(later, "total_server_parse_count"))
          .isEqualTo(number(earlier, "total_server_parse_count") + 1);
      assertThat(number(later, "total_bind_count"))
          .isGreaterThanOrEqualTo(number(earlier, "total_bind_count") + 5);
      assertThat(
              AdminTable.show(admin, "SERVERS WHERE prepare_cache_miss > 0").stream()
                  .mapToLong(row -> number(row, "prepare_cache_hit"))
                  .sum())
          .isGreaterThanOrEqualTo(3);
    }
  }

  private static long number(Map<String, String> row, String column) {
    return Long.parseLong(String.valueOf(row.get(column)));
  }

  private static double grown(
      ExpositionReader before, ExpositionReader after, String name, String... labels) {
    return after.value(name, labels) - before.value(name, labels);
  }

  @Test
  void each_server_of_each_shard_is_told_for_each_user() throws Exception {
    ProxyUnderTest sharded =
        ProxyUnderTest.deferring(2)
            .shards(2)
            .general(AdminTable.OPEN)
            .general("http_port = 0")
            .pool("automatic_sharding_key = \"placed.id\"")
            .user("min_pool_size = 1")
            .anotherUser("username = \"a \\\"b\\\\\"", "pool_size = 3", "auth_type = \"trust\"")
            .start();
    try (Connection admin = AdminTable.login(sharded.port())) {
      Eventually.equal(
          () -> databases(admin), Set.of(sharded.shardDatabase(0), sharded.shardDatabase(1)));
      assertThat(AdminTable.show(admin, "SHARDS WHERE user = 'postgres'"))
          .extracting(row -> row.get("shard") + " " + row.get("server_database"))
          .containsExactly("0 " + sharded.shardDatabase(0), "1 " + sharded.shardDatabase(1));
      for (int shard = 0; shard < 2; shard++) {
        sharded.postgres().execute(sharded.shardDatabase(shard), "CREATE TABLE placed (id bigint)");
      }
      try (RawConnection client = sharded.raw()) {
        client.ask("SELECT count(*) FROM placed");
        client.ask("SELECT count(*) FROM placed WHERE id = 1");
      }
      ExpositionReader page =
          ExpositionReader.read(Web.get(sharded.server().httpPort(), "/metrics").body());

      assertThat(page.of("pgcat_databases_pool_size")).hasSize(4);
      assertThat(page.value("pgcat_databases_pool_size", "username", "a \"b\\", "shard", "1"))
          .isEqualTo(3);
      assertThat(page.value("pglynx_scatter_shards_bucket", "le", "1")).isEqualTo(1);
      assertThat(page.value("pglynx_scatter_shards_bucket", "le", "2")).isEqualTo(2);
      assertThat(page.value("pglynx_scatter_shards_sum", "pool", "app")).isEqualTo(3);
    } finally {
      sharded.stop();
    }
  }

  private static Set<String> databases(Connection admin) {
    try {
      return AdminTable.show(admin, "SERVERS").stream()
          .map(row -> String.valueOf(row.get("database_name")))
          .collect(Collectors.toSet());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void who_asks_for_open_metrics_gets_the_same_samples_in_that() {
    HttpResponse<String> answer =
        Web.get(
            PROXY.server().httpPort(),
            "/metrics",
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");

    assertThat(answer.headers().firstValue("content-type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ExpositionReader open = ExpositionReader.readOpenMetrics(answer.body());
    ExpositionReader text = ExpositionReader.read(page());
    assertThat(open.names()).isEqualTo(text.names());
    assertThat(open.types())
        .containsEntry("pglynx_errors", "counter")
        .containsEntry("pglynx_wait_seconds", "histogram")
        .containsEntry("pgcat_stats_total_query_count", "unknown");
  }

  @Test
  void prometheus_own_tool_finds_no_fault_but_pgcats_names() throws Exception {
    assumeTrue(Files.isExecutable(PROMTOOL), "Debian's package prometheus");
    Process tool =
        new ProcessBuilder(PROMTOOL.toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    tool.getOutputStream().write(page().getBytes(StandardCharsets.UTF_8));
    tool.getOutputStream().close();
    List<String> said = lines(tool);

    assertThat(tool.waitFor()).isIn(0, 3);
    assertThat(said).allMatch(line -> line.startsWith("pgcat_"));
  }

  private static List<String> lines(Process tool) throws IOException {
    return new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  @Test
  void a_proxy_in_maintenance_is_healthy_but_not_ready() throws Exception {
    try (Connection admin = AdminTable.login(PROXY.port())) {
      assertThat(Web.get(PROXY.server().httpPort(), "/readyz").body()).isEqualTo("ready\n");
      ProxyUnderTest.run(admin, "MAINTENANCE ON");

      HttpResponse<String> ready = Web.get(PROXY.server().httpPort(), "/readyz");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).isEqualTo("maintenance\n");
      assertThat(Web.get(PROXY.server().httpPort(), "/healthz").statusCode()).isEqualTo(200);
      ProxyUnderTest.run(admin, "MAINTENANCE OFF");
    }
  }

  @Test
  void a_proxy_that_lets_transactions_end_is_not_ready_until_it_has_stopped() {
    ProxyUnderTest stopping =
        ProxyUnderTest.transactionMode(1).general("http_port = 0").sharing(PROXY).start();
    try (RawConnection client = stopping.raw()) {
      client.ask("BEGIN");
      CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> stopping.server().drain());

      int port = stopping.server().httpPort();
      Eventually.equal(() -> Web.get(port, "/readyz").body(), "stopping\n");
      assertThat(Web.get(port, "/healthz").statusCode()).isEqualTo(200);
      assertThat(ExpositionReader.read(Web.get(port, "/metrics").body()).value("pglynx_stopping"))
          .isEqualTo(1);
      client.ask("COMMIT");
      stop.orTimeout(20, TimeUnit.SECONDS).join();
    } finally {
      stopping.stop();
    }
  }
}
