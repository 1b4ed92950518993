package org.pglynx.ml.kernel;

import java.util.Arrays;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** Gaussian process regression (Rasmussen, Williams 2006, algorithm 2.1); predicts the mean. */
final class GaussianRegressionTrainer {
  private final TrainingTable table;
  private final FitContext context;
  private final double alpha;
  private final double[][] distances;
  private final double mean;
  private final double deviation;
  private final double[] y;

  private GaussianRegressionTrainer(
      TrainingTable table, Parameters parameters, FitContext context) {
    RowLimit.check(table, KernelRidgeTrainer.MAX_ROWS, "'svm' or 'xgboost'");
    this.table = table;
    this.context = context;
    this.alpha = parameters.real("alpha", 1e-10);
    this.distances = SquaredDistances.of(table, context);
    boolean normalise = parameters.flag("normalize_y", false);
    this.mean = normalise ? Arrays.stream(table.y()).average().orElse(0) : 0;
    this.deviation = normalise ? deviation(table.y(), mean) : 1;
    this.y = Arrays.stream(table.y()).map(v -> (v - mean) / deviation).toArray();
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    GaussianRegressionTrainer trainer = new GaussianRegressionTrainer(table, parameters, context);
    ScaledKernel kernel = GaussianParameters.start(parameters);
    if (GaussianParameters.searches(parameters)) {
      kernel = KernelSearch.best(kernel, parameters, context, trainer::likelihood);
    }
    return trainer.model(kernel);
  }

  private static double deviation(double[] y, double mean) {
    double squares = Arrays.stream(y).map(v -> (v - mean) * (v - mean)).sum();
    return squares > 0 ? Math.sqrt(squares / y.length) : 1;
  }

  private KernelSum model(ScaledKernel kernel) {
    double[][] k = covariance(kernel);
    if (!PackedCholesky.factor(k, context.cancel())) {
      throw new MlException(
          Kind.BAD_DATA,
          "the covariance of the training rows is not positive definite",
          "Rows are equal, or too close to each other for alpha = %s: raise alpha, up to the variance"
                  .formatted(alpha)
              + " of the label's noise.");
    }
    double[] coefficients = y.clone();
    PackedCholesky.of(k, context.cancel()).solve(coefficients);
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] *= kernel.constant() * deviation;
    }
    return KernelSum.of(table, kernel.function(), coefficients, mean);
  }

  private double[][] covariance(ScaledKernel kernel) {
    double[][] k = kernel.matrix(distances);
    for (int i = 0; i < k.length; i++) {
      k[i][i] += alpha;
    }
    return k;
  }

  /** The log marginal likelihood and its derivatives (Rasmussen, Williams, 5.9). */
  private double likelihood(ScaledKernel kernel, double[] gradient) {
    double[][] k = covariance(kernel);
    if (!PackedCholesky.factor(k, context.cancel())) {
      Arrays.fill(gradient, 0);
      return Double.NEGATIVE_INFINITY;
    }
    PackedCholesky factor = PackedCholesky.of(k, context.cancel());
    double[] a = y.clone();
    factor.solve(a);
    double[][] inverse = factor.inverse();
    double byConstant = 0;
    double byLength = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j <= i; j++) {
        double pull = (a[i] * a[j] - inverse[i][j]) * (i == j ? 0.5 : 1);
        byConstant += pull * kernel.value(distances[i][j]);
        byLength += pull * kernel.byLogLength(distances[i][j]);
      }
    }
    gradient[0] = byConstant;
    gradient[1] = byLength;
    double fit = PackedCholesky.dot(y, a, a.length);
    return -fit / 2 - factor.logDiagonal() - a.length * Math.log(2 * Math.PI) / 2;
  }
}
