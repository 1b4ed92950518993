package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;

/**
 * Histogram gradient boosting with the parameters, defaults and stopping rules of scikit-learn's
 * HistGradientBoosting classes; missing values are served.
 */
final class HistGradientBoosting {
  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.whole("max_iter", 1, 100_000),
          ParameterSpec.positive("learning_rate"),
          ParameterSpec.wholeOrNull("max_leaf_nodes", 2, 1_000_000),
          ParameterSpec.wholeOrNull("max_depth", 1, 1_000_000),
          ParameterSpec.whole("min_samples_leaf", 1, Integer.MAX_VALUE),
          ParameterSpec.atLeast("l2_regularization", 0),
          ParameterSpec.whole("max_bins", 2, 255),
          new ParameterSpec(
                  "monotonic_cst",
                  List.of(),
                  new Domain.ListOf(new Domain.Whole(-1, 1, false), 1_000_000))
              .orNull(),
          new ParameterSpec(
              "early_stopping",
              List.of(),
              new Domain.Either(new Domain.Choice(List.of("auto")), new Domain.Flag())),
          ParameterSpec.choice("scoring", "loss"),
          new ParameterSpec("validation_fraction", List.of(), new Domain.Real(0, false, 0.9)),
          ParameterSpec.whole("n_iter_no_change", 1, 1_000_000),
          ParameterSpec.atLeast("tol", 0),
          TreeParameters.RANDOM_STATE);

  static final List<ParameterSpec> REGRESSION =
      TreeParameters.join(
          COMMON,
          ParameterSpec.choice("loss", "squared_error", "absolute_error", "poisson", "quantile"),
          ParameterSpec.between("quantile", 0, 1));

  static final List<ParameterSpec> CLASSIFICATION =
      TreeParameters.join(
          COMMON, ParameterSpec.choice("loss", "log_loss"), ParameterSpec.classWeight());

  private static final int DEFAULT_ROUNDS = 100;
  private static final int DEFAULT_LEAVES = 31;
  private static final int DEFAULT_MIN_LEAF = 20;

  /** From here on early stopping is the default. */
  private static final int LARGE = 10_000;

  private final TrainingTable table;
  private final FitContext context;
  private final HistogramGrower grower;
  private final BoostingLoss loss;
  private final @Nullable TrainingTable watched;
  private final @Nullable BoostingLoss watchedLoss;
  private final double rate;
  private final double[] start;
  private final double[][] score;
  private final double[][] watchedScore;
  private final List<List<FlatForest.Builder>> trees = new ArrayList<>();
  private final List<List<Double>> values = new ArrayList<>();

  private HistGradientBoosting(
      TrainingTable table,
      @Nullable TrainingTable watched,
      Parameters parameters,
      FitContext context) {
    this.table = table;
    this.watched = watched;
    this.context = context;
    BinnedTable binned =
        new BinnedTable(table, parameters.whole("max_bins", 255), context.cancel());
    this.grower = new HistogramGrower(binned, settings(table, parameters), context.cancel());
    this.loss = loss(table, parameters);
    this.watchedLoss = watched == null ? null : loss(watched, parameters);
    this.rate = parameters.real("learning_rate", 0.1);
    this.start = loss.start();
    this.score = scores(table.rows());
    this.watchedScore = scores(watched == null ? 0 : watched.rows());
    for (int k = 0; k < loss.outputs(); k++) {
      trees.add(new ArrayList<>());
      values.add(new ArrayList<>());
    }
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    boolean stops =
        parameters.raw("early_stopping") instanceof Boolean chosen ? chosen : table.rows() > LARGE;
    HistGradientBoosting run;
    if (stops) {
      double fraction = parameters.real("validation_fraction", 0.1);
      HeldOut parts = HeldOut.of(table, fraction, TreeParameters.seed(parameters, context));
      run = new HistGradientBoosting(parts.learn(), parts.watch(), parameters, context);
    } else {
      run = new HistGradientBoosting(table, null, parameters, context);
    }
    run.boost(parameters);
    return run.model();
  }

  private void boost(Parameters parameters) {
    int rounds = parameters.whole("max_iter", DEFAULT_ROUNDS);
    int patience = parameters.whole("n_iter_no_change", 10);
    double tolerance = parameters.real("tol", 1e-7);
    List<Double> losses = new ArrayList<>();
    note(losses);
    for (int round = 0; round < rounds; round++) {
      context.cancel().check();
      round();
      note(losses);
      context.progress().progress("boosting rounds", round + 1, rounds);
      if (watched != null && stalled(losses, patience, tolerance)) {
        return;
      }
    }
  }

  private void note(List<Double> losses) {
    if (watchedLoss != null) {
      losses.add(watchedLoss.mean(watchedScore));
    }
  }

  /** Whether none of the last rounds was better than the one before them. */
  private static boolean stalled(List<Double> losses, int patience, double tolerance) {
    int reference = losses.size() - 1 - patience;
    if (reference < 0) {
      return false;
    }
    double bar = losses.get(reference) - tolerance;
    return losses.subList(reference + 1, losses.size()).stream().noneMatch(l -> l < bar);
  }

  private void round() {
    int n = table.rows();
    double[][] gradient = new double[loss.outputs()][n];
    double[][] hessian = new double[loss.outputs()][n];
    for (int k = 0; k < gradient.length; k++) {
      loss.derive(k, score, gradient[k], hessian[k]);
    }
    for (int k = 0; k < gradient.length; k++) {
      HistogramGrower.Tree tree = grower.grow(gradient[k], hessian[k]);
      List<Double> steps = new ArrayList<>();
      for (HistogramGrower.Leaf leaf : tree.leaves()) {
        steps.add(rate * loss.step(leaf, tree.rows(), score[k]));
      }
      apply(tree, steps, score[k]);
      trees.get(k).add(tree.builder());
      values.get(k).addAll(steps);
      watch(tree.builder().build(), steps, k);
    }
  }

  private static void apply(HistogramGrower.Tree tree, List<Double> steps, double[] scores) {
    for (int l = 0; l < steps.size(); l++) {
      HistogramGrower.Leaf leaf = tree.leaves().get(l);
      for (int i = leaf.from(); i < leaf.to(); i++) {
        scores[tree.rows()[i]] += steps.get(l);
      }
    }
  }

  private void watch(FlatForest tree, List<Double> steps, int output) {
    if (watched != null) {
      for (int i = 0; i < watched.rows(); i++) {
        int leaf = tree.leaf(0, watched.x(), i * watched.width());
        watchedScore[output][i] += steps.get(tree.leafNumber(leaf));
      }
    }
  }

  private double[][] scores(int rows) {
    double[][] scores = new double[start.length][rows];
    for (int k = 0; k < start.length; k++) {
      Arrays.fill(scores[k], start[k]);
    }
    return scores;
  }

  private static BoostingLoss loss(TrainingTable table, Parameters parameters) {
    String name = parameters.choice("loss", "");
    if (name.equals("quantile") && !parameters.has("quantile")) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER,
          "loss \"quantile\" needs the hyperparameter quantile",
          "Give a number from 0 to 1.");
    }
    return new BoostingLoss(
        table, RowWeights.of(table, parameters), name, parameters.real("quantile", 0.5));
  }

  private static HistogramGrower.Settings settings(TrainingTable table, Parameters parameters) {
    int leaves =
        parameters.given("max_leaf_nodes") && !parameters.has("max_leaf_nodes")
            ? Integer.MAX_VALUE
            : parameters.whole("max_leaf_nodes", DEFAULT_LEAVES);
    return new HistogramGrower.Settings(
        leaves,
        parameters.whole("max_depth", Integer.MAX_VALUE),
        parameters.whole("min_samples_leaf", DEFAULT_MIN_LEAF),
        parameters.real("l2_regularization", 0),
        signs(table, parameters));
  }

  private static int[] signs(TrainingTable table, Parameters parameters) {
    int[] signs = new int[table.width()];
    if (parameters.raw("monotonic_cst") instanceof List<?> given) {
      if (given.size() != signs.length || table.classCount() > 2) {
        throw new MlException(
            MlException.Kind.BAD_HYPERPARAMETER,
            table.classCount() > 2
                ? "monotonic_cst does not go with more than two classes"
                : "monotonic_cst has %d signs for %d features"
                    .formatted(given.size(), signs.length),
            "Give 1, 0 or -1 for each feature.");
      }
      Arrays.setAll(signs, j -> ((Long) given.get(j)).intValue());
    }
    return signs;
  }

  private StoredModel model() {
    FlatForest.Builder forest = new FlatForest.Builder();
    List<Double> leaves = new ArrayList<>();
    int[] firstTree = new int[start.length + 1];
    for (int k = 0; k < start.length; k++) {
      trees.get(k).forEach(forest::append);
      leaves.addAll(values.get(k));
      firstTree[k + 1] = firstTree[k] + trees.get(k).size();
    }
    double[] leafValues = leaves.stream().mapToDouble(Double::doubleValue).toArray();
    return new BoostedModel(
        table.info(), loss.link(), true, start, firstTree, forest.build(), leafValues);
  }
}
