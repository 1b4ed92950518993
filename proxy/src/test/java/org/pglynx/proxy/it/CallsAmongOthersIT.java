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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGStatement;

/**
 * Calls that only the proxy can serve amid larger statements, and with arguments that only a server
 * can compute. What the statements give is what they give over a table of the same rows.
 */
class CallsAmongOthersIT {
  @RegisterExtension static final ProxyUnderTest TRANSACTION = ProxyUnderTest.deferring(3);

  @RegisterExtension static final ProxyUnderTest SESSION = ProxyUnderTest.sessionMode(3);

  private static final String CALL = "pgml.explain('value', ARRAY[16, 0, 0])";

  @BeforeAll
  static void train() throws SQLException {
    for (ProxyUnderTest proxy : List.of(TRANSACTION, SESSION)) {
      try (Connection connection = proxy.connect()) {
        ProxyUnderTest.run(
            connection,
            "CREATE TABLE rows AS SELECT i % 17 AS big, i % 5 AS small, 0 AS \"it's\","
                + " 100 * (i % 17) + i % 5 AS y FROM generate_series(0, 400) i",
            "CREATE TABLE names AS SELECT * FROM (VALUES (1, 'big'), (2, 'small')) v(id, name)",
            "SELECT * FROM pgml.train('value', 'regression', 'rows', 'y', 'xgboost',"
                + " '{\"n_estimators\": 5}')",
            "CREATE TABLE told (feature text, contribution float8)",
            "CREATE TABLE kept (feature text, contribution float8)");
        keep(connection);
      }
    }
  }

  /** What the call gives alone. */
  private static void keep(Connection connection) throws SQLException {
    try (Statement call = connection.createStatement();
        ResultSet rows = call.executeQuery("SELECT * FROM " + CALL);
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO told VALUES (?, ?::float8)")) {
      while (rows.next()) {
        insert.setString(1, rows.getString(1));
        insert.setString(2, rows.getString(2));
        insert.executeUpdate();
      }
    }
  }

  static List<String> statements() {
    return List.of(
        "SELECT * FROM {} e ORDER BY contribution DESC LIMIT 2",
        "SELECT * FROM {} e OFFSET 1",
        "SELECT e FROM {} e",
        "SELECT x FROM (SELECT e AS x FROM {} e) q",
        "SELECT e, row_number() OVER () FROM {} e",
        "SELECT * FROM {} AS e(f, c)",
        "SELECT c, e.feature AS x, e.* FROM {} e(feature, c)",
        "SELECT e.feature, round(e.contribution::numeric, 3) FROM {} AS e WHERE contribution <> 0",
        "SELECT t.id, f FROM {} AS e(f, c) JOIN names t ON t.name = f ORDER BY 1",
        "SELECT t.id, e.* FROM names t LEFT JOIN {} \"e\" ON e.feature = t.name ORDER BY 1",
        "SELECT count(*), max(contribution) FROM names t, {} e",
        "WITH parts AS (SELECT * FROM {} e) SELECT max(contribution) FROM parts",
        "SELECT (SELECT feature FROM {} e ORDER BY abs(contribution) DESC LIMIT 1) AS best, 1 AS one",
        "SELECT name, name IN (SELECT feature FROM {} e) FROM names ORDER BY id",
        "SELECT * FROM {} e UNION ALL SELECT 'x', 1 ORDER BY 2",
        "SELECT feature FROM {} e GROUP BY feature HAVING max(contribution) > 1",
        "SELECT a.feature FROM {} a JOIN {} b USING (feature) ORDER BY 1",
        "INSERT INTO kept SELECT feature, contribution FROM {} e RETURNING *",
        "UPDATE names SET name = lower(name) FROM {} e WHERE feature = name RETURNING name",
        "COPY (SELECT * FROM {} e ORDER BY 1) TO STDOUT (FORMAT csv, HEADER)",
        "CREATE TEMP TABLE made ON COMMIT DROP AS SELECT * FROM {} e",
        "SELECT 1 / (contribution * 0) FROM {} e",
        "SELECT nothing FROM {} e");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rows_of_a_call_are_a_relation(boolean session) {
    ProxyUnderTest proxy = session ? SESSION : TRANSACTION;
    try (RawConnection proxied = proxy.raw();
        RawConnection direct = proxy.direct()) {
      for (String statement : statements()) {
        String sql = statement.replace("{}", CALL);
        String plain = statement.replace("{}", "(SELECT * FROM told)");
        assertThat(shown(simple(proxied, sql))).as(sql).isEqualTo(shown(simple(direct, plain)));
        for (int[] formats : new int[][] {{}, {1}}) {
          assertThat(shown(extended(proxied, sql, formats)))
              .as(sql)
              .isEqualTo(shown(extended(direct, plain, formats)));
        }
        assertThat(shown(inTransaction(proxied, sql)))
            .as(sql)
            .isEqualTo(shown(inTransaction(direct, plain)));
      }
    }
  }

  private static List<RawConnection.Message> simple(RawConnection connection, String sql) {
    return connection.send(RawConnection.query(sql)).untilReady();
  }

  private static List<RawConnection.Message> extended(
      RawConnection connection, String sql, int... formats) {
    boolean copy = sql.startsWith("COPY");
    return connection
        .send(
            RawConnection.parse("", sql),
            RawConnection.describeStatement(""),
            PredictionsDifferentialIT.bind(copy ? new int[0] : formats),
            RawConnection.describePortal(""),
            RawConnection.execute("", copy ? 0 : 1),
            RawConnection.execute("", 0),
            RawConnection.sync())
        .untilReady();
  }

  private static List<RawConnection.Message> inTransaction(RawConnection connection, String sql) {
    List<RawConnection.Message> all = new ArrayList<>(simple(connection, "BEGIN"));
    all.addAll(simple(connection, sql));
    all.addAll(extended(connection, sql));
    all.addAll(simple(connection, "ROLLBACK"));
    return all;
  }

  private static List<String> shown(List<RawConnection.Message> messages) {
    return messages.stream().map(PredictionsDifferentialIT::withoutOrigin).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void an_item_without_an_alias_has_the_functions_name(String mode) throws SQLException {
    try (Connection connection = connect(mode)) {
      assertThat(
              value(
                  connection,
                  "SELECT count(*) FROM pgml.explain('value', ARRAY[16, 0, 0]) WHERE"
                      + " explain.feature <> '(bias)'"))
          .isEqualTo("3");
      assertThat(
              value(
                  connection,
                  "SELECT (array_agg(feature ORDER BY importance DESC))[1] || count(*) FROM"
                      + " pgml.feature_importance('value', measure => 'gain')"))
          .isEqualTo("big3");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void values_stand_in_expressions(String mode) throws SQLException {
    String export = "pgml.export_model('value', 'xgboost_json')";
    try (Connection connection = connect(mode)) {
      assertThat(
              value(
                  connection, "SELECT convert_from(" + export + ", 'utf8')::jsonb ?| '{learner}'"))
          .isEqualTo("t");
      assertThat(
              value(
                  connection,
                  "SELECT length(file) = octet_length(" + export + ") FROM " + export + " AS file"))
          .isEqualTo("t");
      assertThat(
              value(
                  connection,
                  "SELECT upper(left(pgml.version(), 6)) || extract(day FROM date '2020-01-05')"))
          .isEqualTo("2.10.05");
      assertThat(value(connection, "VALUES (pgml.xgboost_version() = pgml.xgboost_version())"))
          .isEqualTo("t");
    }
  }

  @Test
  void parameters_keep_their_numbers_and_types() throws SQLException {
    try (Connection connection = connect("extended");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT feature, ? || feature AS shown FROM pgml.explain(?, ?::real[]) e WHERE"
                    + " contribution > ? ORDER BY contribution DESC LIMIT ?")) {
      for (int i = 0; i < 7; i++) {
        statement.setString(1, "it is ");
        statement.setString(2, "value");
        statement.setArray(3, connection.createArrayOf("float4", new Float[] {16f, 0f, 0f}));
        statement.setDouble(4, 100);
        statement.setInt(5, 1);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.getMetaData().getColumnName(2)).isEqualTo("shown");
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(2)).isIn("it is big", "it is (bias)");
          assertThat(rows.next()).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          (SELECT ARRAY[big, small, "it's"] FROM rows WHERE big = 16 AND small = 0 LIMIT 1)
          (SELECT r FROM rows r WHERE big = 16 AND small = 0 LIMIT 1)
          (SELECT ROW(big, small, "it's") FROM rows WHERE big = 16 AND small = 0 LIMIT 1)
          (SELECT to_jsonb(r) - 'y' FROM rows r WHERE big = 16 AND small = 0 LIMIT 1)
          ARRAY[4 * 4, 0, 0]::numeric[]
          string_to_array('16,0,0', ',')::float8[]
          """)
  void features_may_be_computed(String features) throws SQLException {
    String told = "SELECT string_agg(feature || contribution, ' ' ORDER BY feature) FROM told";
    for (String mode : List.of("simple", "extended")) {
      try (Connection connection = connect(mode);
          Statement call = connection.createStatement();
          ResultSet rows =
              call.executeQuery("SELECT * FROM pgml.explain('value', " + features + ")")) {
        List<String> alone = new ArrayList<>();
        while (rows.next()) {
          alone.add(rows.getString(1));
        }
        assertThat(alone).hasSize(4).first().isIn("big", "(bias)");
        assertThat(
                value(
                    connection,
                    "SELECT string_agg(feature || contribution, ' ' ORDER BY feature) FROM"
                        + " pgml.explain('value', "
                        + features
                        + ") e"))
            .isEqualTo(value(connection, told));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void arguments_may_be_computed(String mode) throws SQLException {
    try (Connection connection = connect(mode)) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train((SELECT 'com' || 'puted'), 'regression', lower('ROWS'), 'y',"
              + " 'linear', test_size => (SELECT 0.5))",
          "SELECT * FROM pgml.train('computed', algorithm => 'ridge')");
      String ids =
          "SELECT %s(m.id) FROM pgml.models m JOIN pgml.projects p ON p.id = project_id WHERE name"
              + " = 'computed'";
      for (String which : List.of("min", "max")) {
        String id = "(" + ids.formatted(which) + ")";
        assertThat(value(connection, "SELECT algorithm FROM pgml.deploy(" + id + ")"))
            .isEqualTo(which.equals("min") ? "linear" : "ridge");
        assertThat(value(connection, "SELECT count(*) FROM pgml.feature_importance(" + id + ") i"))
            .isEqualTo("3");
      }
      assertThat(
              value(
                  connection,
                  "SELECT count(*) FROM pgml.explain('value', (SELECT ARRAY[1] WHERE false)) e"))
          .isEqualTo("0");
      ProxyUnderTest.run(connection, "DELETE FROM pgml.projects WHERE name = 'computed'");
    }
  }

  @Test
  void a_computed_argument_sees_the_transaction_and_its_parameters() throws SQLException {
    try (Connection connection = connect("extended")) {
      connection.setAutoCommit(false);
      ProxyUnderTest.run(connection, "CREATE TEMP TABLE mine ON COMMIT DROP AS SELECT 16 AS a");
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT e.feature FROM pgml.explain('value', (SELECT ARRAY[a, ?::int, 0] FROM mine"
                  + " WHERE a = ?::int)) e ORDER BY abs(contribution) DESC")) {
        statement.setInt(1, 0);
        statement.setInt(2, 16);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isIn("big", "(bias)");
        }
      }
      connection.rollback();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT * FROM pgml.train('value') t JOIN names ON true | 0A000 | must be the only thing
          INSERT INTO kept SELECT * FROM pgml.explain('none', ARRAY[1]) e | 55000 | none
          EXPLAIN SELECT * FROM pgml.explain('value', ARRAY[16, 0, 0]) e LIMIT 1 | 0A000 | EXPLAIN
          SELECT * FROM rows r, pgml.explain('value', ARRAY[r.big, 0, 0]) e | 42P01 | may not depend on rows
          CREATE VIEW v AS SELECT * FROM pgml.explain('value', ARRAY[16, 0, 0]) e | 0A000 | CREATE
          SELECT pgml.deploy((SELECT 'x'::text)) | 42883 | argument model_id of pgml.deploy must be bigint, not text
          SELECT pgml.deploy((SELECT id FROM nowhere)) | 42P01 | nowhere
          SELECT pgml.deploy((SELECT id FROM pgml.models UNION ALL SELECT 1)) | 21000 | more than one row
          SELECT 1 + (pgml.explain('value', ARRAY[16, 0, 0])).contribution | 0A000 | gives rows
          SELECT x FROM (SELECT pgml.explain('value', ARRAY[16, 0, 0]) AS x) q | 0A000 | served in FROM or as all of its statement
          INSERT INTO kept SELECT (pgml.explain('value', ARRAY[16, 0, 0])).* | 0A000 | Write SELECT e FROM pgml.explain(…) e
          SELECT * FROM pgml.explain('value', ARRAY[16, 0, 0]) WITH ORDINALITY | 0A000 | row_number() OVER ()
          """)
  void what_cannot_be_is_refused(String sql, String state, String words) throws SQLException {
    for (String mode : List.of("simple", "extended")) {
      try (Connection connection = connect(mode);
          Statement statement = connection.createStatement()) {
        assertThatThrownBy(() -> statement.execute(sql))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining(words)
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo(state);
        assertThat(value(connection, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void sqls_prepare_and_execute_train_and_tell(String mode) throws SQLException {
    try (Connection connection = connect(mode)) {
      ProxyUnderTest.run(
          connection,
          "PREPARE again(text, pgml.algorithm) AS SELECT algorithm FROM pgml.train($1,"
              + " 'regression', 'rows', 'y', $2, '{\"n_estimators\": 3}')",
          "PREPARE part AS SELECT e.feature FROM pgml.explain('value', ARRAY[$1::int, 0, 0]) e"
              + " WHERE e.feature = 'big'");
      String project = "prepared " + mode;
      assertThat(value(connection, "EXECUTE again('" + project + "', 'xgboost')"))
          .isEqualTo("xgboost");
      assertThat(value(connection, "EXECUTE again('" + project + "', 'random_forest')"))
          .isEqualTo("random_forest");
      assertThat(value(connection, "EXECUTE part(16)")).isEqualTo("big");
      assertState(connection, "EXECUTE again('x')", "42601", "wrong number of parameters");
      assertState(connection, "PREPARE again AS SELECT 1", "42P05", "\"again\" already exists");
      ProxyUnderTest.run(connection, "DEALLOCATE again");
      assertState(connection, "EXECUTE again('x', 'y')", "26000", "\"again\" does not exist");
      ProxyUnderTest.run(connection, "DEALLOCATE ALL");
      assertState(connection, "EXECUTE part(16)", "26000", "\"part\" does not exist");
    }
  }

  @Test
  void a_prepared_training_is_the_transactions() throws SQLException {
    try (Connection connection = connect("simple")) {
      ProxyUnderTest.run(
          connection,
          "PREPARE t(text) AS SELECT * FROM pgml.train($1, 'regression', 'own', 'y', 'linear')",
          "BEGIN",
          "CREATE TEMP TABLE own ON COMMIT DROP AS SELECT big, y FROM rows");
      assertThat(value(connection, "EXECUTE t('of a transaction')")).isEqualTo("of a transaction");
      ProxyUnderTest.run(connection, "ROLLBACK");
      assertThat(
              value(
                  connection, "SELECT count(*) FROM pgml.projects WHERE name = 'of a transaction'"))
          .isEqualTo("0");
    }
  }

  @Test
  void a_name_that_the_server_knows_is_taken() throws SQLException {
    try (Connection connection = connect("simple")) {
      ProxyUnderTest.run(connection, "PREPARE mine AS SELECT 1");
      assertState(
          connection,
          "PREPARE mine AS SELECT * FROM pgml.train('value')",
          "42P05",
          "\"mine\" already exists");
      assertThat(value(connection, "EXECUTE mine")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void comments_before_the_names_of_prepared_calls_make_no_difference(String mode)
      throws SQLException {
    String prepare = "/* a */ PREPARE c AS SELECT feature FROM pgml.explain('value', ARRAY[1,0,0])";
    try (Connection connection = connect(mode)) {
      for (String end :
          List.of("-- b\nDEALLOCATE c", "/* c /* d */ */ DEALLOCATE ALL", ";/**/ DISCARD ALL")) {
        ProxyUnderTest.run(connection, prepare);
        assertThat(value(connection, "/* e */ -- f\n EXECUTE c")).isEqualTo("big");
        ProxyUnderTest.run(connection, end);
        assertState(connection, "EXECUTE c", "26000", "\"c\" does not exist");
      }
    }
  }

  @Test
  void an_execute_that_the_client_keeps_is_of_whatever_has_its_name() throws SQLException {
    try (Connection connection = connect("extended");
        PreparedStatement kept = connection.prepareStatement("EXECUTE k")) {
      kept.unwrap(PGStatement.class).setPrepareThreshold(1);
      String[] prepare = {
        "PREPARE k AS SELECT * FROM pgml.feature_importance('value')",
        "PREPARE k AS SELECT * FROM pgml.feature_importance('none')",
        "PREPARE k AS SELECT * FROM pgml.train('value')"
      };
      ProxyUnderTest.run(connection, prepare[0]);
      assertThat(kept.execute()).isTrue();
      assertThat(kept.execute()).isTrue();

      ProxyUnderTest.run(connection, "DEALLOCATE k");
      assertThatThrownBy(kept::execute).hasMessageContaining("\"k\" does not exist");
      ProxyUnderTest.run(connection, prepare[1]);
      assertThatThrownBy(kept::execute).hasMessageContaining("`none`");
      ProxyUnderTest.run(connection, "DEALLOCATE k", prepare[2]);
      assertThatThrownBy(kept::execute).hasMessageContaining("must not change result type");
      ProxyUnderTest.run(connection, "DEALLOCATE k", prepare[0]);
      assertThat(kept.execute()).isTrue();
    }
  }

  private static void assertState(Connection connection, String sql, String state, String words)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(words)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo(state);
    }
  }

  private static Connection connect(String mode) throws SQLException {
    return TRANSACTION.connect("preferQueryMode", mode);
  }

  private static String value(Connection connection, String sql) throws SQLException {
    return String.valueOf(ProxyUnderTest.value(connection, sql));
  }
}
