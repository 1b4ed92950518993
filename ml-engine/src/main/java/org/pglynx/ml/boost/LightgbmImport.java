package org.pglynx.ml.boost;

import java.util.List;
import java.util.Locale;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.tree.BoostedModel;
import org.pglynx.ml.tree.FlatForest;

/**
 * Turns LightGBM's text model into a {@link BoostedModel}, which adds the same doubles in the same
 * order.
 */
final class LightgbmImport {
  private LightgbmImport() {}

  /**
   * The model.
   *
   * @throws org.pglynx.ml.model.MlException of kind MODEL_FORMAT
   */
  static BoostedModel model(ModelInfo info, LightgbmText source) {
    Link link = link(source.objective());
    int outputs = source.treesPerRound();
    List<LightgbmTree> trees = source.trees();
    LightgbmText.require(
        outputs >= 1 && outputs <= Math.max(1, trees.size()) && trees.size() % outputs == 0,
        "the number of trees");
    LightgbmText.require(info.features().size() == source.featureCount(), "the number of features");
    FlatForest.Builder forest = new FlatForest.Builder();
    DoubleList values = new DoubleList();
    int[] firstTree = new int[outputs + 1];
    for (int output = 0; output < outputs; output++) {
      for (int t = output; t < trees.size(); t += outputs) {
        trees.get(t).addTo(forest, values);
      }
      firstTree[output + 1] = firstTree[output] + trees.size() / outputs;
    }
    double[] leaves = values.toArray();
    scale(leaves, factor(source));
    double[] start = new double[outputs];
    return new BoostedModel(info, link, true, start, firstTree, forest.build(), leaves);
  }

  /** What the objective makes of scores. */
  static Link link(String objective) {
    String[] words = objective.toLowerCase(Locale.ROOT).split(" ");
    LightgbmText.require(!objective.contains("sqrt"), "reg_sqrt is not served");
    return switch (words[0]) {
      case "regression",
          "regression_l1",
          "huber",
          "fair",
          "quantile",
          "mape",
          "lambdarank",
          "rank_xendcg" ->
          Link.IDENTITY;
      case "poisson", "gamma", "tweedie" -> Link.EXPONENT;
      case "cross_entropy" -> Link.LOGIT;
      case "binary" -> Link.LOGISTIC;
      case "multiclass" -> Link.SOFTMAX;
      default -> {
        LightgbmText.require(false, "objective \"%s\" is not served".formatted(objective));
        yield Link.IDENTITY;
      }
    };
  }

  /** A forest's trees are averaged; a sigmoid that is steeper than the logistic function. */
  private static double factor(LightgbmText source) {
    double factor = 1;
    if (source.averaged()) {
      factor = (double) source.treesPerRound() / source.trees().size();
    }
    for (String word : source.objective().split(" ")) {
      if (word.startsWith("sigmoid:")) {
        factor *= Double.parseDouble(word.substring("sigmoid:".length()));
      }
    }
    return factor;
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; factor != 1 && i < values.length; i++) {
      values[i] *= factor;
    }
  }
}
