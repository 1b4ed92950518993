package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;

/**
 * AdaBoost for classes as scikit-learn 1.2 has it: SAMME.R, which boosts by probabilities, and
 * SAMME, which boosts by decisions (Zhu, Zou, Rosset, Hastie 2009), over trees of one split. What
 * the trees say is summed, so the model is one of boosted trees: one score for two classes, one per
 * class for more.
 */
final class AdaBoost {
  static final List<ParameterSpec> CLASSIFICATION =
      List.of(
          TreeParameters.TREES,
          ParameterSpec.positive("learning_rate"),
          ParameterSpec.choice("algorithm", "SAMME.R", "SAMME"),
          TreeParameters.RANDOM_STATE);

  private static final int DEFAULT_TREES = 50;

  /** Probabilities and weights are not smaller, so that their logarithms are finite. */
  private static final double EPSILON = Math.ulp(1.0);

  private final TrainingTable table;
  private final FitContext context;
  private final TreeGrower grower;
  private final long seed;
  private final double rate;
  private final int classes;
  private final boolean real;
  private final double[] weight;

  /** A tree of one split, and what each of its leaves says for each class. */
  private record Stump(FlatForest tree, List<double[]> says) {
    double[] at(float[] x, int offset) {
      return says.get(tree.leafNumber(tree.leaf(0, x, offset)));
    }
  }

  private final List<Stump> stumps = new ArrayList<>();

  private AdaBoost(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.context = context;
    RankedTable ranked = new RankedTable(table, context.cancel());
    TreeSettings settings = TreeParameters.plain(1, table.width());
    this.grower = new TreeGrower(ranked, TreeTarget.of(table), settings, context.cancel());
    this.seed = TreeParameters.seed(parameters, context);
    this.rate = parameters.real("learning_rate", 1);
    this.classes = table.classCount();
    this.real = parameters.choice("algorithm", "SAMME.R").equals("SAMME.R");
    this.weight = RowWeights.dense(table, parameters).clone();
    normalise();
  }

  static StoredModel classify(TrainingTable table, Parameters parameters, FitContext context) {
    AdaBoost run = new AdaBoost(table, parameters, context);
    int rounds = parameters.whole("n_estimators", DEFAULT_TREES);
    for (int round = 0; round < rounds; round++) {
      context.cancel().check();
      boolean goesOn = run.round(round);
      context.progress().progress("boosting rounds", round + 1, rounds);
      if (!goesOn) {
        break;
      }
    }
    return run.model();
  }

  /** Adds a tree and gives wrong rows more weight; false when there is nothing left to learn. */
  private boolean round(int number) {
    for (int i = 0; i < weight.length; i++) {
      weight[i] = weight[i] == 0 ? 0 : Math.max(weight[i], EPSILON);
    }
    Stump shares = grow(number);
    double error = error(shares);
    if (!real && error >= 1 - 1.0 / classes) {
      if (stumps.isEmpty()) {
        throw new MlException(
            MlException.Kind.BAD_DATA,
            "a tree of one split is no better than guessing on this data",
            "Use \"algorithm\": \"SAMME.R\", or algorithm => 'random_forest'.");
      }
      return false;
    }
    double say = real || error <= 0 ? 1 : rate * (Math.log((1 - error) / error) + logOthers());
    stumps.add(real ? logarithms(shares) : decisions(shares, say));
    if (error <= 0) {
      return false;
    }
    for (int i = 0; i < weight.length; i++) {
      double[] p = shares.at(table.x(), i * table.width());
      int y = (int) table.y()[i];
      double exponent = real ? realStep(p, y) : largest(p) == y ? 0 : say;
      weight[i] *= weight[i] > 0 || exponent < 0 ? Math.exp(exponent) : 1;
    }
    return normalise();
  }

  private double logOthers() {
    return Math.log(classes - 1.0);
  }

  private Stump grow(int number) {
    FlatForest.Builder builder = new FlatForest.Builder();
    List<double[]> says = new ArrayList<>();
    grower.grow(
        builder,
        weight,
        TreeParameters.random(seed, number),
        (leaf, sums, total) -> says.add(shares(sums, total)));
    return new Stump(builder.build(), says);
  }

  private double[] shares(double[] sums, double total) {
    if (sums.length == 1) {
      return new double[] {1 - sums[0] / total, sums[0] / total};
    }
    double[] shares = new double[classes];
    for (int k = 0; k < classes; k++) {
      shares[k] = sums[k] / total;
    }
    return shares;
  }

  private double error(Stump shares) {
    double wrong = 0;
    double total = 0;
    for (int i = 0; i < weight.length; i++) {
      double[] p = shares.at(table.x(), i * table.width());
      wrong += largest(p) == (int) table.y()[i] ? 0 : weight[i];
      total += weight[i];
    }
    return wrong / total;
  }

  /** −rate · (K − 1)/K · Σ y log p, where y is 1 for the row's class and −1/(K − 1) for others. */
  private double realStep(double[] p, int y) {
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      double coded = k == y ? 1 : -1.0 / (classes - 1);
      sum += coded * Math.log(Math.max(p[k], EPSILON));
    }
    return -rate * (classes - 1) / classes * sum;
  }

  private Stump logarithms(Stump shares) {
    List<double[]> says = new ArrayList<>();
    for (double[] p : shares.says()) {
      double[] logs = new double[classes];
      double mean = 0;
      for (int k = 0; k < classes; k++) {
        logs[k] = Math.log(Math.max(p[k], EPSILON));
        mean += logs[k] / classes;
      }
      for (int k = 0; k < classes; k++) {
        logs[k] -= mean;
      }
      says.add(logs);
    }
    return new Stump(shares.tree(), says);
  }

  private Stump decisions(Stump shares, double say) {
    List<double[]> says = new ArrayList<>();
    for (double[] p : shares.says()) {
      double[] votes = new double[classes];
      votes[largest(p)] = say;
      says.add(votes);
    }
    return new Stump(shares.tree(), says);
  }

  private static int largest(double[] p) {
    int best = 0;
    for (int k = 1; k < p.length; k++) {
      best = p[k] > p[best] ? k : best;
    }
    return best;
  }

  private boolean normalise() {
    double total = 0;
    for (double w : weight) {
      total += w;
    }
    if (!(total > 0) || Double.isInfinite(total)) {
      return false;
    }
    for (int i = 0; i < weight.length; i++) {
      weight[i] /= total;
    }
    return true;
  }

  /** Scores whose logistic function (or softmax) are scikit-learn's probabilities. */
  private StoredModel model() {
    int outputs = classes == 2 ? 1 : classes;
    double scale = 1 / (real ? stumps.size() : totalSay() * Math.max(1, classes - 1));
    FlatForest.Builder forest = new FlatForest.Builder();
    List<Double> values = new ArrayList<>();
    int[] firstTree = new int[outputs + 1];
    for (int k = 0; k < outputs; k++) {
      for (Stump stump : stumps) {
        forest.append(stump.tree());
        for (double[] says : stump.says()) {
          values.add(scale * (outputs == 1 ? says[1] - says[0] : says[k]));
        }
      }
      firstTree[k + 1] = firstTree[k] + stumps.size();
    }
    double[] leaves = values.stream().mapToDouble(Double::doubleValue).toArray();
    Link link = outputs == 1 ? Link.LOGISTIC : Link.SOFTMAX;
    double[] start = new double[outputs];
    return new BoostedModel(table.info(), link, false, start, firstTree, forest.build(), leaves);
  }

  private double totalSay() {
    double total = 0;
    for (Stump stump : stumps) {
      double[] any = stump.says().getFirst();
      total += any[largest(any)];
    }
    return total;
  }
}
