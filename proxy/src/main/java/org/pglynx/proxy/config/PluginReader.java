package org.pglynx.proxy.config;

import java.util.List;

/** Reads pgcat's {@code plugins} table: its four plugins are known, and accepted only when off. */
final class PluginReader {
  private static final List<String> PLUGINS =
      List.of("prewarmer", "query_logger", "table_access", "intercept");

  private final Section section;

  PluginReader(Section section) {
    this.section = section;
  }

  void read() {
    for (String name : PLUGINS) {
      Section plugin = section.table(name);
      if (section.has(name) && plugin.flag("enabled", false)) {
        plugin
            .report()
            .fault(
                section.positionOf(name),
                section.pathOf(name) + " is not served yet; remove it or set enabled = false");
      }
    }
    section.finish();
  }
}
