package org.pglynx.ml.boost;

/** Watches a metric on rows that were held out, and says when it no longer gets better. */
final class EarlyStopping {
  private final int patience;
  private final boolean higherIsBetter;
  private int best = -1;
  private double bestScore;

  EarlyStopping(int patience, boolean higherIsBetter) {
    this.patience = patience;
    this.higherIsBetter = higherIsBetter;
  }

  /** Takes a round's score; true when the last rounds brought nothing. */
  boolean stopsAfter(int round, double score) {
    boolean better = higherIsBetter ? score > bestScore : score < bestScore;
    if (best < 0 || better) {
      best = round;
      bestScore = score;
    }
    return round - best >= patience;
  }

  /** The round with the best score so far. */
  int bestRound() {
    return Math.max(0, best);
  }
}
