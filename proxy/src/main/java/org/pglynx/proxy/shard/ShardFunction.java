package org.pglynx.proxy.shard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
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
   * The same for a statement, which may have to wait until the key has been looked up.
   *
   * @param since when it has asked first, or {@link Directory#NOT_ASKED}
   */
  default int shard(List<KeyValue> key, long since) throws UnplacedException {
    return shard(key);
  }

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

  /** What a table says, which may change. One key column. */
  record Lookup(Directory directory) implements ShardFunction {
    @Override
    public int shard(List<KeyValue> key) {
      throw new IllegalStateException("a key is looked up, which takes a while");
    }

    @Override
    public int shard(List<KeyValue> key, long since) throws UnplacedException {
      return directory.shard(key.getFirst(), since);
    }
  }

  /**
   * Vectors live where the nearest of some points does, which is on the shard of its number modulo
   * the number of shards; of two as near, the first. One key column.
   *
   * @param points all of as many dimensions
   * @param probes the shards of how many of the nearest have the rows nearest to a vector, as far
   *     as they are looked for; 0 for all
   */
  record Nearest(List<KeyValue.Point> points, int shards, int probes) implements ShardFunction {
    /** Copies the list. */
    public Nearest {
      points = List.copyOf(points);
    }

    @Override
    public int shard(List<KeyValue> key) {
      KeyValue.Point point = (KeyValue.Point) key.getFirst();
      return fits(point) ? nearest(point) % shards : NOWHERE;
    }

    /** Whether it has as many dimensions as the points. */
    boolean fits(KeyValue.Point point) {
      return point.values().length == points.getFirst().values().length;
    }

    /** The first of the nearest points; asked for each row that is stored. */
    private int nearest(KeyValue.Point point) {
      int nearest = 0;
      double least = points.getFirst().squaredDistance(point);
      for (int i = 1; i < points.size(); i++) {
        double distance = points.get(i).squaredDistance(point);
        if (distance < least) {
          least = distance;
          nearest = i;
        }
      }
      return nearest;
    }

    /** The shards of so many of the nearest points; of those as far as the last, the first ones. */
    BitSet near(KeyValue.Point point, int count) {
      double[] distances = new double[points.size()];
      for (int i = 0; i < distances.length; i++) {
        distances[i] = points.get(i).squaredDistance(point);
      }
      double[] sorted = distances.clone();
      Arrays.sort(sorted);
      int left = Math.min(count, sorted.length);
      double last = sorted[left - 1];
      BitSet near = new BitSet();
      for (int i = 0; i < distances.length; i++) {
        if (distances[i] < last) {
          near.set(i % shards);
          left--;
        }
      }
      for (int i = 0; i < distances.length && left > 0; i++) {
        if (distances[i] == last) {
          near.set(i % shards);
          left--;
        }
      }
      return near;
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
