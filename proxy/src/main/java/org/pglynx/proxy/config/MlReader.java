package org.pglynx.proxy.config;

/** Reads {@code [ml]}, a table of our own. */
final class MlReader {
  private final Section section;

  MlReader(Section section) {
    this.section = section;
  }

  MlConfig read() {
    MlConfig ml =
        new MlConfig(
            section.flag("enabled", true),
            section.integer("threads", 0, 0, 1_024),
            section.integer("queue", 64, 1, 100_000),
            section.integer("memory_budget_mb", MlConfig.DEFAULT_MEMORY_BUDGET_MB, 16, 1_048_576));
    section.finish();
    return ml;
  }
}
