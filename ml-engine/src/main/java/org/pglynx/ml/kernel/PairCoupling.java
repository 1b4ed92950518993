package org.pglynx.ml.kernel;

import java.util.Arrays;

/**
 * Probabilities of classes from those of all pairs of classes, by the second method of Wu, Lin,
 * Weng, "Probability estimates for multi-class classification by pairwise coupling", 2004.
 */
final class PairCoupling {
  private static final int LEAST_MAX_ROUNDS = 100;

  private PairCoupling() {}

  /**
   * The probabilities.
   *
   * @param pair row-major classes × classes; of row against column, the two of a pair sum to 1
   */
  static double[] couple(double[] pair, int classes) {
    double[] q = quadratic(pair, classes);
    double[] p = new double[classes];
    double[] qp = new double[classes];
    Arrays.fill(p, 1.0 / classes);
    double tolerance = 0.005 / classes;
    for (int round = 0; round < Math.max(LEAST_MAX_ROUNDS, classes); round++) {
      double pqp = multiply(q, p, qp);
      double error = 0;
      for (double each : qp) {
        error = Math.max(error, Math.abs(each - pqp));
      }
      if (error < tolerance) {
        break;
      }
      for (int t = 0; t < classes; t++) {
        pqp = adjust(q, p, qp, pqp, t);
      }
    }
    return p;
  }

  private static double[] quadratic(double[] pair, int classes) {
    double[] q = new double[classes * classes];
    for (int t = 0; t < classes; t++) {
      for (int j = 0; j < classes; j++) {
        if (j != t) {
          double against = pair[j * classes + t];
          q[t * classes + t] += against * against;
          q[t * classes + j] = -against * pair[t * classes + j];
        }
      }
    }
    return q;
  }

  /** Fills Qp and gives pᵀQp. */
  private static double multiply(double[] q, double[] p, double[] qp) {
    double pqp = 0;
    for (int t = 0; t < p.length; t++) {
      qp[t] = 0;
      for (int j = 0; j < p.length; j++) {
        qp[t] += q[t * p.length + j] * p[j];
      }
      pqp += p[t] * qp[t];
    }
    return pqp;
  }

  private static double adjust(double[] q, double[] p, double[] qp, double pqp, int t) {
    double own = q[t * p.length + t];
    double change = (pqp - qp[t]) / own;
    double scale = 1 + change;
    p[t] += change;
    double next = (pqp + change * (change * own + 2 * qp[t])) / scale / scale;
    for (int j = 0; j < p.length; j++) {
      qp[j] = (qp[j] + change * q[t * p.length + j]) / scale;
      p[j] /= scale;
    }
    return next;
  }
}
