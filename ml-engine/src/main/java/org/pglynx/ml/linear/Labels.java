package org.pglynx.ml.linear;

import org.pglynx.ml.algo.TrainingTable;

/** Figures of labels and weights that several fits start or stop from. */
final class Labels {
  private Labels() {}

  /**
   * The variance of the labels as a fit sees them: centred by the weighted mean when there is an
   * intercept, then scaled by the roots of the weights.
   */
  static double scaledVariance(TrainingTable table, LeastSquares problem, boolean intercept) {
    double mean = intercept ? problem.labelMean(0) : 0;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < table.rows(); i++) {
      double label = Math.sqrt(table.weight(i)) * (table.y()[i] - mean);
      sum += label;
      squares += label * label;
    }
    double average = sum / table.rows();
    return Math.max(squares / table.rows() - average * average, 0);
  }

  /** The sum of the absolute differences. */
  static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += Math.abs(a[j] - b[j]);
    }
    return sum;
  }
}
