package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Errors of statements whose predictions are computed on the way, and plans of such statements. */
class RewrittenErrorsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void train() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "CREATE TABLE t AS SELECT i AS id, i::real AS a, (i % 7)::real AS b, 2.0 * i AS y"
              + " FROM generate_series(1, 60000) i",
          "CREATE TABLE flags AS SELECT true AS f, ARRAY[true, false] AS pair",
          "CREATE VIEW learnt AS SELECT a, b, y FROM t WHERE id <= 200",
          "SELECT * FROM pgml.train('line', 'regression', 'learnt', 'y')");
    }
  }

  /** The mark ^ stands before the place that the error is to tell. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT 'ä😀', pgml.predict('line', ARRAY[^nocol, b]) FROM t                             | 42703
          SELECT id, pgml.predict('line', ARRAY[a, b]), ^nocol FROM t                             | 42703
          SELECT pgml.predict('line', ARRAY[a, b]) AS y FROM ^notable                             | 42P01
          SELECT pgml.predict('line', ARRAY[a, b]) FROM t WHERE id ^= 'x'::text                   | 42883
          SELECT pgml.predict('line', ARRAY[a, b]) FROM t WHERE ^nofun(id)                        | 42883
          SELECT pgml.predict('line', ARRAY[a, b]) FROM t ORDER BY ^nocol                         | 42703
          SELECT id FROM t WHERE ^nocol ORDER BY pgml.predict('line', ARRAY[a, b]) LIMIT 3        | 42703
          SELECT id, pgml.predict('line', ARRAY[a, b]) FROM t GROUP BY ^, id                      | 42601
          COPY (SELECT pgml.predict('line', ARRAY[a, b]), ^nocol FROM t) TO STDOUT                | 42703
          EXPLAIN SELECT pgml.predict('line', ARRAY[a, b]), ^nocol FROM t                         | 42703
          SELECT 1 FROM pgml.explain('line', ARRAY[1, 2]) e WHERE ^e.nocol = 1                    | 42703
          SELECT pgml.version(), 'ä😀', ^nofun(e) FROM pgml.explain('line', ARRAY[1, 2]) e        | 42883
          """)
  void an_error_tells_the_place_in_the_clients_text(String marked, String state) {
    int place = marked.codePointCount(0, marked.indexOf('^')) + 1;
    String sql = marked.replace("^", "");
    try (RawConnection client = PROXY.raw()) {
      for (int protocol = 0; protocol < 3; protocol++) {
        client.send(
            switch (protocol) {
              case 0 -> RawConnection.query(sql);
              case 1 -> extended("", sql);
              default -> extended("s", sql);
            });
        RawConnection.Message error = client.error();
        assertThat(error.shape()).isEqualTo("E:ERROR:" + state);
        assertThat(error.field('P')).as(sql).isEqualTo(Integer.toString(place));
      }
      assertThat(client.value("SELECT 7")).isEqualTo("7");
    }
  }

  private static byte[] extended(String name, String sql) {
    return RawConnection.join(
        RawConnection.closeStatement(name),
        RawConnection.parse(name, sql),
        RawConnection.bind("", name),
        RawConnection.execute("", 0),
        RawConnection.sync());
  }

  /** In the first of many reads of rows, or the last. */
  @ParameterizedTest
  @ValueSource(ints = {5, 59_000})
  void nothing_follows_the_error_of_a_row(int id) {
    String features = "CASE WHEN id = %d THEN ARRAY[a] ELSE ARRAY[a, b] END".formatted(id);
    String select = "SELECT id, pgml.predict('line', %s) FROM t".formatted(features);
    String top = "SELECT id FROM t ORDER BY pgml.predict('line', %s) LIMIT 5".formatted(features);
    String copy = "COPY (%s) TO STDOUT".formatted(select);
    try (RawConnection client = PROXY.raw()) {
      for (String sql : List.of(select, top, copy)) {
        assertEndsWithError(client.send(RawConnection.query(sql)).untilReady(), "I");
        assertEndsWithError(client.send(extended("", sql)).untilReady(), "I");
        client.send(RawConnection.query("BEGIN")).untilReady();
        assertEndsWithError(client.send(RawConnection.query(sql)).untilReady(), "E");
        client.send(RawConnection.query("ROLLBACK")).untilReady();
        assertThat(client.value("SELECT 7")).isEqualTo("7");
      }
    }
  }

  private static void assertEndsWithError(List<RawConnection.Message> replies, String status) {
    List<String> shapes = replies.stream().map(RawConnection.Message::shape).toList();
    assertThat(shapes.subList(shapes.size() - 2, shapes.size()))
        .containsExactly("E:ERROR:22023", "Z:" + status);
    assertThat(shapes.subList(0, shapes.size() - 2)).doesNotContain("E:ERROR:22023");
  }

  @ParameterizedTest
  @CsvSource({
    "'ARRAY[a / (id - 30000), b]', 22012",
    "'ARRAY[(''x'' || id)::real, b]', 22P02",
    "'(SELECT array_agg(x) FROM generate_series(1, 2) x, generate_series(1, id - 1000))', 22023"
  })
  void an_error_of_the_features_is_the_servers(String features, String state) {
    String sql = "SELECT pgml.predict('line', " + features + ") FROM t";
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query(sql));
      assertThat(client.shapes(1)).endsWith("E:ERROR:" + state, "Z:I");
    }
  }

  /** From constants, while rows stream, by the server's function, and past the proxy. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          predict       | 'line', ARRAY[1]                | 22023
          predict       | 'line', ARRAY[1, 2, 3]          | 22023
          predict       | 'line', ARRAY[1, NULL]          | 22004
          predict       | 'nobody', ARRAY[1, 2]           | 55000
          predict       | 'line', NULL::real[]            |
          predict       | NULL, ARRAY[1, 2]               |
          predict_proba | 'line', ARRAY[1, 2]             | 0A000
          """)
  void a_wrong_argument_is_the_same_error_whoever_computes(
      String function, String arguments, String state) throws SQLException {
    String call = "pgml.%s(%s)".formatted(function, arguments);
    try (Connection proxied = PROXY.connect();
        Connection past =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres"
                    .formatted(PROXY.postgres().port(), PROXY.serverDatabase()))) {
      String told = outcome(proxied, "SELECT " + call);
      assertThat(told).startsWith(state == null ? "null" : state);
      for (String sql :
          List.of(
              "SELECT %s FROM t LIMIT 1",
              "SELECT x FROM (SELECT %s AS x FROM t LIMIT 1) q",
              "SELECT array_remove(ARRAY[%s], NULL) = '{}' AS x FROM t LIMIT 1")) {
        String given = outcome(proxied, sql.formatted(call));
        assertThat(state == null && given.equals("t") ? "null" : given).as(sql).isEqualTo(told);
      }
      assertThat(outcome(past, "SELECT " + call)).isEqualTo(told);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ARRAY[1e300, 2]",
        "ARRAY[1, 1e300]::double precision[]",
        "ARRAY['1e300', 2]::real[]",
        "'{1e300,2}'",
        "'{1,1e300}'::float8[]",
        "'[1e300, 2]'::jsonb",
        "'{\"a\": 1e300, \"b\": 2}'::jsonb"
      })
  void a_constant_beyond_the_range_of_real_is_named_as_it_is_written(String features)
      throws SQLException {
    try (Connection connection = PROXY.connect()) {
      String call = "SELECT pgml.predict('line', " + features + ")";

      assertThat(outcome(connection, call))
          .startsWith("22003 / \"1e300\" is out of range for type real / ");
      assertThat(outcome(connection, call + " > 0 FROM t LIMIT 1")).startsWith("22003");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_parameter_beyond_the_range_of_real_is_the_servers_kind_of_error(boolean binary)
      throws SQLException {
    try (Connection connection =
            PROXY.connect(
                "prepareThreshold", binary ? "-1" : "0", "binaryTransfer", String.valueOf(binary));
        java.sql.PreparedStatement statement =
            connection.prepareStatement("SELECT pgml.predict('line', ARRAY[?, 2])")) {
      statement.setDouble(1, 1e300);

      org.assertj.core.api.Assertions.assertThatThrownBy(statement::executeQuery)
          .hasMessageContaining("is out of range for type real")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("22003");
    }
  }

  @Test
  void an_infinity_that_was_written_is_not_finite() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThat(outcome(connection, "SELECT pgml.predict('line', '{-Infinity,2}'::real[])"))
          .startsWith("22023 / feature \"a\" is -Infinity");
    }
  }

  /** The mark ^ stands before the place that the error is to tell, as PostgreSQL does. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SELECT ^pgml.predict('line', 5)                                   | (unknown, integer)
          SELECT 'ä😀', ^pgml.predict('line', 2.5)                          | (unknown, numeric)
          SELECT ^pgml.predict('line', '2026-01-01'::date)                  | (unknown, date)
          SELECT ^pgml.predict('line', '2026-01-01'::pg_catalog.date)       | (unknown, date)
          SELECT ^pgml.predict('line', now()::timestamp(3) with time zone)  | (unknown, timestamp with time zone)
          SELECT id, pgml.predict('line', a) FROM t                        | (unknown, real)
          SELECT pgml.predict_joint('line'::text, id) AS p FROM t          | (text, integer)
          SELECT ^pgml.predict(1, now())                                    | (integer, timestamp with time zone)
          SELECT id FROM t ORDER BY pgml.predict('line', a) LIMIT 3        | (unknown, real)
          COPY (SELECT pgml.predict('line', id) FROM t) TO STDOUT          | (unknown, integer)
          EXPLAIN SELECT ^pgml.predict('line', id + 1) FROM t               | (unknown, integer)
          SELECT id, ^pgml.predict('line', a + 1) FROM t                    | (unknown, double precision)
          SELECT ^pgml.predict_batch('line', 5)                             | (unknown, integer)
          SELECT pgml.predict('line', 5) + 1                                | (text, integer)
          SELECT id FROM t WHERE pgml.predict('line', now()::date) > 0      | (text, date)
          SELECT * FROM pgml.explain('line', 5)                             | (unknown, integer)
          SELECT * FROM pgml.explain('line', features => now()::date)       | (unknown, features => date)
          """)
  void features_of_a_type_that_no_function_takes_are_an_undefined_function(
      String marked, String types) {
    String sql = marked.replace("^", "");
    try (RawConnection client = PROXY.raw()) {
      for (byte[] request : List.of(RawConnection.query(sql), extended("", sql))) {
        RawConnection.Message error = client.send(request).error();
        assertThat(error.shape()).as(error.field('M')).isEqualTo("E:ERROR:42883");
        assertThat(error.field('M')).startsWith("function pgml.").contains(types);
        assertThat(error.field('H')).contains("You might need to add explicit type casts.");
        if (!sql.equals(marked)) {
          assertThat(error.field('P'))
              .isEqualTo(String.valueOf(marked.codePointCount(0, marked.indexOf('^')) + 1));
        }
      }
      assertThat(client.value("SELECT 7")).isEqualTo("7");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ARRAY[f, NOT f]::boolean[]",
        "ARRAY[f, NOT f]::bool[]",
        "ARRAY[true, false]::bool[]",
        "'{t,f}'::boolean[]",
        "ARRAY[f::integer, (NOT f)::integer]",
        "ARRAY[true, false]",
        "ARRAY[f, NOT f]",
        "ARRAY[f = true, f IS NULL]",
        "ARRAY[CASE WHEN f = true THEN 1 ELSE 2 END, 0]"
      })
  void booleans_are_0_and_1_also_where_rows_stream(String features) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      for (String sql :
          List.of(
              "SELECT pgml.predict('line', %s) FROM flags",
              "SELECT 0 + pgml.predict('line', %s) FROM flags",
              "SELECT pgml.predict('line', %s) AS p FROM flags ORDER BY p DESC LIMIT 1")) {
        assertThat(ProxyUnderTest.value(connection, sql.formatted(features))).isEqualTo("2");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ARRAY[true, false]",
        "ARRAY[true, 1 > 2]",
        "ARRAY[true, false]::boolean[]",
        "'{t,f}'::boolean[]",
        "'{\"a\": true, \"b\": false}'::jsonb",
        "ROW(true, false)"
      })
  void booleans_are_0_and_1_without_a_relation(String features) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.predict('line', " + features + ")"))
          .isEqualTo("2");
    }
  }

  @Test
  void booleans_that_are_not_seen_to_be_some_are_told_to_be_cast() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThat(outcome(connection, "SELECT pgml.predict('line', ARRAY[f, f]) FROM flags"))
          .startsWith("0A000")
          .contains("ARRAY[flag::integer, …]");
      assertThat(outcome(connection, "SELECT pgml.predict('line', pair) FROM flags"))
          .isEqualTo(
              outcome(connection, "SELECT pgml.predict('line', pair::boolean[]) FROM flags"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"j", "q.j", "j::jsonb", "w->'x'", "w #> '{x}'", "j || '{\"a\": 1}'"})
  void a_column_of_json_needs_no_cast(String features) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      String call =
          "SELECT pgml.predict('line', %s) FROM (SELECT '{\"a\": 1, \"b\": 2}'::jsonb AS j,"
              + " '{\"x\": {\"a\": 1, \"b\": 2}}'::json AS w) q";

      assertThat(outcome(connection, call.formatted(features))).isEqualTo("2");
    }
  }

  /** The value, or all that an error says but its place. */
  private static String outcome(Connection connection, String sql) throws SQLException {
    try {
      return String.valueOf(ProxyUnderTest.value(connection, sql));
    } catch (PSQLException e) {
      ServerErrorMessage error = Objects.requireNonNull(e.getServerErrorMessage());
      return String.join(
          " / ",
          e.getSQLState(),
          error.getMessage(),
          String.valueOf(error.getDetail()),
          String.valueOf(error.getHint()));
    }
  }

  @Test
  void a_plan_tells_which_way_predictions_go() throws SQLException {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      assertThat(plan(connection, "EXPLAIN SELECT pgml.predict('line', ARRAY[a, b]) FROM t"))
          .contains("Seq Scan")
          .endsWith(
              "Prediction: pgml.predict('line', …) is computed in the proxy while rows stream"
                  + " through it\n");
      assertThat(
              plan(
                  connection,
                  "EXPLAIN (ANALYZE, COSTS off) SELECT id FROM t WHERE id < 9 ORDER BY"
                      + " pgml.predict('line', ARRAY[a, b]) LIMIT 3"))
          .contains("Execution Time", "actual")
          .endsWith("orders rows in the proxy, which keeps the first ones\n");
      assertThat(plan(connection, "EXPLAIN ANALYZE SELECT pgml.predict('line', ARRAY[1, 2])"))
          .contains("Rows: 1\n", "Execution Time: ")
          .startsWith("Prediction: pgml.predict('line', …) is answered in the proxy\n");
    }
    try (Connection connection = PROXY.connect()) {
      assertThat(plan(connection, "EXPLAIN SELECT pgml.predict('line', ARRAY[1, 2])"))
          .isEqualTo("Prediction: pgml.predict('line', …) is answered in the proxy\n");
    }
  }

  /** Documents are read by the server, which knows best whether they are well made. */
  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_plan_in_any_format_tells_which_way_predictions_go(String mode) throws SQLException {
    List<String> statements =
        List.of(
            "SELECT pgml.predict('line', ARRAY[a, b]) FROM t",
            "SELECT round(pgml.predict('line', ARRAY[a, b])) FROM t",
            "SELECT id FROM t ORDER BY pgml.predict('line', ARRAY[a, b]) LIMIT 3",
            "SELECT pgml.predict('line', ARRAY[1, 2])");
    List<String> ways = List.of("stream through it", "own function", "keeps the", "is answered");
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        java.sql.PreparedStatement json =
            connection.prepareStatement("SELECT ?::json->0->'Predictions'->>0");
        java.sql.PreparedStatement xml =
            connection.prepareStatement(
                "SELECT (xpath('//e:Query/e:Predictions/e:Item/text()', ?::xml,"
                    + " '{{e,http://www.postgresql.org/2009/explain}}'))[1]::text")) {
      for (int i = 0; i < statements.size(); i++) {
        for (String options : List.of("", "ANALYZE, ")) {
          String explain = "EXPLAIN (" + options + "FORMAT %s) " + statements.get(i);
          json.setString(1, plan(connection, explain.formatted("json")));
          xml.setString(1, plan(connection, explain.formatted("XML")));
          assertThat(one(json)).contains(ways.get(i));
          assertThat(one(xml)).contains(ways.get(i));
          assertThat(plan(connection, explain.formatted("yaml")))
              .containsPattern("(?m)^..Predictions: $\n    - \"Prediction: .*" + ways.get(i));
        }
      }
    }
  }

  private static String one(java.sql.PreparedStatement statement) throws SQLException {
    try (java.sql.ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static String plan(Connection connection, String sql) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (java.sql.Statement statement = connection.createStatement();
        java.sql.ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.getMetaData().getColumnName(1)).isEqualTo("QUERY PLAN");
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
    }
    return plan.toString();
  }

  @Test
  void parameters_say_how_many_rows_are_wanted() throws SQLException {
    String sql =
        "SELECT id FROM t WHERE id < ? ORDER BY pgml.predict('line', ARRAY[a, b]) DESC LIMIT ?"
            + " OFFSET ?";
    try (Connection connection = PROXY.connect();
        java.sql.PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < 8; i++) {
        statement.setInt(1, 1000);
        statement.setInt(2, 2);
        statement.setLong(3, i);
        try (java.sql.ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(999 - i);
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(998 - i);
          assertThat(rows.next()).isFalse();
        }
      }
      statement.setInt(2, -1);
      org.assertj.core.api.Assertions.assertThatThrownBy(statement::executeQuery)
          .hasMessageContaining("LIMIT must not be negative");
    }
  }
}
