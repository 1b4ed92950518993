package org.pglynx.proxy.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads pgcat's {@code plugins} table. Those of its four plugins that only make something faster or
 * tell something change nothing here; the one that guards tables is refused, as whoever relies on
 * it would be without it.
 */
final class PluginReader {
  private static final Map<String, String> WITHOUT_EFFECT = new LinkedHashMap<>();

  static {
    WITHOUT_EFFECT.put("prewarmer", "new server connections serve as they are");
    WITHOUT_EFFECT.put(
        "query_logger", "the server's log_statement logs statements, with their parameters");
    WITHOUT_EFFECT.put("intercept", "these statements are answered by the server");
  }

  private static final String TABLE_ACCESS = "table_access";

  private final Section section;

  PluginReader(Section section) {
    this.section = section;
  }

  void read() {
    WITHOUT_EFFECT.forEach((name, why) -> {
      if (enabled(name)) {
        section.withoutEffect(name, why);
      }
    });
    if (enabled(TABLE_ACCESS)) {
      section.fault(
          TABLE_ACCESS,
          "is not served: REVOKE the rights to these tables from the role instead, and remove it or"
              + " set enabled = false");
    }
    section.finish();
  }

  private boolean enabled(String name) {
    return section.table(name).flag("enabled", false) && section.has(name);
  }
}
