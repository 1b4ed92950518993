package org.pglynx.proxy.shard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The value of one key column, as far as placing its row needs it. NULL is none of these. */
public sealed interface KeyValue extends Comparable<KeyValue> {
  /** The value's hash as Postgres partitions by it. */
  long hash();

  /** The value in words, as {@code sha1} hashes it and messages show it. */
  String text();

  /** A smallint, integer or bigint. */
  record Whole(long value) implements KeyValue {
    @Override
    public long hash() {
      return PostgresHash.ofLong(value);
    }

    @Override
    public String text() {
      return Long.toString(value);
    }

    @Override
    public int compareTo(KeyValue other) {
      return Long.compare(value, ((Whole) other).value);
    }
  }

  /** A text or varchar of a deterministic collation: equal bytes, equal texts. In UTF-8. */
  record Text(byte[] bytes) implements KeyValue {
    /** Of a text. */
    public static Text of(String text) {
      return new Text(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public long hash() {
      return PostgresHash.ofBytes(bytes);
    }

    @Override
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /** By bytes, as in the collation C. */
    @Override
    public int compareTo(KeyValue other) {
      return Arrays.compareUnsigned(bytes, ((Text) other).bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Text that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /** A vector. */
  record Point(float[] values) implements KeyValue {
    /** Of a list. */
    public static Point of(List<Float> list) {
      float[] values = new float[list.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = list.get(i);
      }
      return new Point(values);
    }

    @Override
    public long hash() {
      throw new IllegalStateException("vectors live where the nearest centroid does");
    }

    @Override
    public String text() {
      return Arrays.toString(values);
    }

    /** The square of the distance, as pgvector's l2_distance and pgml.distance_l2 measure it. */
    double squaredDistance(Point other) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        double difference = (double) values[i] - other.values[i];
        sum += difference * difference;
      }
      return sum;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Point that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public int compareTo(KeyValue other) {
      throw new IllegalStateException("vectors have no order");
    }
  }

  /** A uuid. */
  record Uuid(UUID value) implements KeyValue {
    @Override
    public long hash() {
      byte[] bytes = new byte[16];
      ByteBuffer.wrap(bytes)
          .putLong(value.getMostSignificantBits())
          .putLong(value.getLeastSignificantBits());
      return PostgresHash.ofBytes(bytes);
    }

    @Override
    public String text() {
      return value.toString();
    }

    /** As memcmp does, and so Postgres. */
    @Override
    public int compareTo(KeyValue other) {
      UUID that = ((Uuid) other).value;
      int high =
          Long.compareUnsigned(value.getMostSignificantBits(), that.getMostSignificantBits());
      return high != 0
          ? high
          : Long.compareUnsigned(value.getLeastSignificantBits(), that.getLeastSignificantBits());
    }
  }
}
