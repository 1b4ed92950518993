package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches, contests of algorithms, weights of rows, and ranking, as SQL asks for them. */
class SearchIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void load() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.load_dataset('diabetes')",
          "CREATE TABLE weighted AS SELECT *, 1 + age::int % 3 AS w FROM pgml.diabetes",
          "CREATE TABLE clicks AS SELECT 9007199254740992 + q AS query_id, (i * 37 % 100) / 100.0 AS"
              + " x1, (i * q % 11) / 11.0 AS x2, (i * 37 % 100) / 25 AS relevance FROM"
              + " generate_series(1, 12) i, generate_series(1, 60) q");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_random_search_draws_from_ranges(String mode) throws SQLException {
    String project = "ranges " + mode;
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      train(
          connection,
          project,
          "'regression', 'pgml.diabetes', 'target', 'ridge', search => 'random', search_params =>"
              + " '{\"alpha\": {\"min\": 0.001, \"max\": 10.0, \"log\": true}, \"fit_intercept\":"
              + " [true]}', search_args => '{\"n_iter\": 6, \"cv\": 3}'");

      assertThat(
              value(
                  connection,
                  "SELECT jsonb_array_length(metrics->'search_results'->'mean_test_score') = 6 AND"
                      + " metrics->'search_results'->'param_alpha'->"
                      + "((metrics->'search_results'->>'best_index')::int)"
                      + " = hyperparams->'alpha' AND"
                      + " (hyperparams->>'alpha')::float BETWEEN 0.001 AND 10 FROM "
                      + modelOf(project)))
          .isEqualTo("t");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void auto_deploys_the_best_algorithm(String mode) throws SQLException {
    String project = "auto " + mode;
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT * FROM pgml.train('%s', 'regression', 'pgml.diabetes', 'target', 'auto',"
                  .formatted(project)
              + " search_args => '{\"seconds\": 20, \"algorithms\": [\"knn\", \"ridge\","
              + " \"linear\"]}')");
      try (ResultSet row = statement.getResultSet()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString("algorithm")).isIn("linear", "ridge");
        assertThat(row.getBoolean("deployed")).isTrue();
        assertThat(
                value(
                    connection,
                    "SELECT algorithm || (search_args->>'seconds') || status ||"
                        + " jsonb_array_length(metrics->'search_results'->'param_algorithm') FROM "
                        + modelOf(project)))
            .isEqualTo(row.getString("algorithm") + "20successful3");
      }
      assertThat(notices(statement))
          .contains("Algorithms: 3, cross validation folds: 5, seconds: 20.0");
      String patient = "ARRAY[59,2,32.1,101,157,93.2,38,4,4.8598,87]";
      assertThat(predicted(connection, project, patient)).isBetween(100.0, 250.0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void weights_count_and_are_not_learnt_from(String mode) throws SQLException {
    String project = "weights " + mode;
    String weights = "hyperparams => '{\"sample_weight_column\": \"w\"}'";
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      train(connection, project, "'regression', 'weighted', 'target', 'linear', " + weights);
      String again = project + " again";
      train(connection, again, "'regression', 'pgml.diabetes', 'target', 'linear'");

      assertThat(
              value(
                  connection,
                  "SELECT num_features || (hyperparams->>'sample_weight_column') FROM "
                      + modelOf(project)))
          .isEqualTo("10w");
      assertThat(r2(connection, project)).isNotEqualTo(r2(connection, again));
      // The snapshot keeps the column, so that it is none to learn from the next time either.
      train(connection, project, "algorithm => 'ridge'");
      assertThat(value(connection, "SELECT max(num_features) FROM " + modelOf(project)))
          .isEqualTo("10");
      assertThat(
              value(
                  connection, "SELECT pgml.predict('" + project + "', t) FROM weighted t LIMIT 1"))
          .isNotNull();
    }
  }

  @Test
  void wrong_weights_are_refused() throws SQLException {
    String train = "SELECT * FROM pgml.train('refused', 'regression', 'weighted', 'target', ";
    try (Connection connection = PROXY.connect()) {
      assertFails(
          connection,
          train + "'knn', '{\"sample_weight_column\": \"w\"}')",
          "algorithm \"knn\" takes no weights of rows");
      assertFails(
          connection,
          train + "'linear', '{\"sample_weight_column\": \"absent\"}')",
          "column \"absent\" of relation \"weighted\" does not exist");
      assertFails(
          connection,
          train + "'linear', '{\"sample_weight_column\": \"target\"}')",
          "column \"target\" cannot be two things");
      ProxyUnderTest.run(
          connection, "CREATE TABLE bad_weights AS SELECT *, 1 - age AS w FROM pgml.diabetes");
      assertFails(
          connection,
          train.replace("'weighted'", "'bad_weights'")
              + "'linear', '{\"sample_weight_column\": \"w\"}')",
          "442 weights in \"w\" are negative, NaN or infinite");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void rows_of_a_query_are_ranked(String mode) throws SQLException {
    String project = "ranking " + mode;
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      train(
          connection,
          project,
          "'rank', 'clicks', 'relevance', 'xgboost', hyperparams => '{\"group_column\":"
              + " \"query_id\", \"n_estimators\": 20}'");

      assertThat(
              value(
                  connection,
                  "SELECT num_features || ' ' || ((metrics->>'ndcg')::float > 0.9) || ' ' ||"
                      + " (metrics ? 'ndcg@10' AND metrics ? 'map') FROM "
                      + modelOf(project)))
          .isEqualTo("2 true true");
      assertThat(predicted(connection, project, "ARRAY[0.99, 0.1]"))
          .isGreaterThan(predicted(connection, project, "ARRAY[0.01, 0.9]"));
      train(connection, project, "algorithm => 'lightgbm'");
      assertThat(value(connection, "SELECT count(*) FROM " + modelOf(project))).isEqualTo("2");
    }
  }

  private static void train(Connection connection, String project, String arguments)
      throws SQLException {
    ProxyUnderTest.run(
        connection, "SELECT * FROM pgml.train('" + project + "', " + arguments + ")");
  }

  private static String modelOf(String project) {
    return "pgml.models WHERE project_id = (SELECT id FROM pgml.projects WHERE name = '"
        + project
        + "')";
  }

  private static double predicted(Connection connection, String project, String features)
      throws SQLException {
    return Double.parseDouble(
        value(connection, "SELECT pgml.predict('" + project + "', " + features + ")"));
  }

  private static String r2(Connection connection, String project) throws SQLException {
    return value(connection, "SELECT metrics->>'r2' FROM " + modelOf(project));
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  private static List<String> notices(Statement statement) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
      texts.add(w.getMessage());
    }
    return texts;
  }

  private static void assertFails(Connection connection, String sql, String message) {
    assertThatThrownBy(() -> ProxyUnderTest.run(connection, sql)).hasMessageContaining(message);
  }
}
