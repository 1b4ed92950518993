package org.pglynx.ml.cluster;

/** Squared Euclidean distances between rows of float32 and centres of float64. */
final class Distances {
  private Distances() {}

  /** Between a row and a centre. */
  static double squared(float[] x, int row, double[] centres, int centre, int width) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      double d = x[row + j] - centres[centre + j];
      sum += d * d;
    }
    return sum;
  }

  /** Between two rows. */
  static double squared(float[] a, int at, float[] b, int bt, int width) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      double d = (double) a[at + j] - b[bt + j];
      sum += d * d;
    }
    return sum;
  }

  /** Between two centres. */
  static double squared(double[] a, int at, double[] b, int bt, int width) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      double d = a[at + j] - b[bt + j];
      sum += d * d;
    }
    return sum;
  }

  /** The number of the centre nearest to a row, the first of equally near ones. */
  static int nearest(float[] x, int row, double[] centres, int width) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int c = 0, at = 0; at < centres.length; c++, at += width) {
      double d = squared(x, row, centres, at, width);
      if (d < least) {
        least = d;
        best = c;
      }
    }
    return best;
  }
}
