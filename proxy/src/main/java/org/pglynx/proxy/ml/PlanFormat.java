package org.pglynx.proxy.ml;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.Oid;

/**
 * A format of EXPLAIN. Text is a row for each line; the others are one row with a document, in
 * which the lines are a list named Predictions, laid out as the server lays out its lists.
 */
enum PlanFormat {
  /** A row for each line. */
  TEXT("text", Column.text("QUERY PLAN")),
  /** An array of one object. */
  JSON("json", new Column("QUERY PLAN", Oid.JSON, -1)),
  /** A list of one mapping. */
  YAML("yaml", Column.text("QUERY PLAN")),
  /** Elements. */
  XML("xml", new Column("QUERY PLAN", Oid.XML, -1));

  private static final String NAME = "Predictions";
  private static final String XML_END = "  </Query>\n</explain>";
  private static final String JSON_END = "\n  }\n]";

  private final String word;
  private final Column column;

  PlanFormat(String word, Column column) {
    this.word = word;
    this.column = column;
  }

  /** The format that is called so, or null. */
  static @Nullable PlanFormat named(String name) {
    for (PlanFormat format : values()) {
      if (format.word.equals(name)) {
        return format;
      }
    }
    return null;
  }

  /** The column of the plan. */
  Column column() {
    return column;
  }

  /** The server's document with the lines; as it is if it has no end that is known. */
  String with(String document, List<String> lines) {
    String list = list(lines);
    return switch (this) {
      case TEXT -> document;
      case JSON -> before(JSON_END, document, ",\n" + list);
      case YAML -> document + "\n" + list;
      case XML -> before(XML_END, document, list + "\n");
    };
  }

  private static String before(String end, String document, String more) {
    return document.endsWith(end)
        ? document.substring(0, document.length() - end.length()) + more + end
        : document;
  }

  /** A document of the proxy's own; rows and time of a statement that was run, else null. */
  String document(List<String> lines, @Nullable Integer rows, @Nullable Double milliseconds) {
    StringBuilder text = new StringBuilder(list(lines));
    property(text, "Rows", rows == null ? null : rows.toString());
    property(
        text,
        "Execution Time",
        milliseconds == null ? null : String.format(Locale.ROOT, "%.3f", milliseconds));
    return switch (this) {
      case TEXT -> text.toString();
      case JSON -> "[\n  {\n" + text + JSON_END;
      case YAML -> "- " + text.substring(2);
      case XML ->
          "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n  <Query>\n"
              + text
              + "\n"
              + XML_END;
    };
  }

  private void property(StringBuilder text, String name, @Nullable String value) {
    if (value == null) {
      return;
    }
    String tag = name.replace(' ', '-');
    text.append(
        switch (this) {
          case TEXT -> "\n" + name + ": " + value + (name.endsWith("Time") ? " ms" : "");
          case JSON -> ",\n    \"" + name + "\": " + value;
          case YAML -> "\n  " + name + ": " + value;
          case XML -> "\n    <" + tag + ">" + value + "</" + tag + ">";
        });
  }

  private String list(List<String> lines) {
    return switch (this) {
      case TEXT -> String.join("\n", lines);
      case JSON ->
          lines.stream()
              .map(PlanFormat::quoted)
              .collect(Collectors.joining(", ", "    \"" + NAME + "\": [", "]"));
      case YAML ->
          lines.stream()
              .map(line -> "\n    - " + quoted(line))
              .collect(Collectors.joining("", "  " + NAME + ": ", ""));
      case XML ->
          lines.stream()
              .map(line -> "      <Item>" + escaped(line) + "</Item>\n")
              .collect(Collectors.joining("", "    <" + NAME + ">\n", "    </" + NAME + ">"));
    };
  }

  /** A string of JSON, which is one of YAML, too. */
  private static String quoted(String line) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    return out.append('"').toString();
  }

  private static String escaped(String line) {
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
