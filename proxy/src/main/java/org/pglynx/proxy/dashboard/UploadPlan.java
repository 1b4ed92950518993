package org.pglynx.proxy.dashboard;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The table that a file becomes.
 *
 * @param table its name, quoted
 * @param columns its columns with their types, as CREATE TABLE has them
 * @param delimiter what stands between values
 * @param header whether the first line has the columns' names
 */
record UploadPlan(String table, List<String> columns, char delimiter, boolean header) {
  /** What a file's texts are read as; nothing else is let into the statement. */
  static final Set<String> TYPES =
      Set.of(
          "boolean",
          "integer",
          "bigint",
          "double precision",
          "numeric",
          "date",
          "timestamp without time zone",
          "timestamp with time zone",
          "text");

  private static final int MOST_COLUMNS = 1600;
  private static final String DELIMITERS = ",;\t|";

  /** Copies the columns. */
  UploadPlan {
    columns = List.copyOf(columns);
  }

  /** The plan of a request. */
  static UploadPlan of(Call call) throws FaultException {
    List<String> names = call.texts("columns");
    List<String> types = call.texts("types");
    if (names.isEmpty() || names.size() > MOST_COLUMNS || names.size() != types.size()) {
      throw wrong("each of 1 to " + MOST_COLUMNS + " columns needs a name and a type");
    }
    List<String> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      if (!TYPES.contains(types.get(i))) {
        throw wrong("no type of a column here: " + types.get(i));
      }
      if (!seen.add(names.get(i))) {
        throw wrong("two columns are called \"" + names.get(i) + "\"");
      }
      columns.add(quoted(names.get(i)) + " " + types.get(i));
    }
    String delimiter = call.has("delimiter") ? call.text("delimiter") : ",";
    if (delimiter.length() != 1 || DELIMITERS.indexOf(delimiter.charAt(0)) < 0) {
      throw wrong("values stand between commas, semicolons, tabs or bars");
    }
    String schema = call.has("schema") ? quoted(call.text("schema")) + "." : "";
    return new UploadPlan(
        schema + quoted(call.text("table")), columns, delimiter.charAt(0), call.flag("header"));
  }

  private static FaultException wrong(String message) {
    return Fault.of("22023", message).toException();
  }

  private static String quoted(String name) throws FaultException {
    if (name.isEmpty()) {
      throw wrong("a name is needed");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  String creation() {
    return "CREATE TABLE " + table + " (" + String.join(", ", columns) + ")";
  }

  String copying() {
    return "COPY "
        + table
        + " FROM STDIN (FORMAT csv, DELIMITER '"
        + delimiter
        + "'"
        + (header ? ", HEADER" : "")
        + ")";
  }
}
