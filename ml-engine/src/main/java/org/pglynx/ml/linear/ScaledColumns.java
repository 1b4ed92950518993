package org.pglynx.ml.linear;

import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;

/**
 * Columns brought to one scale, so that a search in them is as short in every direction; weights
 * found there are brought back. Without an intercept columns must not be shifted, only scaled.
 */
public final class ScaledColumns {
  private static final int ROWS_BETWEEN_CHECKS = 4096;

  private final TrainingTable table;
  private final double[] mean;
  private final double[] scale;

  /**
   * Measures the columns.
   *
   * @param centred whether they are shifted to a mean of 0
   */
  public ScaledColumns(TrainingTable table, boolean centred, CancelToken cancel) {
    this.table = table;
    int p = table.width();
    this.mean = new double[p];
    this.scale = new double[p];
    for (int i = 0; centred && i < table.rows(); i++) {
      check(i, cancel);
      for (int j = 0; j < p; j++) {
        mean[j] += table.feature(i, j) / (double) table.rows();
      }
    }
    for (int i = 0; i < table.rows(); i++) {
      check(i, cancel);
      for (int j = 0; j < p; j++) {
        double d = table.feature(i, j) - mean[j];
        scale[j] += d * d;
      }
    }
    for (int j = 0; j < p; j++) {
      double deviation = Math.sqrt(scale[j] / table.rows());
      scale[j] = deviation == 0 ? 1 : deviation;
    }
  }

  /** What the column is divided by. */
  public double scale(int j) {
    return scale[j];
  }

  /** Fills a row, as many features as there are. */
  public void fill(int row, double[] into) {
    for (int j = 0; j < scale.length; j++) {
      into[j] = (table.feature(row, j) - mean[j]) / scale[j];
    }
  }

  /** The weights of the columns as they were. */
  public double[] weights(double[] v) {
    double[] weights = new double[scale.length];
    for (int j = 0; j < weights.length; j++) {
      weights[j] = v[j] / scale[j];
    }
    return weights;
  }

  /** The intercept that belongs to these weights, from the one of the shifted columns. */
  public double intercept(double[] weights, double shifted) {
    double intercept = shifted;
    for (int j = 0; j < weights.length; j++) {
      intercept -= weights[j] * mean[j];
    }
    return intercept;
  }

  private static void check(int row, CancelToken cancel) {
    if (row % ROWS_BETWEEN_CHECKS == 0) {
      cancel.check();
    }
  }
}
