package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** pgcat's plugins, in both protocols. */
class PluginsIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(1)
          .pool(
              "plugins.prewarmer = { enabled = true, queries = [\"SELECT no_such_thing\","
                  + " \"CREATE TABLE IF NOT EXISTS prewarmed (pid int)\","
                  + " \"INSERT INTO prewarmed VALUES (pg_backend_pid())\"] }",
              "plugins.table_access = { enabled = true, tables = [\"secret\"] }",
              "plugins.intercept.enabled = true",
              "plugins.intercept.queries.0 = { query = \"select who, number, yes from canned\","
                  + " schema = [[\"who\", \"text\"], [\"number\", \"int4\"], [\"yes\", \"bool\"]],"
                  + " result = [[\"${USER} of ${DATABASE}\", \"7\", \"t\"], [\"\", \"-1\", \"f\"]] }");

  private static Connection connect(String mode) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + PROXY.port()
            + "/"
            + ProxyUnderTest.DATABASE
            + "?user=postgres&preferQueryMode="
            + mode);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_configured_statement_is_answered_without_a_server(String mode) throws SQLException {
    try (Connection client = connect(mode);
        PreparedStatement canned = client.prepareStatement("SELECT who, number, yes FROM canned")) {
      for (int i = 0; i < 8; i++) {
        try (ResultSet row = canned.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isEqualTo("postgres of " + ProxyUnderTest.DATABASE);
          assertThat(row.getInt(2)).isEqualTo(7);
          assertThat(row.getBoolean(3)).isTrue();
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isNull();
          assertThat(row.getInt(2)).isEqualTo(-1);
          assertThat(row.next()).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_denied_table_fails_its_transaction_as_postgres_would(String mode) throws SQLException {
    try (Connection client = connect(mode);
        Statement statement = client.createStatement()) {
      client.setAutoCommit(false);
      statement.execute("SELECT 1");
      assertThatThrownBy(() -> statement.execute("SELECT * FROM secret"))
          .hasMessageContaining("permission for table \"secret\" denied")
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("42501");
      assertThatThrownBy(() -> statement.execute("SELECT 1"))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("25P02");
      client.rollback();
      assertThat(statement.execute("SELECT 'secret'")).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_text_that_is_too_long_to_be_looked_at_is_refused(String mode) throws SQLException {
    try (Connection client = connect(mode);
        Statement statement = client.createStatement()) {
      assertThatThrownBy(
              () -> statement.execute("SELECT * FROM secret /*" + "x".repeat(1 << 21) + "*/"))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("54000");
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
  }

  /** How often the connection has been prewarmed; 0 if its server has just ended it. */
  private static int prewarmings(Statement statement) {
    try (ResultSet row =
        statement.executeQuery("SELECT count(*) FROM prewarmed WHERE pid = pg_backend_pid()")) {
      assertThat(row.next()).isTrue();
      return row.getInt(1);
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("57P01");
      return 0;
    }
  }

  /** Those behind one that has failed as well. */
  @Test
  void each_new_connection_has_run_the_prewarmers_queries_once() throws SQLException {
    try (Connection client = connect("simple");
        Statement statement = client.createStatement()) {
      for (int i = 0; i < 3; i++) {
        Eventually.equal(() -> prewarmings(statement), 1);
        PROXY.onServer(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid IN (SELECT pid FROM"
                + " prewarmed)");
        Eventually.equal(() -> PROXY.serverProcesses(""), 0);
      }
    }
  }
}
