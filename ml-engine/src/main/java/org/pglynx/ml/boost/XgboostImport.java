package org.pglynx.ml.boost;

import java.io.IOException;
import java.util.Arrays;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.tree.BoostedModel;
import org.pglynx.ml.tree.FlatForest;

/** Turns a trained XGBoost gbtree model into a {@link BoostedModel} that predicts the same bits. */
final class XgboostImport {
  private XgboostImport() {}

  /**
   * The model.
   *
   * @param objective the objective it was trained with
   * @param json the booster's JSON form
   */
  static BoostedModel model(ModelInfo info, String objective, byte[] json) throws IOException {
    XgboostJson source = XgboostJson.read(json);
    Link link = link(objective);
    int outputs = link == Link.SOFTMAX ? info.classes().count() : 1;
    FlatForest.Builder forest = new FlatForest.Builder();
    int[] firstTree = new int[outputs + 1];
    int added = 0;
    for (int output = 0; output < outputs; output++) {
      for (int t = 0; t < source.trees().size(); t++) {
        if (source.treeClass()[t] == output) {
          source.trees().get(t).addTo(forest);
          added++;
        }
      }
      firstTree[output + 1] = added;
    }
    double[] start = new double[outputs];
    Arrays.fill(start, margin(link, source.baseScore()));
    return new BoostedModel(info, link, true, start, firstTree, forest.build());
  }

  private static Link link(String objective) {
    return switch (objective) {
      case "binary:logistic" -> Link.LOGISTIC;
      case "multi:softprob" -> Link.SOFTMAX;
      case "reg:logistic" -> Link.LOGIT;
      case "count:poisson", "reg:gamma", "reg:tweedie" -> Link.EXPONENT;
      default -> Link.IDENTITY;
    };
  }

  /** The link's inverse at the base score, in float, operation by operation as XGBoost does it. */
  private static float margin(Link link, float base) {
    return switch (link) {
      case LOGISTIC, LOGIT -> -(float) Math.log(1f / base - 1f);
      case EXPONENT -> (float) Math.log(base);
      case IDENTITY, SOFTMAX, SIGN, LARGEST, ONE_VS_REST, CLIPPED, CLIPPED_ONE_VS_REST -> base;
    };
  }
}
