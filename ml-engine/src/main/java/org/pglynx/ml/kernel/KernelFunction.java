package org.pglynx.ml.kernel;

import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * How alike two rows are, in double precision.
 *
 * @param kind the formula
 * @param gamma its scale: of the product, of the distance, or the inverse of a length scale
 * @param coef0 what is added to products
 * @param degree the power of {@link Kind#POLY}
 */
record KernelFunction(Kind kind, double gamma, double coef0, int degree) {
  /** The formulas, each under the name that scikit-learn has for it. */
  enum Kind {
    /** x·z. */
    LINEAR,
    /** (γ x·z + c)^d. */
    POLY,
    /** exp(−γ |x − z|²). */
    RBF,
    /** tanh(γ x·z + c). */
    SIGMOID,
    /** exp(−γ |x − z|₁). */
    LAPLACIAN,
    /** x·z / (|x| |z|). */
    COSINE,
    /** exp(−γ |x − z|), Matérn's with ν = 0.5. */
    MATERN_1,
    /** (1 + d) e^−d with d = √3 γ |x − z|, ν = 1.5. */
    MATERN_3,
    /** (1 + d + d²/3) e^−d with d = √5 γ |x − z|, ν = 2.5. */
    MATERN_5
  }

  static KernelFunction of(Kind kind, double gamma) {
    return new KernelFunction(kind, gamma, 0, 0);
  }

  /** The kernel of a row of a and a row of b, each width floats from an offset on. */
  double apply(float[] a, int at, float[] b, int bt, int width) {
    return switch (kind) {
      case LINEAR -> product(a, at, b, bt, width);
      case POLY -> power(gamma * product(a, at, b, bt, width) + coef0, degree);
      case RBF -> Math.exp(-gamma * squaredDistance(a, at, b, bt, width));
      case SIGMOID -> Math.tanh(gamma * product(a, at, b, bt, width) + coef0);
      case LAPLACIAN -> Math.exp(-gamma * blockDistance(a, at, b, bt, width));
      case COSINE -> cosine(a, at, b, bt, width);
      case MATERN_1, MATERN_3, MATERN_5 ->
          matern(gamma * Math.sqrt(squaredDistance(a, at, b, bt, width)));
    };
  }

  void write(PayloadWriter out) {
    out.writeByte(kind.ordinal());
    out.writeDoubles(new double[] {gamma, coef0});
    out.writeInt(degree);
  }

  static KernelFunction read(PayloadReader in) {
    Kind kind = in.readConstant(Kind.values());
    double[] numbers = in.readDoubles();
    in.require(
        numbers.length == 2 && Double.isFinite(numbers[0]) && Double.isFinite(numbers[1]),
        "a kernel");
    return new KernelFunction(kind, numbers[0], numbers[1], in.readInt());
  }

  private double matern(double scaled) {
    double d =
        switch (kind) {
          case MATERN_3 -> Math.sqrt(3) * scaled;
          case MATERN_5 -> Math.sqrt(5) * scaled;
          case LINEAR, POLY, RBF, SIGMOID, LAPLACIAN, COSINE, MATERN_1 -> scaled;
        };
    double factor =
        switch (kind) {
          case MATERN_3 -> 1 + d;
          case MATERN_5 -> 1 + d + d * d / 3;
          case LINEAR, POLY, RBF, SIGMOID, LAPLACIAN, COSINE, MATERN_1 -> 1;
        };
    return factor * Math.exp(-d);
  }

  private static double product(float[] a, int at, float[] b, int bt, int width) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      sum += (double) a[at + j] * b[bt + j];
    }
    return sum;
  }

  static double squaredDistance(float[] a, int at, float[] b, int bt, int width) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      double d = (double) a[at + j] - b[bt + j];
      sum += d * d;
    }
    return sum;
  }

  private static double blockDistance(float[] a, int at, float[] b, int bt, int width) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      sum += Math.abs((double) a[at + j] - b[bt + j]);
    }
    return sum;
  }

  private static double cosine(float[] a, int at, float[] b, int bt, int width) {
    double lengths =
        Math.sqrt(product(a, at, a, at, width)) * Math.sqrt(product(b, bt, b, bt, width));
    return lengths == 0 ? 0 : product(a, at, b, bt, width) / lengths;
  }

  /** By squaring: exact for the small whole powers that are used. */
  private static double power(double base, int exponent) {
    double result = 1;
    double square = base;
    for (int left = exponent; left > 0; left >>= 1) {
      if ((left & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }
}
