package org.pglynx.ml.kernel;

import org.pglynx.ml.model.CancelToken;

/**
 * The mode of the posterior of a binary Gaussian process classifier, and Laplace's approximation
 * around it (Rasmussen, Williams 2006, algorithms 3.1 and 5.1).
 */
final class LaplaceMode {
  private static final double LEAST_GAIN = 1e-10;

  private final double[][] k;
  private final boolean[] positive;
  private final CancelToken cancel;
  private final int n;
  private final double[] f;
  private final double[] pi;
  private final double[] root;
  private double[] a;
  private PackedCholesky factor;
  private double likelihood = Double.NEGATIVE_INFINITY;

  /**
   * Finds the mode by Newton's method.
   *
   * @param k lower triangle of the covariance
   */
  LaplaceMode(double[][] k, boolean[] positive, int maxSteps, CancelToken cancel) {
    this.k = k;
    this.positive = positive;
    this.cancel = cancel;
    this.n = k.length;
    this.f = new double[n];
    this.pi = new double[n];
    this.root = new double[n];
    this.a = new double[n];
    this.factor = PackedCholesky.of(k, cancel);
    double before = Double.NEGATIVE_INFINITY;
    for (int step = 0; step < maxSteps; step++) {
      step();
      if (!(likelihood - before >= LEAST_GAIN)) {
        break;
      }
      before = likelihood;
    }
  }

  double likelihood() {
    return likelihood;
  }

  /** The roots of the curvature at each row. */
  double[] root() {
    return root;
  }

  /** The factor of B = 1 + W½ K W½. */
  PackedCholesky factor() {
    return factor;
  }

  /** Label minus probability, the gradient of the log likelihood. */
  double[] residual() {
    double[] residual = new double[n];
    for (int i = 0; i < n; i++) {
      residual[i] = (positive[i] ? 1 : 0) - pi[i];
    }
    return residual;
  }

  private void step() {
    for (int i = 0; i < n; i++) {
      pi[i] = 1 / (1 + Math.exp(-f[i]));
      root[i] = Math.sqrt(pi[i] * (1 - pi[i]));
    }
    factor = factored();
    double[] b = residual();
    for (int i = 0; i < n; i++) {
      b[i] += root[i] * root[i] * f[i];
    }
    double[] correction = KernelTriangle.times(k, b);
    scale(correction);
    factor.solve(correction);
    scale(correction);
    for (int i = 0; i < n; i++) {
      b[i] -= correction[i];
    }
    a = b;
    System.arraycopy(KernelTriangle.times(k, a), 0, f, 0, n);
    likelihood = -PackedCholesky.dot(a, f, n) / 2 - factor.logDiagonal();
    for (int i = 0; i < n; i++) {
      likelihood -= softplus(positive[i] ? -f[i] : f[i]);
    }
  }

  private PackedCholesky factored() {
    double[][] b = new double[n][];
    for (int i = 0; i < n; i++) {
      b[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        b[i][j] = root[i] * k[i][j] * root[j];
      }
      b[i][i] += 1;
    }
    PackedCholesky.factor(b, cancel);
    return PackedCholesky.of(b, cancel);
  }

  private void scale(double[] v) {
    for (int i = 0; i < n; i++) {
      v[i] *= root[i];
    }
  }

  private static double softplus(double z) {
    return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  }

  /** The derivatives of the likelihood by the logarithms of the kernel's numbers. */
  void gradient(ScaledKernel kernel, double[][] distances, double[] gradient) {
    double[][] r = factor.inverse();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        r[i][j] *= root[i] * root[j];
      }
    }
    double[] implicit = implicit();
    double[][] byLength = new double[n][];
    for (int i = 0; i < n; i++) {
      byLength[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        byLength[i][j] = kernel.byLogLength(distances[i][j]);
      }
    }
    gradient[0] = derivative(k, r, implicit);
    gradient[1] = derivative(byLength, r, implicit);
  }

  /** Half the variance at each row times the third derivative of its log likelihood. */
  private double[] implicit() {
    double[] implicit = new double[n];
    double[] column = new double[n];
    for (int i = 0; i < n; i++) {
      cancel.check();
      for (int j = 0; j < n; j++) {
        column[j] = root[j] * (j <= i ? k[i][j] : k[j][i]);
      }
      factor.forward(column);
      double variance = k[i][i] - PackedCholesky.dot(column, column, n);
      implicit[i] = -variance / 2 * pi[i] * (1 - pi[i]) * (1 - 2 * pi[i]);
    }
    return implicit;
  }

  private double derivative(double[][] byParameter, double[][] r, double[] implicit) {
    double direct = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        direct += (i == j ? 0.5 : 1) * (a[i] * a[j] - r[i][j]) * byParameter[i][j];
      }
    }
    double[] b = KernelTriangle.times(byParameter, residual());
    double[] rb = new double[n];
    for (int i = 0; i < n; i++) {
      rb[i] = PackedCholesky.dot(r[i], b, n);
    }
    double[] krb = KernelTriangle.times(k, rb);
    for (int i = 0; i < n; i++) {
      direct += implicit[i] * (b[i] - krb[i]);
    }
    return direct;
  }
}
