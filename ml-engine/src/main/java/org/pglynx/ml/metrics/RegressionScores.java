package org.pglynx.ml.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/** Scores of predicted quantities. */
public final class RegressionScores {
  private RegressionScores() {}

  /**
   * r2, mean_absolute_error and mean_squared_error; r2 is left out for fewer than two rows, where
   * it is not defined.
   */
  public static Map<String, Double> of(double[] truth, double[] predicted) {
    int n = truth.length;
    double mean = 0;
    for (double y : truth) {
      mean += y / n;
    }
    double absolute = 0;
    double squared = 0;
    double total = 0;
    for (int i = 0; i < n; i++) {
      double error = truth[i] - predicted[i];
      absolute += Math.abs(error);
      squared += error * error;
      total += (truth[i] - mean) * (truth[i] - mean);
    }
    Map<String, Double> scores = new LinkedHashMap<>();
    if (n >= 2) {
      scores.put("r2", r2(squared, total));
    }
    scores.put("mean_absolute_error", absolute / n);
    scores.put("mean_squared_error", squared / n);
    return scores;
  }

  /** Constant labels: 1 when all are met, else 0. */
  private static double r2(double squared, double total) {
    if (total > 0) {
      return 1 - squared / total;
    }
    return squared == 0 ? 1 : 0;
  }
}
