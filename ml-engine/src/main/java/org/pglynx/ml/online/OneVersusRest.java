package org.pglynx.ml.online;

import java.util.Arrays;
import org.pglynx.ml.algo.ClassWeights;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.NumpyRandom;
import org.pglynx.ml.linear.LinearModel;

/** Models of one weighted sum, and of one for each class against the others. */
final class OneVersusRest {
  /**
   * How scores become predictions.
   *
   * @param two of two classes, one score
   * @param more of more, a score for each
   */
  record Links(Link two, Link more) {
    /** Scores are no probabilities. */
    static final Links SIGNS = new Links(Link.SIGN, Link.LARGEST);
  }

  private OneVersusRest() {}

  /** A number from the features. */
  static LinearModel regression(
      TrainingTable table, Settings settings, long seed, FitContext context) {
    boolean[] apart = apart(table, settings, seed);
    int order = new NumpyRandom(seed).nextInt(Integer.MAX_VALUE);
    Sgd.Solution solution =
        Sgd.run(table, new Sgd.Problem(table.y(), 1, 1, apart, order), settings, context);
    double[] intercept = {solution.intercept()};
    return LinearModel.fitted(table.info(), Link.IDENTITY, solution.weights(), intercept);
  }

  /** A class from the features. */
  static LinearModel classification(
      TrainingTable table,
      Settings settings,
      Links links,
      Parameters parameters,
      long seed,
      FitContext context) {
    double[] counts = ClassWeights.of(table, parameters);
    boolean[] apart = apart(table, settings, seed);
    if (table.classCount() == 2) {
      Sgd.Problem problem =
          new Sgd.Problem(signs(table, 1), counts[1], counts[0], apart, order(seed));
      Sgd.Solution solution = Sgd.run(table, problem, settings, context);
      double[] intercept = {solution.intercept()};
      return LinearModel.fitted(table.info(), links.two(), solution.weights(), intercept);
    }
    int p = table.width();
    double[] weights = new double[table.classCount() * p];
    double[] intercepts = new double[table.classCount()];
    NumpyRandom seeds = new NumpyRandom(seed);
    for (int c = 0; c < intercepts.length; c++) {
      int order = order(seeds.nextInt(Integer.MAX_VALUE));
      Sgd.Problem problem = new Sgd.Problem(signs(table, c), counts[c], 1, apart, order);
      Sgd.Solution solution = Sgd.run(table, problem, settings, context);
      System.arraycopy(solution.weights(), 0, weights, c * p, p);
      intercepts[c] = solution.intercept();
      context.progress().progress("classes", c + 1, intercepts.length);
    }
    return LinearModel.fitted(table.info(), links.more(), weights, intercepts);
  }

  /** scikit-learn draws a seed for its data set first, which nothing uses. */
  private static int order(long seed) {
    NumpyRandom random = new NumpyRandom(seed);
    random.nextInt(1, Integer.MAX_VALUE);
    return random.nextInt(Integer.MAX_VALUE);
  }

  private static boolean[] apart(TrainingTable table, Settings settings, long seed) {
    return settings.early()
        ? EarlyStop.choose(table, settings.apart(), seed)
        : EarlyStop.none(table.rows());
  }

  private static double[] signs(TrainingTable table, int positive) {
    return Arrays.stream(table.y()).map(label -> label == positive ? 1 : -1).toArray();
  }
}
