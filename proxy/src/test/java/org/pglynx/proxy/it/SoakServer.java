package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A server that the clients of {@link SoakTalk} work on, as it is seen past the proxy.
 *
 * @param port where it is
 * @param database the clients'
 */
record SoakServer(int port, String database) {
  /** What these clients need. */
  static final String[] TABLES = {
    "CREATE TABLE soak_rows(tag text)",
    "CREATE TABLE soak_copied(tag text, i int)",
    "CREATE INDEX ON soak_copied(tag)"
  };

  private static final String OTHERS =
      "backend_type = 'client backend' AND pid <> pg_backend_pid()";

  /** What a server's connections are at, and hold. */
  static final String AT_WORK =
      """
      SELECT state || ': ' || query FROM pg_stat_activity WHERE state <> 'idle' AND %1$s
      UNION ALL SELECT locktype || ' locked by ' || coalesce(query, 'nobody')
      FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE %1$s
      """
          .formatted(OTHERS);

  /** Of clients whose database is the first one. */
  SoakServer(int port) {
    this(port, "postgres");
  }

  /** What its connections are at, and hold. */
  List<String> atWork() {
    return values(AT_WORK);
  }

  /** Ends one of the connections to the database. */
  void kill() {
    values(
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE "
            + OTHERS
            + " AND datname = current_database() ORDER BY random() LIMIT 1) one");
  }

  /** It has the rows of which clients were told so, and none of the others. */
  void keeps(SoakReport report) {
    Set<String> rows = new HashSet<>(values("SELECT tag FROM soak_rows"));
    assertThat(rows).as("committed").containsAll(report.committed());
    assertThat(rows).as("never committed").noneMatch(report.undone()::contains);
  }

  /** The first column. */
  List<String> values(String sql) {
    List<String> values = new ArrayList<>();
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
    try (Connection direct = DriverManager.getConnection(url);
        Statement statement = direct.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
