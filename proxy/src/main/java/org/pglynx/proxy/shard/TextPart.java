package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Oid;

/** A part of a text that may depend on the types of what was collected. */
sealed interface TextPart {
  /** The words; null if there are none for such types. */
  @Nullable String of(int[] types);

  /** Words that depend on nothing. */
  static TextPart of(String words) {
    return new Words(words);
  }

  /** See {@link #of(String)}. */
  record Words(String words) implements TextPart {
    @Override
    public String of(int[] types) {
      return words;
    }
  }

  /**
   * An aggregate of all rows, of those of each shard.
   *
   * @param name of the aggregate
   * @param partial the column that holds those of each shard
   * @param count for an average, the column that holds the numbers of rows
   */
  record Whole(String name, int partial, int count) implements TextPart {
    private static final int INTERVAL = 1186;
    private static final int MONEY = 790;

    @Override
    public @Nullable String of(int[] types) {
      String part = Collected.column(partial);
      int type = types[partial];
      return switch (name) {
        case "count" -> "coalesce(pg_catalog.sum(" + part + "), 0)::pg_catalog.int8";
        case "sum" -> sum(part, type);
        case "avg" -> average(part, type);
        default -> "pg_catalog." + name + "(" + part + ")";
      };
    }

    /** Sums of floating numbers are added as those of the workers of a parallel plan are. */
    private static @Nullable String sum(String part, int type) {
      return switch (type) {
        case Oid.INT8 -> "pg_catalog.sum(" + part + ")::pg_catalog.int8";
        case Oid.NUMERIC, Oid.FLOAT4, Oid.FLOAT8, INTERVAL, MONEY -> "pg_catalog.sum(" + part + ")";
        default -> null;
      };
    }

    /** As numeric_avg and others: the sum divided by the number (numeric.c, float.c). */
    private @Nullable String average(String part, int type) {
      String rows = "nullif(pg_catalog.sum(" + Collected.column(count) + "), 0)";
      return switch (type) {
        case Oid.INT8, Oid.NUMERIC -> "(pg_catalog.sum(" + part + ")::numeric / " + rows + ")";
        case Oid.FLOAT8, INTERVAL ->
            "(pg_catalog.sum(" + part + ") / " + rows + "::pg_catalog.float8)";
        // That of real is one of double precision, but its sum is not.
        default -> null;
      };
    }
  }
}
