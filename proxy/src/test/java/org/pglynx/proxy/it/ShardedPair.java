package org.pglynx.proxy.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The same tables once in one PostgreSQL and once behind the proxy on three shards, where they are
 * real hash partitions; runs statements on both and compares.
 */
final class ShardedPair implements AutoCloseable {
  static final int SHARDS = 3;

  /** Lines of the pool. */
  static final String[] POOL = {
    "reference_tables = [\"countries\"]",
    "[[pools.app.sharded_tables]]",
    "name = \"orders\"",
    "columns = [\"customer\"]",
    "[[pools.app.sharded_tables]]",
    "name = \"items\"",
    "columns = [\"customer\"]",
    "[[pools.app.sharded_tables]]",
    "name = \"people\"",
    "columns = [\"name\"]",
    "types = [\"text\"]",
    "[[pools.app.sharded_tables]]",
    "name = \"devices\"",
    "columns = [\"dev\"]",
    "types = [\"uuid\"]",
    "[[pools.app.sharded_tables]]",
    "name = \"pairs\"",
    "columns = [\"a\", \"b\"]",
    "types = [\"integer\", \"text\"]",
    "[[pools.app.sharded_tables]]",
    "name = \"settings\"",
    "shard = 1"
  };

  private static final List<String> TABLES =
      List.of(
          "TABLE countries (code text, title text)",
          "TABLE orders (customer bigint, id int, note text COLLATE \"en-x-icu\", amount numeric(10,2), rate float8,"
              + " at timestamp, tag text COLLATE \"C\", paid bool, seen timestamptz, uid uuid,"
              + " span interval, nums int[], day date, small int2, real float4, mood mood)"
              + " PARTITION BY HASH (customer)",
          "TABLE items (customer bigint, order_id int, what text, country text)"
              + " PARTITION BY HASH (customer)",
          "TABLE people (name text, age int) PARTITION BY HASH (name)",
          "TABLE devices (dev uuid, label text, n int) PARTITION BY HASH (dev)",
          "TABLE pairs (a int, b text, v int) PARTITION BY HASH (a, b)",
          "TABLE settings (k text, v int)");

  private static final List<String> SPREAD =
      List.of("orders", "items", "people", "devices", "pairs", "settings");

  /** How a statement has ended. */
  record Outcome(List<String> rows, int count, String sqlState, String message) {
    /** Not run, as it cannot be proven right, or has no place. */
    boolean refused() {
      return sqlState.equals("0A000") || lacksKey();
    }

    /** Not run, as a row would have no key, and so no shard. */
    boolean lacksKey() {
      return message.contains("null value in the sharding key");
    }

    /** The same, if the order of rows means nothing. */
    Outcome sorted() {
      List<String> sorted = new ArrayList<>(rows);
      Collections.sort(sorted);
      return new Outcome(sorted, count, sqlState, "");
    }

    Outcome ordered() {
      return new Outcome(rows, count, sqlState, "");
    }
  }

  private final TestPostgres server;
  private final String single;
  private final Connection simpleReference;
  private final Connection extendedReference;
  private final Connection simple;
  private final Connection extended;

  /** Past the proxy: those of the shards, and the one server's at the end. */
  private final List<Connection> observers = new ArrayList<>();

  ShardedPair(ProxyUnderTest proxy) throws SQLException {
    server = proxy.postgres();
    single = server.createDatabase("single");
    for (int shard = 0; shard < SHARDS; shard++) {
      create(proxy.shardDatabase(shard), SHARDS, shard);
    }
    create(single, 1, 0);
    String direct = "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + single;
    simpleReference = DriverManager.getConnection(direct, properties("simple"));
    extendedReference = DriverManager.getConnection(direct, properties("extended"));
    simple = DriverManager.getConnection(proxy.url(), properties("simple"));
    extended = DriverManager.getConnection(proxy.url(), properties("extended"));
    for (int shard = 0; shard < SHARDS; shard++) {
      observers.add(server.connect(proxy.shardDatabase(shard)));
    }
    observers.add(server.connect(single));
  }

  /** Each statement in the binary format from its first execution on, if the mode has one. */
  private static Properties properties(String mode) {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("sslmode", "disable");
    properties.setProperty("socketTimeout", "30");
    properties.setProperty("preferQueryMode", mode);
    properties.setProperty("prepareThreshold", "-1");
    return properties;
  }

  private void create(String database, int modulus, int remainder) {
    // So that the number of the next type is another one on each shard.
    for (int other = 0; other < remainder; other++) {
      server.execute(database, "CREATE TYPE other" + other + " AS (a int)");
    }
    server.execute(database, "CREATE TYPE mood AS ENUM ('sad', 'ok', 'a')");
    for (String table : TABLES) {
      server.execute(database, "CREATE " + table);
      if (table.contains("PARTITION")) {
        String name = table.split(" ")[1];
        server.execute(
            database,
            "CREATE TABLE %s_here PARTITION OF %s FOR VALUES WITH (MODULUS %d, REMAINDER %d)"
                .formatted(name, name, modulus, remainder));
      }
    }
    server.execute(
        database,
        "INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France'), ('it', 'Italy')");
  }

  /** Runs a statement through the proxy. */
  Outcome onShards(boolean byExtended, String sql, Object... parameters) {
    return run(byExtended ? extended : simple, sql, parameters);
  }

  /**
   * Runs a query through the proxy in a transaction, a few rows at a time: of a portal, or of a
   * cursor.
   */
  Outcome inParts(boolean byExtended, int size, String sql, Object... parameters)
      throws SQLException {
    Connection connection = byExtended ? extended : simple;
    connection.setAutoCommit(false);
    try {
      return byExtended ? run(connection, size, sql, parameters) : cursor(connection, size, sql);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private static Outcome cursor(Connection connection, int size, String sql) {
    String scroll = size % 2 == 0 ? "SCROLL " : "";
    Outcome declared = run(connection, "DECLARE c " + scroll + "CURSOR FOR " + sql);
    List<String> rows = new ArrayList<>();
    Outcome fetched = declared;
    do {
      if (!fetched.sqlState().isEmpty()) {
        return fetched;
      }
      fetched = run(connection, "FETCH FORWARD " + size + " FROM c");
      rows.addAll(fetched.rows());
    } while (!fetched.rows().isEmpty() || !fetched.sqlState().isEmpty());
    return new Outcome(rows, -1, "", "");
  }

  /** Runs it on the one server. */
  Outcome onOne(boolean byExtended, String sql, Object... parameters) {
    return run(byExtended ? extendedReference : simpleReference, sql, parameters);
  }

  /** What both have now, past the proxy: the rows of all tables, each with its table. */
  List<List<String>> contents() throws SQLException {
    List<String> spread = new ArrayList<>();
    List<String> one = new ArrayList<>();
    Connection single = observers.getLast();
    for (String table : SPREAD) {
      String all = "SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM " + table + " t";
      for (Connection shard : observers.subList(0, SHARDS)) {
        rows(spread, table, ProxyUnderTest.value(shard, all));
      }
      rows(one, table, ProxyUnderTest.value(single, all));
    }
    String reference =
        "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM countries t";
    String expected = ProxyUnderTest.value(single, reference);
    for (Connection shard : observers.subList(0, SHARDS)) {
      spread.add("countries " + ProxyUnderTest.value(shard, reference));
      one.add("countries " + expected);
    }
    Collections.sort(spread);
    Collections.sort(one);
    return List.of(spread, one);
  }

  private static void rows(List<String> all, String table, @Nullable String rows) {
    String.valueOf(rows).lines().forEach(row -> all.add(table + " " + row));
  }

  /** Runs a statement about the transaction on both. */
  void both(boolean byExtended, String sql) {
    onShards(byExtended, sql);
    onOne(byExtended, sql);
  }

  private static Outcome run(Connection connection, String sql, Object... parameters) {
    return run(connection, 0, sql, parameters);
  }

  private static Outcome run(
      Connection connection, int fetchSize, String sql, Object... parameters) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(fetchSize);
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<String> rows = new ArrayList<>();
      if (!statement.execute()) {
        return new Outcome(rows, statement.getUpdateCount(), "", "");
      }
      try (ResultSet result = statement.getResultSet()) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          rows.add(row(result, columns));
        }
      }
      return new Outcome(rows, -1, "", "");
    } catch (SQLException e) {
      return new Outcome(
          List.of(), -1, String.valueOf(e.getSQLState()), String.valueOf(e.getMessage()));
    }
  }

  private static String row(ResultSet result, int columns) throws SQLException {
    List<@Nullable String> values = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      values.add(result.getString(i));
    }
    return values.toString();
  }

  @Override
  public void close() throws SQLException {
    simpleReference.close();
    extendedReference.close();
    simple.close();
    extended.close();
    for (Connection observer : observers) {
      observer.close();
    }
    server.dropDatabase(single);
  }
}
