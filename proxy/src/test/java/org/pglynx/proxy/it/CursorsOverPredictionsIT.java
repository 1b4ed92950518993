package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cursors, SQL's PREPARE, batches over relations and portals with limits: what the client sees is
 * what it would see of the same statement over a table of the predictions. The model is a line
 * without error, so the predictions are known: 2 a + 1.
 */
class CursorsOverPredictionsIT {
  @RegisterExtension static final ProxyUnderTest TRANSACTION = ProxyUnderTest.deferring(3);

  @RegisterExtension static final ProxyUnderTest SESSION = ProxyUnderTest.sessionMode(3);

  private static final String PREDICT = "pgml.predict('line', ARRAY[a])";

  @BeforeAll
  static void train() throws SQLException {
    for (ProxyUnderTest proxy : List.of(TRANSACTION, SESSION)) {
      try (Connection connection = proxy.connect()) {
        ProxyUnderTest.run(
            connection,
            "CREATE TABLE items AS SELECT i AS id, i::real AS a, (2 * i + 1)::real AS y"
                + " FROM generate_series(1, 40) i",
            "CREATE VIEW learnt AS SELECT a, y FROM items",
            "SELECT * FROM pgml.train('line', 'regression', 'learnt', 'y')",
            "CREATE TABLE truth AS SELECT id, a, " + PREDICT + " AS predict FROM items");
      }
    }
  }

  private static ProxyUnderTest proxy(boolean session) {
    return session ? SESSION : TRANSACTION;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cursors_go_on_and_back_over_predictions(boolean session) {
    for (String options : List.of("", "SCROLL ", "BINARY ", "NO SCROLL ")) {
      compare(
          proxy(session),
          "DECLARE c " + options + "CURSOR FOR SELECT id, %s FROM %s WHERE id < 9 ORDER BY id",
          options.startsWith("SCROLL")
              ? List.of("FETCH 3 FROM c", "FETCH BACKWARD 2 FROM c", "MOVE 4 FROM c", "FETCH ALL c")
              : List.of("FETCH 3 FROM c", "MOVE 2 FROM c", "FETCH ALL FROM c", "CLOSE c"));
    }
  }

  /** In session mode: in transaction mode no cursor lives beyond a transaction. */
  @Test
  void a_cursor_that_is_held_outlives_its_transaction() {
    try (RawConnection proxied = SESSION.raw();
        RawConnection direct = SESSION.direct()) {
      String declare = "DECLARE h CURSOR WITH HOLD FOR SELECT id, %s FROM %s ORDER BY id";
      assertSame(proxied, direct, declare);
      assertSame(proxied, direct, "FETCH 2 FROM h");
      assertSame(proxied, direct, "CLOSE h");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void statements_of_prepare_are_executed_with_their_values(boolean session) {
    compare(
        proxy(session),
        "PREPARE s(int) AS SELECT id, %s AS score FROM %s WHERE id > $1 ORDER BY id LIMIT 3",
        List.of("EXECUTE s(5)", "EXECUTE s(38)", "EXECUTE s(NULL)", "DEALLOCATE s"));
    compare(
        proxy(session),
        "PREPARE w(real) AS SELECT count(*) FROM (SELECT %s AS y FROM %s) q WHERE y > $1",
        List.of("EXECUTE w(41)", "EXECUTE w(0)", "DEALLOCATE w"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void batches_over_a_relation_are_in_its_order(boolean session) {
    try (RawConnection proxied = proxy(session).raw();
        RawConnection direct = proxy(session).direct()) {
      String batch =
          "SELECT * FROM pgml.predict_batch('line', (SELECT array_agg(a ORDER BY id) FROM items))";
      String plain = "SELECT predict AS predict_batch FROM truth ORDER BY id";
      assertThat(shown(proxied.send(RawConnection.query(batch)).untilReady()))
          .isEqualTo(shown(direct.send(RawConnection.query(plain)).untilReady()));
      String sum =
          "SELECT id % 2, round(sum(p)) FROM items, pgml.predict_batch('line', ARRAY[a]) p"
              + " GROUP BY 1 ORDER BY 1";
      String sumOfTruth = "SELECT id % 2, round(sum(predict)) FROM truth GROUP BY 1 ORDER BY 1";
      assertThat(shown(proxied.send(RawConnection.query(sum)).untilReady()))
          .isEqualTo(shown(direct.send(RawConnection.query(sumOfTruth)).untilReady()));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void portals_are_suspended_where_the_limit_of_rows_says(boolean session) {
    String select = "SELECT id, %s FROM %s ORDER BY id";
    String sorted = "SELECT id FROM %2$s ORDER BY %1$s DESC LIMIT 30";
    try (RawConnection proxied = proxy(session).raw();
        RawConnection direct = proxy(session).direct()) {
      for (String sql : List.of(select, sorted)) {
        for (int[] formats : new int[][] {{}, {1}}) {
          assertThat(shown(inPieces(proxied, sql.formatted(PREDICT, "items"), formats)))
              .isEqualTo(shown(inPieces(direct, sql.formatted("predict", "truth"), formats)));
        }
      }
    }
  }

  /** Binary values from the second execution on, and texts; a line: 2 (a + 3) + 1. */
  @ParameterizedTest
  @ValueSource(strings = {"-1", "0"})
  void parameters_stand_wherever_predictions_do(String prepareThreshold) throws SQLException {
    String call = "pgml.predict(?, ARRAY[a + ?])";
    for (ProxyUnderTest proxy : List.of(TRANSACTION, SESSION)) {
      try (Connection connection = proxy.connect("prepareThreshold", prepareThreshold)) {
        for (int i = 0; i < 3; i++) {
          assertThat(
                  numbers(connection, "SELECT " + call + " FROM items WHERE id < ? ORDER BY id", 4))
              .containsExactly(9, 11, 13);
          assertThat(
                  numbers(
                      connection, "SELECT id FROM items WHERE " + call + " > ? ORDER BY id", 85))
              .containsExactly(40);
          assertThat(
                  numbers(connection, "SELECT id FROM items ORDER BY " + call + " DESC LIMIT ?", 2))
              .containsExactly(40, 39);
          assertThat(numbers(connection, "SELECT *, " + call + " FROM items WHERE id = ?", 5))
              .containsExactly(5);
          assertThat(
                  numbers(
                      connection,
                      "WITH s AS (SELECT "
                          + call
                          + " AS p FROM items WHERE id < ?) SELECT max(p) FROM s",
                      4))
              .containsExactly(13);
          assertThat(
                  numbers(
                      connection, "UPDATE items SET y = " + call + " WHERE id = ? RETURNING y", 7))
              .containsExactly(21);
        }
      }
    }
  }

  /** The first column, as integers. */
  private static List<Integer> numbers(Connection connection, String sql, int last)
      throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, "line");
      statement.setFloat(2, 3);
      statement.setInt(3, last);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          numbers.add(Math.round(rows.getFloat(1)));
        }
      }
    }
    return numbers;
  }

  private static List<RawConnection.Message> inPieces(
      RawConnection connection, String sql, int... formats) {
    List<RawConnection.Message> all =
        new ArrayList<>(connection.send(RawConnection.query("BEGIN")).untilReady());
    all.addAll(
        connection
            .send(
                RawConnection.parse("", sql),
                PredictionsDifferentialIT.bind(formats),
                RawConnection.describePortal(""),
                RawConnection.execute("", 7),
                RawConnection.execute("", 11),
                RawConnection.sync(),
                RawConnection.execute("", 1),
                RawConnection.execute("", 0),
                RawConnection.execute("", 1),
                RawConnection.sync())
            .untilReady());
    all.addAll(connection.untilReady());
    all.addAll(connection.send(RawConnection.query("COMMIT")).untilReady());
    return all;
  }

  /** A statement and what follows it, in a transaction, over predictions and over the truth. */
  private static void compare(ProxyUnderTest proxy, String statement, List<String> following) {
    try (RawConnection proxied = proxy.raw();
        RawConnection direct = proxy.direct()) {
      assertSame(proxied, direct, "BEGIN");
      assertSame(proxied, direct, statement);
      for (String each : following) {
        assertSame(proxied, direct, each);
      }
      assertSame(proxied, direct, "ROLLBACK");
    }
  }

  private static void assertSame(RawConnection proxied, RawConnection direct, String sql) {
    List<String> given =
        shown(proxied.send(RawConnection.query(filled(sql, PREDICT, "items"))).untilReady());
    List<String> expected =
        shown(direct.send(RawConnection.query(filled(sql, "predict", "truth"))).untilReady());
    assertThat(given).as(sql).isEqualTo(expected);
  }

  private static String filled(String sql, String prediction, String relation) {
    return sql.contains("%s") ? sql.formatted(prediction, relation) : sql;
  }

  /** Tags, names, types and values, but not where a column's values come from. */
  private static List<String> shown(List<RawConnection.Message> messages) {
    return messages.stream().map(PredictionsDifferentialIT::withoutOrigin).toList();
  }
}
