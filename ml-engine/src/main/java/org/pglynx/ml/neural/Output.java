package org.pglynx.ml.neural;

import org.pglynx.ml.model.Task;

/** What the last layer's sums mean, and how wrong they are. */
enum Output {
  /** A value; half the squared error. */
  VALUE,
  /** One logit for the second of two classes; the log loss. */
  LOGISTIC,
  /** A logit for each class; the log loss. */
  SOFTMAX;

  static Output of(Task task, int classes) {
    if (task == Task.REGRESSION) {
      return VALUE;
    }
    return classes == 2 ? LOGISTIC : SOFTMAX;
  }

  int units(int classes) {
    return this == SOFTMAX ? classes : 1;
  }

  /** The loss; replaces the sums by its derivatives. */
  double loss(double[] sums, int units, double label) {
    return switch (this) {
      case VALUE -> {
        sums[0] -= label;
        yield sums[0] * sums[0] / 2;
      }
      case LOGISTIC -> {
        double towards = label == 1 ? sums[0] : -sums[0];
        sums[0] = 1 / (1 + Math.exp(-sums[0])) - label;
        yield Math.log1p(Math.exp(-Math.abs(towards))) + Math.max(-towards, 0);
      }
      case SOFTMAX -> {
        double own = sums[(int) label];
        double log = softmax(sums, units);
        sums[(int) label] -= 1;
        yield log - own;
      }
    };
  }

  /** Replaces logits by probabilities; gives the logarithm of the sum of their exponentials. */
  static double softmax(double[] sums, int units) {
    double most = Double.NEGATIVE_INFINITY;
    for (int u = 0; u < units; u++) {
      most = Math.max(most, sums[u]);
    }
    double total = 0;
    for (int u = 0; u < units; u++) {
      sums[u] = Math.exp(sums[u] - most);
      total += sums[u];
    }
    for (int u = 0; u < units; u++) {
      sums[u] /= total;
    }
    return Math.log(total) + most;
  }
}
