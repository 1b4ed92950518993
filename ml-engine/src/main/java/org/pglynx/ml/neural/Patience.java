package org.pglynx.ml.neural;

import org.pglynx.ml.algo.Parameters;

/** Counts the epochs without an improvement, of the loss or of the score of rows held back. */
final class Patience {
  private final double tolerance;
  private final int most;
  private final boolean scored;
  private double bestLoss = Double.POSITIVE_INFINITY;
  private double bestScore = Double.NEGATIVE_INFINITY;
  private double[] bestNumbers = {};
  private int without;

  Patience(Parameters parameters, boolean scored) {
    this.tolerance = parameters.real("tol", 1e-4);
    this.most = parameters.whole("n_iter_no_change", 10);
    this.scored = scored;
  }

  void note(double loss, double score, double[] numbers) {
    boolean better = scored ? score >= bestScore + tolerance : loss <= bestLoss - tolerance;
    without = better ? 0 : without + 1;
    bestLoss = Math.min(bestLoss, loss);
    if (scored && score > bestScore) {
      bestScore = score;
      bestNumbers = numbers.clone();
    }
  }

  boolean isOver() {
    return without > most;
  }

  void renewWhenOver() {
    without = isOver() ? 0 : without;
  }

  /** The numbers of the best score, or the last ones where none are scored. */
  double[] best(double[] last) {
    return bestNumbers.length > 0 ? bestNumbers : last;
  }
}
