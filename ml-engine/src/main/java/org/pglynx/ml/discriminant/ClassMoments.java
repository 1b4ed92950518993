package org.pglynx.ml.discriminant;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** Means of classes, and products of the deviations from them. */
final class ClassMoments {
  /** A square matrix of 72 MB, and its eigenvectors. */
  private static final int MAX_FEATURES = 3000;

  private static final int ROWS_BETWEEN_CHECKS = 64;

  private final TrainingTable table;
  private final FitContext context;
  private final int p;
  private final int[] counts;
  private final double[] means;

  ClassMoments(TrainingTable table, FitContext context) {
    if (table.width() > MAX_FEATURES) {
      throw new MlException(
          Kind.BAD_DATA,
          "algorithm \"%s\" takes at most %d features, but there are %d"
              .formatted(table.info().algorithm(), MAX_FEATURES, table.width()),
          "Train on fewer features, or use 'linear' or 'xgboost'.");
    }
    this.table = table;
    this.context = context;
    this.p = table.width();
    this.counts = new int[table.classCount()];
    this.means = new double[counts.length * p];
    for (int i = 0; i < table.rows(); i++) {
      check(i);
      int c = (int) table.y()[i];
      counts[c]++;
      for (int j = 0; j < p; j++) {
        means[c * p + j] += table.feature(i, j);
      }
    }
    for (int at = 0; at < means.length; at++) {
      means[at] /= counts[at / p];
    }
  }

  /** Rows of each class. */
  int[] counts() {
    return counts;
  }

  /** Classes × features. */
  double[] means() {
    return means;
  }

  /** The mean of the classes' means, each counting as much as its prior. */
  double[] centre(double[] priors) {
    double[] centre = new double[p];
    for (int at = 0; at < means.length; at++) {
      centre[at % p] += priors[at / p] * means[at];
    }
    return centre;
  }

  /** The sum of (x − m)(x − m)ᵀ over the rows of one class, or of all when it is negative. */
  double[][] scatter(int wanted) {
    double[][] scatter = new double[p][p];
    double[] d = new double[p];
    for (int i = 0; i < table.rows(); i++) {
      check(i);
      int c = (int) table.y()[i];
      if (wanted < 0 || c == wanted) {
        for (int j = 0; j < p; j++) {
          d[j] = table.feature(i, j) - means[c * p + j];
        }
        addSquare(scatter, d);
      }
    }
    for (int j = 0; j < p; j++) {
      for (int k = 0; k < j; k++) {
        scatter[k][j] = scatter[j][k];
      }
    }
    return scatter;
  }

  private static void addSquare(double[][] lower, double[] d) {
    for (int j = 0; j < d.length; j++) {
      double[] row = lower[j];
      for (int k = 0; k <= j; k++) {
        row[k] += d[j] * d[k];
      }
    }
  }

  /**
   * How much of the class's covariance in standardised features is noise (Ledoit, Wolf 2004).
   *
   * @param deviations of the class's features, none of them 0
   */
  double noise(int wanted, double[] deviations, double[][] correlation) {
    double fourth = 0;
    for (int i = 0; i < table.rows(); i++) {
      check(i);
      if ((int) table.y()[i] == wanted) {
        double squares = 0;
        for (int j = 0; j < p; j++) {
          double z = (table.feature(i, j) - means[wanted * p + j]) / deviations[j];
          squares += z * z;
        }
        fourth += squares * squares;
      }
    }
    double n = counts[wanted];
    double trace = 0;
    double squared = 0;
    for (int j = 0; j < p; j++) {
      trace += correlation[j][j];
      for (int k = 0; k < p; k++) {
        squared += correlation[j][k] * correlation[j][k];
      }
    }
    double mean = trace / p;
    double distance = (squared - 2 * mean * trace + p * mean * mean) / p;
    double error = (fourth / n - squared) / (p * n);
    return distance > 0 ? Math.clamp(error / distance, 0, 1) : 0;
  }

  private void check(int row) {
    if (row % ROWS_BETWEEN_CHECKS == 0) {
      context.cancel().check();
    }
  }
}
