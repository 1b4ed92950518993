package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;

/**
 * AdaBoost.R2 (Drucker 1997) with scikit-learn's defaults: trees of depth 3, each on rows that are
 * drawn by weight; the answer is the weighted median of theirs.
 */
final class AdaBoostRegression {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          TreeParameters.TREES,
          ParameterSpec.positive("learning_rate"),
          ParameterSpec.choice("loss", "linear", "square", "exponential"),
          TreeParameters.RANDOM_STATE);

  private static final int DEFAULT_TREES = 50;
  private static final int DEPTH = 3;

  private final TrainingTable table;
  private final TreeGrower grower;
  private final SeededRandom random;
  private final String loss;
  private final double rate;
  private final double[] weight;
  private final FlatForest.Builder forest = new FlatForest.Builder();
  private final List<Double> says = new ArrayList<>();

  private AdaBoostRegression(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.grower =
        new TreeGrower(
            new RankedTable(table, context.cancel()),
            TreeTarget.of(table),
            TreeParameters.plain(DEPTH, table.width()),
            context.cancel());
    this.random = new SeededRandom(TreeParameters.seed(parameters, context));
    this.loss = parameters.choice("loss", "linear");
    this.rate = parameters.real("learning_rate", 1);
    this.weight = RowWeights.dense(table, parameters).clone();
    normalise();
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    AdaBoostRegression run = new AdaBoostRegression(table, parameters, context);
    int rounds = parameters.whole("n_estimators", DEFAULT_TREES);
    for (int round = 0; round < rounds; round++) {
      context.cancel().check();
      boolean goesOn = run.round();
      context.progress().progress("boosting rounds", round + 1, rounds);
      if (!goesOn) {
        break;
      }
    }
    double[] weights = run.says.stream().mapToDouble(Double::doubleValue).toArray();
    return new MedianForestModel(table.info(), run.forest.build(), weights);
  }

  /** Adds a tree; false when there is nothing left to learn. */
  private boolean round() {
    FlatForest.Builder builder = new FlatForest.Builder();
    grower.grow(builder, drawn(), random, (leaf, sums, total) -> {});
    FlatForest tree = builder.build();
    double[] errors = errors(tree);
    double error = 0;
    for (int i = 0; i < errors.length; i++) {
      error += weight[i] * errors[i];
    }
    if (error >= 0.5 && !says.isEmpty()) {
      return false;
    }
    boolean last = error <= 0 || error >= 0.5;
    double beta = error / (1 - error);
    forest.append(builder);
    says.add(last ? 1.0 : rate * Math.log(1 / beta));
    for (int i = 0; i < errors.length && !last; i++) {
      weight[i] *= Math.pow(beta, (1 - errors[i]) * rate);
    }
    return !last && normalise();
  }

  /** As many rows as there are, drawn by weight. */
  private double[] drawn() {
    double[] up = new double[weight.length];
    double sum = 0;
    for (int i = 0; i < up.length; i++) {
      sum += weight[i];
      up[i] = sum;
    }
    double[] count = new double[weight.length];
    for (int i = 0; i < up.length; i++) {
      double wanted = random.nextDouble() * sum;
      int low = 0;
      int high = up.length - 1;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (up[middle] > wanted) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      count[low]++;
    }
    return count;
  }

  /** Errors between 0 and 1; the largest is 1 for all losses but the exponential. */
  private double[] errors(FlatForest tree) {
    double[] errors = new double[table.rows()];
    double max = 0;
    for (int i = 0; i < errors.length; i++) {
      double value = tree.value(tree.leaf(0, table.x(), i * table.width()));
      errors[i] = Math.abs(value - table.y()[i]);
      max = weight[i] > 0 ? Math.max(max, errors[i]) : max;
    }
    for (int i = 0; i < errors.length; i++) {
      double share = max == 0 ? 0 : errors[i] / max;
      errors[i] =
          switch (loss) {
            case "square" -> share * share;
            case "exponential" -> 1 - Math.exp(-share);
            default -> share;
          };
    }
    return errors;
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
}
