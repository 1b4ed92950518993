package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What models tell about themselves: contributions, importance, comparison, versions. */
class ExplainIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void train() throws SQLException {
    PROXY.onServer(
        "CREATE TABLE rows AS SELECT i % 17 AS big, i % 5 AS small, 0 AS nothing,"
            + " 100 * (i % 17) + i % 5 AS y, i % 17 > 8 AS label FROM generate_series(1, 400) i");
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "CREATE VIEW numbers AS SELECT big, small, nothing, y FROM rows",
          "CREATE VIEW labels AS SELECT big, small, nothing, label FROM rows",
          "SELECT * FROM pgml.train('value', 'regression', 'numbers', 'y', 'linear')",
          "SELECT * FROM pgml.train('value', algorithm => 'xgboost')",
          "SELECT * FROM pgml.train('class', 'classification', 'labels', 'label', 'xgboost')",
          "CREATE VIEW pairs AS SELECT big, small, nothing, y, -2 * y AS z FROM rows",
          "SELECT * FROM pgml.train_joint('pair', 'regression', 'pairs', ARRAY['y', 'z'], 'linear')",
          "SELECT * FROM pgml.train('near', 'classification', 'labels', 'label', 'knn')");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void contributions_sum_to_the_prediction_the_largest_first(String mode) throws SQLException {
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      Map<String, Double> parts =
          parts(connection, "SELECT * FROM pgml.explain('value', ARRAY[16, 0, 0])");
      String prediction =
          ProxyUnderTest.value(connection, "SELECT pgml.predict('value', ARRAY[16, 0, 0])");

      assertThat(parts.keySet()).containsExactlyInAnyOrder("big", "small", "nothing", "(bias)");
      assertThat(parts.keySet()).startsWith("big").endsWith("(bias)");
      assertThat(parts.get("big")).isGreaterThan(300);
      assertThat(parts.values().stream().mapToDouble(x -> x).sum())
          .isCloseTo(Double.parseDouble(String.valueOf(prediction)), within(0.01));
    }
  }

  @Test
  void parameters_composites_and_columns_by_name_are_served() throws SQLException {
    try (Connection connection = PROXY.connect("prepareThreshold", "-1")) {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT feature, contribution FROM pgml.explain($$value$$, ?::real[])")) {
        statement.setArray(1, connection.createArrayOf("float4", new Float[] {16f, 0f, 0f}));
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString("feature")).isEqualTo("big");
          assertThat(rows.getDouble("contribution")).isGreaterThan(300);
        }
      }
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.explain('value', ARRAY[16,0,0])"))
          .startsWith("(big,");
      assertThat(parts(connection, "SELECT * FROM pgml.explain('class', ARRAY[16,0,0])").get("big"))
          .isGreaterThan(0);
      assertThat(parts(connection, "SELECT * FROM pgml.explain(NULL, ARRAY[16,0,0])")).isEmpty();
    }
  }

  @Test
  void importance_is_of_the_deployed_model_or_of_one_by_id_and_by_a_measure() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      Map<String, Double> usual =
          parts(connection, "SELECT * FROM pgml.feature_importance('class')");
      assertThat(usual.keySet()).startsWith("big").hasSize(3);
      String id =
          ProxyUnderTest.value(
              connection, "SELECT id FROM pgml.deployed_models WHERE name = 'class'");
      assertThat(parts(connection, "SELECT * FROM pgml.feature_importance(" + id + ")"))
          .isEqualTo(usual);
      assertThat(
              parts(
                  connection,
                  "SELECT * FROM pgml.feature_importance(project_name => 'class', measure =>"
                      + " 'weight')"))
          .hasSize(3);
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.feature_importance('class')"))
          .startsWith("(big,");
    }
  }

  @Test
  void a_linear_model_of_several_targets_tells_what_matters() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      Map<String, Double> parts =
          parts(connection, "SELECT * FROM pgml.feature_importance('pair')");

      assertThat(parts.keySet()).containsExactly("big", "small", "nothing");
      // 100 and -200 times the deviation of big, which is 4.9.
      assertThat(parts.get("big")).isBetween(700.0, 770.0);
    }
  }

  @Test
  void a_model_of_several_targets_explains_the_first_which_it_predicts() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      Map<String, Double> parts =
          parts(connection, "SELECT * FROM pgml.explain('pair', ARRAY[16, 0, 0])");

      assertThat(parts.values().stream().mapToDouble(x -> x).sum()).isCloseTo(1600, within(1.0));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SELECT * FROM pgml.explain('value', ARRAY[1,2])                  | 22023 | expects 3 features
          SELECT * FROM pgml.explain('nobody', ARRAY[1])                   | 55000 | No deployed model
          SELECT * FROM pgml.explain('near', ARRAY[1,2,3])                 | 0A000 | cannot be explained
          SELECT * FROM pgml.explain('value', (SELECT ARRAY[1,2]))         | 22023 | expects 3 features
          SELECT * FROM pgml.feature_importance('class', 'beauty')         | 22023 | knows no measure
          SELECT * FROM pgml.feature_importance('near')                    | 0A000 | does not tell
          SELECT * FROM pgml.models_compare('nobody')                      | 42704 | does not exist
          SELECT pgml.python_version()                                     | 0A000 | python_version
          """)
  void what_cannot_be_told_is_an_error(String sql, String state, String message)
      throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThatThrownBy(() -> ProxyUnderTest.value(connection, sql))
          .hasMessageContaining(message)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }
  }

  @Test
  void models_are_compared_by_the_key_metric_anywhere_in_sql() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      String best =
          ProxyUnderTest.value(
              connection,
              "SELECT m.id FROM pgml.models m JOIN pgml.projects p ON p.id = project_id WHERE"
                  + " p.name = 'value' ORDER BY (metrics->>'r2')::float DESC LIMIT 1");
      assertThat(
              ProxyUnderTest.value(
                  connection,
                  "SELECT model_id || ' ' || key_metric || ' ' || (score > 0.9) FROM"
                      + " pgml.models_compare('value') WHERE rank = 1 ORDER BY score LIMIT 1"))
          .isEqualTo(best + " r2 true");
      assertThat(
              ProxyUnderTest.value(
                  connection,
                  "SELECT count(*) || ' ' || count(*) FILTER (WHERE deployed) FROM"
                      + " pgml.models_compare('value')"))
          .isEqualTo("2 1");
    }
  }

  @Test
  void versions_are_told() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.xgboost_version()"))
          .matches("\\d+\\.\\d+\\.\\d+");
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.version()")).startsWith("2.10.0 ");
    }
  }

  /** Both columns of a result, in its order. */
  private static Map<String, Double> parts(Connection connection, String sql) throws SQLException {
    Map<String, Double> parts = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        parts.put(rows.getString(1), rows.getDouble(2));
      }
    }
    return parts;
  }
}
