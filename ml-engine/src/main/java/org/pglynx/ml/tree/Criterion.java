package org.pglynx.ml.tree;

/**
 * What a split is to improve. Each criterion is a score of a node, a function of the target's sums
 * and the weight, of which the sum over both sides is to be as large as possible; the impurity
 * drops by as much as the summed score rises.
 */
enum Criterion {
  /** Variance, and with shares of classes Gini's impurity. */
  SQUARED {
    @Override
    double score(double[] sums, int at, int outputs, double weight) {
      double score = 0;
      for (int k = at; k < at + outputs; k++) {
        score += sums[k] * sums[k];
      }
      return score / weight;
    }
  },
  /** Shannon's entropy in bits. */
  ENTROPY {
    @Override
    double score(double[] sums, int at, int outputs, double weight) {
      if (outputs == 1) {
        return bits(sums[at], weight) + bits(weight - sums[at], weight);
      }
      double score = 0;
      for (int k = at; k < at + outputs; k++) {
        score += bits(sums[k], weight);
      }
      return score;
    }
  },
  /** Half the deviance of a Poisson distribution; both sides need a sum above 0. */
  POISSON {
    @Override
    double score(double[] sums, int at, int outputs, double weight) {
      double sum = sums[at];
      return sum <= 0 ? Double.NEGATIVE_INFINITY : sum * Math.log(sum / weight);
    }
  };

  private static final double LOG_2 = Math.log(2);

  abstract double score(double[] sums, int at, int outputs, double weight);

  private static double bits(double sum, double weight) {
    return sum <= 0 ? 0 : sum * Math.log(sum / weight) / LOG_2;
  }
}
