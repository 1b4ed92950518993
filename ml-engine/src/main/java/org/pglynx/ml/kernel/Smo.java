package org.pglynx.ml.kernel;

import java.util.Arrays;
import org.pglynx.ml.model.CancelToken;

/**
 * Minimises ½ αᵀQα + pᵀα with Q = y yᵀ ∘ K, 0 ≤ α ≤ bound and yᵀα fixed, by sequential minimal
 * optimisation with second order working sets (Fan, Chen, Lin 2005; Chang, Lin, "LIBSVM: a library
 * for support vector machines", 2011, sections 4.1 and 5): in each step two variables move along
 * the constraint. The machines with ν also fix eᵀα; there both variables have the same sign.
 *
 * <p>Kept per variable is its pull, −y·∇: a variable may move up while its pull is above another's
 * that may move down. The first {@code rows} variables, and when there are twice as many the second
 * half too, belong to the rows of the kernel.
 */
final class Smo {
  /** What is known about the problem. */
  record Problem(KernelRows rows, boolean[] positive, double[] bound, boolean separateSigns) {
    int size() {
      return bound.length;
    }

    double sign(int k) {
      return positive[k] ? 1 : -1;
    }
  }

  /** When to stop. */
  record Limits(double tolerance, long maxIterations, CancelToken cancel) {}

  /**
   * The minimum.
   *
   * @param alpha the variables
   * @param bias what the decision adds to the sum of kernels
   * @param margin half of what lies between the signs, only where they are separate
   */
  record Solution(double[] alpha, double bias, double margin) {}

  /** The curvature of a pair whose kernels say it has none. */
  private static final double LEAST_CURVATURE = 1e-12;

  private static final float[] NO_ROW = {};

  private final Problem problem;
  private final KernelRows rows;
  private final double[] alpha;
  private final double[] pull;
  private int up;
  private int down;

  private Smo(Problem problem, double[] alpha, double[] pull) {
    this.problem = problem;
    this.rows = problem.rows();
    this.alpha = alpha;
    this.pull = pull;
  }

  /**
   * Solves.
   *
   * @param start feasible variables
   * @param pullAtZero −y·p for each variable
   */
  static Solution solve(Problem problem, double[] start, double[] pullAtZero, Limits limits) {
    Smo smo = new Smo(problem, start.clone(), pullAtZero.clone());
    smo.pullFromStart();
    for (long i = 0; i < limits.maxIterations() && smo.select(limits.tolerance()); i++) {
      limits.cancel().check();
      smo.step();
    }
    return smo.solution();
  }

  private void pullFromStart() {
    for (int k = 0; k < alpha.length; k++) {
      double moved = alpha[k] * problem.sign(k);
      if (moved != 0) {
        float[] row = rows.row(k % rows.size());
        for (int m = 0; m < alpha.length; m++) {
          pull[m] -= moved * row[m % row.length];
        }
      }
    }
  }

  private boolean mayRise(int k) {
    return problem.positive()[k] ? alpha[k] < problem.bound()[k] : alpha[k] > 0;
  }

  private boolean mayFall(int k) {
    return problem.positive()[k] ? alpha[k] > 0 : alpha[k] < problem.bound()[k];
  }

  /** Finds the next pair; false when none violates optimality by more than the tolerance. */
  private boolean select(double tolerance) {
    int plus = highest(true);
    int minus = problem.separateSigns() ? highest(false) : plus;
    float[] plusRow = rowOf(plus);
    float[] minusRow = minus == plus ? plusRow : rowOf(minus);
    double violation = Double.NEGATIVE_INFINITY;
    double gain = Double.POSITIVE_INFINITY;
    down = -1;
    for (int k = 0; k < alpha.length; k++) {
      int i = problem.positive()[k] ? plus : minus;
      if (i < 0 || !mayFall(k)) {
        continue;
      }
      double slope = pull[i] - pull[k];
      violation = Math.max(violation, slope);
      if (slope > 0) {
        double change =
            -(slope * slope) / curvature(i, k, problem.positive()[k] ? plusRow : minusRow);
        if (change <= gain) {
          gain = change;
          up = i;
          down = k;
        }
      }
    }
    return down >= 0 && violation >= tolerance;
  }

  /** The variable of highest pull that may rise; of that sign only, where signs are separate. */
  private int highest(boolean positive) {
    double max = Double.NEGATIVE_INFINITY;
    int at = -1;
    for (int k = 0; k < alpha.length; k++) {
      boolean asked = !problem.separateSigns() || problem.positive()[k] == positive;
      if (asked && pull[k] >= max && mayRise(k)) {
        max = pull[k];
        at = k;
      }
    }
    return at;
  }

  private float[] rowOf(int k) {
    return k < 0 ? NO_ROW : rows.row(k % rows.size());
  }

  private double curvature(int i, int k, float[] rowOfI) {
    int n = rows.size();
    double curvature = rows.diagonal(i % n) + rows.diagonal(k % n) - 2.0 * rowOfI[k % n];
    return curvature > 0 ? curvature : LEAST_CURVATURE;
  }

  private void step() {
    float[] rising = rowOf(up);
    float[] falling = rowOf(down);
    double room = Math.min(riseOf(up), fallOf(down));
    double length = Math.min((pull[up] - pull[down]) / curvature(up, down, rising), room);
    boolean upEnds = length == riseOf(up);
    boolean downEnds = length == fallOf(down);
    alpha[up] = moved(up, length, upEnds);
    alpha[down] = moved(down, -length, downEnds);
    int n = rows.size();
    for (int half = 0; half < alpha.length; half += n) {
      for (int k = 0; k < n; k++) {
        pull[half + k] -= length * ((double) rising[k] - falling[k]);
      }
    }
  }

  private double riseOf(int k) {
    return problem.positive()[k] ? problem.bound()[k] - alpha[k] : alpha[k];
  }

  private double fallOf(int k) {
    return problem.positive()[k] ? alpha[k] : problem.bound()[k] - alpha[k];
  }

  /**
   * Exactly at the bound when the step ends there, so that rounding leaves no variable almost
   * there.
   */
  private double moved(int k, double along, boolean ends) {
    double change = problem.sign(k) * along;
    if (ends) {
      return change > 0 ? problem.bound()[k] : 0;
    }
    return alpha[k] + change;
  }

  private Solution solution() {
    if (!problem.separateSigns()) {
      return new Solution(alpha, level(true, true), 0);
    }
    double plus = level(true, false);
    double minus = level(false, true);
    return new Solution(alpha, (plus + minus) / 2, (minus - plus) / 2);
  }

  /** The pull at which variables rest: of the free ones' mean, else amid those at their bounds. */
  private double level(boolean plus, boolean minus) {
    double sum = 0;
    int free = 0;
    double low = Double.NEGATIVE_INFINITY;
    double high = Double.POSITIVE_INFINITY;
    for (int k = 0; k < alpha.length; k++) {
      if (!(problem.positive()[k] ? plus : minus)) {
        continue;
      }
      if (mayRise(k) && mayFall(k)) {
        sum += pull[k];
        free++;
      } else if (mayRise(k)) {
        low = Math.max(low, pull[k]);
      } else if (mayFall(k)) {
        high = Math.min(high, pull[k]);
      }
    }
    return free > 0 ? sum / free : amid(low, high);
  }

  private static double amid(double low, double high) {
    double[] known = Arrays.stream(new double[] {low, high}).filter(Double::isFinite).toArray();
    return Arrays.stream(known).average().orElse(0);
  }
}
