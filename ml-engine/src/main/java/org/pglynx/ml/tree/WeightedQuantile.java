package org.pglynx.ml.tree;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Quantiles of numbers that may have weights. */
final class WeightedQuantile {
  private WeightedQuantile() {}

  /**
   * The quantile: linear between neighbours without weights, else the smallest number that has at
   * least that share of the weight at or below it, which are scikit-learn's two ways.
   */
  static double of(double[] values, double @Nullable [] weights, double share) {
    if (values.length == 0) {
      return 0;
    }
    if (weights == null) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      double position = share * (sorted.length - 1);
      int low = (int) Math.floor(position);
      int high = Math.min(sorted.length - 1, low + 1);
      return sorted[low] + (position - low) * (sorted[high] - sorted[low]);
    }
    return weighted(values, weights, share);
  }

  private static double weighted(double[] values, double[] weights, double share) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
    double total = Arrays.stream(weights).sum();
    double sum = 0;
    for (int i : order) {
      sum += weights[i];
      if (sum >= share * total) {
        return values[i];
      }
    }
    return values[order[order.length - 1]];
  }
}
