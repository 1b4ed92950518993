import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.*;
import java.util.*;
import java.util.concurrent.*;
import javax.sql.XAConnection;
import javax.transaction.xa.*;
import org.postgresql.PGConnection;
import org.postgresql.largeobject.LargeObjectManager;
import org.postgresql.xa.PGXADataSource;

/** pgjdbc and HikariCP; see ../python/scenarios.py for what a driver prints. */
final class Jdbc {
  interface Scenario {
    void run(List<String> told) throws Exception;
  }

  private static final Map<String, Scenario> ALL = new LinkedHashMap<>();
  private static final Set<String> HEAVY = new HashSet<>();
  private static String threshold = "5";

  static String url(String more) {
    return "jdbc:postgresql://%s:%s/%s?sslmode=disable&loggerLevel=OFF&prepareThreshold=%s%s"
        .formatted(env("PGHOST"), env("PGPORT"), env("PGDATABASE"), threshold, more);
  }

  static String env(String name) {
    return System.getenv(name);
  }

  static Connection connect() throws SQLException {
    return DriverManager.getConnection(url(""), env("PGUSER"), env("PGPASSWORD"));
  }

  static void same(Object actual, Object expected) {
    if (!Objects.equals(actual, expected)) {
      throw new AssertionError(actual + " instead of " + expected);
    }
  }

  static void run(Connection c, String... statements) throws SQLException {
    try (Statement s = c.createStatement()) {
      for (String sql : statements) {
        s.execute(sql);
      }
    }
  }

  static String value(Connection c, String sql) throws SQLException {
    try (Statement s = c.createStatement(); ResultSet r = s.executeQuery(sql)) {
      return r.next() ? r.getString(1) : null;
    }
  }

  static SQLException fails(Callable<?> work, String state) throws Exception {
    try {
      work.call();
    } catch (SQLException e) {
      same(e.getSQLState(), state);
      return e;
    }
    throw new AssertionError("no error");
  }

  static void pgjdbc() {
    ALL.put("a prepared statement, before and after it is named", told -> {
      try (Connection c = connect();
          PreparedStatement s = c.prepareStatement("SELECT ?::int + 1, ?::text, ?::timestamptz")) {
        for (int n = 0; n < 20; n++) {
          s.setInt(1, n);
          s.setString(2, "text " + n);
          s.setTimestamp(3, new Timestamp(1_000_000L * n));
          try (ResultSet r = s.executeQuery()) {
            r.next();
            same(r.getInt(1), n + 1);
            same(r.getString(2), "text " + n);
            same(r.getTimestamp(3).getTime(), 1_000_000L * n);
          }
        }
      }
    });
    ALL.put("more statements than the driver keeps", told -> {
      try (Connection c = DriverManager.getConnection(url("&preparedStatementCacheQueries=5"), env("PGUSER"), env("PGPASSWORD"))) {
        for (int turn = 0; turn < 12; turn++) {
          for (int n = 0; n < 20; n++) {
            try (PreparedStatement s = c.prepareStatement("SELECT ?::int * " + n)) {
              s.setInt(1, turn);
              try (ResultSet r = s.executeQuery()) {
                r.next();
                same(r.getInt(1), turn * n);
              }
            }
          }
        }
      }
    });
    for (boolean rewrite : new boolean[] {false, true}) {
      ALL.put("batches" + (rewrite ? ", rewritten to rows of one INSERT" : ", also failing"), told -> {
        try (Connection c = DriverManager.getConnection(url("&reWriteBatchedInserts=" + rewrite), env("PGUSER"), env("PGPASSWORD"))) {
          run(c, "DROP TABLE IF EXISTS j_batch", "CREATE TABLE j_batch(n int PRIMARY KEY, t text)");
          try (PreparedStatement s = c.prepareStatement("INSERT INTO j_batch VALUES (?, ?)")) {
            for (int n = 0; n < 1000; n++) {
              s.setInt(1, n);
              s.setString(2, "t" + n);
              s.addBatch();
            }
            same(s.executeBatch().length, 1000);
            for (int n = 1100; n > 900; n--) {
              s.setInt(1, n);
              s.setString(2, "again");
              s.addBatch();
            }
            told.add(fails(s::executeBatch, "23505").getClass().getSimpleName());
          }
          same(value(c, "SELECT count(*) FROM j_batch"), "1000");
        }
      });
    }
    ALL.put("generated keys", told -> {
      try (Connection c = connect()) {
        run(c, "DROP TABLE IF EXISTS j_keys", "CREATE TABLE j_keys(id serial, t text)");
        try (PreparedStatement s = c.prepareStatement("INSERT INTO j_keys(t) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
          for (int n = 1; n <= 12; n++) {
            s.setString(1, "x");
            s.executeUpdate();
            try (ResultSet r = s.getGeneratedKeys()) {
              r.next();
              same(r.getInt(1), n);
            }
          }
        }
      }
    });
    ALL.put("a cursor with a fetch size", told -> {
      try (Connection c = connect()) {
        c.setAutoCommit(false);
        try (PreparedStatement s = c.prepareStatement("SELECT generate_series(1, ?)")) {
          s.setFetchSize(77);
          for (int turn = 0; turn < 7; turn++) {
            s.setInt(1, 1000);
            int rows = 0;
            try (ResultSet r = s.executeQuery()) {
              while (r.next()) {
                same(r.getInt(1), ++rows);
              }
            }
            same(rows, 1000);
          }
        }
        c.commit();
      }
    });
    ALL.put("a portal given up early, and one over several executions", told -> {
      try (Connection c = connect()) {
        c.setAutoCommit(false);
        try (Statement s = c.createStatement(); Statement t = c.createStatement()) {
          s.setFetchSize(10);
          ResultSet r = s.executeQuery("SELECT generate_series(1, 100)");
          for (int n = 1; n <= 15; n++) {
            r.next();
          }
          same(value(c, "SELECT 'between'"), "between");
          r.next();
          same(r.getInt(1), 16);
          r.close();
          t.setMaxRows(3);
          try (ResultSet few = t.executeQuery("SELECT generate_series(1, 100)")) {
            int rows = 0;
            while (few.next()) {
              rows++;
            }
            same(rows, 3);
          }
        }
        c.commit();
      }
    });
    ALL.put("COPY in and out, also failing", told -> {
      try (Connection c = connect()) {
        run(c, "DROP TABLE IF EXISTS j_copy", "CREATE TABLE j_copy(n int, t text)");
        var copies = c.unwrap(PGConnection.class).getCopyAPI();
        StringBuilder rows = new StringBuilder();
        for (int n = 0; n < 20_000; n++) {
          rows.append(n).append("\ttext ").append(n).append('\n');
        }
        same(copies.copyIn("COPY j_copy FROM STDIN", new StringReader(rows.toString())), 20_000L);
        StringWriter out = new StringWriter();
        copies.copyOut("COPY (SELECT * FROM j_copy ORDER BY n) TO STDOUT", out);
        same(out.toString().equals(rows.toString()), true);
        told.add(fails(() -> copies.copyIn("COPY j_copy FROM STDIN", new StringReader("x\ty\n")), "22P02").getMessage());
        copies.copyIn("COPY j_copy FROM STDIN").cancelCopy();
        same(value(c, "SELECT count(*) FROM j_copy"), "20000");
      }
    });
    ALL.put("large objects", told -> {
      try (Connection c = connect()) {
        c.setAutoCommit(false);
        LargeObjectManager objects = c.unwrap(PGConnection.class).getLargeObjectAPI();
        long oid = objects.createLO();
        byte[] data = new byte[300_000];
        Arrays.fill(data, (byte) 7);
        try (var object = objects.open(oid, LargeObjectManager.READWRITE)) {
          object.write(data);
          object.seek(299_000);
          same(object.read(5000).length, 1000);
        }
        objects.delete(oid);
        c.commit();
      }
    });
    ALL.put("notifications", told -> {
      try (Connection listener = connect(); Connection sender = connect()) {
        run(listener, "LISTEN j_channel");
        run(sender, "NOTIFY j_channel, 'one'", "SELECT pg_notify('j_channel', 'two')");
        List<String> got = new ArrayList<>();
        long end = System.nanoTime() + 10_000_000_000L;
        while (got.size() < 2 && System.nanoTime() < end) {
          var some = listener.unwrap(PGConnection.class).getNotifications(500);
          for (var each : some == null ? new org.postgresql.PGNotification[0] : some) {
            got.add(each.getParameter());
          }
        }
        same(got, List.of("one", "two"));
      }
    });
    ALL.put("a query time-out cancels the statement", told -> {
      try (Connection c = connect(); Statement s = c.createStatement()) {
        s.setQueryTimeout(1);
        told.add(fails(() -> s.execute("SELECT pg_sleep(30)"), "57014").getMessage());
        same(value(c, "SELECT 'alive'"), "alive");
      }
    });
    ALL.put("XA: two branches, prepared on one connection, committed on another", told -> {
      try (Connection c = connect()) {
        run(c, "DROP TABLE IF EXISTS j_xa", "CREATE TABLE j_xa(n int)");
        PGXADataSource source = new PGXADataSource();
        source.setUrl(url(""));
        source.setUser(env("PGUSER"));
        source.setPassword(env("PGPASSWORD"));
        Xid xid = new Id(1, "global of jdbc".getBytes(), "branch".getBytes());
        XAConnection first = source.getXAConnection();
        first.getXAResource().start(xid, XAResource.TMNOFLAGS);
        run(first.getConnection(), "INSERT INTO j_xa VALUES (1)");
        first.getXAResource().end(xid, XAResource.TMSUCCESS);
        same(first.getXAResource().prepare(xid), XAResource.XA_OK);
        first.close();
        XAConnection second = source.getXAConnection();
        same(Arrays.stream(second.getXAResource().recover(XAResource.TMSTARTRSCAN)).anyMatch(x -> Arrays.equals(x.getGlobalTransactionId(), xid.getGlobalTransactionId())), true);
        second.getXAResource().commit(xid, false);
        second.close();
        same(value(c, "SELECT count(*) FROM j_xa"), "1");
      }
    });
    ALL.put("savepoints, isolation, read only", told -> {
      try (Connection c = connect()) {
        run(c, "DROP TABLE IF EXISTS j_save", "CREATE TABLE j_save(n int)");
        c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        c.setAutoCommit(false);
        run(c, "INSERT INTO j_save VALUES (1)");
        Savepoint before = c.setSavepoint();
        fails(() -> value(c, "SELECT 1/0"), "22012");
        fails(() -> value(c, "SELECT 1"), "25P02");
        c.rollback(before);
        same(value(c, "SHOW transaction_isolation"), "serializable");
        c.commit();
        c.setReadOnly(true);
        fails(() -> value(c, "INSERT INTO j_save VALUES (2) RETURNING n"), "25006");
        c.rollback();
        same(value(c, "SELECT count(*) FROM j_save"), "1");
        c.commit();
      }
    });
    ALL.put("session settings, schema and temporary tables", told -> {
      try (Connection c = connect()) {
        run(c, "CREATE SCHEMA IF NOT EXISTS j_schema");
        c.setSchema("j_schema");
        run(c, "SET work_mem = '7MB'", "CREATE TEMP TABLE mine(n int)");
        for (int n = 0; n < 15; n++) {
          run(c, "INSERT INTO mine VALUES (" + n + ")");
          same(c.getSchema(), "j_schema");
        }
        same(value(c, "SELECT count(*) || current_setting('work_mem') FROM mine"), "157MB");
      }
    });
    ALL.put("metadata, warnings, several results", told -> {
      try (Connection c = connect(); Statement s = c.createStatement()) {
        run(c, "DROP TABLE IF EXISTS j_meta", "CREATE TABLE j_meta(id serial PRIMARY KEY, t text NOT NULL)");
        try (ResultSet r = c.getMetaData().getColumns(null, "public", "j_meta", null)) {
          while (r.next()) {
            told.add(r.getString("COLUMN_NAME") + " " + r.getString("TYPE_NAME") + " " + r.getString("IS_NULLABLE"));
          }
        }
        s.execute("DO $$BEGIN RAISE WARNING 'look out'; END$$");
        same(s.getWarnings().getMessage(), "look out");
        s.execute("SELECT 1; UPDATE j_meta SET t = 'x'; SELECT 2");
        // How an UPDATE among them is told depends on the driver's settings, so it is compared.
        int results = 0;
        for (boolean rows = true; rows || s.getUpdateCount() >= 0; rows = s.getMoreResults()) {
          told.add(rows ? "rows" : "count " + s.getUpdateCount());
          results++;
        }
        same(results > 1, true);
      }
    });
    ALL.put("callable statements and arrays", told -> {
      try (Connection c = connect()) {
        run(c, "CREATE OR REPLACE FUNCTION j_twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2'");
        try (CallableStatement s = c.prepareCall("{? = call j_twice(?)}")) {
          for (int n = 0; n < 8; n++) {
            s.registerOutParameter(1, Types.INTEGER);
            s.setInt(2, n);
            s.execute();
            same(s.getInt(1), n * 2);
          }
        }
        try (PreparedStatement s = c.prepareStatement("SELECT unnest(?::text[])")) {
          s.setArray(1, c.createArrayOf("text", new Object[] {"a", "b,\"c"}));
          try (ResultSet r = s.executeQuery()) {
            r.next();
            r.next();
            same(r.getString(1), "b,\"c");
          }
        }
      }
    });
  }

  record Id(int getFormatId, byte[] getGlobalTransactionId, byte[] getBranchQualifier) implements Xid {}

  static HikariDataSource pool(int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(""));
    config.setUsername(env("PGUSER"));
    config.setPassword(env("PGPASSWORD"));
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(30_000);
    return new HikariDataSource(config);
  }

  static void hikari() {
    ALL.put("50 threads, 10 connections, transactions", told -> {
      try (HikariDataSource pool = pool(10); Connection c = connect()) {
        run(c, "DROP TABLE IF EXISTS j_hikari", "CREATE TABLE j_hikari(n int)");
        ExecutorService threads = Executors.newFixedThreadPool(50);
        List<Future<Integer>> done = new ArrayList<>();
        for (int n = 0; n < 500; n++) {
          int number = n;
          done.add(threads.submit(() -> {
            try (Connection mine = pool.getConnection()) {
              mine.setAutoCommit(false);
              try (PreparedStatement s = mine.prepareStatement("INSERT INTO j_hikari VALUES (?) RETURNING n")) {
                s.setInt(1, number);
                try (ResultSet r = s.executeQuery()) {
                  r.next();
                  mine.commit();
                  return r.getInt(1);
                }
              }
            }
          }));
        }
        for (int n = 0; n < 500; n++) {
          same(done.get(n).get(60, TimeUnit.SECONDS), n);
        }
        threads.shutdown();
        same(value(c, "SELECT count(DISTINCT n) FROM j_hikari"), "500");
      }
    });
    ALL.put("what a borrower changed is changed back", told -> {
      try (HikariDataSource pool = pool(1)) {
        for (int turn = 0; turn < 5; turn++) {
          try (Connection c = pool.getConnection()) {
            same(c.isReadOnly(), false);
            same(value(c, "SHOW transaction_isolation"), "read committed");
            c.setReadOnly(true);
            c.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            same(value(c, "SHOW transaction_isolation"), "repeatable read");
          }
        }
      }
    });
    ALL.put("a transaction left open is rolled back", told -> {
      try (HikariDataSource pool = pool(2); Connection c = connect()) {
        run(c, "DROP TABLE IF EXISTS j_left", "CREATE TABLE j_left(n int)");
        for (int turn = 0; turn < 5; turn++) {
          try (Connection mine = pool.getConnection()) {
            mine.setAutoCommit(false);
            run(mine, "INSERT INTO j_left VALUES (1)");
          }
        }
        same(value(c, "SELECT count(*) FROM j_left"), "0");
      }
    });
    ALL.put("a connection whose server is gone is replaced", told -> {
      try (HikariDataSource pool = pool(2); Connection killer = connect()) {
        try (Connection mine = pool.getConnection()) {
          mine.setAutoCommit(false);
          String pid = value(mine, "SELECT pg_backend_pid()");
          run(killer, "SELECT pg_terminate_backend(" + pid + ")");
          try {
            value(mine, "SELECT 1");
            throw new AssertionError("no error");
          } catch (SQLException e) {
            same(e.getSQLState().matches("57P01|08006|08003|25P02"), true);
          }
        }
        try (Connection mine = pool.getConnection()) {
          same(value(mine, "SELECT 'alive'"), "alive");
        }
      }
    });
  }

  static String json(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      out.append(c == '"' || c == '\\' ? "\\" + c : c < 32 ? "\\u%04x".formatted((int) c) : String.valueOf(c));
    }
    return out.append('"').toString();
  }

  public static void main(String[] arguments) {
    List<String> args = List.of(arguments);
    boolean hikari = args.contains("hikari");
    if (args.contains("--version")) {
      String jars = System.getProperty("java.class.path");
      System.out.println(jars.replaceAll(hikari ? ".*HikariCP-([0-9.]+)\\.jar.*" : ".*?postgresql-([0-9.]+)\\.jar.*", "$1"));
      return;
    }
    if (args.contains("--prove")) {
      ALL.put("a wrong result", told -> same(1, 2));
      ALL.put("a result", told -> told.add("1"));
    } else if (hikari) {
      hikari();
    } else {
      threshold = args.getFirst();
      pgjdbc();
    }
    List<String> titles = new ArrayList<>(ALL.keySet());
    if (args.contains("--after")) {
      titles = titles.subList(titles.indexOf(args.get(args.indexOf("--after") + 1)) + 1, titles.size());
    }
    String only = args.contains("--only") ? args.get(args.indexOf("--only") + 1) : null;
    for (String title : titles) {
      if (only == null || only.equals(title)) {
        play(title);
      }
    }
    System.exit(0);
  }

  static void play(String title) {
    System.out.println("{\"begin\": " + json(title) + "}");
    List<String> told = new ArrayList<>();
    String error = "null";
    try {
      ALL.get(title).run(told);
    } catch (Throwable e) {
      String line = Arrays.stream(e.getStackTrace()).filter(f -> f.getClassName().startsWith("Jdbc")).reduce((a, b) -> b).map(f -> "line " + f.getLineNumber()).orElse("");
      error = json(line + ": " + e);
    }
    String transcript = String.join(", ", told.stream().map(Jdbc::json).toList());
    System.out.println("{\"end\": " + json(title) + ", \"error\": " + error + ", \"transcript\": [" + transcript + "]}");
    System.out.flush();
  }
}
