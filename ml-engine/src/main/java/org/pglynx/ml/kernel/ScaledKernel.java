package org.pglynx.ml.kernel;

/**
 * A constant times a kernel of distance: the covariance of a Gaussian process.
 *
 * @param kind RBF or Matérn
 * @param constant the variance
 * @param length the distance over which values are alike
 */
record ScaledKernel(KernelFunction.Kind kind, double constant, double length) {
  /** The kernel without its constant. */
  KernelFunction function() {
    double gamma = kind == KernelFunction.Kind.RBF ? 1 / (2 * length * length) : 1 / length;
    return KernelFunction.of(kind, gamma);
  }

  /** The covariance of rows at a squared distance. */
  double value(double squaredDistance) {
    double d = Math.sqrt(squaredDistance) / length;
    return constant
        * switch (kind) {
          case MATERN_1 -> Math.exp(-d);
          case MATERN_3 -> (1 + Math.sqrt(3) * d) * Math.exp(-Math.sqrt(3) * d);
          case MATERN_5 -> (1 + Math.sqrt(5) * d + 5 * d * d / 3) * Math.exp(-Math.sqrt(5) * d);
          case RBF, LINEAR, POLY, SIGMOID, LAPLACIAN, COSINE -> Math.exp(-d * d / 2);
        };
  }

  /** The derivative of {@link #value} by the logarithm of the length. */
  double byLogLength(double squaredDistance) {
    double d = Math.sqrt(squaredDistance) / length;
    return constant
        * switch (kind) {
          case MATERN_1 -> d * Math.exp(-d);
          case MATERN_3 -> 3 * d * d * Math.exp(-Math.sqrt(3) * d);
          case MATERN_5 -> 5 * d * d / 3 * (1 + Math.sqrt(5) * d) * Math.exp(-Math.sqrt(5) * d);
          case RBF, LINEAR, POLY, SIGMOID, LAPLACIAN, COSINE -> d * d * Math.exp(-d * d / 2);
        };
  }

  /** The covariances of all rows, from their squared distances. */
  double[][] matrix(double[][] squaredDistances) {
    double[][] k = new double[squaredDistances.length][];
    for (int i = 0; i < k.length; i++) {
      k[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        k[i][j] = value(squaredDistances[i][j]);
      }
    }
    return k;
  }
}
