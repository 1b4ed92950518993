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
  static final List<String> STATEMENTS =
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

  private static final String PROMPT = "demo=> ";
  private static final String CONTINUATION = "demo-> ";

  private final Connection client;
  private final PrintWriter out;

  Tour(Connection client, PrintWriter out) {
    this.client = client;
    this.out = out;
  }

  /** Runs all statements; the first that fails ends the tour. */
  void run() throws SQLException {
    for (String sql : STATEMENTS) {
      out.println();
      out.print(PROMPT + sql.stripTrailing().replace("\n", System.lineSeparator() + CONTINUATION));
      out.println();
      out.flush();
      execute(sql.stripTrailing().replaceAll(";$", ""));
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = client.createStatement()) {
      try (ResultSet rows = statement.executeQuery(sql)) {
        print(statement.getWarnings());
        out.print(ResultTable.of(rows).format());
        out.flush();
      }
    }
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
