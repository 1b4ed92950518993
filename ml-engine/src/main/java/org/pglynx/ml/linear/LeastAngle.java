package org.pglynx.ml.linear;

import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.NumpyRandom;

/** Least angle regression and the lasso along its path, as scikit-learn defines them. */
final class LeastAngle {
  static final List<ParameterSpec> LARS =
      LinearParameters.with(
          ParameterSpec.whole("n_nonzero_coefs", 1, 1_000_000),
          ParameterSpec.atLeast("eps", 0),
          ParameterSpec.atLeast("jitter", 0).orNull(),
          LinearParameters.RANDOM_STATE);

  static final List<ParameterSpec> LASSO_LARS =
      LinearParameters.with(
          ParameterSpec.atLeast("alpha", 0),
          LinearParameters.MAX_ITER,
          ParameterSpec.flag("positive"),
          ParameterSpec.atLeast("eps", 0),
          ParameterSpec.atLeast("jitter", 0).orNull(),
          LinearParameters.RANDOM_STATE);

  private static final double EPSILON = 0x1.0p-52;

  private LeastAngle() {}

  /** The path up to a number of steps. */
  static StoredModel lars(TrainingTable table, Parameters parameters, FitContext context) {
    int steps = parameters.whole("n_nonzero_coefs", 500);
    return fit(
        table, parameters, context, new AnglePath.Rule(false, false, 0, steps, eps(parameters)));
  }

  /** The path of the lasso down to its penalty. */
  static StoredModel lassoLars(TrainingTable table, Parameters parameters, FitContext context) {
    double alpha = parameters.real("alpha", 1);
    boolean positive = parameters.flag("positive", false);
    int steps = parameters.whole("max_iter", 500);
    return fit(
        table,
        parameters,
        context,
        new AnglePath.Rule(true, positive, alpha, steps, eps(parameters)));
  }

  private static StoredModel fit(
      TrainingTable table, Parameters parameters, FitContext context, AnglePath.Rule rule) {
    boolean intercept = LinearParameters.intercept(parameters);
    double[][] target = {jittered(table, parameters, context)};
    LeastSquares problem = LeastSquares.of(table, target, intercept, context.cancel());
    AnglePath path =
        new AnglePath(problem.gram(), problem.correlation(0), table.rows(), rule, context.cancel());
    double[] weights = path.run();
    double[] start = {intercept ? problem.intercept(weights, 0) : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, start);
  }

  private static double eps(Parameters parameters) {
    return parameters.real("eps", EPSILON);
  }

  /** Labels moved by a random amount below the jitter, so that no two columns tie. */
  private static double[] jittered(TrainingTable table, Parameters parameters, FitContext context) {
    double jitter = parameters.real("jitter", 0);
    if (jitter == 0) {
      return table.y();
    }
    NumpyRandom random = new NumpyRandom(LinearParameters.seed(parameters, context));
    return Arrays.stream(table.y()).map(y -> y + jitter * random.nextDouble()).toArray();
  }
}
