package org.pglynx.ml.linear;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.JacobiSvd;

/**
 * Ordinary least squares, ridge regression and the ridge classifier, as scikit-learn defines them.
 */
final class LeastSquaresTrainers {
  static final List<ParameterSpec> LINEAR = List.of(ParameterSpec.flag("fit_intercept"));

  static final List<ParameterSpec> RIDGE =
      List.of(ParameterSpec.atLeast("alpha", 0, "l2_penalty"), ParameterSpec.flag("fit_intercept"));

  private static final double EPSILON = 0x1.0p-52;

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
    boolean intercept = parameters.flag("fit_intercept", true);
    LeastSquares problem = LeastSquares.of(table, targets, intercept, context.cancel());
    JacobiSvd svd = new JacobiSvd(p, problem.triangle());
    double cutoff = EPSILON * Math.max(table.rows(), p);
    double[] weights = new double[targets.length * p];
    double[] intercepts = new double[targets.length];
    for (int t = 0; t < targets.length; t++) {
      double[] w = svd.solve(problem.projected(t), alpha, cutoff);
      System.arraycopy(w, 0, weights, t * p, p);
      intercepts[t] = intercept ? problem.intercept(w, t) : 0;
    }
    return LinearModel.fitted(table.info(), link, weights, intercepts);
  }
}
