package org.pglynx.demo;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows in psql's aligned format: names centred, numbers to the right, texts to the left.
 *
 * @param names column names
 * @param numeric which columns hold numbers
 * @param rows the values as text; "" for NULL
 */
record ResultTable(List<String> names, List<Boolean> numeric, List<List<String>> rows) {
  private static final Set<Integer> NUMBERS =
      Set.of(Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.DOUBLE, Types.NUMERIC);

  /** Reads all rows of a result. */
  static ResultTable of(ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    List<String> names = new ArrayList<>();
    List<Boolean> numeric = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      names.add(columns.getColumnLabel(i));
      numeric.add(NUMBERS.contains(columns.getColumnType(i)));
    }
    List<List<String>> rows = new ArrayList<>();
    while (result.next()) {
      rows.add(row(result, names.size()));
    }
    return new ResultTable(names, numeric, rows);
  }

  /** The table with its row count, one line each. */
  String format() {
    StringBuilder text = new StringBuilder();
    line(text, " | ", i -> centred(names.get(i), width(i)));
    text.append(
        IntStream.range(0, names.size())
            .mapToObj(i -> "-".repeat(width(i) + 2))
            .collect(Collectors.joining("+", "", System.lineSeparator())));
    rows.forEach(row -> line(text, " | ", i -> aligned(row.get(i), i)));
    text.append(rows.size() == 1 ? "(1 row)" : "(" + rows.size() + " rows)");
    return text.append(System.lineSeparator()).toString();
  }

  private static List<String> row(ResultSet result, int columns) throws SQLException {
    List<String> row = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      String value = result.getString(i);
      row.add(value == null ? "" : value);
    }
    return row;
  }

  private void line(StringBuilder text, String separator, IntFunction<String> cell) {
    String line =
        IntStream.range(0, names.size()).mapToObj(cell).collect(Collectors.joining(separator));
    text.append((" " + line).stripTrailing()).append(System.lineSeparator());
  }

  private int width(int column) {
    return Math.max(
        names.get(column).length(),
        rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
  }

  private static String centred(String name, int width) {
    int left = (width - name.length()) / 2;
    return " ".repeat(left) + name + " ".repeat(width - name.length() - left);
  }

  private String aligned(String value, int column) {
    String space = " ".repeat(width(column) - value.length());
    return numeric.get(column) ? space + value : value + space;
  }
}
