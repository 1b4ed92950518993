package org.pglynx.ml.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;

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
    this.n = n;
    this.u = new double[n][n];
    this.v = identity(n);
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < n; i++) {
        u[j][i] = rowMajor[i * n + j];
      }
    }
    this.singular = orthogonalise(u, v, () -> {});
  }

  private JacobiSvd(double[][] u, double[][] v, double[] singular) {
    this.n = singular.length;
    this.u = u;
    this.v = v;
    this.singular = singular;
  }

  /**
   * The same, but right singular vectors whose singular value is 0 are 0, too. What it costs grows
   * with the square of the number of rows that are more than rounding: a triangle that few rows
   * with many columns were brought to has few.
   *
   * @param check called several times a second; throws to stop
   */
  public static JacobiSvd ofRows(int n, double[] rowMajor, Runnable check) {
    double[] lengths = new double[n];
    Arrays.setAll(lengths, i -> Math.sqrt(squares(rowMajor, i * n, n)));
    // What rounding has left of a row, which would be turned without end.
    double nothing = EPSILON * Math.sqrt(n) * Arrays.stream(lengths).max().orElse(0);
    int[] filled = IntStream.range(0, n).filter(i -> lengths[i] > nothing).toArray();
    double[][] rows = new double[filled.length][];
    Arrays.setAll(rows, j -> Arrays.copyOfRange(rowMajor, filled[j] * n, (filled[j] + 1) * n));
    double[][] turns = identity(filled.length);
    double[] found = orthogonalise(rows, turns, check);
    double[] none = new double[n];
    double[][] u = new double[n][];
    double[][] v = new double[n][];
    Arrays.fill(u, none);
    Arrays.fill(v, none);
    for (int j = 0; j < filled.length; j++) {
      u[j] = new double[n];
      for (int i = 0; i < filled.length; i++) {
        u[j][filled[i]] = found[j] * turns[j][i];
      }
      v[j] = found[j] == 0 ? none : scaled(rows[j], 1 / found[j]);
    }
    return new JacobiSvd(u, v, Arrays.copyOf(found, n));
  }

  private static double squares(double[] numbers, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += numbers[i] * numbers[i];
    }
    return sum;
  }

  private static double[][] identity(int n) {
    double[][] one = new double[n][n];
    for (int j = 0; j < n; j++) {
      one[j][j] = 1;
    }
    return one;
  }

  private static double[] scaled(double[] x, double factor) {
    double[] out = new double[x.length];
    Arrays.setAll(out, i -> x[i] * factor);
    return out;
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

  /** Turns the columns until they are orthogonal, notes all turns; gives the columns' lengths. */
  private static double[] orthogonalise(double[][] columns, double[][] turns, Runnable check) {
    boolean rotated = true;
    for (int sweep = 0; rotated && sweep < MAX_SWEEPS; sweep++) {
      rotated = false;
      for (int p = 0; p < columns.length - 1; p++) {
        check.run();
        for (int q = p + 1; q < columns.length; q++) {
          rotated |= rotate(columns, turns, p, q);
        }
      }
    }
    double[] lengths = new double[columns.length];
    Arrays.setAll(lengths, j -> Math.sqrt(dot(columns[j], columns[j])));
    return lengths;
  }

  /** Makes columns p and q orthogonal; false when they already were. */
  private static boolean rotate(double[][] columns, double[][] turns, int p, int q) {
    double a = dot(columns[p], columns[p]);
    double b = dot(columns[q], columns[q]);
    double c = dot(columns[p], columns[q]);
    if (c == 0 || Math.abs(c) <= EPSILON * Math.sqrt(a) * Math.sqrt(b)) {
      return false;
    }
    double zeta = (b - a) / (2 * c);
    double t = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
    double cos = 1 / Math.sqrt(1 + t * t);
    double sin = cos * t;
    turn(columns[p], columns[q], cos, sin);
    turn(turns[p], turns[q], cos, sin);
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
