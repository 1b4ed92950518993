package org.pglynx.ml.linalg;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to a tridiagonal
 * one, then implicitly shifted QL (Golub, Van Loan, "Matrix Computations", 8.3; Bowdler, Martin,
 * Reinsch, Wilkinson 1968). About 6n³ operations; the absolute error of an eigenvalue is some 10⁻¹⁶
 * of the largest.
 */
public final class SymmetricEigen {
  private static final int MAX_ROUNDS = 60;
  private static final double EPSILON = 0x1.0p-52;

  private final int n;
  private final Runnable between;
  private final double[][] a;
  private final double[][] z;
  private final double[] d;
  private final double[] e;
  private final double[] beta;
  private final Integer[] order;
  private final double scale;

  /**
   * Decomposes.
   *
   * @param matrix symmetric; its content is destroyed
   * @param between called between steps of n² operations; what it throws ends the computation
   */
  public SymmetricEigen(double[][] matrix, Runnable between) {
    this.n = matrix.length;
    this.between = between;
    this.a = matrix;
    this.z = new double[n][n];
    this.d = new double[n];
    this.e = new double[n];
    this.beta = new double[n];
    this.scale = normalise();
    tridiagonalise();
    accumulate();
    diagonalise();
    this.order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -d[i]))
            .toArray(Integer[]::new);
  }

  /** An eigenvalue, 0 for the largest. */
  public double value(int i) {
    return d[order[i]] * scale;
  }

  /** Its eigenvector, of length 1. */
  public double[] vector(int i) {
    return z[order[i]];
  }

  /** Divides by the largest element, so that no square overflows. */
  private double normalise() {
    double most = 0;
    for (double[] row : a) {
      for (double value : row) {
        most = Math.max(most, Math.abs(value));
      }
    }
    if (most == 0) {
      return 1;
    }
    for (double[] row : a) {
      for (int j = 0; j < n; j++) {
        row[j] /= most;
      }
    }
    return most;
  }

  /** A = Q·T·Qᵀ; the vectors of the reflections stay in the rows of a. */
  private void tridiagonalise() {
    double[] p = new double[n];
    for (int k = 0; k < n; k++) {
      d[k] = a[k][k];
      if (k < n - 1) {
        between.run();
        reflect(k, p);
      }
    }
  }

  private void reflect(int k, double[] p) {
    double[] v = a[k];
    double norm = Math.sqrt(dot(v, v, k + 1));
    double head = v[k + 1];
    double alpha = head > 0 ? -norm : norm;
    e[k] = alpha;
    if (norm == 0 || k == n - 2) {
      e[k] = head;
      return;
    }
    v[k + 1] = head - alpha;
    double b = 2 / dot(v, v, k + 1);
    beta[k] = b;
    for (int i = k + 1; i < n; i++) {
      p[i] = b * dot(a[i], v, k + 1);
    }
    double half = b / 2 * dot(p, v, k + 1);
    add(p, -half, v, k + 1);
    for (int i = k + 1; i < n; i++) {
      double vi = v[i];
      double pi = p[i];
      double[] row = a[i];
      for (int j = k + 1; j < n; j++) {
        row[j] -= vi * p[j] + pi * v[j];
      }
    }
  }

  /** Q's columns as rows of z. */
  private void accumulate() {
    for (int i = 0; i < n; i++) {
      z[i][i] = 1;
    }
    for (int k = n - 3; k >= 0; k--) {
      if (beta[k] == 0) {
        continue;
      }
      between.run();
      for (int i = k + 1; i < n; i++) {
        add(z[i], -beta[k] * dot(z[i], a[k], k + 1), a[k], k + 1);
      }
    }
  }

  private void diagonalise() {
    for (int l = 0; l < n; l++) {
      int rounds = 0;
      for (int m = end(l); m != l && rounds < MAX_ROUNDS; m = end(l)) {
        between.run();
        sweep(l, m);
        rounds++;
      }
    }
  }

  /** The end of the unreduced block that begins at l. */
  private int end(int l) {
    int m = l;
    while (m < n - 1 && Math.abs(e[m]) > EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) {
      m++;
    }
    return m;
  }

  /** One QL step with Wilkinson's shift on the block from l to m. */
  private void sweep(int l, int m) {
    double g = (d[l + 1] - d[l]) / (2 * e[l]);
    double r = Math.sqrt(g * g + 1);
    g = d[m] - d[l] + e[l] / (g + Math.copySign(r, g));
    double sin = 1;
    double cos = 1;
    double shift = 0;
    for (int i = m - 1; i >= l; i--) {
      double f = sin * e[i];
      double b = cos * e[i];
      r = Math.sqrt(f * f + g * g);
      e[i + 1] = r;
      if (r == 0) {
        d[i + 1] -= shift;
        e[m] = 0;
        return;
      }
      sin = f / r;
      cos = g / r;
      g = d[i + 1] - shift;
      r = (d[i] - g) * sin + 2 * cos * b;
      shift = sin * r;
      d[i + 1] = g + shift;
      g = cos * r - b;
      turn(z[i], z[i + 1], sin, cos);
    }
    d[l] -= shift;
    e[l] = g;
    e[m] = 0;
  }

  private static void turn(double[] x, double[] y, double sin, double cos) {
    for (int k = 0; k < x.length; k++) {
      double f = y[k];
      y[k] = sin * x[k] + cos * f;
      x[k] = cos * x[k] - sin * f;
    }
  }

  private static double dot(double[] x, double[] y, int from) {
    double sum = 0;
    for (int i = from; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  private static void add(double[] to, double factor, double[] x, int from) {
    for (int i = from; i < to.length; i++) {
      to[i] += factor * x[i];
    }
  }
}
