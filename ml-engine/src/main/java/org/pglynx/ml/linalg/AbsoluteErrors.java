package org.pglynx.ml.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Minimises ½·Σ quadratic·v² + Σ absolute·|v| + Σ price·|r| by a primal-dual interior-point method
 * with Mehrotra's predictor and corrector, as Portnoy and Koenker (1997) have it for quantile
 * regression.
 *
 * <p>A residual is split into its sides, r = s⁺ − s⁻, and has a dual d between −down and up; p = up
 * − d and q = d + down are its distances from the ends. In the minimum s⁺·p = 0, s⁻·q = 0 and
 * quadratic·v = Aᵀd. Every step solves the {@link NewtonSystem} for these with s⁺·p = s⁻·q = μ, and
 * μ falls towards 0. A weight with an absolute price is the residual of one more row, 0 = v + r,
 * which is not written out: behind the rows of A come those.
 */
public final class AbsoluteErrors {
  private static final int MAX_STEPS = 200;
  private static final double GAP = 1e-11;
  private static final double VANISHED = 1e-16;
  private static final double KEEP_INSIDE = 0.9995;
  private static final double LEAST_STEP = 1e-10;

  private final ResidualProblem problem;
  private final NewtonSystem system;
  private final double vanishing;
  private final int n;
  private final int k;
  private final int[] priced;
  private final int m;
  private final double[] target;
  private final double[] up;
  private final double[] down;
  private final double[] v;
  private final double[] above;
  private final double[] below;
  private final double[] p;
  private final double[] q;
  private final double[] theta;
  private final double[] direction;
  private final double[] dualStep;
  private final double[] aboveStep;
  private final double[] belowStep;

  private AbsoluteErrors(ResidualProblem problem, double[] absolute) {
    this.problem = problem;
    this.n = problem.count();
    this.k = problem.width();
    this.priced = IntStream.range(0, k).filter(j -> absolute[j] > 0).toArray();
    this.m = n + priced.length;
    this.target = Arrays.copyOf(problem.target(), m);
    this.up = Arrays.copyOf(problem.up(), m);
    this.down = Arrays.copyOf(problem.down(), m);
    for (int u = 0; u < priced.length; u++) {
      up[n + u] = absolute[priced[u]];
      down[n + u] = absolute[priced[u]];
    }
    int free = 0;
    for (int j = 0; j < k; j++) {
      free += problem.quadratic()[j] == 0 && absolute[j] == 0 ? 1 : 0;
    }
    this.system = NewtonSystem.of(problem, free);
    this.v = new double[k];
    this.above = new double[m];
    this.below = new double[m];
    this.p = new double[m];
    this.q = new double[m];
    this.theta = new double[m];
    this.direction = new double[k];
    this.dualStep = new double[m];
    this.aboveStep = new double[m];
    this.belowStep = new double[m];
    start();
    this.vanishing = VANISHED * complementarity();
  }

  private void start() {
    double size = 0;
    for (double b : target) {
      size += Math.abs(b) / m;
    }
    double margin = size == 0 ? 1 : size;
    for (int i = 0; i < m; i++) {
      above[i] = Math.max(target[i], 0) + margin;
      below[i] = Math.max(-target[i], 0) + margin;
      p[i] = (up[i] + down[i]) / 2;
      q[i] = p[i];
    }
  }

  /** The minimiser where weights have no absolute prices. */
  public static double[] minimise(ResidualProblem problem) {
    return minimise(problem, new double[problem.width()]);
  }

  /**
   * The minimiser.
   *
   * @param absolute the price of each weight
   */
  public static double[] minimise(ResidualProblem problem, double[] absolute) {
    ResidualProblem paid = problem.withoutFreeRows();
    if (paid.count() < paid.width() && isZero(absolute) && isZero(paid.quadratic())) {
      RowSpace space = new RowSpace(paid);
      ResidualProblem reduced = space.reduced();
      return space.weights(new AbsoluteErrors(reduced, new double[reduced.width()]).run());
    }
    return new AbsoluteErrors(paid, absolute).run();
  }

  private static boolean isZero(double[] vector) {
    return Arrays.stream(vector).allMatch(x -> x == 0);
  }

  private double[] run() {
    for (int i = 0; i < MAX_STEPS && !closed(); i++) {
      if (!step()) {
        break;
      }
    }
    return v;
  }

  private double complementarity() {
    double sum = 0;
    for (int i = 0; i < m; i++) {
      sum += above[i] * p[i] + below[i] * q[i];
    }
    return sum;
  }

  /** Where everything fits exactly both sides vanish, and their ratio says nothing. */
  private boolean closed() {
    double paid = 0;
    for (int i = 0; i < m; i++) {
      paid += up[i] * above[i] + down[i] * below[i];
    }
    for (int j = 0; j < k; j++) {
      paid += problem.quadratic()[j] * v[j] * v[j] / 2;
    }
    return complementarity() <= Math.max(GAP * paid, vanishing);
  }

  /** One step; false when rounding leaves none. */
  private boolean step() {
    decompose();
    double[] imbalance = imbalance();
    double[] rest = rest();
    double mu = complementarity() / (2 * m);

    direct(imbalance, rest, 0, false);
    double centred = centredAfter(longest()) / (2 * m);
    double sigma = Math.pow(centred / mu, 3);

    direct(imbalance, rest, sigma * mu, true);
    double length = Math.min(1, KEEP_INSIDE * longest());
    if (!(length > LEAST_STEP)) {
      return false;
    }
    move(length);
    return true;
  }

  private void decompose() {
    for (int i = 0; i < m; i++) {
      theta[i] = above[i] / p[i] + below[i] / q[i];
    }
    double[] diagonal = problem.quadratic().clone();
    for (int u = 0; u < priced.length; u++) {
      diagonal[priced[u]] += 1 / theta[n + u];
    }
    system.decompose(theta, diagonal);
  }

  /** Aᵀd − quadratic·v. */
  private double[] imbalance() {
    double[] imbalance = new double[k];
    for (int j = 0; j < k; j++) {
      imbalance[j] = -problem.quadratic()[j] * v[j];
    }
    problem.forEachRow((i, row) -> OuterSum.addScaled(imbalance, dual(i), row));
    for (int u = 0; u < priced.length; u++) {
      imbalance[priced[u]] += dual(n + u);
    }
    return imbalance;
  }

  /** From the nearer end, so that nothing cancels. */
  private double dual(int i) {
    return p[i] < q[i] ? up[i] - p[i] : q[i] - down[i];
  }

  /** What the sides do not make of the residuals. */
  private double[] rest() {
    double[] rest = new double[m];
    problem.forEachRow((i, row) -> rest[i] = -ResidualProblem.dot(row, v));
    for (int u = 0; u < priced.length; u++) {
      rest[n + u] = -v[priced[u]];
    }
    for (int i = 0; i < m; i++) {
      rest[i] += target[i] - above[i] + below[i];
    }
    return rest;
  }

  /**
   * Solves for the steps of v and, row by row, of everything else.
   *
   * @param mu what the products aim at
   * @param corrected whether the products of the last direction's steps are corrected for
   */
  private void direct(double[] imbalance, double[] rest, double mu, boolean corrected) {
    double[] right = new double[m];
    for (int i = 0; i < m; i++) {
      right[i] =
          rest[i]
              - (aboveAim(i, mu, corrected) / p[i] - above[i])
              + (belowAim(i, mu, corrected) / q[i] - below[i]);
    }
    double[] b = imbalance.clone();
    for (int u = 0; u < priced.length; u++) {
      b[priced[u]] += right[n + u] / theta[n + u];
    }
    double[] duals = new double[m];
    system.solve(b, right, direction, duals);
    for (int u = 0; u < priced.length; u++) {
      duals[n + u] = (right[n + u] - direction[priced[u]]) / theta[n + u];
    }
    for (int i = 0; i < m; i++) {
      double aboveAim = aboveAim(i, mu, corrected);
      double belowAim = belowAim(i, mu, corrected);
      dualStep[i] = duals[i];
      aboveStep[i] = (aboveAim + above[i] * duals[i]) / p[i] - above[i];
      belowStep[i] = (belowAim - below[i] * duals[i]) / q[i] - below[i];
    }
  }

  private double aboveAim(int i, double mu, boolean corrected) {
    return corrected ? mu + dualStep[i] * aboveStep[i] : mu;
  }

  private double belowAim(int i, double mu, boolean corrected) {
    return corrected ? mu - dualStep[i] * belowStep[i] : mu;
  }

  /** The longest step up to 1 that keeps everything positive. */
  private double longest() {
    double length = 1 / KEEP_INSIDE;
    for (int i = 0; i < m; i++) {
      length = shorten(length, above[i], aboveStep[i]);
      length = shorten(length, below[i], belowStep[i]);
      length = shorten(length, p[i], -dualStep[i]);
      length = shorten(length, q[i], dualStep[i]);
    }
    return length;
  }

  private static double shorten(double length, double value, double step) {
    return step < 0 ? Math.min(length, -value / step) : length;
  }

  private double centredAfter(double length) {
    double taken = Math.min(1, length);
    double sum = 0;
    for (int i = 0; i < m; i++) {
      sum += (above[i] + taken * aboveStep[i]) * (p[i] - taken * dualStep[i]);
      sum += (below[i] + taken * belowStep[i]) * (q[i] + taken * dualStep[i]);
    }
    return Math.max(sum, 0);
  }

  private void move(double length) {
    OuterSum.addScaled(v, length, direction);
    for (int i = 0; i < m; i++) {
      above[i] += length * aboveStep[i];
      below[i] += length * belowStep[i];
      p[i] -= length * dualStep[i];
      q[i] += length * dualStep[i];
    }
  }
}
