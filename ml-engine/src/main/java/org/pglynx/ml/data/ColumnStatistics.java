package org.pglynx.ml.data;

/**
 * What {@code pgml.snapshots.columns} stores about a column, over its non-missing values.
 *
 * @param min smallest value
 * @param max largest value
 * @param maxAbs largest absolute value
 * @param mean arithmetic mean
 * @param median middle of the sorted values
 * @param mode most frequent value, the middle one of several
 * @param variance population variance
 * @param stdDev its square root
 * @param missing values that are missing
 * @param distinct different values
 * @param outliersBelow values further below the first quartile than 1.5 times the distance of the
 *     quartiles (Tukey 1977)
 * @param outliersAbove values as far above the third one
 * @param histogram counts of 20 equal bins between min and max
 * @param ventiles the 19 values that cut the sorted column in 20 equal parts
 */
public record ColumnStatistics(
    float min,
    float max,
    float maxAbs,
    float mean,
    float median,
    float mode,
    float variance,
    float stdDev,
    int missing,
    int distinct,
    int outliersBelow,
    int outliersAbove,
    int[] histogram,
    float[] ventiles) {
  private static final int BINS = 20;
  private static final double FENCE = 1.5;

  /** Statistics of these values; NaN is missing. The array is reordered. */
  public static ColumnStatistics of(float[] values) {
    return of(values, new FloatSort());
  }

  /** The same with a sorter whose memory is used again for the next column. */
  static ColumnStatistics of(float[] values, FloatSort sort) {
    sort.sort(values); // NaN sorts last
    int n = values.length;
    while (n > 0 && Float.isNaN(values[n - 1])) {
      n--;
    }
    int missing = values.length - n;
    if (n == 0) {
      float nan = Float.NaN;
      return new ColumnStatistics(
          nan,
          nan,
          nan,
          nan,
          nan,
          nan,
          nan,
          nan,
          missing,
          0,
          0,
          0,
          new int[BINS],
          new float[BINS - 1]);
    }
    Runs runs = Runs.of(values, n);
    double mean = runs.mean();
    double variance = variance(values, n, mean);
    float min = values[0];
    float max = values[n - 1];
    float[] ventiles = ventiles(values, n);
    double low = ventiles[BINS / 4 - 1];
    double high = ventiles[3 * BINS / 4 - 1];
    return new ColumnStatistics(
        min,
        max,
        Math.max(Math.abs(min), Math.abs(max)),
        (float) mean,
        values[n / 2],
        runs.mode(values, n),
        (float) variance,
        (float) Math.sqrt(variance),
        missing,
        runs.distinct(),
        countBelow(values, n, low - FENCE * (high - low)),
        countAbove(values, n, high + FENCE * (high - low)),
        histogram(values, n),
        ventiles);
  }

  private static int countBelow(float[] sorted, int n, double fence) {
    int count = 0;
    while (count < n && sorted[count] < fence) {
      count++;
    }
    return count;
  }

  private static int countAbove(float[] sorted, int n, double fence) {
    int count = 0;
    while (count < n && sorted[n - 1 - count] > fence) {
      count++;
    }
    return count;
  }

  /** In rising order: another one rounds otherwise. */
  private static double variance(float[] sorted, int n, double mean) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (sorted[i] - mean) * (sorted[i] - mean);
    }
    return sum / n;
  }

  /**
   * Equal values, side by side.
   *
   * @param mean of all values
   * @param distinct how many runs there are
   * @param longest the length of the longest
   */
  private record Runs(double mean, int distinct, int longest) {
    static Runs of(float[] sorted, int n) {
      double sum = 0.0 + sorted[0]; // never -0
      int distinct = 1;
      int longest = 1;
      for (int i = 1; i < n; i++) {
        float value = sorted[i];
        sum += value;
        distinct += value == sorted[i - 1] ? 0 : 1;
        if (i >= longest && value == sorted[i - longest]) {
          longest++;
        }
      }
      return new Runs(sum / n, distinct, longest);
    }

    /** The middle one of the longest: no run reaches so far but one of those. */
    float mode(float[] sorted, int n) {
      int reach = longest - 1;
      int before = winners(sorted, n) / 2;
      for (int start = 0; ; start++) {
        if (sorted[start] == sorted[start + reach] && before-- == 0) {
          return sorted[start];
        }
      }
    }

    private int winners(float[] sorted, int n) {
      int reach = longest - 1;
      int winners = 0;
      for (int end = reach; end < n; end++) {
        winners += sorted[end] == sorted[end - reach] ? 1 : 0;
      }
      return winners;
    }
  }

  /** Bins rise with the values, so that their ends can be looked for. */
  private static int[] histogram(float[] sorted, int n) {
    int[] bins = new int[BINS];
    double min = sorted[0];
    double width = (sorted[n - 1] - min) / BINS;
    int from = 0;
    for (int bin = 0; bin < BINS; bin++) {
      int end = end(sorted, from, n, min, width, bin);
      bins[bin] = end - from;
      from = end;
    }
    return bins;
  }

  /** Where values of later bins begin. */
  private static int end(float[] sorted, int from, int n, double min, double width, int bin) {
    int low = from;
    int high = n;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (bin(sorted[middle], min, width) <= bin) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int bin(float value, double min, double width) {
    return Math.min(width > 0 ? (int) ((value - min) / width) : 0, BINS - 1);
  }

  private static float[] ventiles(float[] sorted, int n) {
    float[] cuts = new float[BINS - 1];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = sorted[(int) ((long) (i + 1) * n / BINS)];
    }
    return cuts;
  }
}
