package org.pglynx.ml.tree;

import java.util.Arrays;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;

/**
 * A training table whose values are replaced by the number of the bin that they fall in, a byte per
 * value. A column with few distinct values has a bin for each, others have bins of about as many
 * rows each; missing values have a bin of their own.
 */
final class BinnedTable {
  /** The bin of missing values. */
  static final int MISSING = 255;

  private final byte[][] bins;
  private final double[][] thresholds;
  private final boolean[] missing;

  BinnedTable(TrainingTable table, int maxBins, CancelToken cancel) {
    int p = table.width();
    this.bins = new byte[p][table.rows()];
    this.thresholds = new double[p][];
    this.missing = new boolean[p];
    for (int j = 0; j < p; j++) {
      cancel.check();
      float[] sorted = sorted(table, j);
      missing[j] = sorted.length < table.rows();
      thresholds[j] = thresholds(sorted, maxBins);
      for (int i = 0; i < table.rows(); i++) {
        float x = table.feature(i, j);
        bins[j][i] = (byte) (Float.isNaN(x) ? MISSING : bin(thresholds[j], x));
      }
    }
  }

  int width() {
    return bins.length;
  }

  /** The bin of each row in a column. */
  byte[] bins(int feature) {
    return bins[feature];
  }

  /** The number of bins of a column, that of missing values not counted. */
  int count(int feature) {
    return thresholds[feature].length + 1;
  }

  boolean hasMissing(int feature) {
    return missing[feature];
  }

  /** The number below which a value is in that bin or one before. */
  float below(int feature, int bin) {
    double threshold =
        bin < thresholds[feature].length ? thresholds[feature][bin] : Float.MAX_VALUE;
    return RankedTable.justAbove(threshold, Float.POSITIVE_INFINITY);
  }

  /** A column's values without the missing ones, ascending. */
  private static float[] sorted(TrainingTable table, int feature) {
    float[] values = new float[table.rows()];
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      float x = table.feature(i, feature);
      if (!Float.isNaN(x)) {
        values[n++] = x + 0f; // one zero only
      }
    }
    float[] sorted = Arrays.copyOf(values, n);
    Arrays.sort(sorted);
    return sorted;
  }

  private static double[] thresholds(float[] sorted, int maxBins) {
    double[] between = new double[sorted.length];
    int n = 0;
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] != sorted[i - 1]) {
        between[n++] = sorted[i - 1] * 0.5 + sorted[i] * 0.5;
      }
    }
    if (n + 1 <= maxBins) {
      return Arrays.copyOf(between, n);
    }
    double[] quantiles = new double[maxBins - 1];
    n = 0;
    for (int q = 1; q < maxBins; q++) {
      double position = (double) q / maxBins * (sorted.length - 1);
      int low = (int) Math.floor(position);
      int high = (int) Math.ceil(position);
      double value = sorted[low] * 0.5 + sorted[high] * 0.5;
      if (n == 0 || value != quantiles[n - 1]) {
        quantiles[n++] = value;
      }
    }
    return Arrays.copyOf(quantiles, n);
  }

  /** The first bin whose threshold is at least the value. */
  private static int bin(double[] thresholds, float x) {
    int low = 0;
    int high = thresholds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (x <= thresholds[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
