package org.pglynx.ml.linalg;

/**
 * An upper triangle, as a QR decomposition leaves it.
 *
 * @param n rows and columns
 * @param rowMajor its numbers; what stands below the diagonal is 0
 */
public record Triangle(int n, double[] rowMajor) {
  /**
   * Whether every equation has a solution, and only one: no number of the diagonal is below this
   * share of the largest number.
   */
  public boolean determined(double share) {
    double largest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      least = Math.min(least, Math.abs(rowMajor[i * n + i]));
      for (int j = i; j < n; j++) {
        largest = Math.max(largest, Math.abs(rowMajor[i * n + j]));
      }
    }
    return least > share * largest;
  }

  /** The solution of R·x = b. */
  public double[] solve(double[] b) {
    double[] x = new double[n];
    for (int i = n - 1; i >= 0; i--) {
      double sum = b[i];
      for (int j = i + 1; j < n; j++) {
        sum -= rowMajor[i * n + j] * x[j];
      }
      x[i] = sum / rowMajor[i * n + i];
    }
    return x;
  }
}
