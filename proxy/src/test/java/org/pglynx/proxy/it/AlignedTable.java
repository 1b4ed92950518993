package org.pglynx.proxy.it;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows as psql shows them: names in the middle, numbers to the right, texts to the left. */
final class AlignedTable {
  private static final Set<String> NUMBERS =
      Set.of("int2", "int4", "int8", "float4", "float8", "numeric");

  private final List<String> names = new ArrayList<>();
  private final List<Boolean> numeric = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  private AlignedTable(ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      names.add(columns.getColumnLabel(i));
      numeric.add(NUMBERS.contains(columns.getColumnTypeName(i)));
    }
    while (result.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= names.size(); i++) {
        String value = result.getString(i);
        row.add(value == null ? "" : value);
      }
      rows.add(row);
    }
  }

  /** The result's rows and their number, each on a line. */
  static String of(ResultSet result) throws SQLException {
    return new AlignedTable(result).format();
  }

  private String format() {
    List<String> lines = new ArrayList<>();
    lines.add(line(" | ", i -> centred(names.get(i), width(i))));
    lines.add(line("+", i -> "-".repeat(width(i) + 2)).strip());
    rows.forEach(row -> lines.add(line(" | ", i -> aligned(row.get(i), i))));
    lines.add(rows.size() == 1 ? "(1 row)" : "(" + rows.size() + " rows)");
    return String.join("\n", lines) + "\n";
  }

  private String line(String separator, IntFunction<String> cell) {
    String cells =
        IntStream.range(0, names.size()).mapToObj(cell).collect(Collectors.joining(separator));
    return (" " + cells).stripTrailing();
  }

  private int width(int column) {
    int widest = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    return Math.max(names.get(column).length(), widest);
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
