package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.stats.ExpositionReader;

/** Real servers and a collector: statements of traces are its spans. */
class TracesIT {
  @RegisterExtension static final OtlpCollector COLLECTOR = new OtlpCollector();

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(1)
          .general(AdminTable.OPEN)
          .general(
              "http_port = 0",
              "otlp_endpoint = \"" + COLLECTOR.endpoint() + "\"",
              "otlp_headers = \"x-key=planted-key\"",
              "otlp_service_name = \"pool of the shop\"");

  private static String comment(String trace, String flags) {
    return " /*db_driver='x',traceparent='00-" + trace + "-00f067aa0ba902b7-" + flags + "'*/";
  }

  private static String trace(int number) {
    return "4bf92f3577b34da6a3ce929d0e0e%04x".formatted(number);
  }

  private static List<OtlpCollector.Span> spans(String trace) {
    return COLLECTOR.spans().stream().filter(span -> span.trace().equals(trace)).toList();
  }

  /** Without those of its wait for a server, whose first connection takes some milliseconds. */
  private static List<OtlpCollector.Span> statements(String trace) {
    return spans(trace).stream().filter(span -> !span.name().startsWith("wait")).toList();
  }

  private static double told(String outcome) {
    return ExpositionReader.read(Web.get(PROXY.server().httpPort(), "/metrics").body())
        .value("pglynx_trace_spans_total", "outcome", outcome);
  }

  @Test
  void a_statement_is_a_span_of_its_trace_without_its_values() throws Exception {
    try (Connection client = PROXY.connect("ApplicationName", "shop")) {
      String sql = "SELECT ?::text, pg_sleep(0.05), 'planted'" + comment(trace(1), "01");
      try (PreparedStatement statement = client.prepareStatement(sql)) {
        statement.setString(1, "planted");
        statement.execute();
      }
    }
    Eventually.equal(() -> statements(trace(1)).size(), 1);

    OtlpCollector.Span span = statements(trace(1)).getFirst();
    assertThat(span.parent()).isEqualTo("00f067aa0ba902b7");
    assertThat(span.name()).isEqualTo("SELECT app");
    assertThat(span.kind()).isEqualTo(2);
    assertThat(span.status()).isZero();
    assertThat(span.endNanos() - span.startNanos())
        .isBetween(TimeUnit.MILLISECONDS.toNanos(45), TimeUnit.MINUTES.toNanos(1));
    assertThat(span.endNanos())
        .isCloseTo(
            TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()),
            org.assertj.core.data.Offset.offset(TimeUnit.MINUTES.toNanos(1)));
    assertThat(span.attributes())
        .containsEntry("db.system.name", "postgresql")
        .containsEntry("db.namespace", "app")
        .containsEntry("db.query.text", "SELECT $1::text, pg_sleep(?), ?")
        .containsEntry("pglynx.user", "postgres")
        .containsEntry("pglynx.application_name", "shop")
        .containsEntry("pglynx.server", "127.0.0.1:" + PROXY.postgres().port());
    assertThat(span.resource()).containsEntry("service.name", "pool of the shop");
    assertThat(COLLECTOR.spans().toString()).doesNotContain("planted");
    assertThat(COLLECTOR.keys()).contains("planted-key");
  }

  @Test
  void a_statement_that_fails_says_with_which_state() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("SELECT 1/0" + comment(trace(2), "01"));
    }
    Eventually.equal(() -> statements(trace(2)).size(), 1);

    assertThat(statements(trace(2)).getFirst().status()).isEqualTo(2);
    assertThat(statements(trace(2)).getFirst().attributes())
        .containsEntry("db.response.status_code", "22012");
  }

  @Test
  void the_wait_for_a_server_is_a_span_within() {
    try (RawConnection holder = PROXY.raw();
        RawConnection client = PROXY.raw()) {
      holder.ask("BEGIN");
      client.send(RawConnection.query("SELECT 1" + comment(trace(3), "01")));
      holder.ask("SELECT pg_sleep(0.05)");
      holder.ask("COMMIT");
      client.shapes(1);
    }
    Eventually.equal(() -> spans(trace(3)).size(), 2);

    List<OtlpCollector.Span> spans = spans(trace(3));
    OtlpCollector.Span wait =
        spans.stream()
            .filter(span -> span.name().equals("wait for a server"))
            .findFirst()
            .orElseThrow();
    OtlpCollector.Span statement =
        spans.stream().filter(span -> span != wait).findFirst().orElseThrow();
    assertThat(wait.parent()).isEqualTo(statement.id());
    assertThat(wait.endNanos() - wait.startNanos())
        .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(40));
    assertThat(statement.startNanos()).isEqualTo(wait.startNanos());
  }

  @Test
  void a_trace_that_is_not_kept_is_not_sent() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("SELECT 1" + comment(trace(4), "00"));
      client.ask("SELECT 1" + comment(trace(5), "01"));
    }
    Eventually.equal(() -> statements(trace(5)).size(), 1);

    assertThat(spans(trace(4))).isEmpty();
  }

  @Test
  void the_proxys_own_answers_and_refusals_are_spans_as_well() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("SELECT pgml.predict('no_such_project', ARRAY[1])" + comment(trace(6), "01"));
    }
    Eventually.equal(() -> statements(trace(6)).size(), 1);

    assertThat(statements(trace(6)).getFirst().status()).isEqualTo(2);
  }

  @Test
  void a_collector_that_refuses_disturbs_nobody_and_is_counted() {
    double before = told("failed");
    COLLECTOR.answers(503);
    try (RawConnection client = PROXY.raw()) {
      client.ask("SELECT 1" + comment(trace(7), "01"));
      Eventually.equal(() -> told("failed"), before + 1);
      COLLECTOR.answers(200);
      client.ask("SELECT 1" + comment(trace(8), "01"));
    } finally {
      COLLECTOR.answers(200);
    }
    Eventually.equal(() -> statements(trace(8)).size(), 1);

    assertThat(spans(trace(7))).isEmpty();
    assertThat(told("exported")).isPositive();
  }
}
