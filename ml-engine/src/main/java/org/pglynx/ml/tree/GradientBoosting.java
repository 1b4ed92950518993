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
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.MlException;

/**
 * Gradient boosting machines (Friedman 2001) with scikit-learn's parameters and defaults; one tree
 * per class and round for more than two classes.
 */
final class GradientBoosting {
  private static final List<ParameterSpec> COMMON =
      TreeParameters.join(
          TreeParameters.SHAPE,
          TreeParameters.TREES,
          ParameterSpec.positive("learning_rate"),
          ParameterSpec.share("subsample"),
          ParameterSpec.choice("criterion", "friedman_mse", "squared_error"),
          ParameterSpec.wholeOrNull("n_iter_no_change", 1, 1_000_000),
          new ParameterSpec("validation_fraction", List.of(), new Domain.Real(0, false, 0.9)),
          ParameterSpec.atLeast("tol", 0));

  static final List<ParameterSpec> REGRESSION =
      TreeParameters.join(
          COMMON,
          ParameterSpec.choice("loss", "squared_error", "absolute_error", "huber", "quantile"),
          new ParameterSpec("alpha", List.of(), new Domain.Real(0, false, Math.nextDown(1))));

  static final List<ParameterSpec> CLASSIFICATION =
      TreeParameters.join(
          COMMON, ParameterSpec.choice("loss", "log_loss", "deviance", "exponential"));

  private static final int DEFAULT_ROUNDS = 100;
  private static final int DEFAULT_DEPTH = 3;

  private final TrainingTable table;
  private final @Nullable TrainingTable watched;
  private final FitContext context;
  private final TreeSettings settings;
  private final RankedTable ranked;
  private final StageLoss loss;
  private final @Nullable StageLoss watchedLoss;
  private final double learningRate;
  private final double subsample;
  private final double[] rowWeights;
  private final SeededRandom random;
  private final double[] start;
  private final double[][] score;
  private final double[][] watchedScore;
  private final List<List<FlatForest.Builder>> trees = new ArrayList<>();
  private final List<List<double[]>> values = new ArrayList<>();

  private GradientBoosting(
      TrainingTable table,
      @Nullable TrainingTable watched,
      Parameters parameters,
      FitContext context) {
    this.table = table;
    this.watched = watched;
    this.context = context;
    this.ranked = new RankedTable(table, context.cancel());
    this.settings = TreeParameters.settings(parameters, table.width(), DEFAULT_DEPTH, null, false);
    this.loss = loss(table, parameters);
    this.watchedLoss = watched == null ? null : loss(watched, parameters);
    this.learningRate = parameters.real("learning_rate", 0.1);
    this.subsample = parameters.real("subsample", 1);
    this.rowWeights = RowWeights.dense(table, parameters);
    this.random = new SeededRandom(TreeParameters.seed(parameters, context));
    this.start = loss.start();
    this.score = scores(table.rows());
    this.watchedScore = scores(watched == null ? 0 : watched.rows());
    for (int k = 0; k < start.length; k++) {
      trees.add(new ArrayList<>());
      values.add(new ArrayList<>());
    }
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    if (parameters.choice("loss", "").equals("exponential") && table.classCount() > 2) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER,
          "loss \"exponential\" needs two classes, the labels have " + table.classCount(),
          "Use loss \"log_loss\".");
    }
    GradientBoosting run;
    if (parameters.has("n_iter_no_change")) {
      double fraction = parameters.real("validation_fraction", 0.1);
      HeldOut parts = HeldOut.of(table, fraction, TreeParameters.seed(parameters, context));
      run = new GradientBoosting(parts.learn(), parts.watch(), parameters, context);
    } else {
      run = new GradientBoosting(table, null, parameters, context);
    }
    run.boost(parameters);
    return run.model();
  }

  private void boost(Parameters parameters) {
    int rounds = parameters.whole("n_estimators", DEFAULT_ROUNDS);
    double tolerance = parameters.real("tol", 1e-4);
    double[] last = new double[parameters.whole("n_iter_no_change", 1)];
    Arrays.fill(last, Double.POSITIVE_INFINITY);
    for (int round = 0; round < rounds; round++) {
      context.cancel().check();
      round();
      context.progress().progress("boosting rounds", round + 1, rounds);
      if (watchedLoss != null) {
        double now = watchedLoss.mean(watchedScore);
        if (Arrays.stream(last).noneMatch(before -> now + tolerance < before)) {
          return;
        }
        last[round % last.length] = now;
      }
    }
  }

  private static StageLoss loss(TrainingTable table, Parameters parameters) {
    return new StageLoss(
        table,
        RowWeights.dense(table, parameters),
        table.weights() != null,
        parameters.choice("loss", ""),
        parameters.real("alpha", 0.9));
  }

  private double[][] scores(int rows) {
    double[][] scores = new double[start.length][rows];
    for (int k = 0; k < start.length; k++) {
      Arrays.fill(scores[k], start[k]);
    }
    return scores;
  }

  private void round() {
    double[] weight = rowsOfRound();
    double[][] residual = loss.residuals(score, weight);
    for (int k = 0; k < start.length; k++) {
      addTree(k, residual[k], weight);
    }
  }

  private double[] rowsOfRound() {
    if (subsample >= 1) {
      return rowWeights;
    }
    double[] weight = new double[table.rows()];
    int wanted = Math.max(1, (int) (subsample * weight.length));
    int left = weight.length;
    for (int i = 0; i < weight.length; i++, left--) {
      if (random.nextInt(left) < wanted) {
        weight[i] = rowWeights[i];
        wanted--;
      }
    }
    return weight;
  }

  private void addTree(int output, double[] residual, double[] weight) {
    FlatForest.Builder tree = new FlatForest.Builder();
    new TreeGrower(ranked, TreeTarget.numbers(residual), settings, context.cancel())
        .grow(tree, weight, random, (leaf, sums, total) -> {});
    FlatForest shape = tree.build();
    int[] leafOf = leaves(shape, table);
    double[] step = steps(tree.leafCount(), leafOf, output, residual, weight);
    for (int i = 0; i < leafOf.length; i++) {
      score[output][i] += step[leafOf[i]];
    }
    trees.get(output).add(tree);
    values.get(output).add(step);
    if (watched != null) {
      int[] watchedLeaf = leaves(shape, watched);
      for (int i = 0; i < watchedLeaf.length; i++) {
        watchedScore[output][i] += step[watchedLeaf[i]];
      }
    }
  }

  private static int[] leaves(FlatForest tree, TrainingTable table) {
    int[] leafOf = new int[table.rows()];
    for (int i = 0; i < leafOf.length; i++) {
      leafOf[i] = tree.leafNumber(tree.leaf(0, table.x(), i * table.width()));
    }
    return leafOf;
  }

  /** The step of each leaf, times the learning rate. */
  private double[] steps(int leaves, int[] leafOf, int output, double[] residual, double[] weight) {
    int[][] rows = new int[leaves][];
    int[] count = new int[leaves];
    for (int i = 0; i < leafOf.length; i++) {
      count[leafOf[i]] += weight[i] > 0 ? 1 : 0;
    }
    Arrays.setAll(rows, leaf -> new int[count[leaf]]);
    Arrays.fill(count, 0);
    for (int i = 0; i < leafOf.length; i++) {
      if (weight[i] > 0) {
        rows[leafOf[i]][count[leafOf[i]]++] = i;
      }
    }
    double[] steps = new double[leaves];
    for (int leaf = 0; leaf < leaves; leaf++) {
      steps[leaf] = learningRate * loss.step(rows[leaf], score[output], residual, weight);
    }
    return steps;
  }

  private StoredModel model() {
    FlatForest.Builder forest = new FlatForest.Builder();
    int outputs = start.length;
    int[] firstTree = new int[outputs + 1];
    double[] first = new double[outputs];
    List<double[]> steps = new ArrayList<>();
    for (int k = 0; k < outputs; k++) {
      trees.get(k).forEach(forest::append);
      steps.addAll(values.get(k));
      firstTree[k + 1] = firstTree[k] + trees.get(k).size();
      first[k] = loss.linkScale() * start[k];
    }
    double[] leaves =
        steps.stream().flatMapToDouble(Arrays::stream).map(v -> loss.linkScale() * v).toArray();
    return new BoostedModel(
        table.info(), loss.link(), false, first, firstTree, forest.build(), leaves);
  }
}
