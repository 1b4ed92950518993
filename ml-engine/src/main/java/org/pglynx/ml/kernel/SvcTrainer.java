package org.pglynx.ml.kernel;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.ClassWeights;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Support vector classification: one machine for each pair of classes, on their rows alone. With C
 * the cost of a row on the wrong side, or with ν a bound on the share of such rows.
 */
final class SvcTrainer {
  /** Time grows with the square of the rows. */
  static final int MAX_ROWS = 50_000;

  static final String INSTEAD = "'xgboost', 'random_forest' or 'linear'";

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final KernelFunction kernel;
  private final Smo.Limits limits;
  private final double[] bound;
  private final boolean nu;

  private SvcTrainer(TrainingTable table, Parameters parameters, FitContext context, boolean nu) {
    RowLimit.check(table, MAX_ROWS, INSTEAD);
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.nu = nu;
    this.kernel = SvmParameters.kernel(parameters, table);
    this.limits = SvmParameters.limits(parameters, table, context);
    this.bound = new double[table.rows()];
    double[] classWeights = ClassWeights.of(table, parameters);
    for (int i = 0; i < bound.length; i++) {
      double cost = nu ? 1 : parameters.real("C", 1) * classWeights[(int) table.y()[i]];
      bound[i] = cost * table.weight(i);
    }
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    return new SvcTrainer(table, parameters, context, false).model();
  }

  static StoredModel fitNu(TrainingTable table, Parameters parameters, FitContext context) {
    return new SvcTrainer(table, parameters, context, true).model();
  }

  private SvcModel model() {
    int classes = table.classCount();
    boolean probability = parameters.flag("probability", false);
    long seed = parameters.longWhole("random_state", context.seed());
    SvcBuilder builder = new SvcBuilder(table, kernel, probability);
    int[][] rows = rowsByClass();
    int pair = 0;
    for (int a = 0; a < classes; a++) {
      for (int b = a + 1; b < classes; b++, pair++) {
        Duel duel = new Duel(rows[a], rows[b]);
        builder.add(a, b, duel, part(duel));
        if (probability) {
          SeededRandom random = new SeededRandom(seed * 31 + pair);
          builder.calibrate(pair, PlattScaling.of(duel, this::part, this::decision, random));
        }
        context.progress().progress("pairs of classes", pair + 1, classes * (classes - 1) / 2);
      }
    }
    return builder.build();
  }

  private int[][] rowsByClass() {
    int[][] rows = new int[table.classCount()][];
    for (int c = 0; c < rows.length; c++) {
      int own = c;
      rows[c] = IntStream.range(0, table.rows()).filter(i -> table.y()[i] == own).toArray();
    }
    return rows;
  }

  /** Finds what parts the two classes. */
  private Parting part(Duel duel) {
    int[] rows = duel.rows();
    boolean[] positive = new boolean[rows.length];
    Arrays.fill(positive, 0, duel.first().length, true);
    double[] bounds = Arrays.stream(rows).mapToDouble(row -> bound[row]).toArray();
    KernelRows matrix =
        new KernelRows(
            kernel,
            table.x(),
            table.width(),
            rows,
            SvmParameters.cacheBytes(parameters),
            context.cancel());
    Smo.Problem problem = new Smo.Problem(matrix, positive, bounds, nu);
    return nu ? partByShare(problem, duel) : partByCost(problem);
  }

  private Parting partByCost(Smo.Problem problem) {
    double[] pull = new double[problem.size()];
    for (int k = 0; k < pull.length; k++) {
      pull[k] = problem.sign(k);
    }
    Smo.Solution found = Smo.solve(problem, new double[pull.length], pull, limits);
    return parting(problem, found, 1);
  }

  private Parting partByShare(Smo.Problem problem, Duel duel) {
    double[] bounds = problem.bound();
    int split = duel.first().length;
    double firsts = Arrays.stream(bounds, 0, split).sum();
    double seconds = Arrays.stream(bounds, split, bounds.length).sum();
    double wanted = parameters.real("nu", 0.5) * (firsts + seconds) / 2;
    if (wanted > Math.min(firsts, seconds)) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "nu = %s is infeasible for classes of such different sizes"
              .formatted(parameters.real("nu", 0.5)),
          "For the classes \"%s\" and \"%s\" it is at most %.6g."
              .formatted(
                  className(duel.first()[0]),
                  className(duel.second()[0]),
                  2 * Math.min(firsts, seconds) / (firsts + seconds)));
    }
    double[] start = new double[bounds.length];
    fill(start, bounds, 0, split, wanted);
    fill(start, bounds, split, bounds.length, wanted);
    Smo.Solution found = Smo.solve(problem, start, new double[bounds.length], limits);
    return parting(problem, found, found.margin() > 0 ? found.margin() : 1);
  }

  private static void fill(double[] start, double[] bounds, int from, int to, double sum) {
    double left = sum;
    for (int k = from; k < to; k++) {
      start[k] = Math.min(left, bounds[k]);
      left -= start[k];
    }
  }

  private static Parting parting(Smo.Problem problem, Smo.Solution found, double unit) {
    double[] coefficients = new double[problem.size()];
    for (int k = 0; k < coefficients.length; k++) {
      coefficients[k] = problem.sign(k) * found.alpha()[k] / unit;
    }
    return new Parting(coefficients, found.bias() / unit);
  }

  private String className(int row) {
    return table.info().classes().name((int) table.y()[row]);
  }

  /** On which side a row is, and how far. */
  private double decision(Duel duel, Parting parting, int row) {
    context.cancel().check();
    int p = table.width();
    int[] rows = duel.rows();
    double sum = parting.bias();
    for (int k = 0; k < rows.length; k++) {
      double coefficient = parting.coefficients()[k];
      if (coefficient != 0) {
        sum += coefficient * kernel.apply(table.x(), rows[k] * p, table.x(), row * p, p);
      }
    }
    return sum;
  }

  /** The rows of two classes; the first is the positive one. */
  record Duel(int[] first, int[] second) {
    /** The rows of both, the first's before the second's. */
    int[] rows() {
      return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
  }

  /** What parts them: a coefficient per row, in the order of {@link Duel#rows}, and a bias. */
  record Parting(double[] coefficients, double bias) {}
}
