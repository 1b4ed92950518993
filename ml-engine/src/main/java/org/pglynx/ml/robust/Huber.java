package org.pglynx.ml.robust;

import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.Lbfgs;
import org.pglynx.ml.linear.LinearModel;
import org.pglynx.ml.linear.LinearParameters;
import org.pglynx.ml.linear.ScaledColumns;

/**
 * Huber regression with scikit-learn's objective (Owen 2007), where the scale σ of the errors is
 * found with the weights: Σ (σ + H(r/σ)·σ) + alpha·|w|², H being squares up to epsilon and lines
 * beyond.
 *
 * <p>The search runs over scaled columns, labels in units of their spread, and log σ.
 */
final class Huber {
  static final List<ParameterSpec> PARAMETERS =
      LinearParameters.with(
          new ParameterSpec(
              "epsilon", List.of(), new Domain.Real(1, true, Double.POSITIVE_INFINITY)),
          ParameterSpec.atLeast("alpha", 0),
          LinearParameters.MAX_ITER,
          LinearParameters.TOL);

  /** Enough to reach the minimum; scikit-learn's 100 stops before it on unscaled columns. */
  private static final int DEFAULT_MAX_ITERATIONS = 10_000;

  private static final double DEFAULT_TOLERANCE = 1e-9;
  private static final double LEAST_LOG_SCALE = -30;
  private static final int ROWS_BETWEEN_CHECKS = 64;

  private final TrainingTable table;
  private final FitContext context;
  private final ScaledColumns columns;
  private final boolean intercept;
  private final double epsilon;
  private final double alpha;
  private final double centre;
  private final double unit;
  private final double[] row;
  private final int p;

  private Huber(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.context = context;
    this.p = table.width();
    this.intercept = LinearParameters.intercept(parameters);
    this.columns = new ScaledColumns(table, intercept, context.cancel());
    this.epsilon = parameters.real("epsilon", 1.35);
    this.centre = intercept ? Arrays.stream(table.y()).average().orElse(0) : 0;
    double spread = Arrays.stream(table.y()).map(y -> Math.abs(y - centre)).average().orElse(0);
    this.unit = spread == 0 ? 1 : spread;
    this.alpha = parameters.real("alpha", 1e-4) * unit;
    this.row = new double[p];
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Huber huber = new Huber(table, parameters, context);
    double[] v =
        Lbfgs.minimise(
            huber::loss,
            new double[table.width() + 2],
            parameters.whole("max_iter", DEFAULT_MAX_ITERATIONS),
            parameters.real("tol", DEFAULT_TOLERANCE) * Math.max(1, table.rows()));
    return huber.model(v);
  }

  /** Layout of v: weights, intercept, log σ. */
  private double loss(double[] v, double[] gradient) {
    Arrays.fill(gradient, 0);
    double sigma = Math.exp(Math.max(v[p + 1], LEAST_LOG_SCALE));
    double loss = 0;
    for (int i = 0; i < table.rows(); i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        context.cancel().check();
      }
      loss += rowLoss(i, v, sigma, gradient);
    }
    for (int j = 0; j < p; j++) {
      double w = v[j] / columns.scale(j);
      loss += alpha * w * w;
      gradient[j] += 2 * alpha * w / columns.scale(j);
    }
    gradient[p] = intercept ? gradient[p] : 0;
    gradient[p + 1] = v[p + 1] < LEAST_LOG_SCALE ? 0 : gradient[p + 1] * sigma;
    return loss;
  }

  private double rowLoss(int i, double[] v, double sigma, double[] gradient) {
    columns.fill(i, row);
    double residual = (table.y()[i] - centre) / unit - v[p];
    for (int j = 0; j < p; j++) {
      residual -= v[j] * row[j];
    }
    double counts = table.weight(i);
    boolean outlier = Math.abs(residual) > epsilon * sigma;
    double slope = outlier ? Math.copySign(2 * epsilon, residual) : 2 * residual / sigma;
    for (int j = 0; j < p; j++) {
      gradient[j] -= counts * slope * row[j];
    }
    gradient[p] -= counts * slope;
    double relative = residual / sigma;
    gradient[p + 1] += counts * (1 - (outlier ? epsilon * epsilon : relative * relative));
    double cost =
        outlier
            ? 2 * epsilon * Math.abs(residual) - sigma * epsilon * epsilon
            : residual * relative;
    return counts * (sigma + cost);
  }

  private LinearModel model(double[] v) {
    double[] weights = columns.weights(v);
    for (int j = 0; j < p; j++) {
      weights[j] *= unit;
    }
    double start = intercept ? columns.intercept(weights, v[p] * unit + centre) : 0;
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, new double[] {start});
  }
}
