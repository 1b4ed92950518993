package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether a row is read by position or by name does not depend on who evaluates the model: the
 * label is ten times the first feature plus the second, so a prediction tells which was taken for
 * which.
 */
class RowFormsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(1);

  @RegisterExtension final OwnConnection client = new OwnConnection(PROXY);

  @BeforeAll
  static void learn() throws SQLException {
    PROXY.onServer(
        "CREATE TYPE swapped AS (b int, a int)",
        "CREATE TYPE my_vector AS (b int, a int)",
        "CREATE TABLE dates AS SELECT date '2024-01-01' + i AS d, date '2023-01-01' + i % 9 AS e,"
            + " timestamp '2024-01-01 12:00' + i * interval '1 h' AS t, i AS y"
            + " FROM generate_series(1, 50) i",
        "CREATE VIEW days AS SELECT d, e, y FROM dates",
        "CREATE SCHEMA app",
        "CREATE TYPE app.point AS (b int, a int)",
        "CREATE FUNCTION app.features(given anyelement) RETURNS jsonb LANGUAGE sql"
            + " AS 'SELECT to_jsonb(given)'",
        "CREATE TABLE ab AS SELECT i % 7 AS a, i % 5 AS b, 10 * (i % 7) + i % 5 AS y"
            + " FROM generate_series(1, 70) i",
        "CREATE TABLE xf AS SELECT a AS x, b AS f1, y FROM ab",
        "CREATE TABLE pairs AS SELECT ARRAY[a, b] AS pair, b, y FROM ab",
        "CREATE TABLE odd AS SELECT a AS \"a[1]\", b, y FROM ab",
        "CREATE TABLE broad AS SELECT "
            + IntStream.range(0, 1500)
                .mapToObj(j -> "(i + %1$d) %% 7 AS c%1$d, ".formatted(j))
                .collect(Collectors.joining())
            + "i AS y FROM generate_series(1, 30) i",
        "CREATE TABLE ff AS SELECT a AS f2, b AS f1, y FROM ab");
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      for (String table : new String[] {"ab", "xf", "ff", "odd", "broad"}) {
        statement.execute(
            "SELECT * FROM pgml.train('%1$s', 'regression', '%1$s', 'y')".formatted(table));
      }
      for (String table : new String[] {"pairs", "days"}) {
        statement.execute(
            "SELECT * FROM pgml.train('%1$s', 'regression', '%1$s', 'y', 'xgboost')"
                .formatted(table));
      }
    }
  }

  @Test
  void a_column_that_is_called_like_an_element_of_an_array_is_found_in_a_row() throws SQLException {
    assertThat(value("SELECT pgml.predict('odd', odd) FROM odd WHERE y = 32 LIMIT 1"))
        .isEqualTo(32);
    assertThat(value("SELECT max(pgml.predict('odd', odd)) FROM odd WHERE y = 32")).isEqualTo(32);
  }

  @Test
  @Timeout(20)
  void a_row_of_many_columns_is_found_its_features_in_one_look() throws SQLException {
    assertThat(value("SELECT count(pgml.predict('broad', broad) + 1)::real FROM broad"))
        .isEqualTo(30);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ROW(NULL::int[], 3)",
        "ROW(NULL, 3)",
        "(CASE WHEN y < 0 THEN ARRAY[1, 2] END, 3)",
        "ROW(ARRAY[NULL, NULL]::int[], 3)",
        "ROW(NULL::int, NULL::int, 3)",
        "'[null, 3]'::jsonb",
        "'{\"pair\": null, \"b\": 3}'::jsonb"
      })
  void null_for_a_column_of_arrays_is_null_for_each_element(String row) throws SQLException {
    String call = "pgml.predict('pairs', " + row + ")";
    Object expected = value("SELECT pgml.predict('pairs', ARRAY[NULL, NULL, 3])");

    assertThat(value("SELECT " + call + " FROM pairs LIMIT 1")).as("rows").isEqualTo(expected);
    assertThat(value("SELECT max(" + call + ")::real FROM pairs")).as("server").isEqualTo(expected);
    if (!row.contains("y <")) {
      assertThat(value("SELECT " + call)).as("constants").isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ROW(2, 6)::swapped",
        "(2, 6)::swapped",
        "(ROW(2, 6))::public.swapped",
        "ROW(2, 6)::app.point",
        "CAST(ROW(2, 6) AS swapped)",
        "CAST('(2,6)' AS swapped)",
        "CAST(ROW(6, 2) AS record)",
        "CAST('{\"b\": 2, \"a\": 6}' AS jsonb)",
        "CAST('{6,2}' AS real[])",
        "ROW(6, 2)"
      })
  void a_row_of_a_composite_type_is_read_by_its_names_wherever_it_stands(String row)
      throws SQLException {
    String call = "pgml.predict('ab', " + row + ")";

    assertThat(value("SELECT " + call)).as("constants").isEqualTo(62);
    assertThat(value("SELECT " + call + " FROM ab LIMIT 1")).as("rows").isEqualTo(62);
    assertThat(value("SELECT max(" + call + ") FROM ab")).as("the server").isEqualTo(62);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(SELECT t FROM (SELECT 2 AS b, 6 AS a) AS t)",
        "(SELECT t FROM (SELECT 2 AS b, 6 AS a) AS t ORDER BY b, a LIMIT 1)",
        "((SELECT t AS x FROM ab AS t WHERE a = 6 AND b = 2 LIMIT 1))",
        "(WITH t AS (SELECT 2 AS b, 6 AS a) SELECT t FROM t)",
        "(SELECT ROW(6, 2) FROM ab ORDER BY a, b LIMIT 1)",
        "(SELECT (2, 6)::swapped)",
        "(SELECT jsonb_build_object('b', 2, 'a', 6) FROM ab ORDER BY a, b LIMIT 1)",
        "(SELECT j FROM (SELECT '{\"b\": 2, \"a\": 6}'::jsonb AS j) AS q ORDER BY j, 1)",
        "(SELECT ARRAY[a, b] FROM ab WHERE a = 6 AND b = 2 ORDER BY a, b LIMIT 1)",
        "(SELECT ARRAY[6, 2]::real[] FROM ab LIMIT 1)"
      })
  void a_row_that_a_subquery_gives_is_read_by_its_names_wherever_it_stands(String row)
      throws SQLException {
    String call = "pgml.predict('ab', " + row + ")";

    assertThat(value("SELECT " + call)).as("alone").isEqualTo(62);
    assertThat(value("SELECT " + call + " FROM ab LIMIT 1")).as("rows").isEqualTo(62);
    assertThat(value("SELECT max(" + call + ") FROM ab")).as("the server").isEqualTo(62);
  }

  @Test
  void a_row_of_the_outer_statement_is_known_in_a_subquery() throws SQLException {
    assertThat(value("SELECT pgml.predict('ab', (SELECT ab)) FROM ab WHERE y = 62 LIMIT 1"))
        .isEqualTo(62);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.features(ab)",
        "json_build_object('b', b, 'a', a)",
        "jsonb_build_array(a, b)",
        "array_to_json(ARRAY[a, b])",
        "array_append(ARRAY[a], b)",
        "coalesce(NULL, ARRAY[a, b])",
        "array_agg(DISTINCT v ORDER BY v DESC)",
        "jsonb_agg(DISTINCT v ORDER BY v DESC)",
        "concat('{', a, ',', b, '}')"
      })
  void what_a_function_returns_is_read_by_its_type(String features) throws SQLException {
    String rows =
        " FROM ab, LATERAL (VALUES (a), (b)) AS u (v) WHERE a = 6 AND b = 2 GROUP BY a, b, ab.*";

    assertThat(value("SELECT pgml.predict('ab', " + features + ")" + rows)).isEqualTo(62);
  }

  @Test
  void a_row_without_names_is_by_position_though_a_feature_is_called_f1() throws SQLException {
    String call = "pgml.predict('xf', ROW(6, 2))";

    assertThat(value("SELECT " + call)).isEqualTo(62);
    assertThat(value("SELECT max(" + call + ") FROM ab")).isEqualTo(62);
  }

  @Test
  void a_row_of_a_subquery_is_by_name_though_its_columns_are_called_f1_and_f2()
      throws SQLException {
    assertThat(
            value("SELECT max(pgml.predict('ff', t)) FROM (SELECT 2 AS f1, 6 AS f2, 0 AS f3) AS t"))
        .isEqualTo(62);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(SELECT (6, 2) AS x)",
        "(SELECT ROW(6, 2) AS x)",
        "(SELECT t AS x FROM (SELECT 2 AS b, 6 AS a) AS t)",
        "(SELECT CAST((2, 6) AS my_vector) AS x)"
      })
  void a_row_that_a_column_has_is_by_its_names_or_without_names_by_position(String from)
      throws SQLException {
    String call = "SELECT pgml.predict('ab', x) FROM " + from + " AS q";

    assertThat(value(call)).as("rows").isEqualTo(62);
    assertThat(value("SELECT max(p) FROM (" + call + ") AS r (p)")).as("server").isEqualTo(62);
  }

  @ParameterizedTest
  @ValueSource(strings = {"character(3)[]", "name[]", "oid[]", "varchar[]"})
  void a_column_of_digits_is_an_array_of_numbers(String type) throws SQLException {
    String call = "SELECT pgml.predict('ab', x) FROM (SELECT '{6,2}'::" + type + " AS x) AS q";

    assertThat(value(call)).as("rows").isEqualTo(62);
    assertThat(value("SELECT max(p) FROM (" + call + ") AS r (p)")).as("server").isEqualTo(62);
  }

  @ParameterizedTest
  @ValueSource(strings = {"JOIN ab ON q.x <> ''", "JOIN (SELECT '{6,2}' AS x) AS r USING (x)"})
  void a_column_that_a_condition_of_a_join_names_is_no_row(String join) throws SQLException {
    String from = " FROM (SELECT text '{6,2}' AS x) AS q " + join + " LIMIT 1";

    assertThat(value("SELECT pgml.predict('ab', x)" + from)).isEqualTo(62);
  }

  @Test
  void what_a_column_has_by_position_or_by_name_is_never_guessed() {
    assertThatThrownBy(
            () -> value("SELECT pgml.predict('ff', x) FROM (SELECT ROW(6, 2) AS x) AS q"))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("42702");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ARRAY[d::date, e]",
        "ARRAY[d, e]::date[]",
        "ARRAY[d + interval '0 days', e]::timestamp without time zone[]",
        "ARRAY[d, DATE '2023-01-01' + y % 9]::date[]",
        "ARRAY[d, CAST(e AS date)]",
        "pair",
        "pair::timestamp[]",
        "array_append(ARRAY[d], e)"
      })
  void times_in_an_array_are_seconds_also_where_rows_stream(String features) throws SQLException {
    String from = " FROM (SELECT *, ARRAY[d, e] AS pair FROM dates WHERE y = 17) AS q";
    Object expected = value("SELECT pgml.predict('days', q)" + from);
    String call = "SELECT pgml.predict('days', " + features + ")" + from;

    assertThat(value(call)).as("rows").isEqualTo(expected);
    assertThat(value("SELECT max(p) FROM (" + call + ") AS r (p)"))
        .as("server")
        .isEqualTo(expected);
  }

  @Test
  void times_that_are_not_seen_to_be_some_are_told_to_be_cast() {
    assertThatThrownBy(() -> value("SELECT pgml.predict('days', ARRAY[d, e]) FROM dates"))
        .hasMessageContaining("columns of type date are not read from an array here")
        .hasMessageContaining("ARRAY[…]::date[]")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("0A000");
  }

  @Test
  void what_may_be_by_position_or_by_name_is_never_guessed() {
    assertThatThrownBy(() -> value("SELECT max(pgml.predict('ff', ROW(6, 2))) FROM ab"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("it is not clear whether the row is by position or by name")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("42702");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s FROM ab", "0 + %s"})
  void a_text_where_a_number_should_be_is_told_by_its_beginning(String select) {
    String call = "pgml.predict('ab', ROW(1, repeat('x', 100000)))";

    assertThatThrownBy(() -> value("SELECT " + select.formatted(call)))
        .hasMessageContaining("feature \"b\" is a number, got \"" + "x".repeat(80) + "…\"");
  }

  @Test
  void nan_in_an_array_in_quotes_is_told_as_nan() {
    assertThatThrownBy(() -> value("SELECT pgml.predict('ab', '{NaN,1}')"))
        .hasMessageContaining("feature \"a\" is NaN");
  }

  private float value(String sql) throws SQLException {
    try (Statement statement = client.get().createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getFloat(1);
    }
  }
}
