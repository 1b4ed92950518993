package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

/** pgjdbc through the proxy to a real server, in both of its protocol modes. */
class MachineLearningIT {
  private static final String BOB = TestPostgres.freshName("bob");

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(5)
          .anotherUser("username = \"" + BOB + "\"", "auth_type = \"trust\"", "pool_size = 2");

  @BeforeAll
  static void train() throws SQLException {
    PROXY.onServer("CREATE ROLE " + BOB + " LOGIN");
    try (Connection admin = connect("extended")) {
      ProxyUnderTest.run(
          admin,
          "SELECT * FROM pgml.load_dataset('diabetes')",
          "SELECT * FROM pgml.load_dataset('breast_cancer')",
          "SELECT * FROM pgml.train('progression', 'regression', 'pgml.diabetes', 'target',"
              + " algorithm => 'xgboost', hyperparams => '{\"n_estimators\": 50}')");
    }
  }

  private static Connection connect(String mode) throws SQLException {
    return PROXY.connect("preferQueryMode", mode);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void loads_a_data_set(String mode) throws SQLException {
    try (Connection connection = connect(mode)) {
      assertThat(rows(connection, "SELECT * FROM pgml.load_dataset('iris')"))
          .containsExactly("pgml.iris|150");
      assertThat(rows(connection, "SELECT count(*), min(target), max(target) FROM pgml.iris"))
          .containsExactly("150|0|2");
      assertThat(rows(connection, "SELECT pgml.load_dataset('digits', \"limit\" => 10)"))
          .containsExactly("(pgml.digits,10)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void trains_and_tells_about_it(String mode) throws SQLException {
    try (Connection connection = connect(mode);
        Statement statement = connection.createStatement()) {
      String project = "trained " + mode;
      List<String> result =
          rows(
              statement,
              "SELECT pgml.train('"
                  + project
                  + "', 'classification', 'pgml.breast_cancer', 'malignant', algorithm =>"
                  + " 'xgboost', test_sampling => 'last')");
      assertThat(result).containsExactly("(\"" + project + "\",classification,xgboost,t)");
      assertThat(
              rows(
                  connection,
                  "SELECT m.status, m.num_features, (m.metrics->>'f1')::float > 0.9, f.part,"
                      + " length(f.data) > 0 FROM pgml.models m JOIN pgml.projects p ON p.id ="
                      + " m.project_id JOIN pgml.files f ON f.model_id = m.id WHERE p.name = '"
                      + project
                      + "'"))
          .containsExactly("successful|30|t|0|t");
      assertThat(
              rows(
                  connection,
                  "SELECT name, algorithm, deployed FROM pgml.trained_models WHERE name = '"
                      + project
                      + "'"))
          .containsExactly(project + "|xgboost|t");
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Scores of scikit-learn 1.2.1 and XGBoost 1.7.4 on the same split.
    "diabetes, regression, target, linear, '{}', r2, 0.54789, 0.0001",
    "diabetes, regression, target, ridge, '{}', r2, 0.54575, 0.0001",
    "diabetes, regression, target, random_forest, '{}', r2, 0.41423, 0.02",
    "diabetes, regression, target, xgboost, '{\"n_estimators\": 10}', r2, 0.30416, 0.001",
    "breast_cancer, classification, malignant, ridge, '{}', accuracy, 0.98592, 0.0001"
  })
  void scores_agree_with_the_reference(
      String dataset,
      String task,
      String label,
      String algorithm,
      String hyperparams,
      String metric,
      double expected,
      double tolerance)
      throws SQLException {
    String project = "reference " + dataset + " " + algorithm;
    try (Connection connection = connect("simple")) {
      rows(
          connection,
          "SELECT * FROM pgml.train('%s', '%s', 'pgml.%s', '%s', '%s', '%s', test_sampling => 'last')"
              .formatted(project, task, dataset, label, algorithm, hyperparams));
      String score =
          rows(
                  connection,
                  "SELECT metrics->>'%s' FROM pgml.models m JOIN pgml.projects p ON p.id ="
                          .formatted(metric)
                      + " m.project_id WHERE p.name = '"
                      + project
                      + "'")
              .get(0);
      assertThat(Double.parseDouble(score)).isCloseTo(expected, within(tolerance));
    }
  }

  @Test
  void tells_the_progress_in_postgresml_s_words() throws SQLException {
    try (Connection connection = connect("simple");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT * FROM pgml.train('notices', 'regression', 'pgml.diabetes', 'target')");
      List<String> texts = new ArrayList<>();
      for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
        texts.add(w.getMessage());
      }
      assertThat(texts)
          .contains(
              "Snapshotting table \"pgml.diabetes\", this may take a little while...",
              "Dataset { num_features: 10, num_labels: 1, num_distinct_labels: 0, num_rows: 442,"
                  + " num_train_rows: 331, num_test_rows: 111 }",
              "Hyperparameter searches: 1, cross validation folds: 1")
          .anyMatch(text -> text.startsWith("Training Model { id: "))
          .anyMatch(text -> text.startsWith("Metrics: {"))
          .anyMatch(text -> text.startsWith("Deploying model id: "));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void predicts_constants_and_rows_alike(String mode) throws SQLException {
    try (Connection connection = connect(mode)) {
      String constant =
          "SELECT pgml.predict('progression', ARRAY[59,2,32.1,101,157,93.2,38,4,4.8598,87])";
      float one = Float.parseFloat(rows(connection, constant).get(0));
      assertThat(one).isBetween(100f, 250f);

      List<String> five =
          rows(
              connection,
              "SELECT target, pgml.predict('progression', ARRAY[age,sex,bmi,bp,s1,s2,s3,s4,s5,s6])"
                  + " FROM pgml.diabetes LIMIT 5");
      assertThat(five).hasSize(5);
      assertThat(five.get(0)).startsWith("151|");
      assertThat(Float.parseFloat(five.get(0).substring(4))).isCloseTo(one, within(1e-3f));
    }
  }

  @Test
  void predicts_from_parameters_in_binary_and_text() throws SQLException {
    try (Connection connection = connect("extended");
        PreparedStatement whole =
            connection.prepareStatement("SELECT pgml.predict('progression', ?) AS y");
        PreparedStatement elements =
            connection.prepareStatement(
                "SELECT pgml.predict(?, ARRAY[?,?,?,?,?,?,?,?,?,?]::real[])")) {
      float[] features = {59, 2, 32.1f, 101, 157, 93.2f, 38, 4, 4.8598f, 87};
      Object[] boxed = new Object[features.length];
      elements.setString(1, "progression");
      for (int i = 0; i < boxed.length; i++) {
        boxed[i] = features[i];
        elements.setDouble(i + 2, features[i]);
      }
      Array array = connection.createArrayOf("float4", boxed);
      whole.setArray(1, array);
      // The server-prepared, binary form begins with the fifth execution.
      for (int i = 0; i < 8; i++) {
        float first = single(whole);
        assertThat(single(elements)).isEqualTo(first);
        assertThat(first).isBetween(100f, 250f);
      }
    }
  }

  @Test
  void streams_many_rows_through_portals_and_prepared_statements() throws SQLException {
    try (Connection connection = connect("extended");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT *, pgml.predict(?, ARRAY[age,sex,bmi,bp,s1,s2,s3,s4,s5,s6]) AS y FROM"
                    + " pgml.diabetes, generate_series(1, 20) WHERE bmi > ?")) {
      for (int i = 0; i < 8; i++) {
        statement.setString(1, "progression");
        statement.setDouble(2, 20.0);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.getMetaData().getColumnTypeName(13)).isEqualTo("float4");
          assertThat(rows.getMetaData().getColumnName(13)).isEqualTo("y");
          int count = 0;
          while (rows.next()) {
            assertThat(rows.getFloat("y")).isBetween(0f, 500f);
            count++;
          }
          assertThat(count).isGreaterThan(7000);
        }
      }
    }
  }

  @Test
  void a_fetch_size_works_inside_a_transaction() throws SQLException {
    try (Connection connection = connect("extended");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT pgml.predict('progression', ARRAY[age,sex,bmi,bp,s1,s2,s3,s4,s5,s6]) FROM"
                    + " pgml.diabetes")) {
      connection.setAutoCommit(false);
      statement.setFetchSize(100);
      try (ResultSet rows = statement.executeQuery()) {
        int count = 0;
        while (rows.next()) {
          count++;
        }
        assertThat(count).isEqualTo(442);
      }
      connection.rollback();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void bad_input_has_the_right_sqlstate_and_the_session_lives(String mode) throws SQLException {
    try (Connection connection = connect(mode)) {
      assertState(connection, "SELECT pgml.predict('nope', ARRAY[1])", "55000");
      assertState(connection, "SELECT pgml.predict('progression', ARRAY[1,2])", "22023");
      assertState(
          connection, "SELECT pgml.predict('progression', ARRAY[age]) FROM pgml.diabetes", "22023");
      assertState(
          connection,
          "SELECT pgml.predict('progression', ARRAY[nocol]) FROM pgml.diabetes",
          "42703");
      assertState(connection, "SELECT * FROM pgml.train('x', 'regression', 'nope', 'y')", "42P01");
      assertState(
          connection, "SELECT * FROM pgml.train('x', 'regression', 'pgml.diabetes', 'y')", "42703");
      assertState(
          connection, "SELECT * FROM pgml.train('x', 'guessing', 'pgml.diabetes', 'y')", "22023");
      assertState(
          connection,
          "SELECT * FROM pgml.train('x', 'regression', 'pgml.diabetes', 'target', 'nonsense')",
          "22P02");
      assertState(
          connection,
          "SELECT * FROM pgml.train('x', 'regression', 'pgml.diabetes', 'target', 'catboost')",
          "0A000");
      assertState(
          connection,
          "SELECT * FROM pgml.train('x', 'regression', 'pgml.diabetes', 'target', 'xgboost',"
              + " '{\"nonsense\": 1}')",
          "22023");
      assertState(connection, "SELECT * FROM pgml.train('x')", "22023");
      assertState(connection, "SELECT * FROM pgml.load_dataset('nope')", "22023");
      assertState(connection, "SELECT * FROM pgml.deploy('nope', 'best_score')", "42704");
      assertState(connection, "SELECT pgml.nothing()", "42883");
      assertThat(rows(connection, "SELECT name FROM pgml.projects WHERE name = 'x'")).isEmpty();
    }
  }

  @Test
  void null_features_are_served_where_the_algorithm_has_them() throws SQLException {
    try (Connection connection = connect("extended")) {
      rows(
          connection,
          "SELECT * FROM pgml.train('straight', 'regression', 'pgml.diabetes', 'target')");
      String nulls = ", ARRAY[NULL,2,32.1,101,157,93.2,38,4,4.8598,87])";
      assertThat(rows(connection, "SELECT pgml.predict('progression'" + nulls)).hasSize(1);
      assertState(connection, "SELECT pgml.predict('straight'" + nulls, "22004");
      assertThat(
              rows(connection, "SELECT pgml.predict('progression', NULLIF(ARRAY[1], ARRAY[1])), 1"))
          .containsExactly("null|1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_rollback_undoes_a_training(String mode) throws SQLException {
    try (Connection connection = connect(mode);
        Connection other = connect(mode)) {
      connection.setAutoCommit(false);
      rows(connection, "CREATE TEMP TABLE mine AS SELECT * FROM pgml.diabetes", true);
      rows(connection, "SELECT * FROM pgml.train('undone', 'regression', 'mine', 'target')");
      String predict =
          "SELECT pgml.predict('undone', ARRAY[59,2,32.1,101,157,93.2,38,4,4.8598,87])";
      assertThat(rows(connection, predict)).hasSize(1);
      assertState(other, predict, "55000");

      connection.rollback();
      connection.setAutoCommit(true);

      assertState(connection, predict, "55000");
      assertThat(rows(other, "SELECT 1 FROM pgml.projects WHERE name = 'undone'")).isEmpty();
    }
  }

  @Test
  void a_commit_shows_a_deployment_to_all_at_once() throws SQLException {
    try (Connection connection = connect("extended");
        Connection other = connect("extended")) {
      String predict =
          "SELECT pgml.predict('committed', ARRAY[59,2,32.1,101,157,93.2,38,4,4.8598,87])";
      String train =
          "SELECT * FROM pgml.train('committed', 'regression', 'pgml.diabetes', 'target',"
              + " algorithm => '%s')";
      rows(connection, train.formatted("linear"));
      String linear = rows(other, predict).get(0);
      connection.setAutoCommit(false);
      rows(connection, train.formatted("ridge"));
      rows(connection, "SELECT * FROM pgml.deploy('committed', 'most_recent')");
      String ridge = rows(connection, predict).get(0);
      assertThat(ridge).isNotEqualTo(linear);
      assertThat(rows(other, predict)).containsExactly(linear);

      connection.commit();

      assertThat(rows(other, predict)).containsExactly(ridge);
      assertThat(rows(other, "SELECT * FROM pgml.deploy('committed', 'rollback')"))
          .containsExactly("committed|rollback|linear");
      assertThat(rows(connection, predict)).containsExactly(linear);
      connection.rollback();
    }
  }

  @Test
  void an_error_inside_a_transaction_fails_it() throws SQLException {
    try (Connection connection = connect("extended")) {
      connection.setAutoCommit(false);
      rows(connection, "SELECT 1");
      assertState(connection, "SELECT pgml.predict('nope', ARRAY[1])", "55000");
      assertState(connection, "SELECT 1", "25P02");
      assertState(connection, "SELECT pgml.predict('progression', ARRAY[1])", "25P02");
      connection.rollback();
      assertThat(rows(connection, "SELECT 1")).containsExactly("1");
    }
  }

  @Test
  void rights_are_the_servers() throws SQLException {
    String predict =
        "SELECT pgml.predict('progression', ARRAY[59,2,32.1,101,157,93.2,38,4,4.8598,87])";
    String train = "SELECT * FROM pgml.train('bobs', 'regression', 'pgml.diabetes', 'target')";
    try (Connection owner = connect("extended");
        Connection bob = PROXY.connect("user", BOB)) {
      rows(owner, predict);
      assertState(bob, predict, "42501");
      rows(owner, "GRANT USAGE ON SCHEMA pgml TO " + BOB, true);
      assertThat(rows(bob, predict)).hasSize(1);
      assertState(bob, train, "42501");
      rows(owner, "REVOKE USAGE ON SCHEMA pgml FROM " + BOB, true);
    }
  }

  @Test
  void deploys_by_strategy_and_id() throws SQLException {
    try (Connection connection = connect("simple")) {
      for (String algorithm : List.of("linear", "random_forest", "ridge")) {
        rows(
            connection,
            "SELECT * FROM pgml.train('many', 'regression', 'pgml.diabetes', 'target', algorithm =>"
                + " '"
                + algorithm
                + "', automatic_deploy => false, test_sampling => 'random')");
      }
      assertState(connection, "SELECT pgml.predict('many', ARRAY[1])", "55000");
      String best =
          rows(
                  connection,
                  "SELECT algorithm FROM pgml.models m JOIN pgml.projects p ON p.id = project_id"
                      + " WHERE p.name = 'many' ORDER BY (metrics->>'r2')::float DESC LIMIT 1")
              .get(0);
      assertThat(rows(connection, "SELECT * FROM pgml.deploy('many', 'best_score')"))
          .containsExactly("many|best_score|" + best);
      assertThat(rows(connection, "SELECT * FROM pgml.deploy('many', 'most_recent')"))
          .containsExactly("many|most_recent|ridge");
      assertThat(rows(connection, "SELECT pgml.deploy('many', 'best_score', 'linear')"))
          .containsExactly("(many,best_score,linear)");
      assertThat(rows(connection, "SELECT algorithm FROM pgml.deployed_models WHERE name = 'many'"))
          .containsExactly("linear");
    }
  }

  @Test
  void reuses_a_snapshot() throws SQLException {
    try (Connection connection = connect("extended")) {
      rows(
          connection,
          "SELECT * FROM pgml.train('again', 'regression', 'pgml.diabetes', 'target', test_size =>"
              + " 0.5, materialize_snapshot => true)");
      assertThat(rows(connection, "SELECT * FROM pgml.train('again', algorithm => 'ridge')"))
          .hasSize(1);
      assertThat(
              rows(
                  connection,
                  "SELECT count(DISTINCT snapshot_id), count(*) FROM pgml.models m JOIN"
                      + " pgml.projects p ON p.id = project_id WHERE p.name = 'again'"))
          .containsExactly("1|2");
    }
  }

  @Test
  void what_a_used_snapshot_leaves_unused_is_told() throws SQLException {
    try (Connection connection = connect("extended");
        Statement statement = connection.createStatement()) {
      rows(
          connection,
          "SELECT * FROM pgml.train('unused', 'regression', 'pgml.diabetes', 'target')");

      statement.execute("SELECT * FROM pgml.train('unused', test_size => 0.5)");

      List<String> told = new ArrayList<>();
      for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
        told.add(w.getMessage());
      }
      assertThat(told).anyMatch(each -> each.startsWith("test_size is not used: "));
    }
  }

  @Test
  void trains_on_all_kinds_of_relations_and_columns() throws SQLException {
    try (Connection connection = connect("extended")) {
      rows(connection, "CREATE SCHEMA \"Odd one\"", true);
      rows(
          connection,
          "CREATE TABLE \"Odd one\".\"My Table\" AS SELECT i::smallint AS \"A 1\", i::bigint AS b,"
              + " i / 3.0 AS c, i::float8 AS d, i % 2 = 0 AS e, ARRAY[[i, 1], [2, i]] AS f,"
              + " CASE WHEN i % 7 = 0 THEN NULL ELSE i::real END AS g,"
              + " CASE i % 3 WHEN 0 THEN 'zero' WHEN 1 THEN 'one' ELSE 'two' END AS y"
              + " FROM generate_series(1, 300) i",
          true);
      rows(
          connection,
          "CREATE MATERIALIZED VIEW mv AS SELECT * FROM \"Odd one\".\"My Table\"",
          true);
      assertThat(
              rows(
                  connection,
                  "SELECT * FROM pgml.train('odd', 'classification', '\"Odd one\".\"My Table\"',"
                      + " 'y', 'xgboost')"))
          .containsExactly("odd|classification|xgboost|t");
      assertThat(
              rows(
                  connection,
                  "SELECT * FROM pgml.train('mv', 'classification', 'mv', 'y', 'xgboost')"))
          .hasSize(1);
      assertThat(
              rows(
                  connection,
                  "SELECT pgml.predict('odd', ARRAY[\"A 1\", b, c, d, e::int, f[1][1], f[1][2],"
                      + " f[2][1], f[2][2], g]), pgml.predict_proba('odd', ARRAY[\"A 1\", b, c, d,"
                      + " 0, 1, 2, 3, 4, g]) FROM mv LIMIT 3"))
          .hasSize(3);
      assertState(
          connection,
          "SELECT * FROM pgml.train('no', 'regression', 'pg_catalog.pg_class', 'relpages')",
          "42804");
    }
  }

  @Test
  void creates_and_drops_the_extension() throws SQLException {
    try (Connection connection = connect("simple")) {
      rows(connection, "CREATE EXTENSION IF NOT EXISTS pgml", true);
      assertState(connection, "CREATE EXTENSION pgml", "42710");
      connection.setAutoCommit(false);
      rows(connection, "DROP EXTENSION pgml CASCADE", true);
      assertState(connection, "SELECT 1 FROM pgml.models", "42P01");
      connection.rollback();
      assertThat(rows(connection, "SELECT count(*) > 0 FROM pgml.models")).containsExactly("t");
      connection.rollback();
    }
  }

  private static float single(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getFloat(1);
    }
  }

  private static void assertState(Connection connection, String sql, String state) {
    assertThatThrownBy(() -> rows(connection, sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(state));
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return rows(statement, sql);
    }
  }

  private static void rows(Connection connection, String sql, boolean update) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(Statement statement, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", values));
      }
    }
    return rows;
  }
}
