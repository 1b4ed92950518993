package org.pglynx.ml.robust;

import java.util.List;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.AbsoluteErrors;
import org.pglynx.ml.linalg.ResidualProblem;
import org.pglynx.ml.linear.LinearModel;
import org.pglynx.ml.linear.LinearParameters;
import org.pglynx.ml.linear.ScaledColumns;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Quantile regression with scikit-learn's objective: the mean pinball loss plus alpha·|w|₁
 * (Koenker, Bassett 1978). Names of solvers are taken: all of them find the same minimum.
 */
final class Quantile {
  static final List<ParameterSpec> PARAMETERS =
      LinearParameters.with(
          new ParameterSpec("quantile", List.of(), new Domain.Real(0, false, 1)),
          ParameterSpec.atLeast("alpha", 0),
          ParameterSpec.choice(
              "solver", "interior-point", "highs-ds", "highs-ipm", "highs", "revised simplex"));

  private final TrainingTable table;
  private final ScaledColumns columns;
  private final boolean intercept;
  private final double quantile;
  private final double penalty;

  private Quantile(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.intercept = LinearParameters.intercept(parameters);
    this.columns = new ScaledColumns(table, intercept, context.cancel());
    this.quantile = parameters.real("quantile", 0.5);
    double total = 0;
    for (int i = 0; i < table.rows(); i++) {
      total += table.weight(i);
    }
    this.penalty = parameters.real("alpha", 1) * total;
    if (quantile == 1) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "quantile must be less than 1",
          "Quantiles are between 0 and 1, for instance 0.9.");
    }
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    return new Quantile(table, parameters, context).fit(context);
  }

  private LinearModel fit(FitContext context) {
    int n = table.rows();
    int p = table.width();
    double[] up = new double[n];
    double[] down = new double[n];
    for (int i = 0; i < n; i++) {
      up[i] = table.weight(i) * quantile;
      down[i] = table.weight(i) * (1 - quantile);
    }
    int width = intercept ? p + 1 : p;
    double[] prices = new double[width];
    for (int j = 0; j < p; j++) {
      prices[j] = penalty / columns.scale(j);
    }
    ResidualProblem problem =
        new ResidualProblem(
            this::fill, table.y(), up, down, new double[width], context.cancel()::check);
    double[] v = AbsoluteErrors.minimise(problem, prices);
    double[] weights = columns.weights(v);
    double[] start = {intercept ? columns.intercept(weights, v[p]) : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, start);
  }

  private void fill(int row, double[] into) {
    columns.fill(row, into);
    if (intercept) {
      into[table.width()] = 1;
    }
  }
}
