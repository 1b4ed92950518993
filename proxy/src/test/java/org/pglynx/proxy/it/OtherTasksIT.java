package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings without labels, with several labels, and snapshots. */
class OtherTasksIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void load() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.load_dataset('iris')",
          "SELECT * FROM pgml.load_dataset('linnerud')");
    }
    PROXY.onServer(
        "CREATE VIEW measures AS SELECT sepal_length, sepal_width, petal_length,"
            + " petal_width FROM pgml.iris");
  }

  @ParameterizedTest
  @CsvSource({
    "simple, clustering, kmeans, silhouette",
    "extended, cluster, kmeans, silhouette",
    "simple, decomposition, pca, cumulative_explained_variance",
    "extended, decomposition, pca, cumulative_explained_variance"
  })
  void the_default_algorithm_of_a_task_without_labels_is_scored_and_deployed(
      String mode, String task, String algorithm, String metric) throws SQLException {
    String project = task + " " + mode;
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pgml.train('%s', '%s', 'measures', hyperparams => '{\"n_%s\": 3}')"
              .formatted(project, task, task.startsWith("cluster") ? "clusters" : "components"));
      try (ResultSet row = statement.getResultSet()) {
        assertThat(row.next()).isTrue();
        String named = task.equals("cluster") ? "clustering" : task;
        assertThat(row.getString(1))
            .isEqualTo("(\"%s\",%s,%s,t)".formatted(project, named, algorithm));
      }
      assertThat(notices(statement))
          .contains(
              "Dataset { num_features: 4, num_labels: 0, num_distinct_labels: 0, num_rows: 150,"
                  + " num_train_rows: 112, num_test_rows: 38 }");
      assertThat(
              value(
                  connection,
                  "SELECT (metrics->>'%s')::float BETWEEN 0.4 AND 1 AND s.y_column_name IS NULL FROM"
                          .formatted(metric)
                      + " pgml.models m JOIN pgml.projects p ON p.id = m.project_id JOIN"
                      + " pgml.snapshots s ON s.id = m.snapshot_id WHERE p.name = '"
                      + project
                      + "'"))
          .isEqualTo("t");
      assertThat(value(connection, "SELECT * FROM pgml.train('" + project + "')"))
          .isEqualTo(project);
    }
  }

  @Test
  void a_group_is_predicted_for_constants_and_rows_alike() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      train(
          connection, "groups", "clustering", "measures", ", hyperparams => '{\"n_clusters\": 3}'");
      assertThat(value(connection, "SELECT pgml.predict('groups', ARRAY[5.1, 3.5, 1.4, 0.2])"))
          .isIn("0", "1", "2");
      List<String> groups =
          column(connection, "SELECT pgml.predict('groups', m) FROM (SELECT * FROM measures) m");
      assertThat(groups).hasSize(150);
      assertThat(groups.stream().distinct().sorted()).containsExactly("0", "1", "2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_row_is_decomposed(String mode) throws SQLException {
    String project = "components " + mode;
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      train(
          connection,
          project,
          "decomposition",
          "measures",
          ", hyperparams => '{\"n_components\": 2}'");
      String constant = "SELECT pgml.decompose('" + project + "', ARRAY[5.1, 3.5, 1.4, 0.2])";
      String components = value(connection, constant);
      assertThat(components).matches("\\{-?[\\d.]+,-?[\\d.]+\\}");
      String first = components.substring(1, components.indexOf(','));
      assertThat(value(connection, constant.replace("decompose", "predict"))).isEqualTo(first);
      List<String> rows =
          column(
              connection,
              "SELECT pgml.decompose('"
                  + project
                  + "', ARRAY[sepal_length, sepal_width,"
                  + " petal_length, petal_width]) FROM pgml.iris");
      assertThat(rows).hasSize(150);
      assertThat(rows.get(0)).isEqualTo(components);
      fails(
          connection,
          "SELECT pgml.predict_joint('" + project + "', ARRAY[1,2,3,4])",
          "0A000",
          "You can't predict joint probabilities for a decomposition model");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void several_labels_are_learnt_and_predicted_jointly(String mode) throws SQLException {
    String project = "joint " + mode;
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        PreparedStatement train =
            connection.prepareStatement(
                "SELECT * FROM pgml.train_joint('"
                    + project
                    + "', 'regression',"
                    + " 'pgml.linnerud', y_column_name => ?, test_size => 0)")) {
      Array labels = connection.createArrayOf("text", new Object[] {"weight", "waist", "pulse"});
      train.setArray(1, labels);
      try (ResultSet row = train.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString("algorithm")).isEqualTo("linear");
      }
      String joint =
          value(connection, "SELECT pgml.predict_joint('" + project + "', ARRAY[5, 162, 60])");
      assertThat(joint).matches("\\{[\\d.]+,[\\d.]+,[\\d.]+\\}");
      String first = joint.substring(1, joint.indexOf(','));
      assertThat(value(connection, "SELECT pgml.predict('" + project + "', ARRAY[5, 162, 60])"))
          .isEqualTo(first);
      String labelNames =
          value(
              connection,
              "SELECT y_column_name FROM pgml.snapshots s JOIN pgml.models m ON m.snapshot_id ="
                  + " s.id JOIN pgml.projects p ON p.id = m.project_id WHERE p.name = '"
                  + project
                  + "'");
      assertThat(labelNames).isEqualTo("{weight,waist,pulse}");
      List<String> rows =
          column(
              connection,
              "SELECT pgml.predict_joint('"
                  + project
                  + "', ARRAY[chins, situps, jumps]) FROM"
                  + " pgml.linnerud");
      assertThat(rows).hasSize(20).first().isEqualTo(joint);
    }
  }

  @Test
  void joint_predictions_are_for_regression_only() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      train(connection, "kinds", "classification", "pgml.iris", ", y_column_name => 'target'");
      fails(
          connection,
          "SELECT pgml.predict_joint('kinds', ARRAY[1,2,3,4])",
          "0A000",
          "You can't predict joint probabilities for a classification model");
      fails(
          connection,
          "SELECT pgml.decompose('kinds', ARRAY[sepal_length,2,3,4]) FROM pgml.iris",
          "0A000",
          "You can't decompose with a classification model");
      fails(
          connection,
          "SELECT * FROM pgml.train_joint('many', 'classification', 'pgml.iris', ARRAY['target',"
              + " 'sepal_width'])",
          "0A000",
          "several labels are learnt by regression only, not by classification");
      fails(
          connection,
          "SELECT * FROM pgml.train_joint('many', 'regression', 'pgml.linnerud', '{weight,nope}')",
          "42703",
          "column \"nope\" of relation \"pgml.linnerud\" does not exist");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_snapshot_keeps_rows_and_describes_them(String mode) throws SQLException {
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      assertThat(
              value(
                  connection,
                  "SELECT pgml.snapshot('pgml.iris', 'target', test_sampling => 'last', preprocess"
                      + " => '{\"petal_width\": {\"scale\": \"standard\"}}')"))
          .isEqualTo("(pgml.iris,target)");
      String id = value(connection, "SELECT max(id) FROM pgml.snapshots");
      assertThat(value(connection, "SELECT count(*) FROM pgml.snapshot_" + id)).isEqualTo("150");
      assertThat(
              value(
                  connection,
                  "SELECT materialized || ' ' || status || ' ' || (columns->3->'preprocessor'->>"
                      + "'scale') || ' ' || (columns->4->'statistics'->>'distinct') FROM"
                      + " pgml.snapshots WHERE id = "
                      + id))
          .isEqualTo("true successful standard 3");
      fails(connection, "SELECT pgml.snapshot('pgml.nope', 'y')", "42P01", "nope");
      fails(connection, "SELECT pgml.snapshot('pgml.iris')", "42883", "function pgml.snapshot");
    }
  }

  private static void train(
      Connection connection, String project, String task, String relation, String more)
      throws SQLException {
    ProxyUnderTest.run(
        connection,
        "SELECT * FROM pgml.train('%s', '%s', '%s'%s)".formatted(project, task, relation, more));
  }

  private static void fails(Connection connection, String sql, String state, String message) {
    assertThatThrownBy(() -> value(connection, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state))
        .hasMessageContaining(message);
  }

  private static List<String> notices(Statement statement) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
      texts.add(w.getMessage());
    }
    return texts;
  }

  private static List<String> column(Connection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private static String value(Connection connection, String sql) throws SQLException {
    String text = ProxyUnderTest.value(connection, sql);
    return text == null ? "" : text;
  }
}
