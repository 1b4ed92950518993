package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Predictions are of the floats that a row has, however few of their digits the session shows. */
class FloatDigitsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(1);

  @BeforeAll
  static void learn() throws SQLException {
    PROXY.onServer(
        "CREATE TABLE wide AS SELECT (16777.217 + i)::real AS a, (i % 7 + 0.1234567)::float8 AS b,"
            + " 16777.217 + i + i % 7 AS y FROM generate_series(1, 70) i",
        "CREATE TABLE listed AS SELECT ARRAY[a, b]::real[] AS f, y FROM wide");
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      for (String table : new String[] {"wide", "listed"}) {
        statement.execute(
            "SELECT * FROM pgml.train('%1$s', 'regression', '%1$s', 'y')".formatted(table));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pgml.predict('wide', wide)::float8::numeric FROM wide",
        "SELECT pgml.predict('wide', wide) FROM wide",
        "SELECT pgml.predict('wide', wide.*) FROM wide",
        "SELECT pgml.predict('wide', q) FROM (SELECT a, b FROM wide) q",
        "SELECT pgml.predict('wide', ROW(a, b)) FROM wide",
        "SELECT pgml.predict('wide', ARRAY[a, b]) FROM wide",
        "SELECT pgml.predict('wide', ARRAY[a, b]), w.* FROM wide w",
        "SELECT pgml.predict('listed', f) FROM listed",
        "SELECT pgml.predict('listed', f), l.* FROM listed l",
        "SELECT pgml.predict('listed', listed) FROM listed",
        "SELECT pgml.predict('listed', ROW(f)) FROM listed",
        "SELECT pgml.predict('wide', wide) AS p FROM wide ORDER BY p DESC LIMIT 3",
        "SELECT y FROM wide ORDER BY pgml.predict('wide', wide) DESC LIMIT 3",
      })
  void a_prediction_does_not_depend_on_the_digits_that_floats_are_shown_with(String sql)
      throws SQLException, IOException {
    // The server predicts for a COPY that is ordered, and shows the prediction with few digits.
    boolean streams = !sql.contains("ORDER BY");
    for (String statement :
        streams ? List.of(sql, "COPY (" + sql + ") TO STDOUT CSV") : List.of(sql)) {
      assertThat(firstColumn(statement, 0)).as(statement).isEqualTo(firstColumn(statement, 1));
      assertThat(firstColumn(statement, -3)).as(statement).isEqualTo(firstColumn(statement, 1));
    }
  }

  private static String firstColumn(String sql, int digits) throws SQLException, IOException {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET extra_float_digits = " + digits);
      if (sql.startsWith("COPY")) {
        StringWriter rows = new StringWriter();
        connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, rows);
        return rows.toString().replaceAll(",.*", "");
      }
      StringBuilder rows = new StringBuilder();
      try (ResultSet result = statement.executeQuery(sql)) {
        while (result.next()) {
          rows.append(result.getString(1)).append('\n');
        }
      }
      return rows.toString();
    }
  }
}
