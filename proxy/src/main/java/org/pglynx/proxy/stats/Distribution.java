package org.pglynx.proxy.stats;

/** How often something took how long, at a moment or between two. Immutable. */
public final class Distribution {
  /** Nothing happened. */
  public static final Distribution NONE = new Distribution(new long[0]);

  private final long[] counts;
  private final long total;

  Distribution(long[] counts) {
    this.counts = counts;
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    this.total = sum;
  }

  /** How often. */
  public long count() {
    return total;
  }

  /** Both together. */
  public Distribution plus(Distribution other) {
    if (other.total == 0 || total == 0) {
      return total == 0 ? other : this;
    }
    long[] sums = counts.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.counts[i];
    }
    return new Distribution(sums);
  }

  /** What has come since; an earlier one that is not part of this one takes nothing away. */
  public Distribution since(Distribution earlier) {
    if (earlier.total == 0 || total == 0) {
      return this;
    }
    long[] differences = counts.clone();
    for (int i = 0; i < differences.length; i++) {
      // A pool that has been dropped since has taken its counts with it.
      differences[i] = Math.max(0, differences[i] - earlier.counts[i]);
    }
    return new Distribution(differences);
  }

  /**
   * How many took less than {@code 1 << bits} nanoseconds; exact, as that is a border of classes.
   *
   * @param bits not below what is the smallest time that is told apart
   */
  long countBelow(int bits) {
    int border = Math.min(TimeHistogram.classOf(1L << bits), counts.length);
    long sum = 0;
    for (int i = 0; i < border; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /**
   * The time that so many of all took at most, by the nearest rank; 0 if there are none.
   *
   * @param perMille 500 is the median, 999 leaves out one in a thousand
   */
  public long nanosAt(int perMille) {
    long rank = Math.max(1, Math.ceilDiv(total * perMille, 1000L));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return TimeHistogram.nanosOf(i);
      }
    }
    return 0;
  }
}
