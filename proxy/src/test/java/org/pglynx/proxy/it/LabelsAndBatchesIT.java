package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
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
import org.postgresql.PGConnection;

/** predict_label and predict_batch, in both protocols. */
class LabelsAndBatchesIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void train() throws SQLException {
    PROXY.onServer(
        "CREATE TABLE fruit AS SELECT i % 10 AS size, i % 3 AS noise, CASE WHEN i % 10 > 6 THEN"
            + " 'melon' WHEN i % 10 > 3 THEN 'Äpfel, rot' ELSE 'cherry' END AS name"
            + " FROM generate_series(1, 300) i",
        "CREATE TABLE line AS SELECT i AS x, 2 * i AS y FROM generate_series(1, 60) i");
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train('fruit', 'classification', 'fruit', 'name', 'xgboost')",
          "SELECT * FROM pgml.train('line', 'regression', 'line', 'y', 'linear')");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "binary"})
  void labels_come_as_text_from_constants_and_per_row(String mode) throws SQLException {
    String query = mode.equals("simple") ? "simple" : "extended";
    String threshold = mode.equals("binary") ? "-1" : "5";
    try (Connection connection =
        PROXY.connect("preferQueryMode", query, "prepareThreshold", threshold)) {
      assertThat(column(connection, "SELECT pgml.predict_label('fruit', ARRAY[8, 0])"))
          .containsExactly("melon");
      assertThat(
              column(
                  connection,
                  "SELECT pgml.predict_label('fruit', ARRAY[size, noise]) AS name, size FROM fruit"
                      + " WHERE size IN (0, 5, 9) AND noise = 0 ORDER BY size LIMIT 30"))
          .startsWith("cherry")
          .endsWith("melon")
          .contains("Äpfel, rot");
      assertThat(
              column(
                  connection,
                  "SELECT pgml.predict_label('fruit', CASE WHEN size > 0 THEN ARRAY[size, noise]"
                      + " END) FROM fruit WHERE size = 0 LIMIT 1"))
          .containsExactly("null");
    }
  }

  /** Of texts that are written in a way of their own, as the server writes them. */
  @ParameterizedTest
  @ValueSource(strings = {"", "(DELIMITER '|', NULL 'none')", "CSV", "CSV FORCE QUOTE *"})
  void odd_labels_are_copied_as_the_server_copies_them(String options)
      throws SQLException, IOException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "CREATE TABLE IF NOT EXISTS odd AS SELECT n, y, y AS word FROM unnest(ARRAY['', ' ', 'NULL',"
              + " 'none', '{a,b}', 'a\"b', 'a\\b', '\\N', '\\.', 'ü', 'x,y', 'p|q', '''q''',"
              + " E'new\\nline', E't\\tb', E'\\b\\f\\r', '1', '01', 'true'])"
              + " WITH ORDINALITY AS u(y, n)",
          "SELECT * FROM pgml.train('odd', 'classification', 'odd', 'y', 'decision_tree',"
              + " test_size => 0)");
      String copy = "COPY (SELECT %s AS y FROM odd ORDER BY n) TO STDOUT " + options;

      assertThat(copied(connection, copy.formatted("pgml.predict_label('odd', ROW(n, word))")))
          .isEqualTo(copied(connection, copy.formatted("y")));
    }
  }

  private static String copied(Connection connection, String sql) throws SQLException, IOException {
    StringWriter out = new StringWriter();
    connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, out);
    return out.toString();
  }

  @Test
  void the_column_is_described_as_text() throws SQLException {
    try (Connection connection = PROXY.connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT pgml.predict_label('fruit', ARRAY[size, noise]) FROM fruit")) {
      assertThat(statement.getMetaData().getColumnTypeName(1)).isEqualTo("text");
      assertThat(statement.getMetaData().getColumnName(1)).isEqualTo("predict_label");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_batch_of_a_project_is_a_set_and_of_a_model_an_array(String mode) throws SQLException {
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      String id =
          ProxyUnderTest.value(
              connection, "SELECT id FROM pgml.deployed_models WHERE name = 'line'");
      assertThat(column(connection, "SELECT pgml.predict_batch('line', ARRAY[[10], [20], [30]])"))
          .hasSize(3)
          .allMatch(value -> Math.round(Double.parseDouble(value)) % 20 == 0);
      assertThat(column(connection, "SELECT * FROM pgml.predict_batch('line', '{10,20}'::real[])"))
          .hasSize(2);
      assertThat(column(connection, "SELECT pgml.predict_batch(" + id + ", ARRAY[10, 20])"))
          .hasSize(1)
          .allMatch(value -> value.matches("\\{\\S+,\\S+\\}"));
      assertThat(column(connection, "SELECT pgml.predict_batch('line', NULL)")).isEmpty();
    }
  }

  @Test
  void a_batch_is_a_parameter() throws SQLException {
    try (Connection connection = PROXY.connect("prepareThreshold", "-1");
        PreparedStatement statement =
            connection.prepareStatement("SELECT pgml.predict_batch('line', ?)")) {
      statement.setArray(1, connection.createArrayOf("float4", new Float[] {10f, 20f, 30f}));
      try (ResultSet rows = statement.executeQuery()) {
        int count = 0;
        while (rows.next()) {
          count++;
          assertThat(Math.round(rows.getFloat(1))).isEqualTo(20 * count);
        }
        assertThat(count).isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SELECT pgml.predict_label('line', ARRAY[1])                     | 0A000 | can't predict labels
          SELECT pgml.predict_label('line', ARRAY[x]) FROM line           | 0A000 | can't predict labels
          SELECT pgml.predict_batch('fruit', ARRAY[1,2,3])                | 22023 | expects 2 features
          SELECT pgml.predict_label('fruit')                              | 42883 | does not exist
          """)
  void what_does_not_fit_is_an_error(String sql, String state, String message) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThatThrownBy(() -> column(connection, sql))
          .hasMessageContaining(message)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }
  }

  private static List<String> column(Connection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(1)));
      }
    }
    return values;
  }
}
