package org.pglynx.ml.linear;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.JacobiSvd;
import org.pglynx.ml.model.CancelToken;

/**
 * Bayesian ridge regression (MacKay 1992; Tipping 2001): the precisions of the noise and of the
 * weights are those under which the data is most likely, found by turns with the weights.
 */
final class BayesianRidge {
  static final List<ParameterSpec> PARAMETERS =
      LinearParameters.with(
          ParameterSpec.whole("n_iter", 1, 10_000_000, "max_iter"),
          LinearParameters.TOL,
          ParameterSpec.atLeast("alpha_1", 0),
          ParameterSpec.atLeast("alpha_2", 0),
          ParameterSpec.atLeast("lambda_1", 0),
          ParameterSpec.atLeast("lambda_2", 0),
          ParameterSpec.positive("alpha_init").orNull(),
          ParameterSpec.positive("lambda_init").orNull());

  private static final double PRIOR = 1e-6;
  private static final double EPSILON = 0x1.0p-52;

  private final Parameters parameters;
  private final int rows;
  private final JacobiSvd svd;
  private final double[] eigen;
  private final double[] projected;
  private final double unexplained;
  private double alpha;
  private double lambda;

  private BayesianRidge(
      LeastSquares problem,
      int rows,
      int width,
      double variance,
      Parameters parameters,
      CancelToken cancel) {
    this.parameters = parameters;
    this.rows = rows;
    this.svd = JacobiSvd.ofRows(width, problem.triangle(), cancel::check);
    this.eigen = new double[width];
    this.projected = svd.leftTimes(problem.projected(0));
    double rest = problem.labelNorm(0);
    for (int j = 0; j < width; j++) {
      double singular = svd.singular(j);
      rest -= projected[j] * projected[j];
      projected[j] *= singular;
      eigen[j] = singular * singular;
    }
    this.unexplained = Math.max(rest, 0);
    this.alpha = parameters.real("alpha_init", 1 / (variance + EPSILON));
    this.lambda = parameters.real("lambda_init", 1);
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    boolean intercept = LinearParameters.intercept(parameters);
    LeastSquares problem =
        LeastSquares.of(table, new double[][] {table.y()}, intercept, context.cancel());
    double variance = Labels.scaledVariance(table, problem, intercept);
    BayesianRidge ridge =
        new BayesianRidge(
            problem, table.rows(), table.width(), variance, parameters, context.cancel());
    double[] weights = ridge.run(context);
    double[] start = {intercept ? problem.intercept(weights, 0) : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, start);
  }

  private double[] run(FitContext context) {
    double tolerance = parameters.real("tol", 1e-3);
    double @Nullable [] before = null;
    for (int i = 0; i < parameters.whole("n_iter", 300); i++) {
      context.cancel().check();
      double[] weights = weights();
      update(weights);
      if (before != null && Labels.distance(before, weights) < tolerance) {
        break;
      }
      before = weights;
    }
    return weights();
  }

  private double[] weights() {
    double[] c = new double[eigen.length];
    for (int j = 0; j < c.length; j++) {
      c[j] = eigen[j] == 0 ? 0 : projected[j] / (eigen[j] + lambda / alpha);
    }
    return svd.rightTimes(c);
  }

  private void update(double[] weights) {
    double determined = 0;
    double error = unexplained;
    for (double e : eigen) {
      determined += alpha * e / (lambda + alpha * e);
    }
    for (int j = 0; j < eigen.length; j++) {
      double shrunk = eigen[j] == 0 ? 0 : lambda / alpha / (eigen[j] + lambda / alpha);
      error += eigen[j] == 0 ? 0 : projected[j] * projected[j] / eigen[j] * shrunk * shrunk;
    }
    double length = 0;
    for (double w : weights) {
      length += w * w;
    }
    lambda =
        (determined + 2 * parameters.real("lambda_1", PRIOR))
            / (length + 2 * parameters.real("lambda_2", PRIOR));
    alpha =
        (rows - determined + 2 * parameters.real("alpha_1", PRIOR))
            / (error + 2 * parameters.real("alpha_2", PRIOR));
  }
}
