package org.pglynx.ml.online;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Stochastic gradient descent as scikit-learn does it: row by row in its order of rows, with its
 * steps, penalties, averages and ways to stop.
 */
final class Sgd {
  private static final double MAX_SLOPE = 1e12;
  private static final double LEAST_STEP = 1e-6;
  private static final int ROWS_BETWEEN_CHECKS = 4096;

  private final TrainingTable table;
  private final Problem problem;
  private final Settings settings;
  private final FitContext context;
  private final OnlineWeights weights;
  private final double optimalStart;
  private double eta;
  private long seen = 1;

  /**
   * What is to be learnt.
   *
   * @param labels numbers, or −1 and 1
   * @param positiveWeight how much rows with labels above zero count
   * @param negativeWeight how much the others count
   * @param heldApart which rows only measure, for early stopping
   * @param seed of the order of rows
   */
  record Problem(
      double[] labels,
      double positiveWeight,
      double negativeWeight,
      boolean[] heldApart,
      int seed) {}

  /** The weights in the end. */
  record Solution(double[] weights, double intercept) {}

  private Sgd(TrainingTable table, Problem problem, Settings settings, FitContext context) {
    this.table = table;
    this.problem = problem;
    this.settings = settings;
    this.context = context;
    this.weights =
        new OnlineWeights(table.x(), table.width(), settings.average() > 0, settings.sparse());
    this.eta = settings.eta0();
    this.optimalStart = settings.step() == Step.OPTIMAL ? optimalStart() : 0;
  }

  /**
   * Learns.
   *
   * @throws MlException of kind BAD_DATA when numbers overflow
   */
  static Solution run(TrainingTable table, Problem problem, Settings settings, FitContext context) {
    return new Sgd(table, problem, settings, context).run();
  }

  private double optimalStart() {
    double typical = Math.sqrt(1 / Math.sqrt(settings.alpha()));
    double slope = settings.loss().slope(-typical, 1, settings.width());
    return Math.max(1, slope) / (typical * settings.alpha());
  }

  private Solution run() {
    RowOrder order = new RowOrder(table.rows());
    double best = Double.NEGATIVE_INFINITY;
    double leastLoss = Double.POSITIVE_INFINITY;
    int vain = 0;
    int learning = learning();
    for (int epoch = 0; epoch < settings.maxEpochs(); epoch++) {
      if (settings.shuffle()) {
        order.shuffle(problem.seed());
      }
      double loss = epoch(order);
      requireFinite(epoch);
      if (settings.early()) {
        double score = EarlyStop.score(table, problem, weights);
        vain = score < best + settings.tolerance() ? vain + 1 : 0;
        best = Math.max(best, score);
      } else {
        vain = loss > leastLoss - settings.tolerance() * learning ? vain + 1 : 0;
        leastLoss = Math.min(leastLoss, loss);
      }
      if (vain >= settings.patience()) {
        if (settings.step() != Step.ADAPTIVE || eta <= LEAST_STEP) {
          break;
        }
        eta /= 5;
        vain = 0;
      }
    }
    return solution();
  }

  private Solution solution() {
    boolean averaged = settings.average() > 0 && settings.average() <= seen - 1;
    return averaged
        ? new Solution(weights.average(), weights.averageIntercept())
        : new Solution(weights.weights(), weights.intercept());
  }

  private int learning() {
    int count = 0;
    for (boolean apart : problem.heldApart()) {
      count += apart ? 0 : 1;
    }
    return count;
  }

  /** All rows once; gives the sum of their losses. */
  private double epoch(RowOrder order) {
    double sum = 0;
    for (int i = 0; i < table.rows(); i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        context.cancel().check();
      }
      int row = order.row(i);
      if (!problem.heldApart()[row]) {
        sum += learn(row);
      }
    }
    return sum;
  }

  private double learn(int row) {
    double label = problem.labels()[row];
    double score = weights.score(row);
    double loss = settings.loss().cost(score, label, settings.width());
    double update = update(row, score, label, loss);
    if (Double.isNaN(update)) {
      return loss;
    }
    double counts = label > 0 ? problem.positiveWeight() : problem.negativeWeight();
    update *= counts * table.weight(row);
    if (settings.shrink()) {
      weights.shrink(Math.max(0, 1 - (1 - settings.l1Ratio()) * eta * settings.alpha()));
    }
    if (update != 0) {
      weights.add(row, update);
      weights.addIntercept(settings.intercept() ? update : 0);
    }
    if (settings.average() > 0 && settings.average() <= seen) {
      weights.average(seen - settings.average() + 1);
    }
    if (settings.sparse()) {
      weights.payAbsolute(row, settings.l1Ratio() * eta * settings.alpha());
    }
    seen++;
    return loss;
  }

  /** How far to move along the row; NaN for rows of zeros that passive aggressive leaves out. */
  private double update(int row, double score, double label, double loss) {
    return switch (settings.step()) {
      case CONSTANT, ADAPTIVE -> -eta * slope(score, label);
      case OPTIMAL -> {
        eta = 1 / (settings.alpha() * (optimalStart + seen - 1));
        yield -eta * slope(score, label);
      }
      case INVSCALING -> {
        eta = settings.eta0() / Math.pow(seen, settings.powerT());
        yield -eta * slope(score, label);
      }
      case PASSIVE -> {
        double length = weights.squaredLength(row);
        yield length == 0
            ? Double.NaN
            : towards(label, score, Math.min(settings.aggressiveness(), loss / length));
      }
      case PASSIVE_SOFT -> {
        double length = weights.squaredLength(row) + 0.5 / settings.aggressiveness();
        yield towards(label, score, loss / length);
      }
    };
  }

  private double towards(double label, double score, double amount) {
    if (settings.loss() == Loss.HINGE) {
      return amount * label;
    }
    return label < score ? -amount : amount;
  }

  private double slope(double score, double label) {
    double slope = settings.loss().slope(score, label, settings.width());
    return Math.max(-MAX_SLOPE, Math.min(MAX_SLOPE, slope));
  }

  private void requireFinite(int epoch) {
    if (!weights.finite()) {
      throw new MlException(
          Kind.BAD_DATA,
          "training with algorithm \"%s\" overflowed in epoch %d"
              .formatted(table.info().algorithm(), epoch + 1),
          "Scale the features to mean 0 and standard deviation 1, or use a smaller eta0.");
    }
  }
}
