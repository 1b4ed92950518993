package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers at the ends of what a real holds are predicted the same, whoever computes. */
class ExtremeNumbersIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(1);

  @BeforeAll
  static void learn() throws SQLException {
    PROXY.onServer(
        "CREATE TABLE sums AS SELECT i % 7 AS a, i % 5 AS b, 2 * (i % 7) + i % 5 AS y"
            + " FROM generate_series(1, 200) i",
        "CREATE VIEW sides AS SELECT a, b, y > 8 AS y FROM sums",
        "CREATE VIEW thirds AS SELECT a, b, y / 6 AS y FROM sums",
        "CREATE TABLE tiny AS SELECT CASE WHEN i % 3 = 0 THEN 1e-50 ELSE i END::float8 AS a,"
            + " i % 5 AS b, i AS y FROM generate_series(1, 60) i");
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train('sums', 'regression', 'sums', 'y', 'linear')",
          "SELECT * FROM pgml.train('sides', 'classification', 'sides', 'y',"
              + " 'stochastic_gradient_descent')",
          "SELECT * FROM pgml.train('thirds', 'classification', 'thirds', 'y',"
              + " 'stochastic_gradient_descent')",
          "SELECT * FROM pgml.train('tiny', 'regression', 'tiny', 'y', 'xgboost')");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sums, 1e30",
    "sums, 3e38",
    "sums, -3e38",
    "sides, 3e38",
    "sides, -3e38",
    "thirds, 3e38"
  })
  void a_score_beyond_the_range_of_real_is_none_the_less_an_answer(String project, String feature)
      throws SQLException {
    String call = "pgml.predict('%1$s', ARRAY[%2$s, %2$s]::real[])".formatted(project, feature);

    assertThat(value("SELECT max(" + call + ") FROM (SELECT) AS one"))
        .isEqualTo(value("SELECT " + call));
  }

  @Test
  void a_prediction_beyond_the_range_of_real_is_infinite() throws SQLException {
    assertThat(value("SELECT max(pgml.predict('sums', ARRAY[-3e38, -3e38]::real[])) FROM sums"))
        .isEqualTo("-Infinity");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tiny", "ROW(a, b)", "to_jsonb(tiny)", "jsonb_build_object('a', a::text, 'b', b)"})
  void what_is_too_small_for_a_real_is_predicted_as_it_was_learnt(String features)
      throws SQLException {
    String call = "pgml.predict('tiny', " + features + ")";

    assertThat(value("SELECT max(" + call + ") FROM tiny WHERE y = 3"))
        .isEqualTo(value("SELECT " + call + " FROM tiny WHERE y = 3"));
  }

  private static @Nullable String value(String sql) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      return ProxyUnderTest.value(connection, sql);
    }
  }
}
