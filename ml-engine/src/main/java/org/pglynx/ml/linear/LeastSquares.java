package org.pglynx.ml.linear;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.Cholesky;
import org.pglynx.ml.linalg.JacobiSvd;
import org.pglynx.ml.linalg.StreamingQr;
import org.pglynx.ml.linalg.Triangle;
import org.pglynx.ml.model.CancelToken;

/**
 * A least-squares problem reduced to a small triangle. Columns are centred first when there is an
 * intercept, as in scikit-learn: the intercept is then never penalised and follows from the means.
 * A row's weight scales its squared error, so its root scales the row.
 */
final class LeastSquares {
  private static final int ROWS_BETWEEN_CHECKS = 256;
  private static final double EPSILON = 0x1.0p-52;

  /** Numbers above this share of the largest are no rounding: nothing needs to be decomposed. */
  private static final double CLEAR = 1e-8;

  private final double[] xMean;
  private final double[] yMean;
  private final StreamingQr.Result qr;
  private final CancelToken cancel;

  private LeastSquares(double[] xMean, double[] yMean, StreamingQr.Result qr, CancelToken cancel) {
    this.cancel = cancel;
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
    return of(table, targets, table.weights(), intercept, cancel);
  }

  /**
   * Reduces a table whose rows weigh something else.
   *
   * @param weights of the rows, or null when all count 1
   */
  static LeastSquares of(
      TrainingTable table,
      double[][] targets,
      double @Nullable [] weights,
      boolean intercept,
      CancelToken cancel) {
    int p = table.width();
    double[] xMean = new double[p];
    double[] yMean = new double[targets.length];
    if (intercept) {
      means(table, targets, weights, cancel, xMean, yMean);
    }
    StreamingQr qr = new StreamingQr(p, targets.length, cancel::check);
    double[] row = new double[p + targets.length];
    for (int i = 0; i < table.rows(); i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        cancel.check();
      }
      double root = weights == null ? 1 : Math.sqrt(weights[i]);
      for (int j = 0; j < p; j++) {
        row[j] = root * (table.feature(i, j) - xMean[j]);
      }
      for (int t = 0; t < targets.length; t++) {
        row[p + t] = root * (targets[t][i] - yMean[t]);
      }
      qr.add(row);
    }
    return new LeastSquares(xMean, yMean, qr.result(), cancel);
  }

  /** The number of features. */
  int width() {
    return xMean.length;
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

  /** The mean of the labels, 0 without an intercept. */
  double labelMean(int target) {
    return yMean[target];
  }

  /** The squared length of the label, centred when there is an intercept. */
  double labelNorm(int target) {
    double sum = residual(target);
    for (double b : projected(target)) {
      sum += b * b;
    }
    return sum;
  }

  /** XᵀX, from the triangle. */
  double[] gram() {
    double[] r = triangle();
    int p = xMean.length;
    double[] gram = new double[p * p];
    for (int k = 0; k < p; k++) {
      cancel.check();
      for (int i = k; i < p; i++) {
        double rki = r[k * p + i];
        for (int j = k; rki != 0 && j < p; j++) {
          gram[i * p + j] += rki * r[k * p + j];
        }
      }
    }
    return gram;
  }

  /** XᵀY of one output. */
  double[] correlation(int target) {
    double[] r = triangle();
    double[] b = projected(target);
    int p = xMean.length;
    double[] correlation = new double[p];
    for (int k = 0; k < p; k++) {
      for (int i = k; i < p; i++) {
        correlation[i] += r[k * p + i] * b[k];
      }
    }
    return correlation;
  }

  /**
   * For each output the weights of least length that minimise the squared error.
   *
   * @param size the larger one of rows and columns, which tells how far rounding reaches
   */
  double[][] shortest(int targets, int size) {
    Triangle triangle = new Triangle(xMean.length, triangle());
    double[][] solutions = new double[targets][];
    if (triangle.determined(CLEAR)) {
      Arrays.setAll(solutions, t -> triangle.solve(projected(t)));
      return solutions;
    }
    JacobiSvd svd = svd();
    Arrays.setAll(solutions, t -> svd.solve(projected(t), 0, EPSILON * size));
    return solutions;
  }

  /** The same where alpha times the squared length of the weights is added to the error. */
  double[][] shrunk(int targets, int size, double alpha) {
    int p = xMean.length;
    double[] gram = gram();
    double largest = 0;
    for (int i = 0; i < p; i++) {
      largest = Math.max(largest, gram[i * p + i]);
      gram[i * p + i] += alpha;
    }
    double[][] solutions = new double[targets][];
    if (alpha > CLEAR * largest) {
      Cholesky factor = new Cholesky(p, gram, cancel::check);
      Arrays.setAll(solutions, this::correlation);
      for (double[] solution : solutions) {
        factor.solve(solution);
      }
      return solutions;
    }
    JacobiSvd svd = svd();
    Arrays.setAll(solutions, t -> svd.solve(projected(t), alpha, EPSILON * size));
    return solutions;
  }

  private JacobiSvd svd() {
    return JacobiSvd.ofRows(xMean.length, triangle(), cancel::check);
  }

  private static void means(
      TrainingTable table,
      double[][] targets,
      double @Nullable [] weights,
      CancelToken cancel,
      double[] xMean,
      double[] yMean) {
    int n = table.rows();
    double total = 0;
    for (int i = 0; i < n; i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        cancel.check();
      }
      double weight = weights == null ? 1 : weights[i];
      total += weight;
      for (int j = 0; j < xMean.length; j++) {
        xMean[j] += weight * table.feature(i, j);
      }
      for (int t = 0; t < targets.length; t++) {
        yMean[t] += weight * targets[t][i];
      }
    }
    for (int j = 0; j < xMean.length; j++) {
      xMean[j] /= total;
    }
    for (int t = 0; t < yMean.length; t++) {
      yMean[t] /= total;
    }
  }
}
