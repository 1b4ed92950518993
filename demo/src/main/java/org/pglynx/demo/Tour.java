package org.pglynx.demo;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/** The statements that a newcomer should see, printed with their answers as psql prints them. */
final class Tour {
  /**
   * What is run in one database.
   *
   * @param database as clients name it
   * @param statements in their order
   */
  record Part(String database, List<String> statements) {
    Part {
      statements = List.copyOf(statements);
    }
  }

  private static final List<String> PREDICTIONS =
      List.of(
          """
          SELECT * FROM pgml.load_dataset('diabetes');
          """,
          """
          SELECT * FROM pgml.train('progression', 'regression', 'pgml.diabetes', 'target',
                                   algorithm => 'xgboost', hyperparams => '{"n_estimators": 50}');
          """,
          """
          SELECT pgml.predict('progression', ARRAY[59,2,32.1,101,157,93.2,38,4,4.8598,87]);
          """,
          """
          SELECT target, pgml.predict('progression', ARRAY[age,sex,bmi,bp,s1,s2,s3,s4,s5,s6])
            FROM pgml.diabetes LIMIT 5;
          """);

  private static final List<String> ORDERS =
      List.of(
          """
          CREATE TABLE orders (customer bigint, total int);
          """,
          """
          INSERT INTO orders (customer, total) VALUES (1, 10), (2, 20), (3, 30), (4, 40), (5, 50);
          """,
          """
          SELECT total FROM orders WHERE customer = 3;
          """,
          """
          SELECT count(*), sum(total), max(customer) FROM orders;
          """);

  /** All of it. */
  static final List<Part> PARTS =
      List.of(new Part(DemoDatabase.NAME, PREDICTIONS), new Part(Demo.SHARDED, ORDERS));

  private final Connection client;
  private final Part part;
  private final PrintWriter out;

  Tour(Connection client, Part part, PrintWriter out) {
    this.client = client;
    this.part = part;
    this.out = out;
  }

  /** Runs all statements; the first that fails ends the tour. */
  void run() throws SQLException {
    String prompt = part.database() + "=> ";
    String continuation = System.lineSeparator() + part.database() + "-> ";
    for (String sql : part.statements()) {
      out.println();
      out.print(prompt + sql.stripTrailing().replace("\n", continuation));
      out.println();
      out.flush();
      execute(sql.stripTrailing().replaceAll(";$", ""));
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = client.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          print(statement.getWarnings());
          out.print(ResultTable.of(rows).format());
        }
      } else {
        out.println(tag(sql, statement.getUpdateCount()));
      }
      out.flush();
    }
  }

  /** As the server says it, which the driver does not tell. */
  private static String tag(String sql, int rows) {
    String[] words = sql.split(" ", 3);
    return words[0].equals("INSERT") ? "INSERT 0 " + rows : words[0] + " " + words[1];
  }

  private void print(@Nullable SQLWarning first) {
    for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
      out.println(severity(warning) + ":  " + warning.getMessage());
    }
  }

  private static String severity(SQLWarning warning) {
    boolean fromServer = warning instanceof PSQLWarning;
    ServerErrorMessage notice = fromServer ? ((PSQLWarning) warning).getServerErrorMessage() : null;
    return notice == null ? "WARNING" : String.valueOf(notice.getSeverity());
  }
}
