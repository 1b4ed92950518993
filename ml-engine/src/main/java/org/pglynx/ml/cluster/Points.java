package org.pglynx.ml.cluster;

import java.util.Arrays;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;
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

  /** Rows that all count the same. */
  static Points unweighted(float[] x, int width) {
    double[] weights = new double[x.length / width];
    Arrays.fill(weights, 1);
    return new Points(x, weights.length, width, weights);
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

  /** Refuses more rows than an algorithm can look at in pairs. */
  void requireAtMost(int most, String algorithm) {
    if (rows > most) {
      throw new MlException(
          Kind.BAD_DATA,
          "%d training rows are too many for algorithm \"%s\", which compares rows in pairs"
              .formatted(rows, algorithm),
          "Train on at most %d rows (a view with a sample), or use kmeans, mini_batch_kmeans or birch."
              .formatted(most));
    }
  }

  /** Some of the rows, perhaps some twice. */
  Points subset(int[] some) {
    double[] chosen = new double[some.length];
    for (int i = 0; i < some.length; i++) {
      chosen[i] = weights[some[i]];
    }
    return new Points(pick(some), some.length, width, chosen);
  }

  /** The features of some rows. */
  float[] pick(int[] some) {
    float[] picked = new float[some.length * width];
    for (int i = 0; i < some.length; i++) {
      System.arraycopy(x, some[i] * width, picked, i * width, width);
    }
    return picked;
  }

  /** The weighted sum of the squared distances from the nearest centres. */
  double inertia(double[] centres, CancelToken cancel) {
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      cancel.check();
      sum += weights[i] * distance(i, centres, Distances.nearest(x, i * width, centres, width));
    }
    return sum;
  }

  /** The squared distance between two rows. */
  double between(int a, int b) {
    return Distances.squared(x, a * width, x, b * width, width);
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
