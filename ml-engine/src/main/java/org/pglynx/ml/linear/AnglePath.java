package org.pglynx.ml.linear;

import java.util.Arrays;
import org.pglynx.ml.model.CancelToken;

/**
 * The path of least angle regression (Efron, Hastie, Johnstone, Tibshirani 2004) on the Gram
 * matrix: the columns that correlate most with the residual are active, and their weights move
 * together, in the direction that keeps their correlations equal, until another column correlates
 * as much. For the lasso a column leaves when its weight reaches zero.
 */
final class AnglePath {
  /** Correlations closer than this count as equal; scikit-learn's float32 epsilon. */
  private static final double TIE = 0x1.0p-23;

  /** Added to denominators, so that equal correlations give a far step, not NaN. */
  private static final double TINY = 0x1.0p-126;

  /** A column of which less is outside of the active ones' span is never taken. */
  private static final double DEPENDENT = 1e-7;

  /**
   * Where the path goes and ends.
   *
   * @param lasso whether columns leave at zero
   * @param positive whether weights stay at least zero
   * @param alphaMin the penalty at which it ends
   * @param maxSteps at most
   * @param eps the least diagonal of the factor
   */
  record Rule(boolean lasso, boolean positive, double alphaMin, int maxSteps, double eps) {}

  private final int p;
  private final int rows;
  private final Rule rule;
  private final CancelToken cancel;
  private final double[] gram;
  private final double[] correlation;
  private final double[] residual;
  private final boolean[] taken;
  private final ActiveFactor active;
  private final double[] sign;
  private double[] weights;
  private double[] previous;

  AnglePath(double[] gram, double[] correlation, int rows, Rule rule, CancelToken cancel) {
    this.p = correlation.length;
    this.rows = rows;
    this.rule = rule;
    this.cancel = cancel;
    this.gram = gram;
    this.correlation = correlation;
    this.residual = correlation.clone();
    this.taken = new boolean[p];
    this.active = new ActiveFactor(gram, p);
    this.sign = new double[p];
    this.weights = new double[p];
    this.previous = new double[p];
  }

  /** The weights at the end of the path. */
  double[] run() {
    double alphaBefore = 0;
    boolean dropped = false;
    for (int step = 0; ; ) {
      cancel.check();
      int candidate = strongest();
      double strength = candidate < 0 ? 0 : strength(candidate);
      double alpha = strength / rows;
      if (alpha <= rule.alphaMin() + TIE) {
        return stopAt(alpha, alphaBefore, step);
      }
      if (step >= rule.maxSteps() || active.size() >= p) {
        return weights;
      }
      if (!dropped && !take(candidate)) {
        continue;
      }
      if (rule.lasso() && step > 0 && alphaBefore < alpha) {
        return weights;
      }
      dropped = advance(strength);
      alphaBefore = alpha;
      step++;
    }
  }

  /** The weights between the last two points of the path, where the penalty is met exactly. */
  private double[] stopAt(double alpha, double alphaBefore, int step) {
    if (step > 0 && Math.abs(alpha - rule.alphaMin()) > TIE) {
      double share = (alphaBefore - rule.alphaMin()) / (alphaBefore - alpha);
      for (int j = 0; j < p; j++) {
        weights[j] = previous[j] + share * (weights[j] - previous[j]);
      }
    }
    return weights;
  }

  private double strength(int column) {
    return rule.positive() ? residual[column] : Math.abs(residual[column]);
  }

  private int strongest() {
    int best = -1;
    for (int j = 0; j < p; j++) {
      if (!taken[j] && (best < 0 || strength(j) > strength(best))) {
        best = j;
      }
    }
    return best;
  }

  /** Makes a column active; false when the active ones say the same. */
  private boolean take(int column) {
    double length = Math.max(1, Math.sqrt(gram[column * p + column]));
    if (active.add(column, rule.eps()) < DEPENDENT * length) {
      active.removeLast();
      residual[column] = 0;
      return false;
    }
    taken[column] = true;
    sign[column] = rule.positive() ? 1 : Math.signum(residual[column]);
    return true;
  }

  /** Moves until the next column joins or, for the lasso, one leaves; true when signs changed. */
  private boolean advance(double strength) {
    double[] direction = new double[active.size()];
    for (int k = 0; k < direction.length; k++) {
      direction[k] = sign[active.column(k)];
    }
    active.solve(direction);
    double unit = scale(direction);
    double[] pull = pull(direction);
    double length = Math.min(strength / unit, distanceToNext(strength, unit, pull));
    double crossing = crossing(direction);
    boolean changed = crossing < length;
    int[] crossed = changed ? flip(direction, crossing) : new int[0];
    if (changed && rule.lasso()) {
      length = crossing;
    }
    move(direction, length);
    for (int j = 0; j < p; j++) {
      residual[j] -= length * pull[j];
    }
    if (changed && rule.lasso()) {
      drop(crossed);
    }
    return changed;
  }

  /** Scales the direction to unit length; gives its correlation with each active column. */
  private double scale(double[] direction) {
    double sum = 0;
    for (int k = 0; k < direction.length; k++) {
      sum += direction[k] * sign[active.column(k)];
    }
    double unit = 1 / Math.sqrt(Math.max(sum, rule.eps()));
    for (int k = 0; k < direction.length; k++) {
      direction[k] *= unit;
    }
    return unit;
  }

  /** How fast the correlation of every column outside falls. */
  private double[] pull(double[] direction) {
    double[] pull = new double[p];
    for (int k = 0; k < direction.length; k++) {
      int row = active.column(k) * p;
      for (int j = 0; j < p; j++) {
        pull[j] += gram[row + j] * direction[k];
      }
    }
    return pull;
  }

  private double distanceToNext(double strength, double unit, double[] pull) {
    double least = Double.MAX_VALUE;
    for (int j = 0; j < p; j++) {
      if (taken[j]) {
        continue;
      }
      least = leastPositive(least, (strength - residual[j]) / (unit - pull[j] + TINY));
      if (!rule.positive()) {
        least = leastPositive(least, (strength + residual[j]) / (unit + pull[j] + TINY));
      }
    }
    return least;
  }

  private double crossing(double[] direction) {
    double least = Double.MAX_VALUE;
    for (int k = 0; k < direction.length; k++) {
      least = leastPositive(least, crossing(direction, k));
    }
    return least;
  }

  private double crossing(double[] direction, int k) {
    return -weights[active.column(k)] / (direction[k] + TINY);
  }

  /**
   * Turns the sign of the columns whose weights are zero there; gives their positions, last first.
   */
  private int[] flip(double[] direction, double crossing) {
    int[] found = new int[direction.length];
    int count = 0;
    for (int k = direction.length - 1; k >= 0; k--) {
      if (crossing(direction, k) == crossing) {
        sign[active.column(k)] *= -1;
        found[count++] = k;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private void move(double[] direction, double length) {
    previous = weights;
    weights = new double[p];
    for (int k = 0; k < direction.length; k++) {
      int column = active.column(k);
      weights[column] = previous[column] + length * direction[k];
    }
  }

  private void drop(int[] positions) {
    for (int position : positions) {
      int column = active.column(position);
      active.remove(position);
      taken[column] = false;
      residual[column] = correlation[column];
      for (int j = 0; j < p; j++) {
        residual[column] -= gram[column * p + j] * weights[j];
      }
    }
  }

  private static double leastPositive(double least, double value) {
    return value > 0 && value < least ? value : least;
  }
}
