package org.pglynx.ml.data;

import java.util.Arrays;

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
    int[] histogram,
    float[] ventiles) {
  private static final int BINS = 20;

  /** Statistics of these values; NaN is missing. The array is reordered. */
  public static ColumnStatistics of(float[] values) {
    FloatSort.sort(values); // NaN sorts last
    int n = values.length;
    while (n > 0 && Float.isNaN(values[n - 1])) {
      n--;
    }
    float[] sorted = Arrays.copyOf(values, n);
    int missing = values.length - n;
    if (n == 0) {
      float nan = Float.NaN;
      return new ColumnStatistics(
          nan, nan, nan, nan, nan, nan, nan, nan, missing, 0, new int[BINS], new float[BINS - 1]);
    }
    double mean = mean(sorted);
    double variance = variance(sorted, mean);
    float min = sorted[0];
    float max = sorted[n - 1];
    return new ColumnStatistics(
        min,
        max,
        Math.max(Math.abs(min), Math.abs(max)),
        (float) mean,
        sorted[n / 2],
        mode(sorted),
        (float) variance,
        (float) Math.sqrt(variance),
        missing,
        distinct(sorted),
        histogram(sorted),
        ventiles(sorted));
  }

  private static double mean(float[] sorted) {
    double sum = 0;
    for (float value : sorted) {
      sum += value;
    }
    return sum / sorted.length;
  }

  private static double variance(float[] sorted, double mean) {
    double sum = 0;
    for (float value : sorted) {
      sum += (value - mean) * (value - mean);
    }
    return sum / sorted.length;
  }

  private static int distinct(float[] sorted) {
    int count = 1;
    for (int i = 1; i < sorted.length; i++) {
      count += sorted[i] == sorted[i - 1] ? 0 : 1;
    }
    return count;
  }

  private static float mode(float[] sorted) {
    float[] winners = new float[sorted.length];
    int count = 0;
    int best = 0;
    for (int i = 0, start = 0; i < sorted.length; i++) {
      boolean last = i + 1 == sorted.length || sorted[i + 1] != sorted[i];
      if (!last) {
        continue;
      }
      int length = i + 1 - start;
      count = length > best ? 0 : count;
      if (length >= best) {
        best = length;
        winners[count++] = sorted[i];
      }
      start = i + 1;
    }
    return winners[count / 2];
  }

  private static int[] histogram(float[] sorted) {
    int[] bins = new int[BINS];
    double min = sorted[0];
    double width = (sorted[sorted.length - 1] - min) / BINS;
    for (float value : sorted) {
      int bin = width > 0 ? (int) ((value - min) / width) : 0;
      bins[Math.min(bin, BINS - 1)]++;
    }
    return bins;
  }

  private static float[] ventiles(float[] sorted) {
    float[] cuts = new float[BINS - 1];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = sorted[(int) ((long) (i + 1) * sorted.length / BINS)];
    }
    return cuts;
  }
}
