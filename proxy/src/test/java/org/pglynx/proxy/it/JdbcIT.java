package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.io.StringReader;
import java.io.StringWriter;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** pgjdbc in all its query modes works through the proxy as it does with the server. */
class JdbcIT {
  @RegisterExtension static final ProxyUnderTest TRANSACTION_MODE = ProxyUnderTest.deferring(4);

  @RegisterExtension static final ProxyUnderTest SESSION_MODE = ProxyUnderTest.sessionMode(4);

  /** A way of connecting. */
  record Way(ProxyUnderTest proxy, String queryMode, String threshold) {
    Connection connect() throws SQLException {
      return proxy.connect("preferQueryMode", queryMode, "prepareThreshold", threshold);
    }

    @Override
    public String toString() {
      String mode = proxy == SESSION_MODE ? "session" : "transaction";
      return mode + ", " + queryMode + ", prepareThreshold " + threshold;
    }
  }

  static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (ProxyUnderTest proxy : List.of(TRANSACTION_MODE, SESSION_MODE)) {
      ways.add(new Way(proxy, "simple", "5"));
      ways.add(new Way(proxy, "extended", "5"));
      ways.add(new Way(proxy, "extended", "1"));
      ways.add(new Way(proxy, "extended", "-1"));
      ways.add(new Way(proxy, "extended", "0"));
      ways.add(new Way(proxy, "extendedForPrepared", "5"));
      ways.add(new Way(proxy, "extendedCacheEverything", "5"));
    }
    return ways;
  }

  @BeforeAll
  static void createTables() {
    for (ProxyUnderTest proxy : List.of(TRANSACTION_MODE, SESSION_MODE)) {
      proxy.onServer(
          "CREATE TABLE item(id serial PRIMARY KEY, name text NOT NULL, amount numeric)",
          "CREATE TABLE wide(id int, a text)");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aStatementRunsMoreOftenThanItsThreshold(Way way) throws SQLException {
    try (Connection connection = way.connect();
        PreparedStatement statement = connection.prepareStatement("SELECT ? || 'x', ?::int + 1")) {
      for (int i = 0; i < 12; i++) {
        statement.setString(1, "é" + i);
        statement.setInt(2, i);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          assertThat(row.getString(1)).isEqualTo("é" + i + "x");
          assertThat(row.getInt(2)).isEqualTo(i + 1);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aBatchReturnsItsCountsAndKeys(Way way) throws SQLException {
    try (Connection connection = way.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO item(name, amount) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
      for (int i = 0; i < 300; i++) {
        insert.setString(1, "batch");
        insert.setInt(2, i);
        insert.addBatch();
      }

      int[] counts = insert.executeBatch();

      assertThat(counts).hasSize(300).containsOnly(1);
      int keys = 0;
      try (ResultSet rows = insert.getGeneratedKeys()) {
        while (rows.next()) {
          keys++;
        }
      }
      assertThat(keys).isEqualTo(300);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aBatchThatFailsLeavesTheConnectionUsable(Way way) throws SQLException {
    try (Connection connection = way.connect();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO item(name) VALUES (?)")) {
      for (int i = 0; i < 100; i++) {
        insert.setString(1, i == 50 ? null : "half");
        insert.addBatch();
      }

      assertThatThrownBy(insert::executeBatch)
          .isInstanceOf(BatchUpdateException.class)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("23502");

      assertThat(value(connection, "SELECT 'usable'")).isEqualTo("usable");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aCursorFetchesInPieces(Way way) throws SQLException {
    try (Connection connection = way.connect()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(100);
        int rows = 0;
        try (ResultSet result = statement.executeQuery("SELECT generate_series(1, 1234)")) {
          while (result.next()) {
            rows++;
            assertThat(result.getInt(1)).isEqualTo(rows);
          }
        }
        assertThat(rows).isEqualTo(1234);
      }
      connection.commit();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void copyGoesBothWays(Way way) throws Exception {
    try (Connection connection = way.connect()) {
      run(connection, "TRUNCATE wide");
      var copies = connection.unwrap(PGConnection.class).getCopyAPI();
      StringBuilder rows = new StringBuilder();
      for (int i = 0; i < 20_000; i++) {
        rows.append(i).append("\tsome text of row ").append(i).append('\n');
      }

      long in = copies.copyIn("COPY wide FROM STDIN", new StringReader(rows.toString()));
      StringWriter out = new StringWriter();
      copies.copyOut("COPY (SELECT * FROM wide ORDER BY id) TO STDOUT", out);

      assertThat(in).isEqualTo(20_000);
      assertThat(out.toString()).isEqualTo(rows.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aCopyThatFailsLeavesTheConnectionUsable(Way way) throws Exception {
    try (Connection connection = way.connect()) {
      var copies = connection.unwrap(PGConnection.class).getCopyAPI();

      assertThatThrownBy(
              () -> copies.copyIn("COPY wide FROM STDIN", new StringReader("1\ta\nx\tb\n")))
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("22P02");

      var cancelled = copies.copyIn("COPY wide FROM STDIN");
      cancelled.cancelCopy();
      assertThat(value(connection, "SELECT 'usable'")).isEqualTo("usable");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void savepointsBringATransactionBack(Way way) throws SQLException {
    try (Connection connection = way.connect()) {
      connection.setAutoCommit(false);
      run(connection, "INSERT INTO wide VALUES (-1, 'kept')");
      Savepoint before = connection.setSavepoint("before");
      assertThatThrownBy(() -> run(connection, "SELECT 1/0")).isInstanceOf(PSQLException.class);
      assertThatThrownBy(() -> run(connection, "SELECT 1"))
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("25P02");

      connection.rollback(before);

      assertThat(value(connection, "SELECT a FROM wide WHERE id = -1")).isEqualTo("kept");
      connection.rollback();
      assertThat(value(connection, "SELECT a FROM wide WHERE id = -1")).isNull();
      connection.commit();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void noticesArrive(Way way) throws SQLException {
    try (Connection connection = way.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DO $$BEGIN RAISE WARNING 'look out'; END$$");

      assertThat(statement.getWarnings().getMessage()).isEqualTo("look out");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void metadataIsReadable(Way way) throws SQLException {
    try (Connection connection = way.connect()) {
      DatabaseMetaData metadata = connection.getMetaData();

      List<String> columns = new ArrayList<>();
      try (ResultSet rows = metadata.getColumns(null, "public", "item", null)) {
        while (rows.next()) {
          columns.add(rows.getString("COLUMN_NAME"));
        }
      }
      try (ResultSet keys = metadata.getPrimaryKeys(null, "public", "item")) {
        assertThat(keys.next()).isTrue();
      }

      assertThat(columns).containsExactly("id", "name", "amount");
      assertThat(metadata.getDatabaseProductVersion()).startsWith("18");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aChangedTableIsReadWithItsNewColumns(Way way) throws SQLException {
    String table = TestPostgres.freshName("changing");
    try (Connection connection = way.connect();
        PreparedStatement select = prepareOn(connection, table)) {
      for (int i = 0; i < 7; i++) {
        select.executeQuery().close();
      }

      way.proxy().onServer("ALTER TABLE " + table + " ADD COLUMN b int");

      for (int i = 0; i < 7; i++) {
        try (ResultSet row = select.executeQuery()) {
          assertThat(row.getMetaData().getColumnCount()).isEqualTo(2);
        }
      }
    }
  }

  private static PreparedStatement prepareOn(Connection connection, String table)
      throws SQLException {
    run(connection, "CREATE TABLE " + table + "(a int)");
    return connection.prepareStatement("SELECT * FROM " + table);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aStatementIsCancelled(Way way) throws Exception {
    try (Connection connection = way.connect();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      long start = System.nanoTime();

      assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(20)"))
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("57014");

      assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
      assertThat(value(connection, "SELECT 'usable'")).isEqualTo("usable");
    }
  }
}
