package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Preprocessing of categories, times and missing values: whatever form a row is predicted in, it is
 * prepared as it was for training.
 */
class PreparedFeaturesIT {
  private static final List<String> COLUMNS =
      List.of(
          "city", "size", "key", "day", "seen", "zoned", "clock", "span", "n", "flag", "v", "u");

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  /**
   * The nearest neighbour of a row that was learnt from is the row itself, and its label is the
   * prediction, exactly if both were prepared in the same way.
   */
  @ParameterizedTest
  @CsvSource({"simple, 1", "extended, 2", "extended, 3", "simple, 4", "extended, 5"})
  void random_tables_are_predicted_as_they_were_learnt(String mode, long seed) throws SQLException {
    Random random = new Random(seed);
    String table = "mixed" + seed;
    create(table, random);
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        Statement statement = connection.createStatement()) {
      statement.execute("SET timezone TO 'Asia/Kolkata'");
      statement.execute(
          "SELECT * FROM pgml.train('%s', 'regression', '%s', 'y', 'knn', '{\"n_neighbors\": 1}',"
                  .formatted(table, table)
              + " test_size => 0, preprocess => '"
              + preprocess(random)
              + "')");
      String columns = String.join(", ", COLUMNS);
      String query =
          ("SELECT y, pgml.predict('%1$s', ROW(%2$s)) AS a, pgml.predict('%1$s', (%2$s)) AS b,"
                  + " pgml.predict('%1$s', t) AS c, pgml.predict('%1$s', to_jsonb(t)) AS d,"
                  + " pgml.predict('%1$s', t.*) AS e, pgml.predict('%1$s', ARRAY[%3$s]) AS f"
                  + " FROM %1$s t")
              .formatted(table, columns, codes(table));
      int rows = 0;
      try (ResultSet result = statement.executeQuery(query)) {
        while (result.next()) {
          for (int i = 2; i <= 7; i++) {
            assertThat(result.getFloat(i))
                .as("form %d of row %d", i, rows)
                .isEqualTo(result.getFloat(1));
          }
          rows++;
        }
      }
      assertThat(rows).isEqualTo(60);
    }
  }

  private static void create(String table, Random random) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      values.add(
          "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, ARRAY[%d,%d], %s, %d)"
              .formatted(
                  orNull(random, "'" + List.of("Ulm", "Bern, CH", "\"Graz\"").get(i % 3) + "'"),
                  orNull(
                      random,
                      "'" + List.of("small", "medium", "large").get(random.nextInt(3)) + "'"),
                  "'00000000-0000-0000-0000-00000000000" + random.nextInt(4) + "'",
                  orNull(random, "date '2020-01-01' + " + random.nextInt(2000)),
                  orNull(
                      random,
                      "timestamp '2024-01-01' + interval '1 second' * " + random.nextInt(9999999)),
                  orNull(
                      random,
                      "timestamptz '2024-03-01 UTC' + interval '1.5 second' * "
                          + random.nextInt(9999999)),
                  orNull(
                      random, "time '00:00' + interval '0.25 second' * " + random.nextInt(200000)),
                  orNull(
                      random,
                      "interval '1 mon -2 days' * "
                          + random.nextInt(9)
                          + " + interval '3.5 second'"),
                  orNull(random, String.format(Locale.ROOT, "%.3f", random.nextDouble() * 100)),
                  orNull(random, random.nextBoolean() ? "true" : "false"),
                  random.nextInt(9),
                  random.nextInt(9),
                  i * 1.5 + "::float8",
                  i));
    }
    PROXY.onServer(
        "DROP TABLE IF EXISTS " + table,
        "DROP TYPE IF EXISTS " + table + "_size",
        "CREATE TYPE " + table + "_size AS ENUM ('small', 'medium', 'large')",
        "CREATE TABLE "
            + table
            + " (city text, size "
            + table
            + "_size, key uuid, day date, seen timestamp, zoned timestamptz, clock time, span"
            + " interval, n numeric, flag boolean, v int[], u float8, y int)",
        "INSERT INTO " + table + " VALUES " + String.join(", ", values));
  }

  private static String orNull(Random random, String value) {
    return random.nextInt(6) == 0 ? "NULL" : value;
  }

  private static String preprocess(Random random) {
    List<String> plans = new ArrayList<>();
    plans.add(
        "\"city\": {\"encode\": \"%s\", \"impute\": \"mode\"%s}"
            .formatted(
                List.of("native", "target", "one_hot").get(random.nextInt(3)), scale(random)));
    plans.add(
        "\"key\": {\"encode\": \"%s\"}"
            .formatted(List.of("native", "one_hot").get(random.nextInt(2))));
    for (String column : List.of("day", "seen", "zoned", "clock", "span", "n", "flag")) {
      String impute =
          List.of("mean", "median", "mode", "min", "max", "zero").get(random.nextInt(6));
      plans.add("\"%s\": {\"impute\": \"%s\"%s}".formatted(column, impute, scale(random)));
    }
    return "{" + String.join(", ", plans) + "}";
  }

  private static String scale(Random random) {
    String scale =
        List.of("preserve", "standard", "min_max", "max_abs", "robust").get(random.nextInt(5));
    return ", \"scale\": \"" + scale + "\"";
  }

  /** The array form: categories as their codes, times as epochs. */
  private static String codes(String table) {
    List<String> values = new ArrayList<>();
    for (String column : COLUMNS) {
      values.add(
          switch (column) {
            case "city", "size", "key" ->
                ("(SELECT (c->'statistics'->'categories'->coalesce(t.%1$s::text,"
                        + " '__NULL__')->>'value')::real FROM pgml.snapshots s,"
                        + " jsonb_array_elements(s.columns) c WHERE s.relation_name = 'public.%2$s'"
                        + " AND c->>'name' = '%1$s')")
                    .formatted(column, table);
            case "day", "seen", "zoned", "clock", "span" ->
                "extract(epoch FROM t." + column + ")::real";
            case "v" -> "t.v[1], t.v[2]";
            case "flag" -> "t.flag::int";
            default -> "t." + column;
          });
    }
    return String.join(", ", values);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void rows_of_constants_and_parameters_are_predicted(String mode) throws SQLException {
    colours("colours_" + mode);
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      train(connection, "colours_" + mode, "");
      String project = "'colours_" + mode + "'";
      assertThat(value(connection, "SELECT pgml.predict(" + project + ", ROW('red'::text, 2))"))
          .isEqualTo("12");
      assertThat(value(connection, "SELECT pgml.predict(" + project + ", ('blue', 2))"))
          .isEqualTo("22");
      assertThat(
              value(
                  connection,
                  "SELECT pgml.predict("
                      + project
                      + ", '{\"x\": 1, \"colour\": \"blue\"}'::jsonb)"))
          .isEqualTo("21");
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT pgml.predict(" + project + ", ROW(?::text, ?::int))")) {
        for (int i = 0; i < 7; i++) {
          statement.setString(1, i % 2 == 0 ? "red" : "blue");
          statement.setInt(2, i);
          try (ResultSet rows = statement.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getFloat(1)).isEqualTo((i % 2 == 0 ? 10 : 20) + i);
          }
        }
      }
    }
  }

  @Test
  void what_a_row_lacks_or_has_wrong_is_named() throws SQLException {
    colours("wrong");
    try (Connection connection = PROXY.connect()) {
      train(connection, "wrong", "");
      fails(connection, "'{\"x\": 1}'::jsonb", "22023", "the row has no column \"colour\"");
      fails(connection, "ROW('red')", "22023", "expects 2 features (colour, x), got 1");
      fails(connection, "ROW('green', 1)", "22004", "a category that was not in the training rows");
      fails(connection, "ROW(1, 1)", "42804", "feature \"colour\" is a category, got 1");
      fails(connection, "ROW('red', 'blue')", "42804", "feature \"x\" is a number, got \"blue\"");
      fails(connection, "ROW('red', NULL)", "22004", "feature \"x\" is NULL");
      fails(connection, "ARRAY[7, 1]", "22023", "7.0 is none of its codes 0 to 2");
      assertThat(value(connection, "SELECT pgml.predict('wrong', ARRAY[1, 1])")).isEqualTo("11");
    }
  }

  @Test
  void columns_that_cannot_be_learned_from_are_refused_by_name() throws SQLException {
    PROXY.onServer(
        "CREATE TABLE odd_types (a jsonb, y int)",
        "CREATE TABLE odd_arrays (a text[], y int)",
        "CREATE TABLE plain_rows AS SELECT i AS x, 'c' || i % 3 AS c, i AS y FROM"
            + " generate_series(1, 30) i",
        "CREATE TABLE time_label AS SELECT 1 AS x, now() AS y");
    try (Connection connection = PROXY.connect()) {
      trainFails(connection, "odd_types", "{}", "42804", "column \"a\" of type jsonb");
      trainFails(connection, "odd_arrays", "{}", "42804", "column \"a\" of type text[]");
      trainFails(connection, "time_label", "{}", "42804", "column \"y\" of type timestamp with");
      trainFails(connection, "plain_rows", "{\"z\": {}}", "22023", "preprocess: column \"z\"");
      trainFails(
          connection,
          "plain_rows",
          "{\"x\": {\"encode\": \"target\"}}",
          "22023",
          "It does not make sense to {\"encode\": \"target\"} a continuous variable");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "postgres_verbose", "iso_8601"})
  void an_interval_is_the_same_in_each_style(String style) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "DROP TABLE IF EXISTS spans",
          "CREATE TABLE spans AS SELECT make_interval(days => 3 - i, secs => i * 3000.5) AS span,"
              + " i::real AS y FROM generate_series(1, 40) i",
          "SELECT * FROM pgml.train('spans', 'regression', 'spans', 'y', test_size => 0)",
          "SET IntervalStyle = " + style);

      for (String call :
          List.of("pgml.predict('spans', spans)", "0 + pgml.predict('spans', ROW(span))")) {
        assertThat(
                ProxyUnderTest.value(
                    connection, "SELECT round((" + call + ")::numeric) FROM spans WHERE y = 7"))
            .as(call)
            .isEqualTo("7");
      }
    }
  }

  @Test
  void blanks_that_fill_up_a_value_are_no_part_of_a_category_or_a_label() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "CREATE TABLE padded AS SELECT (ARRAY['a', 'bb'])[1 + i % 2]::char(5) AS kind, i AS a,"
              + " (ARRAY['x', 'yy'])[1 + i % 2]::char(4) AS label FROM generate_series(1, 40) i",
          "SELECT * FROM pgml.train('padded', 'classification', 'padded', 'label',"
              + " algorithm => 'decision_tree', test_size => 0)");

      for (String features :
          List.of(
              "padded",
              "ROW(kind, a)",
              "ROW('bb'::text, 3)",
              "'{\"kind\": \"bb\", \"a\": 3}'::jsonb",
              "'{\"kind\": \"bb   \", \"a\": 3}'::jsonb")) {
        for (String form : List.of("%s", "%s || ''")) {
          String call = form.formatted("pgml.predict_label('padded', " + features + ")");
          assertThat(
                  ProxyUnderTest.value(connection, "SELECT " + call + " FROM padded WHERE a = 3"))
              .as(call)
              .isEqualTo("yy");
        }
      }
      assertThat(
              ProxyUnderTest.value(
                  connection,
                  "SELECT count(*) FROM padded WHERE label = pgml.predict_label('padded', padded)"))
          .isEqualTo("40");
    }
  }

  @Test
  void a_snapshot_keeps_its_preprocessing_for_the_next_model() throws SQLException {
    colours("kept");
    try (Connection connection = PROXY.connect()) {
      train(connection, "kept", ", preprocess => '{\"colour\": {\"encode\": \"one_hot\"}}'");
      ProxyUnderTest.run(connection, "SELECT * FROM pgml.train('kept', algorithm => 'ridge')");
      assertThat(
              value(
                  connection,
                  "SELECT count(DISTINCT snapshot_id) || ' ' || count(*) || ' ' ||"
                      + " max(s.columns->0->'preprocessor'->>'encode') FROM pgml.models m JOIN"
                      + " pgml.projects p ON p.id = m.project_id JOIN pgml.snapshots s ON s.id ="
                      + " m.snapshot_id WHERE p.name = 'kept'"))
          .isEqualTo("1 2 one_hot");
      String red = value(connection, "SELECT pgml.predict('kept', ROW('red', 2))");
      assertThat(Float.parseFloat(red)).isBetween(11f, 13f);
    }
  }

  private static void colours(String table) {
    PROXY.onServer(
        "CREATE TABLE " + table + " (colour varchar(10), x int, y int)",
        "INSERT INTO "
            + table
            + " SELECT c, i, i + CASE c WHEN 'red' THEN 10 ELSE 20 END FROM generate_series(0, 20)"
            + " i, unnest(ARRAY['red', 'blue']) WITH ORDINALITY AS u (c, o) ORDER BY o, i");
  }

  private static void train(Connection connection, String table, String more) throws SQLException {
    ProxyUnderTest.run(
        connection,
        "SELECT * FROM pgml.train('%s', 'regression', '%s', 'y', test_size => 0%s)"
            .formatted(table, table, more));
  }

  private static void fails(Connection connection, String row, String state, String message) {
    assertThatThrownBy(() -> value(connection, "SELECT pgml.predict('wrong', " + row + ")"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state))
        .hasMessageContaining(message);
  }

  private static void trainFails(
      Connection connection, String table, String preprocess, String state, String message) {
    assertThatThrownBy(() ->
            value(
                connection,
                "SELECT * FROM pgml.train('never', 'regression', '%s', 'y', preprocess => '%s')"
                    .formatted(table, preprocess)))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state))
        .hasMessageContaining(message);
  }

  private static String value(Connection connection, String sql) throws SQLException {
    String text = ProxyUnderTest.value(connection, sql);
    return text == null ? "" : text;
  }
}
