package org.pglynx.proxy.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ShardingConfig.Column;
import org.pglynx.proxy.config.ShardingConfig.Directory;

/**
 * Reads in which table keys are looked up: {@code directory = {table = "tenants", key = "id", shard
 * = "shard", on = 0, max_age = 1000}}.
 */
final class DirectoryReader {
  private static final String DIRECTORY = "directory";

  /** As long as another proxy takes to see a deployment. */
  private static final int DEFAULT_MAX_AGE = 1_000;

  /** What is looked up for a statement must hold until that is sent. */
  private static final int LEAST_MAX_AGE = 10;

  private static final int GREATEST_MAX_AGE = 86_400_000;

  private final Section table;
  private final List<Column> key;
  private final int shards;

  DirectoryReader(Section table, List<Column> key, int shards) {
    this.table = table;
    this.key = key;
    this.shards = shards;
  }

  @Nullable Directory read() {
    Section section = table.table(DIRECTORY);
    if (!table.has(DIRECTORY)) {
      return null;
    }
    if (key.size() != 1 || point(key.getFirst())) {
      table.fault(DIRECTORY, "takes a key of one column, which is no vector");
    }
    String name = section.requiredText("table");
    if (name.split("\\.", -1).length > 2) {
      section.fault("table", "expected \"table\" or \"schema.table\"");
    }
    Directory directory =
        new Directory(
            name,
            section.text("key", key.isEmpty() ? "" : key.getFirst().name()),
            section.text("shard", "shard"),
            section.integer("on", 0, 0, Math.max(shards - 1, 0)),
            section.integer("max_age", DEFAULT_MAX_AGE, LEAST_MAX_AGE, GREATEST_MAX_AGE));
    section.finish();
    return directory;
  }

  private static boolean point(Column column) {
    return switch (column.type()) {
      case VECTOR, REALS -> true;
      case SMALLINT, INTEGER, BIGINT, TEXT, VARCHAR, UUID -> false;
    };
  }
}
