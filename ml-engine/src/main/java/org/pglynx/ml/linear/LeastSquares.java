package org.pglynx.ml.linear;

import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.StreamingQr;
import org.pglynx.ml.model.CancelToken;

/**
 * A least-squares problem reduced to a small triangle. Columns are centred first when there is an
 * intercept, as in scikit-learn: the intercept is then never penalised and follows from the means.
 */
final class LeastSquares {
  private static final int ROWS_BETWEEN_CHECKS = 256;

  private final double[] xMean;
  private final double[] yMean;
  private final StreamingQr.Result qr;

  private LeastSquares(double[] xMean, double[] yMean, StreamingQr.Result qr) {
    this.xMean = xMean;
    this.yMean = yMean;
    this.qr = qr;
  }

  /**
   * Reduces a table.
   *
   * @param targets one array of labels per output
   */
  static LeastSquares of(
      TrainingTable table, double[][] targets, boolean intercept, CancelToken cancel) {
    int p = table.width();
    double[] xMean = new double[p];
    double[] yMean = new double[targets.length];
    if (intercept) {
      means(table, targets, xMean, yMean);
    }
    StreamingQr qr = new StreamingQr(p, targets.length);
    double[] row = new double[p + targets.length];
    for (int i = 0; i < table.rows(); i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        cancel.check();
      }
      for (int j = 0; j < p; j++) {
        row[j] = table.feature(i, j) - xMean[j];
      }
      for (int t = 0; t < targets.length; t++) {
        row[p + t] = targets[t][i] - yMean[t];
      }
      qr.add(row);
    }
    return new LeastSquares(xMean, yMean, qr.result());
  }

  /** The triangle R with RᵀR = XᵀX. */
  double[] triangle() {
    return qr.r();
  }

  /** QᵀY of one output. */
  double[] projected(int target) {
    return qr.projected()[target];
  }

  /** The squared length of what no linear model explains. */
  double residual(int target) {
    return qr.residual()[target];
  }

  /** The intercept that belongs to weights of one output. */
  double intercept(double[] weights, int target) {
    double sum = yMean[target];
    for (int j = 0; j < weights.length; j++) {
      sum -= weights[j] * xMean[j];
    }
    return sum;
  }

  private static void means(
      TrainingTable table, double[][] targets, double[] xMean, double[] yMean) {
    int n = table.rows();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < xMean.length; j++) {
        xMean[j] += table.feature(i, j);
      }
      for (int t = 0; t < targets.length; t++) {
        yMean[t] += targets[t][i];
      }
    }
    for (int j = 0; j < xMean.length; j++) {
      xMean[j] /= n;
    }
    for (int t = 0; t < yMean.length; t++) {
      yMean[t] /= n;
    }
  }
}
