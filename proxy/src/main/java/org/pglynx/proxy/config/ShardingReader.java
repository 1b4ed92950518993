package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.pglynx.proxy.config.ShardingConfig.Centroids;
import org.pglynx.proxy.config.ShardingConfig.Column;
import org.pglynx.proxy.config.ShardingConfig.DefaultShard;
import org.pglynx.proxy.config.ShardingConfig.Directory;
import org.pglynx.proxy.config.ShardingConfig.Function;
import org.pglynx.proxy.config.ShardingConfig.Hints;
import org.pglynx.proxy.config.ShardingConfig.KeyUpdates;
import org.pglynx.proxy.config.ShardingConfig.Placement;
import org.pglynx.proxy.config.ShardingConfig.Table;
import org.pglynx.proxy.config.ShardingConfig.Type;

/** Reads how a pool is spread over its shards: pgcat's keys, and tables with keys of any type. */
final class ShardingReader {
  private static final String AUTOMATIC = "automatic_sharding_key";
  private static final String DEFAULT_SHARD = "default_shard";
  private static final String TABLES = "sharded_tables";
  private static final String MERGE_MEMORY = "max_merge_memory";
  private static final String KEY_UPDATES = "sharding_key_updates";
  private static final String UNIQUE_ID_NODE = "unique_id_node";
  private static final String REFERENCES = "reference_tables";
  private static final Pattern NUMBERED = Pattern.compile("shard_(\\d{1,6})");

  private final Section section;

  ShardingReader(Section section) {
    this.section = section;
  }

  /**
   * Reads it.
   *
   * @param peers the proxies behind one address: as no two numbers are the same, no two give the
   *     same ids
   * @param shared whether others listen on the same port
   */
  ShardingConfig read(Map<Integer, ShardConfig> shards, PeersConfig peers, boolean shared) {
    checkNumbers(shards);
    Function function = section.choice("sharding_function", Function.HASH);
    List<Table> tables = new ArrayList<>();
    automatic(function, tables);
    section.list(TABLES).forEach(each -> tables.add(table(each, function, shards.size())));
    Set<String> references = references(tables);
    Hints hints =
        new Hints(
            regex("shard_id_regex"),
            regex("sharding_key_regex"),
            section.integer("regex_search_limit", Hints.DEFAULT_LIMIT, 1, 1 << 20));
    DefaultShard defaultShard = defaultShard(shards.size());
    long mergeMemory =
        section.integer(MERGE_MEMORY, ShardingConfig.DEFAULT_MERGE_MEMORY, 1 << 10, 1 << 30);
    KeyUpdates keyUpdates = section.choice(KEY_UPDATES, KeyUpdates.MOVE);
    int node = section.integer(UNIQUE_ID_NODE, peers.own(), 0, 1023);
    if (shards.size() < 2) {
      withoutEffect();
      return ShardingConfig.NONE;
    }
    checkNode(node, peers, shared);
    return new ShardingConfig(
        tables, function, references, defaultShard, hints, mergeMemory, keyUpdates, node);
  }

  /** The function gives a remainder, so each one must be there. */
  private void checkNumbers(Map<Integer, ShardConfig> shards) {
    for (int number = 0; shards.size() > 1 && number < shards.size(); number++) {
      if (!shards.containsKey(number)) {
        section.fault(
            "shards",
            "shard "
                + number
                + " is missing: "
                + shards.size()
                + " shards have the numbers 0 to "
                + (shards.size() - 1));
      }
    }
  }

  /** Two processes that bear one number give the same ids sooner or later. */
  private void checkNode(int node, PeersConfig peers, boolean shared) {
    if (peers.all().size() > 1 && node != peers.own()) {
      section.fault(
          UNIQUE_ID_NODE,
          "must be the peer_id where there are [peers], or two of them could give the same ids;"
              + " remove it");
    } else if (shared && peers.own() == 0 && !section.has(UNIQUE_ID_NODE)) {
      section.fault(
          UNIQUE_ID_NODE,
          "another process on the port (so_reuseport) would give the same ids by"
              + " pglynx.unique_id(): give each its own peer_id");
    }
  }

  // ---- tables --------------------------------------------------------------------------------

  private void automatic(Function function, List<Table> tables) {
    String key = section.text(AUTOMATIC, "").replace("\"", "").toLowerCase(Locale.ROOT);
    if (key.isEmpty()) {
      return;
    }
    List<String> parts = List.of(key.split("\\.", -1));
    if (parts.size() != 2 || parts.stream().anyMatch(String::isEmpty)) {
      section.fault(AUTOMATIC, "expected \"table.column\" or \"*.column\"");
      return;
    }
    tables.add(new Table(parts.get(0), List.of(new Column(parts.get(1), Type.BIGINT)), function));
  }

  private static Table table(Section table, Function inherited, int shards) {
    String name = table.requiredText("name");
    List<Column> key = key(table);
    Function function = table.choice("function", inherited);
    boolean fixed = table.has("shard");
    List<Placement> mapping =
        fixed
            ? List.of(
                new Placement(
                    table.requiredInteger("shard", 0, shards - 1), List.of(), null, null, true))
            : new MappingReader(table, key, shards).read();
    Directory directory = new DirectoryReader(table, key, shards).read();
    Centroids centroids = new CentroidsReader(table, key).read();
    if (fixed && !key.isEmpty()) {
      table.fault("shard", "a table with all its rows on one shard has no key");
    } else if (!fixed && key.isEmpty()) {
      table.fault("columns", "must name the columns of the key");
    }
    if (function == Function.SHA1 && mapping.isEmpty() && key.size() > 1) {
      table.fault("function", "\"sha1\" takes one column");
    }
    onePlace(table);
    table.finish();
    return new Table(name, key, function, mapping, directory, centroids);
  }

  private static void onePlace(Section table) {
    List<String> given =
        List.of("function", "shard", "mapping", "directory", "centroids").stream()
            .filter(table::has)
            .toList();
    if (given.size() > 1) {
      table.fault(given.get(1), "\"" + given.getFirst() + "\" says already where rows live");
    }
  }

  private static List<Column> key(Section table) {
    List<String> columns = table.texts("columns");
    List<String> types = table.texts("types");
    if (!types.isEmpty() && types.size() != columns.size()) {
      table.fault("types", "must name as many types as there are columns");
    }
    List<Column> key = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      key.add(
          new Column(columns.get(i), i < types.size() ? type(table, types.get(i)) : Type.BIGINT));
    }
    return key;
  }

  private static Type type(Section table, String name) {
    for (Type type : Type.values()) {
      if (type.configName().equals(name)) {
        return type;
      }
    }
    List<String> names = List.of(Type.values()).stream().map(Type::configName).toList();
    table.fault("types", '"' + name + "\" is not one of " + String.join(", ", names));
    return Type.BIGINT;
  }

  private Set<String> references(List<Table> tables) {
    Set<String> references = new LinkedHashSet<>(section.texts(REFERENCES));
    Set<String> seen = new LinkedHashSet<>();
    for (Table table : tables) {
      if (!seen.add(table.name())) {
        section.fault(TABLES, "the table \"" + table.name() + "\" is given twice");
      }
      if (references.contains(table.name())) {
        section.fault(REFERENCES, '"' + table.name() + "\" is a sharded table, too");
      }
    }
    return references;
  }

  // ---- statements without a key --------------------------------------------------------------

  private DefaultShard defaultShard(int shards) {
    String value = section.text(DEFAULT_SHARD, "shard_0");
    if (value.equals("random")) {
      return new DefaultShard(DefaultShard.RANDOM);
    }
    if (value.equals("random_healthy")) {
      return new DefaultShard(DefaultShard.RANDOM_HEALTHY);
    }
    var numbered = NUMBERED.matcher(value);
    if (!numbered.matches()) {
      section.fault(DEFAULT_SHARD, "expected \"shard_N\", \"random\" or \"random_healthy\"");
      return new DefaultShard(0);
    }
    int number = Integer.parseInt(numbered.group(1));
    if (number >= Math.max(shards, 1)) {
      section.fault(DEFAULT_SHARD, "there is no shard " + number);
      return new DefaultShard(0);
    }
    return new DefaultShard(number);
  }

  private Optional<Pattern> regex(String key) {
    String text = section.text(key, "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      Pattern pattern = Pattern.compile(text);
      if (pattern.matcher("").groupCount() < 1) {
        section.fault(key, "must have a group, which is what it finds");
      }
      return Optional.of(pattern);
    } catch (PatternSyntaxException e) {
      section.fault(key, "is no regular expression: " + e.getDescription());
      return Optional.empty();
    }
  }

  private void withoutEffect() {
    String oneShard = "the pool has one shard";
    for (String key :
        List.of(
            "sharding_function",
            AUTOMATIC,
            TABLES,
            REFERENCES,
            DEFAULT_SHARD,
            "shard_id_regex",
            "sharding_key_regex",
            "regex_search_limit",
            MERGE_MEMORY,
            KEY_UPDATES,
            UNIQUE_ID_NODE)) {
      section.withoutEffect(key, oneShard);
    }
  }
}
