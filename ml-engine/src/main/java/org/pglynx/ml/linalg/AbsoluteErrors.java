package org.pglynx.ml.linalg;

/**
 * Minimises ½·Σ quadratic·v² + Σ price·|r| by a primal-dual interior-point method with Mehrotra's
 * predictor and corrector, as Portnoy and Koenker (1997) have it for quantile regression.
 *
 * <p>A residual is split into its sides, r = s⁺ − s⁻, and has a dual d between −down and up; p = up
 * − d and q = d + down are its distances from the ends. In the minimum s⁺·p = 0, s⁻·q = 0 and
 * quadratic·v = Aᵀd. Every step solves the Newton system for these with s⁺·p = s⁻·q = μ, which
 * eliminates to one of the size of v, and μ falls towards 0.
 */
public final class AbsoluteErrors {
  private static final int MAX_STEPS = 200;
  private static final double GAP = 1e-11;
  private static final double VANISHED = 1e-16;
  private static final double KEEP_INSIDE = 0.9995;
  private static final double LEAST_STEP = 1e-10;

  private final ResidualProblem problem;
  private final double vanishing;
  private final int n;
  private final int k;
  private final double[] v;
  private final double[] above;
  private final double[] below;
  private final double[] p;
  private final double[] q;
  private final double[] dualStep;
  private final double[] aboveStep;
  private final double[] belowStep;

  private AbsoluteErrors(ResidualProblem problem) {
    this.problem = problem;
    this.n = problem.count();
    this.k = problem.width();
    this.v = new double[k];
    this.above = new double[n];
    this.below = new double[n];
    this.p = new double[n];
    this.q = new double[n];
    this.dualStep = new double[n];
    this.aboveStep = new double[n];
    this.belowStep = new double[n];
    double size = 0;
    for (double b : problem.target()) {
      size += Math.abs(b) / n;
    }
    double margin = size == 0 ? 1 : size;
    for (int i = 0; i < n; i++) {
      double b = problem.target()[i];
      above[i] = Math.max(b, 0) + margin;
      below[i] = Math.max(-b, 0) + margin;
      p[i] = (problem.up()[i] + problem.down()[i]) / 2;
      q[i] = p[i];
    }
    this.vanishing = VANISHED * complementarity();
  }

  /** The minimiser. */
  public static double[] minimise(ResidualProblem problem) {
    AbsoluteErrors run = new AbsoluteErrors(problem.withoutFreeRows());
    for (int i = 0; i < MAX_STEPS && !run.closed(); i++) {
      if (!run.step()) {
        break;
      }
    }
    return run.v;
  }

  private double complementarity() {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += above[i] * p[i] + below[i] * q[i];
    }
    return sum;
  }

  /** Where everything fits exactly both sides vanish, and their ratio says nothing. */
  private boolean closed() {
    double paid = 0;
    for (int i = 0; i < n; i++) {
      paid += problem.up()[i] * above[i] + problem.down()[i] * below[i];
    }
    for (int j = 0; j < k; j++) {
      paid += problem.quadratic()[j] * v[j] * v[j] / 2;
    }
    return complementarity() <= Math.max(GAP * paid, vanishing);
  }

  /** One step; false when rounding leaves none. */
  private boolean step() {
    double[] matrix = new double[k * k];
    double[] imbalance = new double[k];
    assemble(matrix, imbalance);
    Cholesky factor = new Cholesky(k, matrix, problem.check());
    double mu = complementarity() / (2 * n);

    double[] direction = direction(factor, imbalance, 0, false);
    double length = longest();
    double centred = centredAfter(length) / (2 * n);
    double sigma = Math.pow(centred / mu, 3);

    direction = direction(factor, imbalance, sigma * mu, true);
    length = Math.min(1, KEEP_INSIDE * longest());
    if (!(length > LEAST_STEP)) {
      return false;
    }
    move(direction, length);
    return true;
  }

  /** The matrix Q + Aᵀθ⁻¹A and Aᵀd − Qv. */
  private void assemble(double[] matrix, double[] imbalance) {
    for (int j = 0; j < k; j++) {
      matrix[j * k + j] = problem.quadratic()[j];
      imbalance[j] = -problem.quadratic()[j] * v[j];
    }
    problem.forEachRow((i, row) -> {
      ResidualProblem.addOuter(matrix, 1 / theta(i), row);
      double dual = dual(i);
      for (int j = 0; j < k; j++) {
        imbalance[j] += dual * row[j];
      }
    });
  }

  private double theta(int i) {
    return above[i] / p[i] + below[i] / q[i];
  }

  /** From the nearer end, so that nothing cancels. */
  private double dual(int i) {
    return p[i] < q[i] ? problem.up()[i] - p[i] : q[i] - problem.down()[i];
  }

  /**
   * Solves for the steps of v and, row by row, of everything else.
   *
   * @param mu what the products aim at
   * @param corrected whether the products of the last direction's steps are corrected for
   */
  private double[] direction(Cholesky factor, double[] imbalance, double mu, boolean corrected) {
    double[] direction = imbalance.clone();
    double[] right = new double[n];
    problem.forEachRow((i, row) -> {
      right[i] = right(i, row, mu, corrected);
      double scaled = right[i] / theta(i);
      for (int j = 0; j < k; j++) {
        direction[j] += scaled * row[j];
      }
    });
    factor.solve(direction);
    problem.forEachRow((i, row) -> {
      double aboveAim = aim(mu, corrected, -dualStep[i] * aboveStep[i]);
      double belowAim = aim(mu, corrected, dualStep[i] * belowStep[i]);
      double dual = (right[i] - ResidualProblem.dot(row, direction)) / theta(i);
      dualStep[i] = dual;
      aboveStep[i] = (aboveAim + above[i] * dual) / p[i] - above[i];
      belowStep[i] = (belowAim - below[i] * dual) / q[i] - below[i];
    });
    return direction;
  }

  private double right(int i, double[] row, double mu, boolean corrected) {
    double rest = problem.target()[i] - ResidualProblem.dot(row, v) - above[i] + below[i];
    double aboveAim = aim(mu, corrected, -dualStep[i] * aboveStep[i]);
    double belowAim = aim(mu, corrected, dualStep[i] * belowStep[i]);
    return rest - (aboveAim / p[i] - above[i]) + (belowAim / q[i] - below[i]);
  }

  private static double aim(double mu, boolean corrected, double product) {
    return corrected ? mu - product : mu;
  }

  /** The longest step up to 1 that keeps everything positive. */
  private double longest() {
    double length = 1 / KEEP_INSIDE;
    for (int i = 0; i < n; i++) {
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
    for (int i = 0; i < n; i++) {
      sum += (above[i] + taken * aboveStep[i]) * (p[i] - taken * dualStep[i]);
      sum += (below[i] + taken * belowStep[i]) * (q[i] + taken * dualStep[i]);
    }
    return Math.max(sum, 0);
  }

  private void move(double[] direction, double length) {
    for (int j = 0; j < k; j++) {
      v[j] += length * direction[j];
    }
    for (int i = 0; i < n; i++) {
      above[i] += length * aboveStep[i];
      below[i] += length * belowStep[i];
      p[i] -= length * dualStep[i];
      q[i] += length * dualStep[i];
    }
  }
}
