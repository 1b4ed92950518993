package org.pglynx.proxy.shard;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * A table that says where keys live, as far as it has been read. What it has said of a key is taken
 * for true for so long as configured; that it has no row for a key holds for those statements alone
 * that have waited for it, so that a new row is seen at once. Shared by all threads.
 */
final class Directory {
  /** Nothing has been looked up for a statement. */
  static final long NOT_ASKED = 0;

  /**
   * More keys than a busy minute has, and four times those of the longest statement; older ones are
   * looked up again.
   */
  static final long MAX_BYTES = 64 << 20;

  /** An entry of a map, its key and its value, without the bytes of a text. */
  private static final int BYTES_OF_ENTRY = 160;

  /**
   * What the table has said.
   *
   * @param readAt when it was asked, before it answered
   */
  private record Entry(int shard, long readAt) {}

  private final ShardingConfig.Directory config;
  private final KeyType type;
  private final int shards;
  private final Map<KeyValue, Entry> known = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();

  /** One of which nothing has been read. */
  Directory(ShardingConfig.Directory config, KeyType type, int shards) {
    this.config = config;
    this.type = type;
    this.shards = shards;
  }

  /** The table's name. */
  String name() {
    return config.table();
  }

  /** The shard that it is read on. */
  int on() {
    return config.on();
  }

  /** The type of its keys. */
  KeyType type() {
    return type;
  }

  /**
   * The shard of a key, or {@link ShardFunction#NOWHERE}.
   *
   * @param since when the statement has asked first, or {@link #NOT_ASKED}: what was read since
   *     then holds for it
   */
  int shard(KeyValue key, long since) throws UnplacedException {
    Entry entry = known.get(key);
    if (entry != null && holds(entry, since)) {
      return entry.shard;
    }
    throw new UnplacedException(this, key);
  }

  private boolean holds(Entry entry, long since) {
    boolean asked = since != NOT_ASKED && entry.readAt - since >= 0;
    long age = System.nanoTime() - entry.readAt;
    return asked
        || entry.shard != ShardFunction.NOWHERE
            && age < TimeUnit.MILLISECONDS.toNanos(config.maxAgeMillis());
  }

  // ---- questions -----------------------------------------------------------------------------

  /**
   * What the table is asked for the keys. Their texts come from clients, so they are given as
   * digits: nothing in them can end a literal, whatever the connection's settings are.
   */
  String question(Collection<KeyValue> keys) {
    List<String> texts = new ArrayList<>();
    for (KeyValue key : keys) {
      String digits = HexFormat.of().formatHex(key.text().getBytes(StandardCharsets.UTF_8));
      texts.add(
          "pg_catalog.convert_from(pg_catalog.decode('%s', 'hex'), 'UTF8')::%s"
              .formatted(digits, type.sqlName()));
    }
    return rows()
        + " WHERE "
        + Literals.quoteIdentifier(config.key())
        + " IN ("
        + String.join(", ", texts)
        + ")";
  }

  /** What gives all of it; no row is of the key NULL. */
  String all() {
    return rows() + " WHERE " + Literals.quoteIdentifier(config.key()) + " IS NOT NULL";
  }

  private String rows() {
    String key = Literals.quoteIdentifier(config.key());
    return ("SELECT pg_catalog.concat(%s, ' ', pg_catalog.encode("
            + "pg_catalog.convert_to(%s::pg_catalog.text, 'UTF8'), 'hex')) FROM %s")
        .formatted(Literals.quoteIdentifier(config.shard()), key, table());
  }

  private String table() {
    List<String> parts = new ArrayList<>();
    for (String part : config.table().split("\\.", -1)) {
      parts.add(Literals.quoteIdentifier(part));
    }
    return String.join(".", parts);
  }

  // ---- answers -------------------------------------------------------------------------------

  /**
   * It was asked for the keys, and has answered with rows.
   *
   * @return why some of the keys have no place that can be told
   */
  Map<KeyValue, PgError> learn(Collection<KeyValue> keys, List<String> rows, long readAt) {
    Map<KeyValue, Integer> said = new HashMap<>();
    Map<KeyValue, PgError> errors = new HashMap<>();
    PgError illegible = null;
    for (String row : rows) {
      try {
        KeyValue key = key(row);
        PgError error = note(row, key, said);
        if (error != null) {
          errors.putIfAbsent(key, error);
        }
      } catch (PgErrorException e) {
        illegible = e.error();
      }
    }
    if (bytes.get() > MAX_BYTES) {
      known.clear();
      bytes.set(0);
    }
    for (KeyValue key : keys) {
      if (illegible != null && !said.containsKey(key)) {
        // The row may have been about this one.
        errors.putIfAbsent(key, illegible);
      }
      if (!errors.containsKey(key)) {
        keep(key, new Entry(said.getOrDefault(key, ShardFunction.NOWHERE), readAt));
      }
    }
    return errors;
  }

  private void keep(KeyValue key, Entry entry) {
    if (known.put(key, entry) == null) {
      int text = key instanceof KeyValue.Text of ? of.bytes().length : 0;
      bytes.addAndGet(BYTES_OF_ENTRY + text);
    }
  }

  /** About how much memory is taken by what is known. */
  long bytes() {
    return bytes.get();
  }

  /** Reads a row of an answer. */
  void read(String row, Map<KeyValue, Integer> into) throws PgErrorException {
    PgError error = note(row, key(row), into);
    if (error != null) {
      throw error.toException();
    }
  }

  private KeyValue key(String row) throws PgErrorException {
    byte[] text = HexFormat.of().parseHex(row, row.indexOf(' ') + 1, row.length());
    return type.ofText(new String(text, StandardCharsets.UTF_8));
  }

  /** Notes the shard that the row gives the key; gives what is wrong with it. */
  private @Nullable PgError note(String row, KeyValue key, Map<KeyValue, Integer> into) {
    String digits = row.substring(0, row.indexOf(' '));
    int shard = digits.matches("\\d{1,6}") ? Integer.parseInt(digits) : shards;
    Integer other = into.put(key, shard);
    if (shard >= shards) {
      return broken(
          "the directory \"%s\" has no shard for the key (%s)",
          key, "It says \"" + digits + "\", and there are " + shards + " shards, from 0 on.");
    }
    return other == null || other == shard
        ? null
        : broken("the directory \"%s\" has two shards for the key (%s)", key, null);
  }

  private PgError broken(String message, KeyValue key, @Nullable String detail) {
    PgError error =
        PgError.error(SqlState.NOT_IN_PREREQUISITE_STATE, message.formatted(name(), key.text()))
            .withHint("Give it one row for each key, with the number of a shard.");
    return detail == null ? error : error.withDetail(detail);
  }
}
