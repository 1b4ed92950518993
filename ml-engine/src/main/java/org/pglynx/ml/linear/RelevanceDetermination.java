package org.pglynx.ml.linear;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;

/**
 * Automatic relevance determination (MacKay 1994; Tipping 2001): Bayesian ridge with a precision
 * for every weight; weights whose precision passes a threshold are pruned.
 */
final class RelevanceDetermination {
  static final List<ParameterSpec> PARAMETERS =
      LinearParameters.with(
          ParameterSpec.whole("n_iter", 1, 10_000_000, "max_iter"),
          LinearParameters.TOL,
          ParameterSpec.atLeast("alpha_1", 0),
          ParameterSpec.atLeast("alpha_2", 0),
          ParameterSpec.atLeast("lambda_1", 0),
          ParameterSpec.atLeast("lambda_2", 0),
          ParameterSpec.positive("threshold_lambda"));

  private static final double PRIOR = 1e-6;
  private static final double EPSILON = 0x1.0p-52;

  private final LeastSquares problem;
  private final Parameters parameters;
  private final int rows;
  private final int p;
  private final double[] gram;
  private final double[] correlation;
  private final double[] lambda;
  private double alpha;
  private int[] kept;

  private RelevanceDetermination(LeastSquares problem, TrainingTable table, Parameters parameters) {
    this.problem = problem;
    this.parameters = parameters;
    this.rows = table.rows();
    this.p = table.width();
    this.gram = problem.gram();
    this.correlation = problem.correlation(0);
    this.lambda = new double[p];
    Arrays.fill(lambda, 1);
    this.alpha = 1;
    this.kept = IntStream.range(0, p).toArray();
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    boolean intercept = LinearParameters.intercept(parameters);
    LeastSquares problem =
        LeastSquares.of(table, new double[][] {table.y()}, intercept, context.cancel());
    RelevanceDetermination fit = new RelevanceDetermination(problem, table, parameters);
    fit.alpha = 1 / (Labels.scaledVariance(table, problem, intercept) + EPSILON);
    double[] weights = fit.run(context);
    double[] start = {intercept ? problem.intercept(weights, 0) : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, start);
  }

  private double[] run(FitContext context) {
    double tolerance = parameters.real("tol", 1e-3);
    double @Nullable [] before = null;
    for (int i = 0; i < parameters.whole("n_iter", 300) && kept.length > 0; i++) {
      context.cancel().check();
      RelevancePosterior posterior = posterior(context.cancel());
      update(posterior);
      double[] weights = posterior.weights();
      if (before != null && Labels.distance(before, weights) < tolerance) {
        break;
      }
      before = weights;
    }
    return posterior(context.cancel()).weights();
  }

  private int[] keep() {
    double threshold = parameters.real("threshold_lambda", 1e4);
    int[] all = new int[p];
    int count = 0;
    for (int j = 0; j < p; j++) {
      if (lambda[j] < threshold) {
        all[count++] = j;
      }
    }
    return Arrays.copyOf(all, count);
  }

  private RelevancePosterior posterior(CancelToken cancel) {
    return rows < p
        ? RelevancePosterior.ofRows(
            problem.triangle(), problem.projected(0), rows, kept, lambda, alpha, cancel)
        : RelevancePosterior.ofColumns(gram, correlation, kept, lambda, alpha, cancel);
  }

  /** The precisions that fit the weights; those of weights that matter no more prune them. */
  private void update(RelevancePosterior posterior) {
    double[] weights = posterior.weights();
    double error = error(weights);
    double determined = 0;
    for (int k = 0; k < kept.length; k++) {
      int j = kept[k];
      double gamma = posterior.determined()[k];
      determined += gamma;
      lambda[j] =
          (gamma + 2 * parameters.real("lambda_1", PRIOR))
              / (weights[j] * weights[j] + 2 * parameters.real("lambda_2", PRIOR));
    }
    alpha =
        (rows - determined + 2 * parameters.real("alpha_1", PRIOR))
            / (error + 2 * parameters.real("alpha_2", PRIOR));
    kept = keep();
    double threshold = parameters.real("threshold_lambda", 1e4);
    for (int j = 0; j < p; j++) {
      weights[j] = lambda[j] < threshold ? weights[j] : 0;
    }
  }

  /** |y − Xw|², through the triangle: without the cancellation of the Gram matrix. */
  private double error(double[] weights) {
    double[] r = problem.triangle();
    double[] b = problem.projected(0);
    double error = problem.residual(0);
    for (int i = 0; i < p; i++) {
      double rest = b[i];
      for (int j = i; j < p; j++) {
        rest -= r[i * p + j] * weights[j];
      }
      error += rest * rest;
    }
    return error;
  }
}
