package org.pglynx.ml.kernel;

import org.pglynx.ml.model.CancelToken;

/**
 * The Cholesky factor of a large symmetric, positive definite matrix, row by row in packed lower
 * triangles: half the memory of a square, and each row of the work asks for a cancel.
 */
final class PackedCholesky {
  private final double[][] lower;
  private final CancelToken cancel;

  private PackedCholesky(double[][] lower, CancelToken cancel) {
    this.lower = lower;
    this.cancel = cancel;
  }

  /**
   * Factors A = L·Lᵀ in place.
   *
   * @param triangle row i has the i + 1 elements up to the diagonal
   * @return false when A is not positive definite; the triangle is destroyed then
   */
  static boolean factor(double[][] triangle, CancelToken cancel) {
    for (int i = 0; i < triangle.length; i++) {
      cancel.check();
      double[] row = triangle[i];
      for (int j = 0; j < i; j++) {
        row[j] = (row[j] - dot(row, triangle[j], j)) / triangle[j][j];
      }
      double pivot = row[i] - dot(row, row, i);
      if (!(pivot > 0) || Double.isInfinite(pivot)) {
        return false;
      }
      row[i] = Math.sqrt(pivot);
    }
    return true;
  }

  /** The factor that {@link #factor} left in the triangle. */
  static PackedCholesky of(double[][] factored, CancelToken cancel) {
    return new PackedCholesky(factored, cancel);
  }

  int size() {
    return lower.length;
  }

  double[][] lower() {
    return lower;
  }

  /** Solves L·x = b in place. */
  void forward(double[] b) {
    for (int i = 0; i < lower.length; i++) {
      b[i] = (b[i] - dot(lower[i], b, i)) / lower[i][i];
    }
  }

  /** Solves Lᵀ·x = b in place. */
  private void backward(double[] b) {
    for (int i = lower.length - 1; i >= 0; i--) {
      double[] row = lower[i];
      b[i] /= row[i];
      for (int k = 0; k < i; k++) {
        b[k] -= row[k] * b[i];
      }
    }
  }

  /** Solves A·x = b in place. */
  void solve(double[] b) {
    cancel.check();
    forward(b);
    backward(b);
  }

  /** The sum of the logarithms of the diagonal: half of A's. */
  double logDiagonal() {
    double sum = 0;
    for (int i = 0; i < lower.length; i++) {
      sum += Math.log(lower[i][i]);
    }
    return sum;
  }

  /** The inverse of A, a column for each unit vector. */
  double[][] inverse() {
    int n = lower.length;
    double[][] inverse = new double[n][n];
    for (int j = 0; j < n; j++) {
      inverse[j][j] = 1;
      solve(inverse[j]);
    }
    return inverse;
  }

  /** In four sums, which do not wait for each other. */
  static double dot(double[] a, double[] b, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < n; i++) {
      s0 += a[i] * b[i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
