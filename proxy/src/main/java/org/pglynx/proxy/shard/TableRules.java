package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.wire.PgErrorException;

/** Which tables are spread, and how. */
final class TableRules {
  /** What a table is. */
  sealed interface Kind {
    /** Its rows are spread. */
    record Sharded(ShardedTable table) implements Kind {}

    /** It has the same rows on every shard. */
    record Reference() implements Kind {}

    /** A catalog: each shard has its own, which say the same but for numbers. */
    record Catalog() implements Kind {}

    /** Nothing is known of it. */
    record Unknown() implements Kind {}

    /** It is configured with a schema, and named without. */
    record Unclear() implements Kind {}
  }

  /** A directory, and what its keys are read as. */
  private record Source(ShardingConfig.Directory directory, KeyType type) {}

  /** What all shards know alike of models: docs/adr/0336-models-of-several-shards.md. */
  private static final Set<String> MODELS =
      Set.of(
          "projects",
          "models",
          "deployments",
          "snapshots",
          "deployed_models",
          "trained_models",
          "overview");

  private final Map<String, ShardedTable> tables = new HashMap<>();
  private final Set<String> references;
  private final @Nullable ShardedTable others;
  private final long mergeMemory;
  private final boolean moves;
  private final Map<Source, Directory> directories = new HashMap<>();

  TableRules(ShardingConfig config, int shards) {
    for (ShardingConfig.Table table : config.tables()) {
      tables.put(table.name(), table(table, shards));
    }
    this.references = config.references();
    this.mergeMemory = config.mergeMemory();
    this.moves = config.keyUpdates() == ShardingConfig.KeyUpdates.MOVE;
    this.others = tables.remove(PoolConfig.ANY);
    addDirectories();
  }

  private ShardedTable table(ShardingConfig.Table table, int shards) {
    List<String> columns = new ArrayList<>();
    List<KeyType> types = new ArrayList<>();
    for (ShardingConfig.Column column : table.columns()) {
      columns.add(column.name());
      types.add(type(column.type()));
    }
    return new ShardedTable(table.name(), columns, types, function(table, types, shards));
  }

  private ShardFunction function(ShardingConfig.Table table, List<KeyType> types, int shards) {
    ShardingConfig.Directory directory = table.directory();
    ShardingConfig.Centroids centroids = table.centroids();
    if (directory != null) {
      return new ShardFunction.Lookup(
          directories.computeIfAbsent(
              new Source(directory, types.getFirst()),
              each -> new Directory(directory, each.type(), shards)));
    }
    if (centroids != null) {
      return new ShardFunction.Nearest(
          centroids.points().stream().map(KeyValue.Point::of).toList(), shards, centroids.probes());
    }
    return table.mapping().isEmpty()
        ? function(table.function(), shards)
        : mapping(table.mapping(), types);
  }

  /**
   * A directory that is not configured as a table itself is one of the shard that it is read on.
   */
  private void addDirectories() {
    for (Directory each : directories.values()) {
      if (!references.contains(each.name())) {
        ShardFunction fixed = new ShardFunction.Fixed(each.on());
        tables.putIfAbsent(each.name(), new ShardedTable(each.name(), List.of(), List.of(), fixed));
      }
    }
  }

  private static ShardFunction mapping(
      List<ShardingConfig.Placement> placements, List<KeyType> types) {
    if (types.isEmpty()) {
      return new ShardFunction.Fixed(placements.getFirst().shard());
    }
    Map<KeyValue, Integer> listed = new HashMap<>();
    NavigableMap<KeyValue, ShardFunction.Range> ranges = new TreeMap<>();
    int rest = ShardFunction.NOWHERE;
    for (ShardingConfig.Placement each : placements) {
      for (String value : each.values()) {
        listed.put(value(types.getFirst(), value), each.shard());
      }
      Long from = each.from();
      Long to = each.to();
      if (each.ranges()) {
        ranges.put(
            new KeyValue.Whole(from == null ? Long.MIN_VALUE : from),
            new ShardFunction.Range(to == null ? null : new KeyValue.Whole(to), each.shard()));
      }
      rest = each.rest() ? each.shard() : rest;
    }
    return new ShardFunction.Mapping(listed, ranges, rest);
  }

  /** The configuration's reader has seen to it that it is one. */
  private static KeyValue value(KeyType type, String text) {
    try {
      return type.ofText(text);
    } catch (PgErrorException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** The function of the name. */
  static ShardFunction function(ShardingConfig.Function function, int shards) {
    return switch (function) {
      case HASH -> new ShardFunction.Hash(shards);
      case SHA1 -> new ShardFunction.Sha1(shards);
    };
  }

  private static KeyType type(ShardingConfig.Type type) {
    return switch (type) {
      case SMALLINT -> KeyType.INT2;
      case INTEGER -> KeyType.INT4;
      case BIGINT -> KeyType.INT8;
      case TEXT -> KeyType.TEXT;
      case VARCHAR -> KeyType.VARCHAR;
      case UUID -> KeyType.UUID;
      case VECTOR -> KeyType.VECTOR;
      case REALS -> KeyType.REALS;
    };
  }

  /** Whether no table is known: the client alone says where statements go. */
  boolean empty() {
    return tables.isEmpty() && others == null && references.isEmpty();
  }

  /** How many bytes of rows of all shards one statement may collect. */
  long mergeMemory() {
    return mergeMemory;
  }

  /** Whether an UPDATE of a sharding key moves the row to its new shard. */
  boolean moves() {
    return moves;
  }

  /** The tables that are configured. */
  List<ShardedTable> sharded() {
    List<ShardedTable> all = new ArrayList<>(tables.values());
    if (others != null) {
      all.add(others);
    }
    return all;
  }

  /** What a table is, named with its schema or with an empty one. */
  Kind kind(String schema, String name) {
    String full = schema.isEmpty() ? name : schema + "." + name;
    ShardedTable table = tables.getOrDefault(full, tables.get(name));
    if (table != null) {
      return new Kind.Sharded(table);
    }
    if (references.contains(full) || references.contains(name)) {
      return new Kind.Reference();
    }
    if (schema.equals("pgml") && MODELS.contains(name)) {
      return new Kind.Reference();
    }
    ShardedTable ofSchema = ofSchema(schema);
    if (ofSchema != null) {
      return new Kind.Sharded(ofSchema.called(full));
    }
    if (schema.isEmpty() && hasSchemas(name)) {
      return new Kind.Unclear();
    }
    if (schema.equals("pg_catalog")
        || schema.equals("information_schema")
        || schema.isEmpty() && name.startsWith("pg_")) {
      return new Kind.Catalog();
    }
    return others == null ? new Kind.Unknown() : new Kind.Sharded(others.called(full));
  }

  /** What all tables of a schema are; null if it is not configured. */
  @Nullable ShardedTable ofSchema(String schema) {
    return tables.get(schema + ".*");
  }

  private boolean hasSchemas(String name) {
    String end = "." + name;
    return tables.keySet().stream().anyMatch(each -> each.endsWith(end))
        || references.stream().anyMatch(each -> each.endsWith(end));
  }
}
