package org.pglynx.ml.linalg;

/**
 * The Cholesky factor of a symmetric, positive semidefinite matrix (Golub, Van Loan 4.2). A pivot
 * that rounding leaves at nothing stands for a direction that the matrix does not see: solutions
 * are zero along it.
 */
public final class Cholesky {
  private static final double NOTHING = 1e-14;

  private final int n;
  private final double[] lower;
  private final Runnable check;

  /**
   * Factors A = L·Lᵀ.
   *
   * @param n rows and columns
   * @param symmetric A, of which the lower triangle is read
   * @param check called several times a second; throws to stop
   */
  public Cholesky(int n, double[] symmetric, Runnable check) {
    this.n = n;
    this.check = check;
    this.lower = new double[n * n];
    for (int i = 0; i < n; i++) {
      check.run();
      for (int j = 0; j <= i; j++) {
        double sum = symmetric[i * n + j] - dot(i, j);
        lower[i * n + j] = i == j ? pivot(sum, symmetric[i * n + i]) : over(sum, j);
      }
    }
  }

  /** Solves A·x = b in place. */
  public void solve(double[] b) {
    forward(b);
    backward(b);
  }

  /** Solves L·x = b in place. */
  void forward(double[] b) {
    for (int i = 0; i < n; i++) {
      double sum = b[i];
      for (int k = 0; k < i; k++) {
        sum -= lower[i * n + k] * b[k];
      }
      b[i] = over(sum, i);
    }
  }

  /** Solves Lᵀ·x = b in place. */
  void backward(double[] b) {
    for (int i = n - 1; i >= 0; i--) {
      b[i] = over(b[i], i);
      for (int k = 0; k < i; k++) {
        b[k] -= lower[i * n + k] * b[i];
      }
    }
  }

  /** The diagonal of the inverse of A. */
  public double[] inverseDiagonal() {
    double[] diagonal = new double[n];
    double[] column = new double[n];
    for (int j = 0; j < n; j++) {
      check.run();
      for (int i = j; i < n; i++) {
        double sum = i == j ? 1 : 0;
        for (int k = j; k < i; k++) {
          sum -= lower[i * n + k] * column[k];
        }
        column[i] = over(sum, i);
        diagonal[j] += column[i] * column[i];
      }
    }
    return diagonal;
  }

  private static double pivot(double rest, double diagonal) {
    return rest > NOTHING * diagonal ? Math.sqrt(rest) : 0;
  }

  private double over(double value, int i) {
    double pivot = lower[i * n + i];
    return pivot == 0 ? 0 : value / pivot;
  }

  /** In four sums, so that an addition need not wait for the one before. */
  private double dot(int i, int j) {
    int a = i * n;
    int b = j * n;
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 3 < j; k += 4) {
      s0 += lower[a + k] * lower[b + k];
      s1 += lower[a + k + 1] * lower[b + k + 1];
      s2 += lower[a + k + 2] * lower[b + k + 2];
      s3 += lower[a + k + 3] * lower[b + k + 3];
    }
    for (; k < j; k++) {
      s0 += lower[a + k] * lower[b + k];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
