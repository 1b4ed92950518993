package org.pglynx.ml.kernel;

import java.util.stream.IntStream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;

/**
 * Support vector regression, with a tube of width ε, or with ν as the share of rows outside of it.
 * Each row has two variables: how much it pulls the function up, and down.
 */
final class SvrTrainer {
  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final KernelFunction kernel;
  private final int n;

  private SvrTrainer(TrainingTable table, Parameters parameters, FitContext context) {
    RowLimit.check(table, SvcTrainer.MAX_ROWS, SvcTrainer.INSTEAD);
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.kernel = SvmParameters.kernel(parameters, table);
    this.n = table.rows();
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    SvrTrainer trainer = new SvrTrainer(table, parameters, context);
    double epsilon = parameters.real("epsilon", 0.1);
    return trainer.model(trainer.solve(new double[2 * trainer.n], epsilon, false));
  }

  static StoredModel fitNu(TrainingTable table, Parameters parameters, FitContext context) {
    SvrTrainer trainer = new SvrTrainer(table, parameters, context);
    return trainer.model(trainer.solve(trainer.share(), 0, true));
  }

  /** The first rows take their whole bound until ν of all bounds is given away. */
  private double[] share() {
    double[] bound = bounds();
    double[] start = new double[2 * n];
    double left = 0;
    for (int i = 0; i < n; i++) {
      left += bound[i] * parameters.real("nu", 0.5) / 2;
    }
    for (int i = 0; i < n; i++) {
      start[i] = Math.min(left, bound[i]);
      start[n + i] = start[i];
      left -= start[i];
    }
    return start;
  }

  private Smo.Solution solve(double[] start, double epsilon, boolean nu) {
    int[] all = IntStream.range(0, n).toArray();
    KernelRows rows =
        new KernelRows(
            kernel,
            table.x(),
            table.width(),
            all,
            SvmParameters.cacheBytes(parameters),
            context.cancel());
    boolean[] positive = new boolean[2 * n];
    double[] pull = new double[2 * n];
    for (int i = 0; i < n; i++) {
      positive[i] = true;
      pull[i] = table.y()[i] - epsilon;
      pull[n + i] = table.y()[i] + epsilon;
    }
    return Smo.solve(
        new Smo.Problem(rows, positive, bounds(), nu),
        start,
        pull,
        SvmParameters.limits(parameters, table, context));
  }

  private double[] bounds() {
    double[] bound = new double[2 * n];
    for (int i = 0; i < n; i++) {
      bound[i] = parameters.real("C", 1) * table.weight(i);
      bound[n + i] = bound[i];
    }
    return bound;
  }

  private KernelSum model(Smo.Solution solution) {
    double[] coefficients = new double[n];
    for (int i = 0; i < n; i++) {
      coefficients[i] = solution.alpha()[i] - solution.alpha()[n + i];
    }
    return KernelSum.of(table, kernel, coefficients, solution.bias());
  }
}
