package org.pglynx.ml.linear;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Orthogonal matching pursuit (Pati, Rezaiifar, Krishnaprasad 1993): takes the column that
 * correlates most with the residual and fits all taken columns anew, until there are enough of them
 * or the squared error is at most tol. Columns are not scaled, as in scikit-learn.
 */
final class MatchingPursuit {
  static final List<ParameterSpec> PARAMETERS =
      LinearParameters.with(
          ParameterSpec.wholeOrNull("n_nonzero_coefs", 1, 1_000_000),
          ParameterSpec.atLeast("tol", 0).orNull());

  private static final double EPSILON = 0x1.0p-52;

  private MatchingPursuit() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    int p = table.width();
    int wanted = parameters.whole("n_nonzero_coefs", Math.max(p / 10, 1));
    boolean byError = parameters.has("tol");
    if (!byError && wanted > p) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "n_nonzero_coefs = %d is more than there are features".formatted(wanted),
          "There are %d features.".formatted(p));
    }
    boolean intercept = LinearParameters.intercept(parameters);
    LeastSquares problem =
        LeastSquares.of(table, new double[][] {table.y()}, intercept, context.cancel());
    double tolerance = parameters.real("tol", Double.NEGATIVE_INFINITY);
    double[] weights = pursue(problem, byError ? p : wanted, tolerance, context.cancel());
    double[] start = {intercept ? problem.intercept(weights, 0) : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, start);
  }

  private static double[] pursue(
      LeastSquares problem, int most, double tolerance, CancelToken cancel) {
    double[] gram = problem.gram();
    double[] correlation = problem.correlation(0);
    int p = correlation.length;
    ActiveFactor active = new ActiveFactor(gram, p);
    double[] weights = new double[p];
    double[] residual = correlation.clone();
    while (active.size() < most) {
      cancel.check();
      int best = strongest(residual);
      if (active.contains(best)
          || residual[best] * residual[best] < EPSILON
          || !independent(active, best, gram[best * p + best])) {
        break;
      }
      fitAnew(active, correlation, weights);
      if (error(problem.labelNorm(0), correlation, gram, weights, residual) <= tolerance) {
        break;
      }
    }
    return weights;
  }

  private static boolean independent(ActiveFactor active, int column, double squaredLength) {
    double outside = active.add(column, 0);
    if (active.size() > 1 && outside * outside <= EPSILON * Math.max(1, squaredLength)) {
      active.removeLast();
      return false;
    }
    return true;
  }

  private static void fitAnew(ActiveFactor active, double[] correlation, double[] weights) {
    double[] solved = new double[active.size()];
    for (int k = 0; k < solved.length; k++) {
      solved[k] = correlation[active.column(k)];
    }
    active.solve(solved);
    for (int k = 0; k < solved.length; k++) {
      weights[active.column(k)] = solved[k];
    }
  }

  /** Renews the correlations with the residual; gives its squared length. */
  private static double error(
      double labelNorm, double[] correlation, double[] gram, double[] weights, double[] residual) {
    int p = weights.length;
    double error = labelNorm;
    for (int j = 0; j < p; j++) {
      double fitted = 0;
      for (int k = 0; k < p; k++) {
        fitted += gram[j * p + k] * weights[k];
      }
      residual[j] = correlation[j] - fitted;
      error -= weights[j] * (correlation[j] + residual[j]);
    }
    return error;
  }

  private static int strongest(double[] residual) {
    int best = 0;
    for (int j = 1; j < residual.length; j++) {
      if (Math.abs(residual[j]) > Math.abs(residual[best])) {
        best = j;
      }
    }
    return best;
  }
}
