package org.pglynx.ml.linear;

import java.util.List;
import org.pglynx.ml.algo.ClassWeights;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.AbsoluteErrors;
import org.pglynx.ml.linalg.ResidualProblem;
import org.pglynx.ml.linalg.SquaredErrors;

/**
 * Linear support vector machines with liblinear's objective, which penalises the intercept, too:
 *
 * <pre>  ½·(|w|² + (intercept / intercept_scaling)²) + C·Σ loss</pre>
 *
 * Classes are each against the rest. The minimum itself is found, in the primal.
 */
final class SupportVectors {
  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.positive("C"),
          ParameterSpec.positive("intercept_scaling"),
          ParameterSpec.flag("dual"),
          LinearParameters.MAX_ITER,
          LinearParameters.TOL,
          LinearParameters.RANDOM_STATE);

  static final List<ParameterSpec> REGRESSION =
      LinearParameters.with(
          COMMON,
          ParameterSpec.choice("loss", "epsilon_insensitive", "squared_epsilon_insensitive"),
          ParameterSpec.atLeast("epsilon", 0));

  static final List<ParameterSpec> CLASSIFICATION =
      LinearParameters.with(
          COMMON,
          ParameterSpec.choice("loss", "hinge", "squared_hinge"),
          ParameterSpec.choice("penalty", "l2"),
          ParameterSpec.choice("multi_class", "ovr"),
          ParameterSpec.classWeight());

  private final TrainingTable table;
  private final FitContext context;
  private final ScaledColumns columns;
  private final double c;
  private final double constant;
  private final boolean intercept;
  private final boolean squared;

  private SupportVectors(
      TrainingTable table, Parameters parameters, String linearLoss, FitContext context) {
    this.table = table;
    this.context = context;
    this.columns = new ScaledColumns(table, false, context.cancel());
    this.c = parameters.real("C", 1);
    this.constant = parameters.real("intercept_scaling", 1);
    this.intercept = LinearParameters.intercept(parameters);
    boolean classes = linearLoss.equals("hinge");
    String otherwise = classes ? "squared_hinge" : linearLoss;
    this.squared = !parameters.choice("loss", otherwise).equals(linearLoss);
  }

  /** A number from the features: errors above epsilon cost. */
  static StoredModel regression(TrainingTable table, Parameters parameters, FitContext context) {
    SupportVectors machine = new SupportVectors(table, parameters, "epsilon_insensitive", context);
    double[] v = machine.fitNumbers(parameters.real("epsilon", 0));
    double[] weights = machine.columns.weights(v);
    return LinearModel.fitted(
        table.info(), Link.IDENTITY, weights, new double[] {machine.intercept(v)});
  }

  /** A class from the features. */
  static StoredModel classification(
      TrainingTable table, Parameters parameters, FitContext context) {
    SupportVectors machine = new SupportVectors(table, parameters, "hinge", context);
    double[] counts = ClassWeights.of(table, parameters);
    int p = table.width();
    int outputs = table.classCount() == 2 ? 1 : table.classCount();
    double[] weights = new double[outputs * p];
    double[] intercepts = new double[outputs];
    for (int k = 0; k < outputs; k++) {
      int positive = outputs == 1 ? 1 : k;
      double others = outputs == 1 ? counts[0] : 1;
      double[] v = machine.fitClass(positive, counts[positive], others);
      System.arraycopy(machine.columns.weights(v), 0, weights, k * p, p);
      intercepts[k] = machine.intercept(v);
      context.progress().progress("classes", k + 1, outputs);
    }
    Link link = outputs == 1 ? Link.SIGN : Link.LARGEST;
    return LinearModel.fitted(table.info(), link, weights, intercepts);
  }

  private double intercept(double[] v) {
    return intercept ? v[table.width()] * constant : 0;
  }

  /** One row for each side of the tube; one for both where it has no width. */
  private double[] fitNumbers(double epsilon) {
    int n = table.rows();
    int sides = epsilon == 0 ? 1 : 2;
    double[] target = new double[n * sides];
    double[] up = new double[n * sides];
    double[] down = new double[n * sides];
    for (int i = 0; i < n; i++) {
      target[i] = table.y()[i] - epsilon;
      up[i] = c * table.weight(i);
      down[i] = sides == 1 ? up[i] : 0;
      if (sides == 2) {
        target[n + i] = -table.y()[i] - epsilon;
        up[n + i] = up[i];
      }
    }
    return solve((i, row) -> fill(i % n, i < n ? 1 : -1, row), target, up, down);
  }

  /** One row for each row, turned so that its score should be at least 1. */
  private double[] fitClass(int positive, double own, double others) {
    int n = table.rows();
    double[] target = new double[n];
    double[] up = new double[n];
    for (int i = 0; i < n; i++) {
      boolean one = table.y()[i] == positive;
      target[i] = 1;
      up[i] = c * table.weight(i) * (one ? own : others);
    }
    return solve(
        (i, row) -> fill(i, table.y()[i] == positive ? 1 : -1, row), target, up, new double[n]);
  }

  private void fill(int row, double sign, double[] into) {
    columns.fill(row, into);
    if (intercept) {
      into[table.width()] = constant;
    }
    for (int j = 0; j < into.length; j++) {
      into[j] *= sign;
    }
  }

  private double[] solve(ResidualProblem.Rows rows, double[] target, double[] up, double[] down) {
    double[] quadratic = new double[table.width() + (intercept ? 1 : 0)];
    for (int j = 0; j < quadratic.length; j++) {
      double scale = j < table.width() ? columns.scale(j) : 1;
      quadratic[j] = 1 / (scale * scale);
    }
    ResidualProblem problem =
        new ResidualProblem(rows, target, up, down, quadratic, context.cancel()::check);
    return squared ? SquaredErrors.minimise(problem) : AbsoluteErrors.minimise(problem);
  }
}
