package org.pglynx.ml.kernel;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;

/** Gaussian process classification; with more than two classes each against all others. */
final class GaussianClassificationTrainer {
  /** Each class stores a triangle: 16 MB at most. */
  static final int MAX_ROWS = 2000;

  private static final int DEFAULT_STEPS = 100;

  private GaussianClassificationTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    RowLimit.check(table, MAX_ROWS, "'svm', 'xgboost' or 'random_forest'");
    double[][] distances = SquaredDistances.of(table, context);
    int classes = table.classCount();
    GaussianClassifier.Machine[] machines =
        new GaussianClassifier.Machine[classes == 2 ? 1 : classes];
    for (int m = 0; m < machines.length; m++) {
      boolean[] positive = new boolean[table.rows()];
      for (int i = 0; i < positive.length; i++) {
        positive[i] = table.y()[i] == (classes == 2 ? 1 : m);
      }
      machines[m] = machine(distances, positive, parameters, context);
      context.progress().progress("classes", m + 1, machines.length);
    }
    return new GaussianClassifier(table.info(), table.x().clone(), machines);
  }

  private static GaussianClassifier.Machine machine(
      double[][] distances, boolean[] positive, Parameters parameters, FitContext context) {
    int steps = parameters.whole("max_iter_predict", DEFAULT_STEPS);
    ScaledKernel kernel = GaussianParameters.start(parameters);
    if (GaussianParameters.searches(parameters)) {
      kernel =
          KernelSearch.best(
              kernel,
              parameters,
              context,
              (tried, gradient) -> {
                LaplaceMode mode =
                    new LaplaceMode(tried.matrix(distances), positive, steps, context.cancel());
                mode.gradient(tried, distances, gradient);
                return mode.likelihood();
              });
    }
    LaplaceMode mode = new LaplaceMode(kernel.matrix(distances), positive, steps, context.cancel());
    return new GaussianClassifier.Machine(
        kernel, mode.residual(), mode.root(), packed(mode.factor().lower()));
  }

  private static double[] packed(double[][] lower) {
    double[] packed = new double[lower.length * (lower.length + 1) / 2];
    int at = 0;
    for (double[] row : lower) {
      System.arraycopy(row, 0, packed, at, row.length);
      at += row.length;
    }
    return packed;
  }
}
