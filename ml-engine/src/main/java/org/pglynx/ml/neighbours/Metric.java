package org.pglynx.ml.neighbours;

/**
 * A distance between rows. While rows are compared it is kept in a form that has the same order and
 * costs less: the sum before its root.
 *
 * @param kind the formula
 * @param power of {@link Kind#MINKOWSKI}
 */
record Metric(Kind kind, double power) {
  /** The formulas. */
  enum Kind {
    /** The root of the sum of squares. */
    EUCLIDEAN,
    /** The sum of the absolute differences. */
    MANHATTAN,
    /** The largest absolute difference. */
    CHEBYSHEV,
    /** The p-th root of the sum of p-th powers. */
    MINKOWSKI,
    /** One minus the cosine of the angle. */
    COSINE
  }

  /** Minkowski's of any power, as its simpler special case where there is one. */
  static Metric minkowski(double power) {
    if (power == 1) {
      return new Metric(Kind.MANHATTAN, 1);
    }
    return power == 2 ? new Metric(Kind.EUCLIDEAN, 2) : new Metric(Kind.MINKOWSKI, power);
  }

  /** Whether a distance is made of differences of single features, so that boxes bound it. */
  boolean separable() {
    return kind != Kind.COSINE;
  }

  /** The comparable distance of two rows, or any number of at least enough once it is reached. */
  double between(float[] a, int at, float[] b, int bt, int width, double enough) {
    if (kind == Kind.COSINE) {
      return cosine(a, at, b, bt, width);
    }
    double sum = 0;
    for (int j = 0; j < width && sum < enough; j++) {
      sum = joined(sum, Math.abs((double) a[at + j] - b[bt + j]));
    }
    return sum;
  }

  /** The sum with the difference of one more feature. */
  double joined(double sum, double difference) {
    return switch (kind) {
      case EUCLIDEAN -> sum + difference * difference;
      case MANHATTAN, COSINE -> sum + difference;
      case CHEBYSHEV -> Math.max(sum, difference);
      case MINKOWSKI -> sum + Math.pow(difference, power);
    };
  }

  /** The distance itself. */
  double distance(double comparable) {
    return switch (kind) {
      case EUCLIDEAN -> Math.sqrt(comparable);
      case MANHATTAN, CHEBYSHEV, COSINE -> comparable;
      case MINKOWSKI -> Math.pow(comparable, 1 / power);
    };
  }

  private static double cosine(float[] a, int at, float[] b, int bt, int width) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int j = 0; j < width; j++) {
      double x = a[at + j];
      double z = b[bt + j];
      product += x * z;
      squaresA += x * x;
      squaresB += z * z;
    }
    double lengths = Math.sqrt(squaresA) * Math.sqrt(squaresB);
    return lengths == 0 ? 1 : Math.max(0, 1 - product / lengths);
  }
}
