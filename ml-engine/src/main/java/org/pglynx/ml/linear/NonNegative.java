package org.pglynx.ml.linear;

import org.pglynx.ml.model.CancelToken;

/**
 * Least squares with weights of at least zero, by the active sets of Lawson and Hanson (1974) on
 * the Gram matrix: exact, in finitely many steps.
 */
final class NonNegative {
  private static final double DEPENDENT = 1e-10;
  private static final double NOTHING = 1e-12;

  private final double[] gram;
  private final double[] correlation;
  private final int p;
  private final CancelToken cancel;
  private final ActiveFactor active;
  private final double[] weights;
  private final boolean[] banned;

  private NonNegative(double[] gram, double[] correlation, CancelToken cancel) {
    this.gram = gram;
    this.correlation = correlation;
    this.p = correlation.length;
    this.cancel = cancel;
    this.active = new ActiveFactor(gram, p);
    this.weights = new double[p];
    this.banned = new boolean[p];
  }

  /**
   * The weights w ≥ 0 that minimise w·G·w − 2·w·c + ridge·|w|².
   *
   * @param gram G, changed by the ridge
   * @param correlation c
   */
  static double[] solve(double[] gram, double[] correlation, double ridge, CancelToken cancel) {
    int p = correlation.length;
    for (int j = 0; j < p; j++) {
      gram[j * p + j] += ridge;
    }
    return new NonNegative(gram, correlation, cancel).run();
  }

  private double[] run() {
    for (int step = 0; step < 30 * p + 100; step++) {
      cancel.check();
      int best = steepest();
      if (best < 0) {
        break;
      }
      double length = Math.sqrt(gram[best * p + best]);
      if (active.add(best, 0) <= DEPENDENT * length) {
        active.removeLast();
        banned[best] = true;
        continue;
      }
      settle();
    }
    return weights;
  }

  /** The column outside whose weight would lower the error most; −1 when none would. */
  private int steepest() {
    int best = -1;
    double most = 0;
    for (int j = 0; j < p; j++) {
      if (banned[j] || active.contains(j)) {
        continue;
      }
      double gain = correlation[j];
      for (int k = 0; k < p; k++) {
        gain -= gram[j * p + k] * weights[k];
      }
      if (gain > NOTHING * Math.abs(correlation[j]) && gain > most) {
        best = j;
        most = gain;
      }
    }
    return best;
  }

  /** Goes to the least squares of the active columns; those whose weight reaches zero leave. */
  private void settle() {
    while (active.size() > 0) {
      double[] solved = new double[active.size()];
      for (int k = 0; k < solved.length; k++) {
        solved[k] = correlation[active.column(k)];
      }
      active.solve(solved);
      int blocking = blocking(solved);
      double share = blocking < 0 ? 1 : share(blocking, solved);
      for (int k = 0; k < solved.length; k++) {
        int column = active.column(k);
        weights[column] += share * (solved[k] - weights[column]);
      }
      if (blocking < 0) {
        return;
      }
      weights[active.column(blocking)] = 0;
      active.remove(blocking);
    }
  }

  private int blocking(double[] solved) {
    int blocking = -1;
    for (int k = 0; k < solved.length; k++) {
      if (solved[k] <= 0 && (blocking < 0 || share(k, solved) < share(blocking, solved))) {
        blocking = k;
      }
    }
    return blocking;
  }

  private double share(int k, double[] solved) {
    double weight = weights[active.column(k)];
    return weight == solved[k] ? 0 : weight / (weight - solved[k]);
  }
}
