package org.pglynx.proxy.shard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Gives each key its shard. Immutable. */
public sealed interface ShardFunction {
  /** What a key that no shard takes is given. */
  int NOWHERE = -1;

  /**
   * The shard of rows with this key, or {@link #NOWHERE}.
   *
   * @param key the values of all key columns, in order, none of them NULL
   */
  int shard(List<KeyValue> key);

  /**
   * Postgres' own PARTITION BY HASH: the shard is the remainder of the partition that holds the
   * row, so that the tables of the shards may be partitions, and the server refuses a misplaced row
   * itself.
   *
   * @param shards the modulus
   */
  record Hash(int shards) implements ShardFunction {
    @Override
    public int shard(List<KeyValue> key) {
      long row = 0;
      for (KeyValue each : key) {
        row = PostgresHash.combine(row, each.hash());
      }
      return (int) Long.remainderUnsigned(row, shards);
    }
  }

  /**
   * pgcat's {@code sha1}: the last four bytes of the SHA-1 of the key in words, as a number without
   * sign (its comment speaks of eight bytes; they are eight digits). One key column.
   */
  record Sha1(int shards) implements ShardFunction {
    @Override
    public int shard(List<KeyValue> key) {
      byte[] digest = digest(key.getFirst().text().getBytes(StandardCharsets.UTF_8));
      int last = ByteBuffer.wrap(digest).getInt(digest.length - Integer.BYTES);
      return Integer.remainderUnsigned(last, shards);
    }

    private static byte[] digest(byte[] bytes) {
      try {
        return MessageDigest.getInstance("SHA-1").digest(bytes);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-1", e);
      }
    }
  }

  /** All rows of a table on one shard, whatever they hold. */
  record Fixed(int shard) implements ShardFunction {
    @Override
    public int shard(List<KeyValue> key) {
      return shard;
    }
  }

  /**
   * Listed values, then ranges, then the rest. One key column.
   *
   * @param listed shards of single values
   * @param ranges by first value; each ends before its own end, and none overlaps another
   * @param rest where all else lives, or {@link #NOWHERE}
   */
  record Mapping(Map<KeyValue, Integer> listed, NavigableMap<KeyValue, Range> ranges, int rest)
      implements ShardFunction {
    /** Copies the maps. */
    public Mapping {
      listed = Map.copyOf(listed);
      ranges = Collections.unmodifiableNavigableMap(new TreeMap<>(ranges));
    }

    @Override
    public int shard(List<KeyValue> key) {
      KeyValue value = key.getFirst();
      Integer own = listed.get(value);
      if (own != null) {
        return own;
      }
      Map.Entry<KeyValue, Range> range = ranges.floorEntry(value);
      return range != null && range.getValue().reaches(value) ? range.getValue().shard() : rest;
    }
  }

  /**
   * A range of values that live on one shard.
   *
   * @param end the first value behind it; null for a range without end
   */
  record Range(@Nullable KeyValue end, int shard) {
    private boolean reaches(KeyValue value) {
      return end == null || value.compareTo(end) < 0;
    }
  }
}
