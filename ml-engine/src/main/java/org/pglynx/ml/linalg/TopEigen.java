package org.pglynx.ml.linalg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * The largest eigenvalues of a symmetric operator and their vectors: Rayleigh–Ritz on block Krylov
 * spaces with full orthogonalisation, started again from the best vectors until their residuals
 * vanish (Golub, Van Loan, "Matrix Computations", 10.3). A block is wider than the number asked
 * for, so that eigenvalues that are equal are all found.
 */
public final class TopEigen {
  private static final int MORE = 4;
  private static final int STEPS = 8;
  private static final int MAX_STARTS = 60;
  private static final double PRECISION = 1e-9;
  private static final double DEPENDENT = 1e-10;

  private final int n;
  private final int count;
  private final Operator operator;
  private final DoubleSupplier random;
  private final Runnable between;
  private List<double[]> basis = new ArrayList<>();
  private List<double[]> images = new ArrayList<>();
  private double[][] vectors = new double[0][];
  private double[] values = new double[0];

  /** A symmetric matrix that is known by what it does. */
  @FunctionalInterface
  public interface Operator {
    /** The image of a vector. */
    double[] apply(double[] vector);
  }

  /**
   * Decomposes.
   *
   * @param n size of the operator
   * @param count how many eigenvalues, at most n
   * @param random numbers from 0 to 1
   * @param between called between steps; what it throws ends the computation
   */
  public TopEigen(int n, int count, Operator operator, DoubleSupplier random, Runnable between) {
    this.n = n;
    this.count = count;
    this.operator = operator;
    this.random = random;
    this.between = between;
    int width = Math.min(n, count + MORE);
    List<double[]> start = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      start.add(noise());
    }
    for (int round = 0; round < MAX_STARTS; round++) {
      span(start);
      if (project(width) || basis.size() == n) {
        break;
      }
      start = List.of(vectors);
    }
  }

  /** An eigenvalue, 0 for the largest. */
  public double value(int i) {
    return values[i];
  }

  /** Its eigenvector, of length 1. */
  public double[] vector(int i) {
    return vectors[i];
  }

  private double[] noise() {
    double[] vector = new double[n];
    for (int i = 0; i < n; i++) {
      vector[i] = random.getAsDouble() - 0.5;
    }
    return vector;
  }

  private void span(List<double[]> start) {
    basis = new ArrayList<>();
    images = new ArrayList<>();
    int from = 0;
    start.forEach(this::extend);
    for (int step = 0; step < STEPS && basis.size() < n; step++) {
      int to = basis.size();
      for (int i = from; i < to && basis.size() < n; i++) {
        extend(images.get(i).clone());
      }
      from = to;
      if (basis.size() == to) {
        break;
      }
    }
    while (basis.size() < Math.min(n, count)) {
      extend(noise());
    }
  }

  /** Adds what is new in a vector to the basis. */
  private void extend(double[] vector) {
    between.run();
    double[] fresh = vector.clone();
    double before = Math.sqrt(dot(fresh, fresh));
    for (int pass = 0; pass < 2; pass++) {
      for (double[] known : basis) {
        add(fresh, -dot(fresh, known), known);
      }
    }
    double length = Math.sqrt(dot(fresh, fresh));
    if (before == 0 || length <= DEPENDENT * before) {
      return;
    }
    for (int i = 0; i < n; i++) {
      fresh[i] /= length;
    }
    basis.add(fresh);
    images.add(operator.apply(fresh));
  }

  /** The best vectors of the basis; whether those asked for are eigenvectors. */
  private boolean project(int width) {
    int m = basis.size();
    double[][] small = new double[m][m];
    for (int a = 0; a < m; a++) {
      between.run();
      for (int b = 0; b <= a; b++) {
        small[a][b] = (dot(basis.get(a), images.get(b)) + dot(basis.get(b), images.get(a))) / 2;
        small[b][a] = small[a][b];
      }
    }
    SymmetricEigen eigen = new SymmetricEigen(small, between);
    int kept = Math.min(width, m);
    vectors = new double[kept][];
    values = new double[kept];
    boolean exact = true;
    double scale = Math.max(Math.abs(eigen.value(0)), Math.abs(eigen.value(m - 1)));
    for (int c = 0; c < kept; c++) {
      between.run();
      values[c] = eigen.value(c);
      vectors[c] = combined(basis, eigen.vector(c));
      double[] rest = combined(images, eigen.vector(c));
      add(rest, -values[c], vectors[c]);
      exact &= c >= count || Math.sqrt(dot(rest, rest)) <= PRECISION * scale;
    }
    return exact;
  }

  private double[] combined(List<double[]> of, double[] factors) {
    double[] sum = new double[n];
    for (int i = 0; i < factors.length; i++) {
      add(sum, factors[i], of.get(i));
    }
    return sum;
  }

  private static void add(double[] to, double factor, double[] x) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * x[i];
    }
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
