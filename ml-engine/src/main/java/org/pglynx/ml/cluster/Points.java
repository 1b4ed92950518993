package org.pglynx.ml.cluster;

import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * The rows that are grouped.
 *
 * @param x row-major features
 * @param rows how many
 * @param width features of a row
 * @param weights how much each row counts
 */
record Points(float[] x, int rows, int width, double[] weights) {
  /** The rows of a table. */
  static Points of(TrainingTable table) {
    double[] weights = new double[table.rows()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = table.weight(i);
    }
    return new Points(table.x(), table.rows(), table.width(), weights);
  }

  /** Refuses to make more groups than there are rows. */
  void requireAtLeast(int groups, String parameter) {
    if (rows < groups) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "%s = %d is more than the %d training rows".formatted(parameter, groups, rows),
          "Use more rows or fewer groups.");
    }
  }

  /** A row as a centre. */
  void copyTo(int row, double[] centres, int centre) {
    for (int j = 0; j < width; j++) {
      centres[centre * width + j] = x[row * width + j];
    }
  }

  /** The squared distance of a row from a centre. */
  double distance(int row, double[] centres, int centre) {
    return Distances.squared(x, row * width, centres, centre * width, width);
  }

  /** The mean over the features of their variances, by which tolerances are scaled. */
  double meanVariance() {
    double total = 0;
    for (int j = 0; j < width; j++) {
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < rows; i++) {
        double delta = x[i * width + j] - mean;
        mean += delta / (i + 1);
        squares += delta * (x[i * width + j] - mean);
      }
      total += squares / rows;
    }
    return total / width;
  }
}
