package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A point in time in a row is the seconds that it was learnt as, whoever evaluates the model. */
class TimesInRowsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(1);

  /** What the label is: days, of both columns. */
  private static final String EXPECTED =
      "(extract(epoch FROM day) + 2 * extract(epoch FROM at)) / 86400";

  @RegisterExtension final OwnConnection client = new OwnConnection(PROXY);

  @BeforeAll
  static void learn() throws SQLException {
    PROXY.onServer(
        "CREATE TABLE eras AS SELECT i, '2000-01-01'::date + (i % 7) * 100 AS day,"
            + " '2000-01-01'::timestamp + i * interval '10 days' AS at, 0::float8 AS y"
            + " FROM generate_series(1, 60) i",
        "UPDATE eras SET day = '0044-03-15 BC' WHERE i = 1",
        "UPDATE eras SET day = '4713-01-01 BC', at = '0001-01-01 12:00 BC' WHERE i = 2",
        "UPDATE eras SET day = '12024-02-29', at = '4713-01-01 BC' WHERE i = 3",
        "UPDATE eras SET day = '5874897-12-31' WHERE i = 4",
        "UPDATE eras SET at = '294276-12-31 23:59:59' WHERE i = 5",
        "UPDATE eras SET y = " + EXPECTED,
        "CREATE VIEW days AS SELECT day, at, y FROM eras",
        "CREATE TABLE stamps AS SELECT '2000-01-01'::timestamptz + i * interval '10 days' AS at,"
            + " i * 10 AS y FROM generate_series(1, 60) i");
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train('days', 'regression', 'days', 'y', test_size => 0)",
          "SELECT * FROM pgml.train('stamps', 'regression', 'stamps', 'y', test_size => 0)");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pgml.predict('days', eras)",
        "pgml.predict('days', ROW(day, at))",
        "pgml.predict('days', to_jsonb(eras))",
        "0 + pgml.predict('days', eras)",
        "0 + pgml.predict('days', ROW(day, at))",
        "0 + pgml.predict('days', to_jsonb(eras))"
      })
  void years_before_the_first_and_beyond_9999_are_read(String call) throws SQLException {
    try (Statement statement = client.get().createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT " + call + ", y, day || ' ' || at FROM eras")) {
      while (rows.next()) {
        double expected = rows.getDouble(2);
        assertThat(rows.getDouble(1))
            .as(rows.getString(3))
            .isCloseTo(expected, within(1 + Math.abs(expected) * 1e-3));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2000-02-20T00:00:00Z",
        "2000-02-20T00:00:00.000Z",
        "2000-02-20T05:30:00+0530",
        "2000-02-20T05:30:00+05:30",
        "2000-02-20 05:30:00+05:30",
        "2000-02-20 00:00:00",
        "2000-02-20"
      })
  void times_are_read_as_other_languages_write_them(String text) throws SQLException {
    String call = "pgml.predict('stamps', '{\"at\": \"" + text + "\"}'::jsonb)";

    assertThat(number("SELECT " + call)).as("constants").isCloseTo(50, within(0.1F));
    assertThat(number("SELECT " + call + " FROM stamps")).as("rows").isCloseTo(50, within(0.1F));
    assertThat(number("SELECT 0 + " + call)).as("the server").isCloseTo(50, within(0.1F));
  }

  private float number(String sql) throws SQLException {
    try (Statement statement = client.get().createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getFloat(1);
    }
  }
}
