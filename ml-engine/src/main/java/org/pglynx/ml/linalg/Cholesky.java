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
    for (int i = 0; i < n; i++) {
      double sum = b[i];
      for (int k = 0; k < i; k++) {
        sum -= lower[i * n + k] * b[k];
      }
      b[i] = over(sum, i);
    }
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

  private double dot(int i, int j) {
    double sum = 0;
    for (int k = 0; k < j; k++) {
      sum += lower[i * n + k] * lower[j * n + k];
    }
    return sum;
  }
}
