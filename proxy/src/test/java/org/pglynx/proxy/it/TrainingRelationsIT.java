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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be learnt from, and what is said of a relation or label that may not. */
class TrainingRelationsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(2);

  @RegisterExtension final OwnConnection client = new OwnConnection(PROXY);

  @BeforeAll
  static void learn() throws SQLException {
    PROXY.onServer(
        "CREATE DOMAIN share AS real",
        "CREATE DOMAIN part AS share",
        "CREATE DOMAIN parts AS part[]",
        "CREATE TYPE pair AS (b int, a share)",
        "CREATE TYPE mood AS ENUM ('low', 'high')",
        "CREATE SEQUENCE counter",
        "CREATE TABLE shares AS SELECT ARRAY[i % 7, i % 5]::share[] AS one, ARRAY[i % 3]::part[] AS"
            + " two, ARRAY[i % 2]::parts AS three, 10 * (i % 7) + i % 5 AS y"
            + " FROM generate_series(1, 210) i",
        "CREATE INDEX by_y ON shares (y)",
        "CREATE VIEW ones AS SELECT one, y FROM shares",
        "CREATE TABLE ab AS SELECT i % 7 AS a, i % 5 AS b, 10 * (i % 7) + i % 5 AS y"
            + " FROM generate_series(1, 70) i");
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train('shares', 'regression', 'shares', 'y')",
          "SELECT * FROM pgml.train('ones', 'regression', 'ones', 'y')",
          "SELECT * FROM pgml.train('ab', 'regression', 'ab', 'y')");
    }
  }

  @ParameterizedTest
  @CsvSource({"counter, a sequence", "by_y, an index", "pair, a composite type"})
  void what_holds_no_rows_is_refused_with_what_does(String relation, String kind) {
    for (String call :
        List.of("pgml.train('k', 'clustering', '%s')", "pgml.snapshot('%s', 'last_value')")) {
      assertThatThrownBy(() -> value("SELECT * FROM " + call.formatted(relation)))
          .hasMessageContaining("relation \"%s\" is %s".formatted(relation, kind))
          .hasMessageContaining("Models learn from tables")
          .hasFieldOrPropertyWithValue("SQLState", "42809");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ARRAY['y', NULL]", "'{y,NULL}'", "ARRAY['y', (SELECT NULL)]"})
  void a_label_that_is_null_is_told_by_its_place(String labels) {
    assertThatThrownBy(
            () -> value("SELECT * FROM pgml.train_joint('j', 'regression', 'ab', " + labels + ")"))
        .hasMessageContaining("element 2 of an array of texts is NULL")
        .hasMessageContaining("It is argument y_column_name of pgml.train_joint.")
        .hasFieldOrPropertyWithValue("SQLState", "22004");
  }

  @ParameterizedTest
  @ValueSource(strings = {"numeric", "real", "double precision"})
  void a_class_that_is_no_number_is_refused_with_its_column(String type) throws SQLException {
    PROXY.onServer(
        "CREATE OR REPLACE VIEW odd_classes AS SELECT a, CASE WHEN b = 2 THEN 'NaN'::%1$s ELSE b END"
                .formatted(type)
            + " AS y FROM ab");

    assertThatThrownBy(
            () -> value("SELECT * FROM pgml.train('o', 'classification', 'odd_classes', 'y')"))
        .hasMessageContaining("14 values of y are NaN or infinite")
        .hasFieldOrPropertyWithValue("SQLState", "22023");
    PROXY.onServer("DROP VIEW odd_classes");
  }

  @Test
  void nobody_is_told_of_a_snapshot_that_he_may_not_take() throws SQLException {
    PROXY.onServer("CREATE ROLE onlooker", "GRANT SELECT ON ab TO onlooker");
    try (Statement statement = client.get().createStatement()) {
      client.get().setAutoCommit(false);
      statement.execute("SET LOCAL ROLE onlooker");

      assertThatThrownBy(() -> statement.execute("SELECT * FROM pgml.snapshot('ab', 'y')"))
          .hasFieldOrPropertyWithValue("SQLState", "42501");
      assertThat(warnings(statement)).isEmpty();
      client.get().rollback();

      statement.execute("SELECT * FROM pgml.snapshot('ab', 'y')");
      assertThat(warnings(statement)).first().asString().startsWith("Snapshotting table \"ab\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pgml.predict('ones', one)",
        "pgml.predict('ones', shares.one)",
        "pgml.predict('ones', ROW(one))",
        "pgml.predict('ones', ARRAY[one[1], one[2]])",
        "pgml.predict('ones', shares)",
        "pgml.predict('ones', one::parts)",
        "pgml.predict('shares', shares)",
        "pgml.predict('shares', to_jsonb(shares))",
        "pgml.predict('shares', ROW(one, two, three))"
      })
  void arrays_of_domains_are_arrays_of_what_the_domain_is_of(String call) throws SQLException {
    assertThat(number("SELECT " + call + " FROM shares WHERE y = 64 LIMIT 1")).isEqualTo(64);
  }

  @Test
  void a_column_of_arrays_of_a_domain_goes_by_the_floats_digits_and_as_a_copy()
      throws SQLException {
    ProxyUnderTest.run(client.get(), "SET extra_float_digits TO 0");

    assertThat(number("SELECT pgml.predict('ones', one) FROM shares WHERE y = 64 LIMIT 1"))
        .isEqualTo(64);
    assertThat(
            number("SELECT pgml.predict('ones', one) AS p, * FROM shares ORDER BY p DESC LIMIT 1"))
        .isEqualTo(64);
  }

  @Test
  void a_column_of_a_composite_type_goes_by_its_names() throws SQLException {
    assertThat(
            number("SELECT pgml.predict('ab', r.c) FROM (SELECT ROW(2, 6)::pair AS c OFFSET 0) r"))
        .isEqualTo(62);
    assertThat(value("SELECT pgml.predict('ab', r.c) FROM (SELECT NULL::pair AS c OFFSET 0) r"))
        .isNull();
  }

  @Test
  void a_column_that_has_no_features_is_refused_by_its_types_name() {
    assertThatThrownBy(
            () -> value("SELECT pgml.predict('ab', r.c) FROM (SELECT 'low'::mood AS c OFFSET 0) r"))
        .hasMessageContaining("function pgml.predict(unknown, mood) does not exist");
  }

  private float number(String sql) throws SQLException {
    try (Statement statement = client.get().createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return Math.round(rows.getFloat(1) * 1000) / 1000F;
    }
  }

  private @Nullable String value(String sql) throws SQLException {
    return ProxyUnderTest.value(client.get(), sql);
  }

  private static List<String> warnings(Statement statement) throws SQLException {
    List<String> all = new ArrayList<>();
    for (SQLWarning next = statement.getWarnings(); next != null; next = next.getNextWarning()) {
      all.add(next.getMessage());
    }
    statement.clearWarnings();
    return all;
  }
}
