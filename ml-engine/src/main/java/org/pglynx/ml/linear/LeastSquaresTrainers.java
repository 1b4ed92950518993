package org.pglynx.ml.linear;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ClassWeights;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;

/**
 * Ordinary least squares, ridge regression and the ridge classifier, as scikit-learn defines them.
 */
final class LeastSquaresTrainers {
  private static final ParameterSpec POSITIVE = ParameterSpec.flag("positive");

  static final List<ParameterSpec> LINEAR = LinearParameters.with(POSITIVE, LinearParameters.JOBS);

  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.atLeast("alpha", 0, "l2_penalty"),
          POSITIVE,
          LinearParameters.MAX_ITER.orNull(),
          LinearParameters.TOL,
          LinearParameters.RANDOM_STATE,
          ParameterSpec.choice(
              "solver", "auto", "svd", "cholesky", "lsqr", "sparse_cg", "sag", "saga", "lbfgs"));

  static final List<ParameterSpec> RIDGE = LinearParameters.with(COMMON);

  static final List<ParameterSpec> RIDGE_CLASSIFIER =
      LinearParameters.with(COMMON, ParameterSpec.classWeight());

  private LeastSquaresTrainers() {}

  /** The weights of least length that minimise the squared error. */
  static StoredModel linear(TrainingTable table, Parameters parameters, FitContext context) {
    return solve(table, new double[][] {table.y()}, Link.IDENTITY, 0, parameters, context);
  }

  /** Minimises |y − Xw|² + alpha·|w|². */
  static StoredModel ridge(TrainingTable table, Parameters parameters, FitContext context) {
    double alpha = parameters.real("alpha", 1);
    return solve(table, new double[][] {table.y()}, Link.IDENTITY, alpha, parameters, context);
  }

  /** Ridge regression on ±1 per class; the sign, or the largest score, decides. */
  static StoredModel ridgeClassifier(
      TrainingTable table, Parameters parameters, FitContext context) {
    double alpha = parameters.real("alpha", 1);
    int classes = table.classCount();
    if (classes == 2) {
      double[][] target = {signs(table, 1)};
      return solve(table, target, Link.SIGN, alpha, parameters, context);
    }
    double[][] targets = new double[classes][];
    for (int c = 0; c < classes; c++) {
      targets[c] = signs(table, c);
    }
    return solve(table, targets, Link.LARGEST, alpha, parameters, context);
  }

  private static double[] signs(TrainingTable table, int positive) {
    double[] signs = new double[table.rows()];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = table.y()[i] == positive ? 1 : -1;
    }
    return signs;
  }

  private static LinearModel solve(
      TrainingTable table,
      double[][] targets,
      Link link,
      double alpha,
      Parameters parameters,
      FitContext context) {
    int p = table.width();
    boolean intercept = LinearParameters.intercept(parameters);
    double @Nullable [] rows = ClassWeights.ofRows(table, parameters);
    LeastSquares problem = LeastSquares.of(table, targets, rows, intercept, context.cancel());
    double[][] solutions =
        parameters.flag("positive", false)
            ? positive(problem, targets.length, alpha, context)
            : alpha > 0
                ? problem.shrunk(targets.length, Math.max(table.rows(), p), alpha)
                : problem.shortest(targets.length, Math.max(table.rows(), p));
    double[] weights = new double[targets.length * p];
    double[] intercepts = new double[targets.length];
    for (int t = 0; t < targets.length; t++) {
      System.arraycopy(solutions[t], 0, weights, t * p, p);
      intercepts[t] = intercept ? problem.intercept(solutions[t], t) : 0;
    }
    return LinearModel.fitted(table.info(), link, weights, intercepts);
  }

  private static double[][] positive(
      LeastSquares problem, int targets, double alpha, FitContext context) {
    double[][] solutions = new double[targets][];
    Arrays.setAll(
        solutions,
        t -> NonNegative.solve(problem.gram(), problem.correlation(t), alpha, context.cancel()));
    return solutions;
  }
}
