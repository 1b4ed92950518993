package org.pglynx.ml.neural;

/** What a hidden unit makes of its sum. */
enum Activation {
  IDENTITY,
  LOGISTIC,
  TANH,
  RELU;

  double of(double sum) {
    return switch (this) {
      case IDENTITY -> sum;
      case LOGISTIC -> 1 / (1 + Math.exp(-sum));
      case TANH -> Math.tanh(sum);
      case RELU -> Math.max(sum, 0);
    };
  }

  /** The derivative, from the value. */
  double slope(double value) {
    return switch (this) {
      case IDENTITY -> 1;
      case LOGISTIC -> value * (1 - value);
      case TANH -> 1 - value * value;
      case RELU -> value > 0 ? 1 : 0;
    };
  }
}
