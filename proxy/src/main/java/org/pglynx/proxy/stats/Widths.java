package org.pglynx.proxy.stats;

/**
 * How many shards statements went to.
 *
 * @param counts of statements, for each of the {@link #BOUNDS} and for more
 * @param sum of the shards of all
 */
public record Widths(long[] counts, long sum) {
  /** A statement is counted at the first that is not less than its number of shards. */
  static final int CLASSES = 8;

  /** 1, 2, 4, … 64. */
  public static final long[] BOUNDS = bounds();

  /** No statements. */
  public static final Widths NONE = new Widths(new long[CLASSES], 0);

  private static long[] bounds() {
    long[] bounds = new long[CLASSES - 1];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = 1L << i;
    }
    return bounds;
  }

  /** Where a number of shards is counted. */
  static int place(int shards) {
    return Math.min(CLASSES - 1, Integer.SIZE - Integer.numberOfLeadingZeros(shards - 1));
  }

  /** How many statements there were. */
  public long count() {
    long count = 0;
    for (long each : counts) {
      count += each;
    }
    return count;
  }

  /** Both together. */
  public Widths plus(Widths other) {
    long[] both = counts.clone();
    for (int i = 0; i < both.length; i++) {
      both[i] += other.counts[i];
    }
    return new Widths(both, sum + other.sum);
  }
}
