package org.pglynx.ml.linear;

import java.util.Arrays;
import org.pglynx.ml.linalg.Cholesky;
import org.pglynx.ml.model.CancelToken;

/**
 * What is known of the kept weights, given the precisions: their mean, and how far the data
 * determines each.
 *
 * @param weights the mean, 0 for the weights that are not kept
 * @param determined one for each kept weight: 1 − lambda·variance
 */
record RelevancePosterior(double[] weights, double[] determined) {
  /** From diag(lambda) + alpha·XᵀX, where there are at least as many rows as columns. */
  static RelevancePosterior ofColumns(
      double[] gram,
      double[] correlation,
      int[] kept,
      double[] lambda,
      double alpha,
      CancelToken cancel) {
    int p = lambda.length;
    int count = kept.length;
    double[] matrix = new double[count * count];
    double[] mean = new double[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i * count + j] = alpha * gram[kept[i] * p + kept[j]];
      }
      matrix[i * count + i] += lambda[kept[i]];
      mean[i] = alpha * correlation[kept[i]];
    }
    Cholesky precision = new Cholesky(count, matrix, cancel::check);
    precision.solve(mean);
    double[] determined = precision.inverseDiagonal();
    double[] weights = new double[p];
    for (int i = 0; i < count; i++) {
      weights[kept[i]] = mean[i];
      determined[i] = 1 - lambda[kept[i]] * determined[i];
    }
    return new RelevancePosterior(weights, determined);
  }

  /**
   * From 1/alpha + X·diag(1/lambda)·Xᵀ (Woodbury), where there are fewer rows than columns: the
   * other form would lose lambda beside alpha·XᵀX.
   *
   * @param rows of the triangle R that stands for X
   * @param projected Qᵀy
   */
  static RelevancePosterior ofRows(
      double[] triangle,
      double[] projected,
      int rows,
      int[] kept,
      double[] lambda,
      double alpha,
      CancelToken cancel) {
    int p = lambda.length;
    double[] matrix = new double[rows * rows];
    for (int a = 0; a < rows; a++) {
      cancel.check();
      for (int b = 0; b <= a; b++) {
        for (int j : kept) {
          matrix[a * rows + b] += triangle[a * p + j] * triangle[b * p + j] / lambda[j];
        }
      }
      matrix[a * rows + a] += 1 / alpha;
    }
    Cholesky covariance = new Cholesky(rows, matrix, cancel::check);
    double[] solved = Arrays.copyOf(projected, rows);
    covariance.solve(solved);
    double[] weights = new double[p];
    double[] determined = new double[kept.length];
    for (int k = 0; k < kept.length; k++) {
      cancel.check();
      int j = kept[k];
      double[] column = column(triangle, rows, p, j);
      weights[j] = dot(column, solved) / lambda[j];
      double[] explained = column.clone();
      covariance.solve(explained);
      determined[k] = dot(column, explained) / lambda[j];
    }
    return new RelevancePosterior(weights, determined);
  }

  private static double[] column(double[] triangle, int rows, int p, int j) {
    double[] column = new double[rows];
    for (int a = 0; a < rows; a++) {
      column[a] = triangle[a * p + j];
    }
    return column;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
