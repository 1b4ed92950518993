package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.Task;

/**
 * Gradient boosting machines (Friedman 2001) with scikit-learn's defaults: squared error, or the
 * log loss with one Newton step per leaf; one tree per class and round for more than two classes.
 */
final class GradientBoosting {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          TreeParameters.TREES,
          ParameterSpec.positive("learning_rate"),
          TreeParameters.MAX_DEPTH,
          TreeParameters.MIN_SPLIT,
          TreeParameters.MIN_LEAF,
          TreeParameters.MAX_FEATURES,
          ParameterSpec.share("subsample"),
          TreeParameters.RANDOM_STATE);

  private static final int DEFAULT_ROUNDS = 100;
  private static final int DEFAULT_DEPTH = 3;
  private static final double TINY = 1e-150;

  private final TrainingTable table;
  private final FitContext context;
  private final RankedTable ranked;
  private final TreeSettings settings;
  private final double learningRate;
  private final double subsample;
  private final SeededRandom random;
  private final int outputs;
  private final double[] start;
  private final double[][] score;
  private final List<List<FlatForest.Builder>> trees = new ArrayList<>();

  private GradientBoosting(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.context = context;
    this.ranked = new RankedTable(table, context.cancel());
    this.settings = TreeParameters.settings(parameters, table.width(), DEFAULT_DEPTH, null, false);
    this.learningRate = parameters.real("learning_rate", 0.1);
    this.subsample = parameters.real("subsample", 1);
    this.random = new SeededRandom(TreeParameters.seed(parameters, context));
    this.outputs = table.classCount() > 2 ? table.classCount() : 1;
    this.start = startScores();
    this.score = new double[outputs][table.rows()];
    for (int k = 0; k < outputs; k++) {
      Arrays.fill(score[k], start[k]);
      trees.add(new ArrayList<>());
    }
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    GradientBoosting run = new GradientBoosting(table, parameters, context);
    int rounds = parameters.whole("n_estimators", DEFAULT_ROUNDS);
    for (int round = 0; round < rounds; round++) {
      context.cancel().check();
      run.round();
      context.progress().progress("boosting rounds", round + 1, rounds);
    }
    return run.model();
  }

  /** The mean, the log odds, or the log of the class shares. */
  private double[] startScores() {
    double[] count = new double[Math.max(2, table.classCount())];
    double sum = 0;
    for (double y : table.y()) {
      sum += y;
      if (table.info().task() == Task.CLASSIFICATION) {
        count[(int) y]++;
      }
    }
    int n = table.rows();
    if (table.info().task() == Task.REGRESSION) {
      return new double[] {sum / n};
    }
    if (outputs == 1) {
      return new double[] {Math.log(count[1] / count[0])};
    }
    return Arrays.stream(count).map(c -> Math.log(c / n)).toArray();
  }

  private void round() {
    int[] weight = rowsOfRound();
    double[][] residual = residuals();
    for (int k = 0; k < outputs; k++) {
      addTree(k, residual[k], weight);
    }
  }

  private int[] rowsOfRound() {
    int[] weight = new int[table.rows()];
    if (subsample >= 1) {
      Arrays.fill(weight, 1);
      return weight;
    }
    int wanted = Math.max(1, (int) (subsample * weight.length));
    int left = weight.length;
    for (int i = 0; i < weight.length; i++, left--) {
      if (random.nextInt(left) < wanted) {
        weight[i] = 1;
        wanted--;
      }
    }
    return weight;
  }

  /** The negative gradient of the loss per output and row. */
  private double[][] residuals() {
    double[][] residual = new double[outputs][table.rows()];
    double[] probability = new double[outputs];
    for (int i = 0; i < table.rows(); i++) {
      double y = table.y()[i];
      if (table.info().task() == Task.REGRESSION) {
        residual[0][i] = y - score[0][i];
      } else if (outputs == 1) {
        residual[0][i] = y - 1 / (1 + Math.exp(-score[0][i]));
      } else {
        softmax(i, probability);
        for (int k = 0; k < outputs; k++) {
          residual[k][i] = (y == k ? 1 : 0) - probability[k];
        }
      }
    }
    return residual;
  }

  private void softmax(int row, double[] probability) {
    double max = Double.NEGATIVE_INFINITY;
    for (double[] scores : score) {
      max = Math.max(max, scores[row]);
    }
    double sum = 0;
    for (int k = 0; k < outputs; k++) {
      probability[k] = Math.exp(score[k][row] - max);
      sum += probability[k];
    }
    for (int k = 0; k < outputs; k++) {
      probability[k] /= sum;
    }
  }

  private void addTree(int output, double[] residual, int[] weight) {
    FlatForest.Builder tree = new FlatForest.Builder();
    TreeTarget target = new TreeTarget(1, residual);
    new TreeGrower(ranked, target, settings, context.cancel())
        .grow(tree, weight, random, (leaf, sums, total) -> {});
    FlatForest shape = tree.build();
    int[] leafOf = new int[table.rows()];
    for (int i = 0; i < leafOf.length; i++) {
      leafOf[i] = shape.leaf(0, table.x(), i * table.width());
    }
    double[] step = steps(shape, leafOf, residual, weight);
    for (int i = 0; i < leafOf.length; i++) {
      score[output][i] += step[leafOf[i]];
    }
    for (int leaf : leafOf) {
      tree.setValue(leaf, (float) step[leaf]);
    }
    trees.get(output).add(tree);
  }

  /** The step of each leaf, by node number, times the learning rate. */
  private double[] steps(FlatForest shape, int[] leafOf, double[] residual, int[] weight) {
    double[] numerator = new double[shape.nodeCount()];
    double[] denominator = new double[shape.nodeCount()];
    boolean newton = table.info().task() == Task.CLASSIFICATION;
    for (int i = 0; i < leafOf.length; i++) {
      if (weight[i] > 0) {
        double r = residual[i];
        numerator[leafOf[i]] += r;
        denominator[leafOf[i]] += newton ? Math.abs(r) * (1 - Math.abs(r)) : 1;
      }
    }
    double factor = outputs > 1 ? (outputs - 1.0) / outputs : 1;
    for (int node = 0; node < numerator.length; node++) {
      boolean empty = Math.abs(denominator[node]) < TINY;
      numerator[node] = empty ? 0 : learningRate * factor * numerator[node] / denominator[node];
    }
    return numerator;
  }

  private StoredModel model() {
    FlatForest.Builder forest = new FlatForest.Builder();
    int[] firstTree = new int[outputs + 1];
    double[] first = new double[outputs];
    for (int k = 0; k < outputs; k++) {
      trees.get(k).forEach(forest::append);
      firstTree[k + 1] = firstTree[k] + trees.get(k).size();
      first[k] = start[k];
    }
    Link link =
        table.info().task() == Task.REGRESSION
            ? Link.IDENTITY
            : outputs == 1 ? Link.LOGISTIC : Link.SOFTMAX;
    return new BoostedModel(table.info(), link, false, first, firstTree, forest.build());
  }
}
