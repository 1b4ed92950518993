package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tomlj.TomlArray;

/** Reads pgcat's {@code plugins} table, of the file or of a pool. */
final class PluginReader {
  private static final Set<String> TYPES = Set.of("text", "anyarray", "oid", "bool", "int4", "any");

  private final Section section;

  PluginReader(Section section) {
    this.section = section;
  }

  PluginsConfig read() {
    PluginsConfig read = new PluginsConfig(prewarmer(), queryLogger(), tableAccess(), intercept());
    section.finish();
    return read;
  }

  private List<String> prewarmer() {
    Section plugin = section.table("prewarmer");
    boolean enabled = plugin.flag("enabled", false);
    List<String> queries = plugin.texts("queries");
    plugin.finish();
    return enabled ? queries : List.of();
  }

  private Optional<PluginsConfig.QueryLog> queryLogger() {
    Section plugin = section.table("query_logger");
    boolean enabled = plugin.flag("enabled", false);
    PluginsConfig.QueryLog log =
        new PluginsConfig.QueryLog(
            plugin.integer("sample_percent", 100, 1, 100),
            plugin.flag("redact", false),
            plugin.millis("min_duration", 0, 0));
    plugin.finish();
    return enabled ? Optional.of(log) : Optional.empty();
  }

  private Set<String> tableAccess() {
    Section plugin = section.table("table_access");
    boolean enabled = plugin.flag("enabled", false);
    Set<String> tables = new LinkedHashSet<>(plugin.texts("tables"));
    for (String table : tables) {
      if (table.isEmpty() || table.indexOf('.') >= 0) {
        plugin.fault("tables", '"' + table + "\" must be a name without its schema");
      }
    }
    plugin.finish();
    return enabled ? tables : Set.of();
  }

  // ---- intercept -------------------------------------------------------------------------------

  private List<PluginsConfig.CannedAnswer> intercept() {
    Section plugin = section.table("intercept");
    boolean enabled = plugin.flag("enabled", false);
    List<PluginsConfig.CannedAnswer> answers = new ArrayList<>();
    Section queries = plugin.table("queries");
    for (Section each : queries.tables()) {
      answers.add(answer(each));
    }
    plugin.finish();
    return enabled ? answers : List.of();
  }

  private PluginsConfig.CannedAnswer answer(Section section) {
    String query = section.requiredText("query");
    List<PluginsConfig.CannedColumn> columns = new ArrayList<>();
    for (List<String> pair : lists(section, "schema")) {
      String type = pair.size() == 2 ? pair.get(1) : "";
      if (!TYPES.contains(type)) {
        section.fault(
            "schema",
            "each column is [\"name\", \"type\"], of a type text, anyarray, oid, bool, int4 or any");
        break;
      }
      columns.add(new PluginsConfig.CannedColumn(pair.getFirst(), type));
    }
    List<List<String>> rows = lists(section, "result");
    for (List<String> row : rows) {
      check(section, columns, row);
    }
    section.finish();
    return new PluginsConfig.CannedAnswer(query, columns, rows);
  }

  private static void check(
      Section section, List<PluginsConfig.CannedColumn> columns, List<String> row) {
    if (row.size() != columns.size()) {
      section.fault("result", "each row has a value for each column of schema");
      return;
    }
    for (int i = 0; i < row.size(); i++) {
      String type = columns.get(i).type();
      if (!fits(type, row.get(i))) {
        section.fault("result", '"' + row.get(i) + "\" is no value of type " + type);
      }
    }
  }

  private static boolean fits(String type, String value) {
    return value.isEmpty()
        || switch (type) {
          case "bool" -> value.equals("t") || value.equals("f");
          case "int4" ->
              value.matches("-?\\d{1,10}") && (int) Long.parseLong(value) == Long.parseLong(value);
          case "oid" -> value.matches("\\d{1,10}") && Long.parseLong(value) < 1L << 32;
          default -> true;
        };
  }

  /** A list of lists of texts. */
  private static List<List<String>> lists(Section section, String key) {
    TomlArray outer = section.requiredList(key);
    List<List<String>> lists = new ArrayList<>();
    for (int i = 0; i < outer.size(); i++) {
      List<String> texts = new ArrayList<>();
      if (outer.get(i) instanceof TomlArray inner) {
        for (int k = 0; k < inner.size(); k++) {
          texts.add(inner.get(k) instanceof String text ? text : String.valueOf(inner.get(k)));
        }
      } else {
        section.fault(key, "expected a list of lists");
      }
      lists.add(texts);
    }
    return lists;
  }
}
