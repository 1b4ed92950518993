package org.pglynx.ml.linalg;

/**
 * Singular values of a square matrix by one-sided Jacobi rotations (Hestenes 1958; Golub, Van Loan
 * 8.6.3): short, and accurate also for small singular values of badly scaled columns.
 */
public final class JacobiSvd {
  private static final int MAX_SWEEPS = 60;
  private static final double EPSILON = 0x1.0p-52;

  private final int n;
  private final double[][] u;
  private final double[][] v;
  private final double[] singular;

  /**
   * Decomposes A = U·diag(s)·Vᵀ.
   *
   * @param n rows and columns
   * @param rowMajor A
   */
  public JacobiSvd(int n, double[] rowMajor) {
    this(n, rowMajor, () -> {});
  }

  /**
   * The same.
   *
   * @param check called several times a second; throws to stop
   */
  public JacobiSvd(int n, double[] rowMajor, Runnable check) {
    this.n = n;
    this.u = new double[n][n];
    this.v = new double[n][n];
    this.singular = new double[n];
    for (int j = 0; j < n; j++) {
      v[j][j] = 1;
      for (int i = 0; i < n; i++) {
        u[j][i] = rowMajor[i * n + j];
      }
    }
    decompose(check);
  }

  /**
   * The x of least length that minimises |Ax − b|² + ridge·|x|².
   *
   * @param b right-hand side
   * @param ridge penalty, 0 for plain least squares
   * @param relativeCutoff singular values below this share of the largest count as 0
   */
  public double[] solve(double[] b, double ridge, double relativeCutoff) {
    double[] x = new double[n];
    double cutoff = relativeCutoff * largest();
    for (int j = 0; j < n; j++) {
      double s = singular[j];
      if (s <= cutoff || s == 0) {
        continue;
      }
      double c = dot(u[j], b) / s * (s / (s * s + ridge));
      for (int i = 0; i < n; i++) {
        x[i] += c * v[j][i];
      }
    }
    return x;
  }

  /** A singular value; they are not sorted. */
  public double singular(int j) {
    return singular[j];
  }

  /** Its right singular vector, a column of V. */
  public double[] right(int j) {
    return v[j];
  }

  /** Uᵀ·b, 0 where the singular value is. */
  public double[] leftTimes(double[] b) {
    double[] out = new double[n];
    for (int j = 0; j < n; j++) {
      out[j] = singular[j] == 0 ? 0 : dot(u[j], b) / singular[j];
    }
    return out;
  }

  /** V·c. */
  public double[] rightTimes(double[] c) {
    double[] x = new double[n];
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < n; i++) {
        x[i] += c[j] * v[j][i];
      }
    }
    return x;
  }

  private double largest() {
    double max = 0;
    for (double s : singular) {
      max = Math.max(max, s);
    }
    return max;
  }

  private void decompose(Runnable check) {
    boolean rotated = true;
    for (int sweep = 0; rotated && sweep < MAX_SWEEPS; sweep++) {
      rotated = false;
      for (int p = 0; p < n - 1; p++) {
        check.run();
        for (int q = p + 1; q < n; q++) {
          rotated |= rotate(p, q);
        }
      }
    }
    for (int j = 0; j < n; j++) {
      singular[j] = Math.sqrt(dot(u[j], u[j]));
    }
  }

  /** Makes columns p and q orthogonal; false when they already were. */
  private boolean rotate(int p, int q) {
    double a = dot(u[p], u[p]);
    double b = dot(u[q], u[q]);
    double c = dot(u[p], u[q]);
    if (c == 0 || Math.abs(c) <= EPSILON * Math.sqrt(a) * Math.sqrt(b)) {
      return false;
    }
    double zeta = (b - a) / (2 * c);
    double t = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
    double cos = 1 / Math.sqrt(1 + t * t);
    double sin = cos * t;
    turn(u[p], u[q], cos, sin);
    turn(v[p], v[q], cos, sin);
    return true;
  }

  private static void turn(double[] x, double[] y, double cos, double sin) {
    for (int i = 0; i < x.length; i++) {
      double xi = x[i];
      x[i] = cos * xi - sin * y[i];
      y[i] = sin * xi + cos * y[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
