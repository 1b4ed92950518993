package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgresML does wrong and users would run into; docs/known-failures.md has them all. */
class PostgresmlDefectsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void load() {
    PROXY.onServer(
        "CREATE TABLE levels AS SELECT i % 3 AS a, i % 7 AS b,"
            + " (ARRAY[3, 7, 11])[i % 3 + 1] AS y, (i % 3 + i % 7)::real AS total"
            + " FROM generate_series(1, 210) i",
        "CREATE VIEW sums AS SELECT a, b, total + b % 2 AS total FROM levels",
        "CREATE VIEW classes AS SELECT a, b, y FROM levels");
  }

  @Test
  void the_best_score_is_a_number_of_a_successful_model_pgml_10_3() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      for (String algorithm : List.of("linear", "ridge", "lasso")) {
        values(
            connection,
            "SELECT * FROM pgml.train('best', 'regression', 'sums', 'total', '%s',"
                    .formatted(algorithm)
                + " automatic_deploy => false)");
      }
      // As texts 9e-05 is the largest, and the failed one is the best of the numbers.
      PROXY.onServer(
          "UPDATE pgml.models SET metrics = '{\"r2\": 0.5}' WHERE algorithm = 'linear'",
          "UPDATE pgml.models SET metrics = '{\"r2\": 9e-05}' WHERE algorithm = 'ridge'",
          "UPDATE pgml.models SET metrics = '{\"r2\": 0.99}', status = 'failed'"
              + " WHERE algorithm = 'lasso'");

      assertThat(values(connection, "SELECT algorithm FROM pgml.deploy('best', 'best_score')"))
          .containsExactly("linear");
    }
  }

  @Test
  void a_snapshot_that_is_used_again_holds_out_the_same_rows_pgml_10_2() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      values(connection, "SELECT * FROM pgml.train('same', 'regression', 'sums', 'total')");
      values(connection, "SELECT * FROM pgml.train('same')");

      assertThat(
              values(
                  connection,
                  "SELECT count(*), count(DISTINCT metrics->>'r2') FROM pgml.models m JOIN"
                      + " pgml.projects p ON p.id = m.project_id WHERE p.name = 'same'"))
          .containsExactly("2", "1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "linear", "lightgbm"})
  void labels_that_are_no_indexes_are_predicted_as_they_are_pgml_10_8(String algorithm)
      throws SQLException {
    try (Connection connection = PROXY.connect()) {
      values(
          connection,
          "SELECT * FROM pgml.train('levels %s', 'classification', 'classes', 'y', '%s')"
              .formatted(algorithm, algorithm));

      assertThat(
              values(
                  connection,
                  "SELECT DISTINCT pgml.predict('levels %s', ARRAY[a, b]) FROM levels ORDER BY 1"
                      .formatted(algorithm)))
          .containsExactly("3", "7", "11");
    }
  }

  @Test
  void sampling_first_is_refused_with_what_there_is_pgml_10_10() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThatThrownBy(() ->
              values(
                  connection,
                  "SELECT * FROM pgml.train('f', 'regression', 'sums', 'total',"
                      + " test_sampling => 'first')"))
          .hasMessageContaining("invalid input value for enum pgml.sampling: \"first\"");
    }
  }

  @Test
  void a_snapshot_is_finished_and_logs_are_there_from_the_first_day_pgml_10_11()
      throws SQLException {
    try (Connection connection = PROXY.connect()) {
      values(connection, "SELECT * FROM pgml.train('new', 'regression', 'sums', 'total')");

      assertThat(
              values(
                  connection,
                  "SELECT DISTINCT s.status, to_regclass('pgml.logs') FROM pgml.snapshots s JOIN"
                      + " pgml.models m ON m.snapshot_id = s.id JOIN pgml.projects p ON p.id ="
                      + " m.project_id WHERE p.name = 'new'"))
          .containsExactly("successful", "pgml.logs");
    }
  }

  @Test
  void tables_of_all_kinds_are_found_by_the_search_path_pgml_10_15() throws SQLException {
    PROXY.onServer(
        "CREATE TYPE mood AS ENUM ('low', 'high')",
        "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.parted (day date, at timestamptz, tag uuid, m mood, y real)"
            + " PARTITION BY RANGE (day)",
        "CREATE TABLE elsewhere.one PARTITION OF elsewhere.parted FOR VALUES FROM ('2026-01-01') TO"
            + " ('2026-03-01')",
        "CREATE TABLE elsewhere.two PARTITION OF elsewhere.parted FOR VALUES FROM ('2026-03-01') TO"
            + " ('2027-01-01')",
        "INSERT INTO elsewhere.parted SELECT '2026-01-01'::date + i, '2026-01-01'::timestamptz + i *"
            + " interval '1 day', md5((i % 3)::text)::uuid, (ARRAY['low', 'high'])[i % 2 + 1]::mood,"
            + " i FROM generate_series(1, 120) i",
        "CREATE MATERIALIZED VIEW elsewhere.kept AS SELECT * FROM elsewhere.parted");
    try (Connection connection = PROXY.connect("currentSchema", "elsewhere")) {
      for (String relation : List.of("parted", "kept")) {
        assertThat(
                values(
                    connection,
                    "SELECT * FROM pgml.train('%s', 'regression', '%s', 'y', 'xgboost')"
                        .formatted(relation, relation)))
            .containsExactly(relation, "regression", "xgboost", "t");
      }
      connection.setAutoCommit(false);
      ProxyUnderTest.run(connection, "CREATE TEMP TABLE own AS SELECT * FROM parted LIMIT 40");
      assertThat(
              values(
                  connection,
                  "SELECT algorithm FROM pgml.train('own', 'regression', 'own', 'y', 'xgboost')"))
          .containsExactly("xgboost");
      connection.rollback();
    }
  }

  private static List<String> values(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(rows.getString(i));
        }
      }
      return values;
    }
  }
}
