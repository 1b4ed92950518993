package org.pglynx.ml.online;

/** Weights and intercept while they are learnt, and their average. */
final class OnlineWeights {
  private static final double SMALLEST_SCALE = 1e-9;

  private final float[] x;
  private final int p;
  private final double[] weights;
  private final double[] average;
  private final double[] paid;
  private double scale = 1;
  private double due;
  private double intercept;
  private double averageIntercept;

  OnlineWeights(float[] x, int p, boolean averaged, boolean sparse) {
    this.x = x;
    this.p = p;
    this.weights = new double[p];
    this.average = new double[averaged ? p : 0];
    this.paid = new double[sparse ? p : 0];
  }

  double intercept() {
    return intercept;
  }

  double averageIntercept() {
    return averageIntercept;
  }

  double[] weights() {
    double[] out = new double[p];
    for (int j = 0; j < p; j++) {
      out[j] = scale * weights[j];
    }
    return out;
  }

  double[] average() {
    return average.clone();
  }

  double score(int row) {
    double sum = 0;
    int at = row * p;
    for (int j = 0; j < p; j++) {
      sum += weights[j] * x[at + j];
    }
    return scale * sum + intercept;
  }

  double squaredLength(int row) {
    double sum = 0;
    int at = row * p;
    for (int j = 0; j < p; j++) {
      sum += (double) x[at + j] * x[at + j];
    }
    return sum;
  }

  /** Multiplies all weights: one number, until it becomes too small to divide by. */
  void shrink(double factor) {
    scale *= factor;
    if (scale < SMALLEST_SCALE) {
      for (int j = 0; j < p; j++) {
        weights[j] *= scale;
      }
      scale = 1;
    }
  }

  void add(int row, double amount) {
    int at = row * p;
    double unscaled = amount / scale;
    for (int j = 0; j < p; j++) {
      weights[j] += x[at + j] * unscaled;
    }
  }

  void addIntercept(double amount) {
    intercept += amount;
  }

  /** Takes the weights as they are now into the average of so many. */
  void average(double count) {
    for (int j = 0; j < p; j++) {
      average[j] += (scale * weights[j] - average[j]) / count;
    }
    averageIntercept += (intercept - averageIntercept) / count;
  }

  /** The absolute penalty, paid by weights up to zero and not beyond (Tsuruoka et al. 2009). */
  void payAbsolute(int row, double more) {
    due += more;
    int at = row * p;
    for (int j = 0; j < p; j++) {
      if (x[at + j] == 0) {
        continue;
      }
      double before = weights[j];
      if (scale * before > 0) {
        weights[j] = Math.max(0, before - (due + paid[j]) / scale);
      } else if (scale * before < 0) {
        weights[j] = Math.min(0, before + (due - paid[j]) / scale);
      }
      paid[j] += scale * (weights[j] - before);
    }
  }

  boolean finite() {
    double sum = intercept;
    for (double w : weights) {
      sum += Math.abs(scale * w);
    }
    return Double.isFinite(sum);
  }
}
