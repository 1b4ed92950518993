package org.pglynx.ml.boost;

import java.io.IOException;
import java.util.Arrays;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.linear.LinearModel;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.tree.BoostedModel;
import org.pglynx.ml.tree.FlatForest;

/**
 * Turns an XGBoost model into a {@link BoostedModel} that predicts the same bits, or a linear one
 * into a {@link LinearModel}.
 */
final class XgboostImport {
  private XgboostImport() {}

  /** The boosted model of a booster's JSON form. */
  static BoostedModel model(ModelInfo info, byte[] json) throws IOException {
    try (JsonValues values = new JsonValues(json)) {
      return trees(info, XgboostSource.read(values), Integer.MAX_VALUE);
    }
  }

  /**
   * The model.
   *
   * @param rounds how many rounds of trees to keep
   */
  static StoredModel model(ModelInfo info, XgboostSource source, int rounds) throws IOException {
    return source.linear() ? linear(info, source) : trees(info, source, rounds);
  }

  private static BoostedModel trees(ModelInfo info, XgboostSource source, int rounds)
      throws IOException {
    int outputs = source.outputs();
    int trees = rounds == Integer.MAX_VALUE ? source.trees().size() : source.treesOfRounds(rounds);
    FlatForest.Builder forest = new FlatForest.Builder();
    int[] firstTree = new int[outputs + 1];
    int added = 0;
    for (int output = 0; output < outputs; output++) {
      for (int t = 0; t < trees; t++) {
        if (source.treeClass()[t] == output) {
          source.trees().get(t).addTo(forest, source.treeWeight(t));
          added++;
        }
      }
      firstTree[output + 1] = added;
    }
    double[] start = new double[outputs];
    Arrays.fill(start, margin(source));
    return new BoostedModel(
        info, link(info, source.objective()), true, start, firstTree, forest.build());
  }

  /** Weights lie feature by feature, the bias behind them. */
  private static LinearModel linear(ModelInfo info, XgboostSource source) throws IOException {
    int outputs = source.outputs();
    int features = source.featureCount();
    double[] weights = new double[outputs * features];
    double[] intercepts = new double[outputs];
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < features; j++) {
        weights[k * features + j] = source.linearWeights()[j * outputs + k];
      }
      intercepts[k] = source.linearWeights()[features * outputs + k] + margin(source);
    }
    return new LinearModel(info, link(info, source.objective()), weights, intercepts);
  }

  /** What the objective makes of scores. */
  static Link link(ModelInfo info, String objective) throws IOException {
    Link link =
        switch (objective) {
          case "reg:squarederror",
              "reg:linear",
              "reg:squaredlogerror",
              "reg:absoluteerror",
              "reg:pseudohubererror",
              "reg:quantileerror",
              "rank:ndcg",
              "rank:pairwise",
              "rank:map" ->
              Link.IDENTITY;
          case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox" -> Link.EXPONENT;
          case "reg:logistic" -> Link.LOGIT;
          case "binary:logistic" -> info.task() == Task.REGRESSION ? Link.LOGIT : Link.LOGISTIC;
          case "binary:logitraw", "binary:hinge" -> Link.SIGN;
          case "multi:softprob", "multi:softmax" -> Link.SOFTMAX;
          default -> throw new IOException("objective \"" + objective + "\" is not served");
        };
    return link;
  }

  /** The score of the base score, in float, operation by operation as XGBoost does it. */
  private static float margin(XgboostSource source) {
    float base = source.baseScore();
    return switch (source.objective()) {
      case "reg:logistic", "binary:logistic" -> -(float) Math.log(1f / base - 1f);
      case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox" -> (float) Math.log(base);
      default -> base;
    };
  }
}
