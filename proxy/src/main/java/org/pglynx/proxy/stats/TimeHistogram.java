package org.pglynx.proxy.stats;

import org.jspecify.annotations.Nullable;

/**
 * Counts how often something took how long: sixteen classes for each doubling between a microsecond
 * and 73 minutes, so that a percentile is off by 3 percent at most (the shape of HdrHistogram, by
 * Gil Tene). Only one thread records, without synchronisation; other threads may read counts that
 * are some microseconds old. The classes take 4 KB, from the first record on.
 */
public final class TimeHistogram {
  private static final int PARTS_BITS = 4;
  private static final int PARTS = 1 << PARTS_BITS;

  /** Shorter times are told apart by no clock that is worth reading. */
  private static final int SMALLEST_BITS = 10;

  private static final int LARGEST_BITS = 42;
  static final int CLASSES = 1 + (LARGEST_BITS - SMALLEST_BITS) * PARTS;

  private long @Nullable [] counts;

  /** One more took so long. */
  public void record(long nanos) {
    long[] all = counts;
    if (all == null) {
      all = new long[CLASSES];
      counts = all;
    }
    all[classOf(nanos)]++;
  }

  /** What has been recorded so far. */
  public Distribution snapshot() {
    long[] all = counts;
    return all == null ? Distribution.NONE : new Distribution(all.clone());
  }

  static int classOf(long nanos) {
    if (nanos < 1L << SMALLEST_BITS) {
      return 0;
    }
    int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
    if (bits >= LARGEST_BITS) {
      return CLASSES - 1;
    }
    int part = (int) (nanos >>> bits - PARTS_BITS) & PARTS - 1;
    return 1 + (bits - SMALLEST_BITS) * PARTS + part;
  }

  /** The middle of a class; 0 for what is too short to be told from nothing. */
  static long nanosOf(int index) {
    if (index == 0) {
      return 0;
    }
    int bits = SMALLEST_BITS + (index - 1) / PARTS;
    long part = PARTS + (index - 1) % PARTS;
    return (part << bits - PARTS_BITS) + (1L << bits - PARTS_BITS - 1);
  }
}
