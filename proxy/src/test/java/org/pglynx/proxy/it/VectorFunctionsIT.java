package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PostgresML's functions of vectors and metrics, which are functions of the database. */
class VectorFunctionsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void createSchema() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "CREATE EXTENSION IF NOT EXISTS pgml",
          "CREATE TABLE vectors AS SELECT i, ARRAY[i, -i, 0]::real[] AS v"
              + " FROM generate_series(1, 3) i UNION ALL SELECT 4, NULL");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          add('{1,2}'::T[], 3::T)                       | {4,5}
          subtract('{1,2}'::T[], 3::T)                  | {-2,-1}
          multiply('{1,2}'::T[], 3::T)                  | {3,6}
          divide('{1,2}'::T[], 4::T)                    | {0.25,0.5}
          add('{1,2}'::T[], '{3,5}'::T[])               | {4,7}
          subtract('{1,2}'::T[], '{3,5}'::T[])          | {-2,-3}
          multiply('{1,2}'::T[], '{3,5}'::T[])          | {3,10}
          divide('{1,2}'::T[], '{4,8}'::T[])            | {0.25,0.25}
          norm_l0('{0,2,-1}'::T[])                      | 2
          norm_l1('{0,2,-1}'::T[])                      | 3
          norm_l2('{3,-4}'::T[])                        | 5
          norm_max('{3,-4}'::T[])                       | 4
          normalize_l1('{1,-3}'::T[])                   | {0.25,-0.75}
          normalize_l2('{3,-4}'::T[])                   | {0.6,-0.8}
          normalize_max('{2,-4}'::T[])                  | {0.5,-1}
          normalize_l2('{0,0}'::T[])                    | {0,0}
          distance_l1('{1,2}'::T[], '{4,6}'::T[])       | 7
          distance_l2('{1,2}'::T[], '{4,6}'::T[])       | 5
          dot_product('{1,2}'::T[], '{4,6}'::T[])       | 16
          cosine_similarity('{3,4}'::T[], '{4,3}'::T[]) | 0.96
          cosine_similarity('{0,0}'::T[], '{4,3}'::T[]) | 0
          add('{{1,2},{3,4}}'::T[], 1::T)               | {2,3,4,5}
          norm_l2('{}'::T[])                            | 0
          norm_l2(NULL::T[])                            |
          """)
  void each_function_answers_for_both_types(String call, String expected) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      for (String type : new String[] {"real", "double precision"}) {
        String sql = "SELECT pgml." + call.replaceAll("\\bT\\b", type);
        assertThat(ProxyUnderTest.value(connection, sql)).as(sql).isEqualTo(expected);
        assertThat(
                ProxyUnderTest.value(connection, sql.replace("SELECT ", "SELECT pg_typeof(") + ")"))
            .as(sql)
            .startsWith(type);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sum, '{6,-6,0}', '{}'",
    "min, '{1,-3,0}', '{}'",
    "max, '{3,-1,0}', '{}'",
    "min_abs, '{1,1,0}', '{}'",
    "max_abs, '{3,3,0}', '{}'"
  })
  void aggregates_pass_over_null_and_work_in_parallel(String name, String all, String none)
      throws SQLException {
    try (Connection connection = PROXY.connect()) {
      String call = "pgml." + name + "(v::%s[])";
      for (String type : new String[] {"real", "double precision"}) {
        String aggregate = call.formatted(type);
        assertThat(ProxyUnderTest.value(connection, "SELECT " + aggregate + " FROM vectors"))
            .isEqualTo(all);
        assertThat(
                ProxyUnderTest.value(
                    connection, "SELECT " + aggregate + " FROM vectors WHERE i > 9"))
            .isEqualTo(none);
        connection.setAutoCommit(false);
        ProxyUnderTest.run(
            connection,
            "SET LOCAL debug_parallel_query = on",
            "SET LOCAL parallel_setup_cost = 0",
            "SET LOCAL parallel_tuple_cost = 0",
            "SET LOCAL min_parallel_table_scan_size = 0");
        assertThat(ProxyUnderTest.value(connection, "SELECT " + aggregate + " FROM vectors"))
            .isEqualTo(all);
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  @Test
  void they_stand_wherever_a_function_may() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "CREATE INDEX ON vectors (pgml.norm_l2(v))",
          "CREATE VIEW lengths AS SELECT i, pgml.norm_l1(v) AS l FROM vectors",
          "UPDATE vectors SET v = pgml.multiply(v, 1::real) WHERE pgml.norm_l1(v) > 1");
      assertThat(
              ProxyUnderTest.value(
                  connection,
                  "WITH n AS (SELECT i, pgml.distance_l2(v, '{3,-3,0}'::real[]) AS d FROM vectors"
                      + " WHERE v IS NOT NULL) SELECT string_agg(i::text, ',' ORDER BY d) FROM n"))
          .isEqualTo("3,2,1");
      assertThat(ProxyUnderTest.value(connection, "SELECT l FROM lengths WHERE i = 3"))
          .isEqualTo("6");
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.add(ARRAY[1.0,2.0,3.0], 3)::text"))
          .isEqualTo("{4,5,6}");
    }
  }

  @Test
  void parameters_and_binary_results_are_the_servers() throws SQLException {
    try (Connection connection = PROXY.connect("prepareThreshold", "-1");
        PreparedStatement statement =
            connection.prepareStatement("SELECT pgml.normalize_l1(?::real[])")) {
      statement.setArray(1, connection.createArrayOf("float4", new Float[] {1f, 3f}));
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        Array result = rows.getArray(1);
        assertThat((Float[]) result.getArray()).containsExactly(0.25f, 0.75f);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          pgml.add('{1,2}'::real[], '{1}'::real[])             | 2202E | lengths: 2 and 1
          pgml.dot_product('{1}'::real[], '{1,2,3}'::real[])   | 2202E | lengths: 1 and 3
          pgml.norm_l2('{1,NULL}'::real[])                     | 22004 | NULL elements
          pgml.add('{1,NULL}'::real[], 1::real)                | 22004 | NULL elements
          pgml.divide('{1}'::real[], 0::real)                  | 22012 | division by zero
          pgml.sklearn_r2_score('{1}', '{1,2}')                | 2202E | lengths: 1 and 2
          pgml.sklearn_f1_score('{}', '{}')                    | 22023 | are empty
          pgml.sklearn_f1_score('{2,3}', '{2,3}')              | 22023 | must be 1, got 2 and 3
          """)
  void wrong_vectors_are_errors_that_say_why(String call, String state, String message)
      throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThatThrownBy(() -> ProxyUnderTest.value(connection, "SELECT " + call))
          .hasMessageContaining(message)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }
  }

  /** Figures of scikit-learn 1.2.1, made by src/test/python/sklearn_metrics.py. */
  @ParameterizedTest
  @CsvSource({
    "'{0,1,1,0,1}', '{0,1,0,0,1}', 0.8, 0.8, 1, 0.666666667, 0.8, 0.666666667",
    "'{0,1,2,2,1,0,0,2}', '{0,2,2,2,0,0,1,2}',"
        + " 0.507936508, 0.625, 0.472222222, 0.555555556, 0.625, 0.425532248",
    "'{1,1,2,2}', '{1,3,3,2}', 0.444444444, 0.5, 0.666666667, 0.333333333, 0.5, 0.447213595",
    "'{0,0}', '{0,0}', 0, 1, 0, 0, 1, 0",
    "'{0,1,1}', '{0,0,0}', 0, 0.333333333, 0, 0, 0.333333333, 0"
  })
  void scores_of_classes_are_those_of_scikit_learn(
      String truth,
      String guess,
      double f1,
      double micro,
      double precision,
      double recall,
      double accuracy,
      double mcc)
      throws SQLException {
    String metrics = "pgml.sklearn_classification_metrics('%s', '%s', 3)".formatted(truth, guess);
    assertNumber(metrics + "->>'f1'", f1);
    assertNumber(metrics + "->>'f1_micro'", micro);
    assertNumber(metrics + "->>'precision'", precision);
    assertNumber(metrics + "->>'recall'", recall);
    assertNumber(metrics + "->>'accuracy'", accuracy);
    assertNumber(metrics + "->>'mcc'", mcc);
    assertNumber("pgml.sklearn_f1_score('%s', '%s')".formatted(truth, guess), f1);
  }

  @Test
  void other_scores_are_those_of_scikit_learn() throws SQLException {
    String pairs = "('{3,-0.5,2,7,4.25}', '{2.5,0.0,2,8,4}')";
    assertNumber("pgml.sklearn_regression_metrics" + pairs + "->>'r2'", 0.9491042345);
    assertNumber("pgml.sklearn_regression_metrics" + pairs + "->>'mse'", 0.3125);
    assertNumber("pgml.sklearn_regression_metrics" + pairs + "->>'mae'", 0.45);
    assertNumber("pgml.sklearn_r2_score" + pairs, 0.9491042345);
    assertNumber("pgml.sklearn_r2_score('{1,1}', '{1,1}')", 1);
    assertNumber("pgml.sklearn_r2_score('{1,1}', '{1,2}')", 0);
    assertNumber(
        "pgml.sklearn_classification_metrics('{0,1,1,0,1}', '{0,1,0,0,1}', 2)->>'roc_auc'",
        0.8333333333);
    assertNumber("pgml.sklearn_classification_metrics('{0,1,1}', '{0,0,0}', 2)->>'roc_auc'", 0.5);
  }

  private static void assertNumber(String expression, double expected) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      String value = ProxyUnderTest.value(connection, "SELECT " + expression);
      assertThat(Double.parseDouble(String.valueOf(value)))
          .as(expression)
          .isCloseTo(expected, within(2e-7));
    }
  }
}
