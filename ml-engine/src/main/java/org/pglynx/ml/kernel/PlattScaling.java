package org.pglynx.ml.kernel;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.kernel.SvcTrainer.Duel;
import org.pglynx.ml.kernel.SvcTrainer.Parting;

/**
 * The probability of a side as 1 / (1 + exp(A·decision + B)) (Platt 1999), fitted on decisions of
 * five-fold cross validation by Newton's method with backtracking (Lin, Lin, Weng 2007).
 */
record PlattScaling(double slope, double offset) {
  private static final int FOLDS = 5;
  private static final int MAX_STEPS = 100;
  private static final double LEAST_STEP = 1e-10;
  private static final double RIDGE = 1e-12;
  private static final double TOLERANCE = 1e-5;
  private static final double SUFFICIENT_DECREASE = 1e-4;

  /** The decision of a parting about a row. */
  @FunctionalInterface
  interface Decision {
    double of(Duel duel, Parting parting, int row);
  }

  /** Scales the decisions about two classes. */
  static PlattScaling of(
      Duel duel, Function<Duel, Parting> trainer, Decision decision, SeededRandom random) {
    int[] rows = duel.rows();
    int split = duel.first().length;
    int[] order = shuffled(rows.length, random);
    double[] decisions = new double[rows.length];
    for (int fold = 0; fold < FOLDS; fold++) {
      int from = (int) ((long) fold * rows.length / FOLDS);
      int to = (int) ((long) (fold + 1) * rows.length / FOLDS);
      int[] others =
          IntStream.range(0, rows.length)
              .filter(i -> i < from || i >= to)
              .map(i -> order[i])
              .toArray();
      Duel rest =
          new Duel(
              Arrays.stream(others).filter(k -> k < split).map(k -> rows[k]).toArray(),
              Arrays.stream(others).filter(k -> k >= split).map(k -> rows[k]).toArray());
      decide(rest, trainer, decision, Arrays.copyOfRange(order, from, to), rows, decisions);
    }
    return fit(decisions, split);
  }

  /** Decisions about held-out rows; one class alone decides for itself. */
  private static void decide(
      Duel rest,
      Function<Duel, Parting> trainer,
      Decision decision,
      int[] held,
      int[] rows,
      double[] decisions) {
    if (rest.first().length == 0 || rest.second().length == 0) {
      double sure = Integer.compare(rest.first().length, rest.second().length);
      for (int k : held) {
        decisions[k] = sure;
      }
      return;
    }
    Parting parting = trainer.apply(rest);
    for (int k : held) {
      decisions[k] = decision.of(rest, parting, rows[k]);
    }
  }

  private static int[] shuffled(int count, SeededRandom random) {
    int[] order = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }

  /** Fits to decisions of which the first ones are about the positive class. */
  static PlattScaling fit(double[] decisions, int positives) {
    int negatives = decisions.length - positives;
    double high = (positives + 1.0) / (positives + 2.0);
    double low = 1 / (negatives + 2.0);
    double[] target = new double[decisions.length];
    for (int i = 0; i < target.length; i++) {
      target[i] = i < positives ? high : low;
    }
    PlattScaling now = new PlattScaling(0, Math.log((negatives + 1.0) / (positives + 1.0)));
    for (int step = 0; step < MAX_STEPS; step++) {
      PlattScaling next = now.improved(decisions, target);
      if (next.equals(now)) {
        break;
      }
      now = next;
    }
    return now;
  }

  /** One Newton step; the same when there is nothing left to gain. */
  private PlattScaling improved(double[] decisions, double[] target) {
    double h11 = RIDGE;
    double h22 = RIDGE;
    double h21 = 0;
    double g1 = 0;
    double g2 = 0;
    for (int i = 0; i < target.length; i++) {
      double f = decisions[i];
      double p = probability(f);
      double curve = p * (1 - p);
      h11 += f * f * curve;
      h22 += curve;
      h21 += f * curve;
      g1 += f * (target[i] - p);
      g2 += target[i] - p;
    }
    if (Math.abs(g1) < TOLERANCE && Math.abs(g2) < TOLERANCE) {
      return this;
    }
    double determinant = h11 * h22 - h21 * h21;
    double da = -(h22 * g1 - h21 * g2) / determinant;
    double db = -(-h21 * g1 + h11 * g2) / determinant;
    double slope = g1 * da + g2 * db;
    double value = loss(decisions, target);
    for (double length = 1; length >= LEAST_STEP; length /= 2) {
      PlattScaling next = new PlattScaling(this.slope + length * da, offset + length * db);
      if (next.loss(decisions, target) < value + SUFFICIENT_DECREASE * length * slope) {
        return next;
      }
    }
    return this;
  }

  private double loss(double[] decisions, double[] target) {
    double loss = 0;
    for (int i = 0; i < target.length; i++) {
      double z = decisions[i] * slope + offset;
      loss +=
          z >= 0
              ? target[i] * z + Math.log1p(Math.exp(-z))
              : (target[i] - 1) * z + Math.log1p(Math.exp(z));
    }
    return loss;
  }

  /** The probability of the positive class. */
  double probability(double decision) {
    double z = decision * slope + offset;
    return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
  }
}
