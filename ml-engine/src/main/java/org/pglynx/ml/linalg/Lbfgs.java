package org.pglynx.ml.linalg;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth function by limited-memory BFGS (Nocedal, Wright, "Numerical Optimization",
 * algorithm 7.5) with a bisecting weak-Wolfe line search (Lewis, Overton 2013).
 */
public final class Lbfgs {
  private static final int MEMORY = 10;
  private static final int MAX_LINE_STEPS = 50;
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;

  /** A differentiable function. */
  @FunctionalInterface
  public interface Objective {
    /**
     * The value at x; fills the gradient. Called once per evaluation, so it may check for cancel.
     */
    double evaluate(double[] x, double[] gradient);
  }

  private record Pair(double[] s, double[] y, double rho) {}

  private final Objective objective;
  private final Deque<Pair> pairs = new ArrayDeque<>();
  private double[] x;
  private double[] gradient;
  private double value;

  private Lbfgs(Objective objective, double[] start) {
    this.objective = objective;
    this.x = start.clone();
    this.gradient = new double[start.length];
    this.value = objective.evaluate(x, gradient);
  }

  /**
   * The minimiser.
   *
   * @param maxIterations steps at most
   * @param tolerance stop when no component of the gradient is larger
   */
  public static double[] minimise(
      Objective objective, double[] start, int maxIterations, double tolerance) {
    Lbfgs run = new Lbfgs(objective, start);
    for (int i = 0; i < maxIterations && run.steepness() > tolerance; i++) {
      if (!run.step()) {
        break;
      }
    }
    return run.x;
  }

  private double steepness() {
    double max = 0;
    for (double g : gradient) {
      max = Math.max(max, Math.abs(g));
    }
    return max;
  }

  /** One quasi-Newton step; false when rounding leaves no further descent. */
  private boolean step() {
    double[] direction = direction();
    double slope = dot(direction, gradient);
    if (!(slope < 0)) {
      return false;
    }
    double low = 0;
    double high = Double.POSITIVE_INFINITY;
    double length = pairs.isEmpty() ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    double[] next = new double[x.length];
    double[] nextGradient = new double[x.length];
    for (int i = 0; i < MAX_LINE_STEPS; i++) {
      for (int j = 0; j < next.length; j++) {
        next[j] = x[j] + length * direction[j];
      }
      double nextValue = objective.evaluate(next, nextGradient);
      if (!(nextValue <= value + SUFFICIENT_DECREASE * length * slope)) {
        high = length;
      } else if (dot(nextGradient, direction) < CURVATURE * slope) {
        low = length;
      } else {
        accept(next, nextGradient, nextValue);
        return true;
      }
      length = Double.isInfinite(high) ? 2 * low : (low + high) / 2;
    }
    return false;
  }

  private void accept(double[] next, double[] nextGradient, double nextValue) {
    double[] s = difference(next, x);
    double[] y = difference(nextGradient, gradient);
    double curvature = dot(s, y);
    if (curvature > 0) {
      pairs.addLast(new Pair(s, y, 1 / curvature));
      if (pairs.size() > MEMORY) {
        pairs.removeFirst();
      }
    }
    x = next;
    gradient = nextGradient;
    value = nextValue;
  }

  /** The two-loop recursion. */
  private double[] direction() {
    double[] q = gradient.clone();
    double[] alpha = new double[pairs.size()];
    int i = pairs.size();
    for (Iterator<Pair> newest = pairs.descendingIterator(); newest.hasNext(); ) {
      Pair pair = newest.next();
      i--;
      alpha[i] = pair.rho() * dot(pair.s(), q);
      addScaled(q, -alpha[i], pair.y());
    }
    if (!pairs.isEmpty()) {
      Pair last = pairs.getLast();
      scale(q, 1 / (last.rho() * dot(last.y(), last.y())));
    }
    for (Pair pair : pairs) {
      double beta = pair.rho() * dot(pair.y(), q);
      addScaled(q, alpha[i++] - beta, pair.s());
    }
    scale(q, -1);
    return q;
  }

  private static double[] difference(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] - b[i];
    }
    return out;
  }

  private static void addScaled(double[] to, double factor, double[] v) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * v[i];
    }
  }

  private static void scale(double[] v, double factor) {
    for (int i = 0; i < v.length; i++) {
      v[i] *= factor;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
