package org.pglynx.proxy.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a database is spread over its shards.
 *
 * @param tables the tables whose rows are spread, by name; {@code *} stands for all others
 * @param function the function of keys that are named without a table
 * @param references tables that have the same rows on every shard
 * @param defaultShard where statements go that name no spread table
 * @param hints how comments name a shard
 * @param mergeMemory how many bytes of rows of all shards one statement may collect
 * @param keyUpdates what becomes of an UPDATE of a sharding key
 * @param uniqueIdNode which of the processes that give ids this one is
 */
public record ShardingConfig(
    List<Table> tables,
    Function function,
    Set<String> references,
    DefaultShard defaultShard,
    Hints hints,
    long mergeMemory,
    KeyUpdates keyUpdates,
    int uniqueIdNode) {
  /** As much as a client that reads all rows at once has, and not more than many can have. */
  public static final int DEFAULT_MERGE_MEMORY = 64 << 20;

  /** A database on one server. */
  public static final ShardingConfig NONE =
      new ShardingConfig(
          List.of(),
          Function.HASH,
          Set.of(),
          new DefaultShard(0),
          new Hints(Optional.empty(), Optional.empty(), Hints.DEFAULT_LIMIT),
          DEFAULT_MERGE_MEMORY,
          KeyUpdates.MOVE,
          0);

  /** One that moves rows whose key is changed. */
  public ShardingConfig(
      List<Table> tables,
      Function function,
      Set<String> references,
      DefaultShard defaultShard,
      Hints hints,
      long mergeMemory) {
    this(tables, function, references, defaultShard, hints, mergeMemory, KeyUpdates.MOVE, 0);
  }

  /** Copies the collections. */
  public ShardingConfig {
    tables = List.copyOf(tables);
    references = Set.copyOf(references);
  }

  /**
   * A table whose rows are spread.
   *
   * @param name the table's name, perhaps with its schema; {@link PoolConfig#ANY} for each table
   *     that is not named elsewhere
   * @param columns the columns of its key, in the order of PARTITION BY; none if all its rows are
   *     on one shard
   * @param function the function that gives a key its shard
   * @param mapping which keys live where, in place of the function; empty if the function says
   * @param directory the table that says where a key lives, in place of both; or null
   * @param centroids the places of vectors, in place of all of these; or null
   */
  public record Table(
      String name,
      List<Column> columns,
      Function function,
      List<Placement> mapping,
      @Nullable Directory directory,
      @Nullable Centroids centroids) {
    /** Copies the lists. */
    public Table {
      columns = List.copyOf(columns);
      mapping = List.copyOf(mapping);
    }

    /** One whose function or mapping says where keys live. */
    public Table(String name, List<Column> columns, Function function, List<Placement> mapping) {
      this(name, columns, function, mapping, null, null);
    }

    /** One whose function says where keys live. */
    public Table(String name, List<Column> columns, Function function) {
      this(name, columns, function, List.of());
    }
  }

  /**
   * Where some keys live.
   *
   * @param shard the shard
   * @param values these keys, as texts
   * @param from the first of a range of keys; null if there is none, or no range
   * @param to the first key behind the range; null if it has no end
   * @param rest whether all others live there, too
   */
  public record Placement(
      int shard, List<String> values, @Nullable Long from, @Nullable Long to, boolean rest) {
    /** Copies the list. */
    public Placement {
      values = List.copyOf(values);
    }

    /** Whether it holds a range. */
    public boolean ranges() {
      return from != null || to != null;
    }
  }

  /**
   * A table in which keys are looked up.
   *
   * @param table its name, perhaps with its schema
   * @param key its column that holds keys
   * @param shard its column that holds the number of a key's shard
   * @param on the shard that it is read on
   * @param maxAgeMillis how long what it has said is taken for true
   */
  public record Directory(String table, String key, String shard, int on, long maxAgeMillis) {}

  /**
   * Points of which the nearest says where a vector lives: the n-th is on shard n modulo the number
   * of shards.
   *
   * @param points all of as many dimensions
   * @param probes on the shards of how many of the nearest a query looks for the nearest rows; 0
   *     for all
   */
  public record Centroids(List<List<Float>> points, int probes) {
    /** Copies the lists. */
    public Centroids {
      points = points.stream().map(List::copyOf).toList();
    }
  }

  /** What becomes of an UPDATE of a sharding key whose row belongs to another shard then. */
  public enum KeyUpdates implements ConfigName {
    /** The row is moved. */
    MOVE("move"),
    /** The statement is refused. */
    REFUSE("refuse");

    private final String configName;

    KeyUpdates(String configName) {
      this.configName = configName;
    }

    @Override
    public String configName() {
      return configName;
    }
  }

  /** A column of a key. */
  public record Column(String name, Type type) {}

  /** The types that a key column may have. */
  public enum Type implements ConfigName {
    /** smallint. */
    SMALLINT("smallint"),
    /** integer. */
    INTEGER("integer"),
    /** bigint. */
    BIGINT("bigint"),
    /** text. */
    TEXT("text"),
    /** varchar. */
    VARCHAR("varchar"),
    /** uuid. */
    UUID("uuid"),
    /** vector, of the extension pgvector. */
    VECTOR("vector"),
    /** real[]. */
    REALS("real[]");

    private final String configName;

    Type(String configName) {
      this.configName = configName;
    }

    @Override
    public String configName() {
      return configName;
    }
  }

  /** Functions that give a key its shard. */
  public enum Function implements ConfigName {
    /** PARTITION BY HASH, of any types; the name is pgcat's, which has bigint alone. */
    HASH("pg_bigint_hash"),
    /** pgcat's second one. */
    SHA1("sha1");

    private final String configName;

    Function(String configName) {
      this.configName = configName;
    }

    @Override
    public String configName() {
      return configName;
    }
  }

  /**
   * Where statements go that name no spread table.
   *
   * @param number the shard, or {@link #RANDOM}, or {@link #RANDOM_HEALTHY}
   */
  public record DefaultShard(int number) {
    /** Any one, chosen anew each time. */
    public static final int RANDOM = -1;

    /** Any one that was to be reached when it was last tried. */
    public static final int RANDOM_HEALTHY = -2;
  }

  /**
   * How comments name a shard.
   *
   * @param shard finds a shard's number as its first group
   * @param key finds a key as its first group
   * @param limit how many characters of a text are searched
   */
  public record Hints(Optional<Pattern> shard, Optional<Pattern> key, int limit) {
    /** pgcat's. */
    public static final int DEFAULT_LIMIT = 1_000;
  }
}
