package org.pglynx.proxy.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  private final Exposition out = new Exposition();

  private ExpositionReader read() {
    return ExpositionReader.read(out.text(ExpositionFormat.TEXT));
  }

  @Test
  void samples_of_one_name_stand_together() {
    out.counter("a_total", "First.", Map.of("x", "1"), 1);
    out.gauge("b", "Second.", Map.of(), 2);
    out.counter("a_total", "First.", Map.of("x", "2"), 3);

    assertThat(out.text(ExpositionFormat.TEXT))
        .isEqualTo(
            """
            # HELP a_total First.
            # TYPE a_total counter
            a_total{x="1"} 1
            a_total{x="2"} 3
            # HELP b Second.
            # TYPE b gauge
            b 2
            """);
  }

  @Test
  void the_same_series_is_written_once() {
    out.counter("a_total", "First.", Map.of("x", "1"), 1);
    out.counter("a_total", "First.", Map.of("x", "1"), 2);
    out.gauge("b", "Second.", Map.of(), 2);
    out.gauge("b", "Second.", Map.of(), 1);

    assertThat(read().value("a_total")).isEqualTo(3);
    assertThat(read().value("b")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b", "a\\b", "a\nb", "a,b=\"c\"}", "\\n", "ä€😀", ""})
  void a_name_may_hold_anything(String name) {
    out.gauge("a", "Of a \\ and\na line.", Map.of("user", name), 0.5);

    assertThat(read().value("a", "user", name)).isEqualTo(0.5);
  }

  @Test
  void a_histogram_counts_exactly_what_is_below_each_bound() {
    TimeHistogram times = new TimeHistogram();
    times.record(0);
    times.record((1 << 13) - 1);
    times.record(1 << 13);
    times.record(1L << 37);
    times.record(Long.MAX_VALUE);

    out.histogram("t_seconds", "Times.", Map.of("x", "1"), times.snapshot(), 5_000_000_000L);

    ExpositionReader read = read();
    assertThat(read.value("t_seconds_bucket", "le", "8.192E-6")).isEqualTo(2);
    assertThat(read.value("t_seconds_bucket", "le", "3.2768E-5")).isEqualTo(3);
    assertThat(read.value("t_seconds_bucket", "le", "137.438953472")).isEqualTo(3);
    assertThat(read.value("t_seconds_bucket", "le", "+Inf")).isEqualTo(5);
    assertThat(read.value("t_seconds_sum")).isEqualTo(5);
  }

  @Test
  void a_histogram_of_nothing_has_its_bounds() {
    out.histogram("t_seconds", "Times.", Map.of(), Distribution.NONE, 0);

    assertThat(read().of("t_seconds_bucket")).hasSize(14);
    assertThat(read().value("t_seconds_count")).isZero();
  }

  @Test
  void open_metrics_calls_counters_without_total_and_says_where_it_ends() {
    out.counter("a_total", "Says \"a\".", Map.of("x", "1"), 1);
    out.gauge("b", "Second.", Map.of(), 2);
    out.counter("b_total", "Beside a gauge.", Map.of(), 3);
    out.counter("pgcat_count", "As pgcat calls it.", Map.of(), 4);

    String text = out.text(ExpositionFormat.OPEN_METRICS);

    assertThat(text)
        .isEqualTo(
            """
            # HELP a Says \\"a\\".
            # TYPE a counter
            a_total{x="1"} 1
            # HELP b Second.
            # TYPE b gauge
            b 2
            # HELP b_total Beside a gauge.
            # TYPE b_total unknown
            b_total 3
            # HELP pgcat_count As pgcat calls it.
            # TYPE pgcat_count unknown
            pgcat_count 4
            # EOF
            """);
    assertThat(ExpositionReader.readOpenMetrics(text).value("a_total")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | TEXT",
        "*/* | TEXT",
        "text/plain | TEXT",
        "application/openmetrics-text | OPEN_METRICS",
        "application/openmetrics-text; version=1.0.0; charset=utf-8 | OPEN_METRICS",
        "application/openmetrics-text;version=2.0.0 | TEXT",
        "application/openmetrics-text;q=0 | TEXT",
        "application/openmetrics-text;q=0.2,text/plain;q=0.5 | TEXT",
        // Prometheus 2.42 and 3.
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1 | OPEN_METRICS",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.2 | OPEN_METRICS",
      })
  void the_format_is_the_one_that_is_asked_for(String accept, ExpositionFormat format) {
    assertThat(ExpositionFormat.accepted(accept)).isEqualTo(format);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a 1\n",
        "# HELP a b\n# TYPE a gauge\na 1",
        "# HELP a b\n# TYPE a gauge\na 1\na 2\n",
        "# TYPE a gauge\na 1\n",
        "# HELP a b\n# TYPE a gauge\nb 1\n",
        "# HELP a b\n# TYPE a gauge\na{x=\"\"\"} 1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\n"
            + "a_count 1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_sum 1\na_count 2\n",
      })
  void the_reader_of_these_tests_is_strict(String text) {
    assertThatThrownBy(() -> ExpositionReader.read(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
