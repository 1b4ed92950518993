package org.pglynx.ml.linalg;

/**
 * Minimises a smooth, convex function plus Σ price·|x| by accelerated proximal gradient steps
 * (Beck, Teboulle 2009) that begin anew whenever they would turn back (O'Donoghue, Candès 2015).
 */
public final class ProximalGradient {
  private static final double GROW = 2;
  private static final double RELAX = 0.9;
  private static final int MAX_BACKTRACKS = 100;
  private static final double ROUNDING = 1e-14;

  private final Lbfgs.Objective smooth;
  private final double[] price;
  private final int n;
  private double[] x;
  private double steepness = 1;

  private ProximalGradient(Lbfgs.Objective smooth, double[] price) {
    this.smooth = smooth;
    this.price = price;
    this.n = price.length;
    this.x = new double[n];
  }

  /**
   * The minimiser.
   *
   * @param price of each coordinate's absolute value, 0 for free ones
   * @param maxSteps at most
   * @param tolerance stop when no coordinate's least subgradient is larger
   */
  public static double[] minimise(
      Lbfgs.Objective smooth, double[] price, int maxSteps, double tolerance) {
    return new ProximalGradient(smooth, price).run(maxSteps, tolerance);
  }

  private double[] run(int maxSteps, double tolerance) {
    double[] ahead = x.clone();
    double momentum = 1;
    double[] gradient = new double[n];
    for (int i = 0; i < maxSteps; i++) {
      double value = smooth.evaluate(ahead, gradient);
      if (subgradient(ahead, gradient) <= tolerance) {
        return ahead;
      }
      double[] next = step(ahead, gradient, value);
      double nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
      boolean turnsBack = turnsBack(ahead, next);
      double speed = turnsBack ? 0 : (momentum - 1) / nextMomentum;
      momentum = turnsBack ? 1 : nextMomentum;
      for (int j = 0; j < n; j++) {
        ahead[j] = next[j] + speed * (next[j] - x[j]);
      }
      x = next;
      steepness *= RELAX;
    }
    return x;
  }

  /** The largest of the coordinates' subgradients that are nearest to zero. */
  private double subgradient(double[] at, double[] gradient) {
    double max = 0;
    for (int j = 0; j < n; j++) {
      double g =
          at[j] == 0
              ? Math.max(0, Math.abs(gradient[j]) - price[j])
              : Math.abs(gradient[j] + Math.copySign(price[j], at[j]));
      max = Math.max(max, g);
    }
    return max;
  }

  /** A step so short that the parabola above the function is above it. */
  private double[] step(double[] from, double[] gradient, double value) {
    double[] next = new double[n];
    double[] unused = new double[n];
    for (int i = 0; i < MAX_BACKTRACKS; i++) {
      double bound = value;
      for (int j = 0; j < n; j++) {
        double moved = from[j] - gradient[j] / steepness;
        double shrunk = Math.max(0, Math.abs(moved) - price[j] / steepness);
        next[j] = Math.copySign(shrunk, moved);
        double d = next[j] - from[j];
        bound += gradient[j] * d + steepness / 2 * d * d;
      }
      if (smooth.evaluate(next, unused) <= bound + ROUNDING * Math.abs(value)) {
        break;
      }
      steepness *= GROW;
    }
    return next;
  }

  private boolean turnsBack(double[] ahead, double[] next) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += (ahead[j] - next[j]) * (next[j] - x[j]);
    }
    return sum > 0;
  }
}
