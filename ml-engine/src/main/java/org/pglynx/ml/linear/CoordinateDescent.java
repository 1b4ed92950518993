package org.pglynx.ml.linear;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;

/**
 * Lasso and elastic net by cyclic coordinate descent on the Gram matrix (Friedman, Hastie,
 * Tibshirani 2010), minimising scikit-learn's objective
 *
 * <pre>  1/(2n)·|y − Xw|² + alpha·l1_ratio·|w|₁ + alpha·(1 − l1_ratio)/2·|w|²</pre>
 *
 * until the duality gap is below tol·|y|².
 */
final class CoordinateDescent {
  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.atLeast("alpha", 0),
          LinearParameters.MAX_ITER,
          LinearParameters.TOL,
          ParameterSpec.flag("positive"),
          ParameterSpec.choice("selection", "cyclic", "random"),
          LinearParameters.RANDOM_STATE);

  static final List<ParameterSpec> LASSO = LinearParameters.with(COMMON);

  static final List<ParameterSpec> ELASTIC_NET =
      LinearParameters.with(COMMON, ParameterSpec.between("l1_ratio", 0, 1));

  private final boolean positive;
  private final int p;
  private final double l1;
  private final double l2;
  private final double[] gram;
  private final double[] correlation;
  private final double labelNorm;
  private final double[] w;
  private final double[] gramTimesW;

  private CoordinateDescent(LeastSquares problem, int p, double l1, double l2, boolean positive) {
    this.positive = positive;
    this.p = p;
    this.l1 = l1;
    this.l2 = l2;
    this.gram = problem.gram();
    this.correlation = problem.correlation(0);
    this.w = new double[p];
    this.gramTimesW = new double[p];
    this.labelNorm = problem.labelNorm(0);
  }

  /** Lasso: all of the penalty on the absolute weights. */
  static StoredModel lasso(TrainingTable table, Parameters parameters, FitContext context) {
    return fit(table, parameters, context, 1);
  }

  /** Elastic net. */
  static StoredModel elasticNet(TrainingTable table, Parameters parameters, FitContext context) {
    return fit(table, parameters, context, parameters.real("l1_ratio", 0.5));
  }

  private static StoredModel fit(
      TrainingTable table, Parameters parameters, FitContext context, double l1Ratio) {
    boolean intercept = LinearParameters.intercept(parameters);
    double alpha = parameters.real("alpha", 1) * total(table);
    boolean positive = parameters.flag("positive", false);
    LeastSquares problem =
        LeastSquares.of(table, new double[][] {table.y()}, intercept, context.cancel());
    double l1 = alpha * l1Ratio;
    double l2 = alpha * (1 - l1Ratio);
    CoordinateDescent descent = new CoordinateDescent(problem, table.width(), l1, l2, positive);
    descent.run(parameters.whole("max_iter", 1000), parameters.real("tol", 1e-4), context);
    double[] start = {intercept ? problem.intercept(descent.w, 0) : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, descent.w, start);
  }

  /** scikit-learn's weights are scaled to a sum of the number of rows. */
  private static double total(TrainingTable table) {
    double total = 0;
    for (int i = 0; i < table.rows(); i++) {
      total += table.weight(i);
    }
    return total;
  }

  private void run(int maxIterations, double tolerance, FitContext context) {
    for (int i = 0; i < maxIterations; i++) {
      context.cancel().check();
      double moved = 0;
      double largest = 0;
      for (int j = 0; j < p; j++) {
        moved = Math.max(moved, Math.abs(update(j)));
        largest = Math.max(largest, Math.abs(w[j]));
      }
      boolean settled = largest == 0 || moved / largest < tolerance;
      if (settled && dualityGap() < tolerance * labelNorm) {
        return;
      }
    }
  }

  /** Minimises over one weight; gives how far it moved. */
  private double update(int j) {
    double diagonal = gram[j * p + j];
    if (diagonal == 0) {
      return 0;
    }
    double free = correlation[j] - gramTimesW[j] + diagonal * w[j];
    double shrunk =
        positive ? Math.max(free - l1, 0) : Math.copySign(Math.max(Math.abs(free) - l1, 0), free);
    double step = shrunk / (diagonal + l2) - w[j];
    if (step != 0) {
      w[j] += step;
      for (int i = 0; i < p; i++) {
        gramTimesW[i] += step * gram[j * p + i];
      }
    }
    return step;
  }

  /** Primal minus dual objective at the dual point scaled to be feasible. */
  private double dualityGap() {
    double dualNorm = 0;
    double absolute = 0;
    double squared = 0;
    double fitted = 0;
    double explained = 0;
    for (int j = 0; j < p; j++) {
      double pull = correlation[j] - gramTimesW[j] - l2 * w[j];
      dualNorm = Math.max(dualNorm, positive ? pull : Math.abs(pull));
      absolute += Math.abs(w[j]);
      squared += w[j] * w[j];
      fitted += w[j] * gramTimesW[j];
      explained += w[j] * correlation[j];
    }
    double rss = labelNorm + fitted - 2 * explained;
    double scale = dualNorm > l1 ? l1 / dualNorm : 1;
    double residualTimesLabel = labelNorm - explained;
    return 0.5 * rss * (1 + scale * scale)
        + l1 * absolute
        - scale * residualTimesLabel
        + 0.5 * l2 * (1 + scale * scale) * squared;
  }
}
