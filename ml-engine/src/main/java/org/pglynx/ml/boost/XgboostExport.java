package org.pglynx.ml.boost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.tree.BoostedModel;

/**
 * A boosted model as a file of XGBoost 3.0. The objective is one with the same link: enough to
 * predict, not to know the loss it was trained with.
 */
final class XgboostExport {
  private final BoostedModel model;
  private final int outputs;
  private final boolean shared;
  private final List<ExportTree> trees = new ArrayList<>();
  private final List<Integer> treeOutput = new ArrayList<>();

  XgboostExport(BoostedModel model) {
    this.model = model;
    this.outputs = model.explainedScores();
    this.shared = startsAreShared();
    int rounds = model.firstTree(1);
    for (int round = 0; round < rounds; round++) {
      for (int k = 0; k < outputs; k++) {
        requireRounds(model.firstTree(k + 1) - model.firstTree(k) == rounds);
        double extra = round == 0 && !shared ? model.start(k) : 0;
        trees.add(new ExportTree(model, model.firstTree(k) + round, extra));
        treeOutput.add(k);
      }
    }
  }

  private static void requireRounds(boolean even) {
    if (!even) {
      throw new MlException(
          MlException.Kind.UNSUPPORTED_TASK, "the model has more trees for one class than another");
    }
  }

  byte[] json() {
    try {
      JsonSink sink = new JsonSink();
      write(sink);
      return sink.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] ubj() {
    try {
      UbjSink sink = new UbjSink();
      write(sink);
      return sink.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** XGBoost has one base score, which is exact when it is the score itself. */
  private boolean startsAreShared() {
    for (int k = 1; k < outputs; k++) {
      if (model.start(k) != model.start(0)) {
        return false;
      }
    }
    boolean itself = model.link() == Link.IDENTITY || model.link() == Link.SOFTMAX;
    return itself || model.start(0) == 0;
  }

  private String baseScore() {
    return switch (model.link()) {
      case LOGISTIC, LOGIT -> "0.5";
      case EXPONENT -> "1";
      default -> shared ? Float.toString((float) model.start(0)) : "0";
    };
  }

  private String objective() {
    return switch (model.link()) {
      case IDENTITY -> "reg:squarederror";
      case EXPONENT -> "reg:gamma";
      case LOGIT -> "reg:logistic";
      case LOGISTIC -> "binary:logistic";
      case SOFTMAX -> "multi:softprob";
      default ->
          throw new MlException(
              MlException.Kind.UNSUPPORTED_TASK,
              "XGBoost has no objective for scores that are read as " + model.link());
    };
  }

  private void write(ModelSink out) throws IOException {
    out.begin();
    out.name("learner");
    out.begin();
    out.name("attributes");
    out.begin();
    out.end();
    out.name("feature_names");
    out.beginList();
    for (String name : model.featureNames()) {
      out.text(name);
    }
    out.endList();
    out.name("feature_types");
    out.beginList();
    out.endList();
    out.name("gradient_booster");
    booster(out);
    out.name("learner_model_param");
    fields(
        out,
        "base_score",
        baseScore(),
        "boost_from_average",
        "1",
        "num_class",
        outputs > 1 ? String.valueOf(outputs) : "0",
        "num_feature",
        String.valueOf(model.featureCount()),
        "num_target",
        "1");
    out.name("objective");
    objective(out);
    out.end();
    out.name("version");
    out.beginList();
    out.whole(3);
    out.whole(0);
    out.whole(4);
    out.endList();
    out.end();
  }

  private void objective(ModelSink out) throws IOException {
    out.begin();
    out.name("name");
    out.text(objective());
    if (outputs > 1) {
      out.name("softmax_multiclass_param");
      fields(out, "num_class", String.valueOf(outputs));
    } else {
      out.name("reg_loss_param");
      fields(out, "scale_pos_weight", "1");
    }
    out.end();
  }

  private void booster(ModelSink out) throws IOException {
    out.begin();
    out.name("model");
    out.begin();
    out.name("gbtree_model_param");
    fields(out, "num_parallel_tree", "1", "num_trees", String.valueOf(trees.size()));
    // Both are lists of any values to its reader, which takes no typed arrays for them.
    out.name("iteration_indptr");
    out.beginList();
    for (int at = 0; at <= trees.size(); at += outputs) {
      out.whole(at);
    }
    out.endList();
    out.name("tree_info");
    out.beginList();
    for (int output : treeOutput) {
      out.whole(output);
    }
    out.endList();
    out.name("trees");
    out.beginList();
    for (int t = 0; t < trees.size(); t++) {
      tree(out, trees.get(t), t);
    }
    out.endList();
    out.end();
    out.name("name");
    out.text("gbtree");
    out.end();
  }

  private void tree(ModelSink out, ExportTree tree, int id) throws IOException {
    int n = tree.size();
    int[] right = new int[n];
    int[] feature = new int[n];
    int[] defaultLeft = new int[n];
    float[] condition = new float[n];
    float[] hessian = new float[n];
    float[] gain = new float[n];
    float[] weight = new float[n];
    for (int i = 0; i < n; i++) {
      int node = tree.node[i];
      boolean leaf = tree.isLeaf(i);
      right[i] = leaf ? -1 : tree.left[i] + 1;
      feature[i] = leaf ? 0 : tree.forest().feature(node);
      defaultLeft[i] = !leaf && tree.forest().missingLeft(node) ? 1 : 0;
      condition[i] = leaf ? (float) tree.value(i) : tree.forest().threshold(node);
      weight[i] = leaf ? condition[i] : 0;
      hessian[i] = tree.forest().cover(node);
      gain[i] = tree.forest().gain(node);
    }
    out.begin();
    array(out, "base_weights", weight);
    array(out, "categories", new int[0]);
    array(out, "categories_nodes", new int[0]);
    out.name("categories_segments");
    out.longs(new int[0]);
    out.name("categories_sizes");
    out.longs(new int[0]);
    out.name("default_left");
    out.bytes(defaultLeft);
    out.name("id");
    out.whole(id);
    array(out, "left_children", tree.left);
    array(out, "loss_changes", gain);
    array(out, "parents", tree.parent);
    array(out, "right_children", right);
    array(out, "split_conditions", condition);
    array(out, "split_indices", feature);
    out.name("split_type");
    out.bytes(new int[n]);
    array(out, "sum_hessian", hessian);
    out.name("tree_param");
    fields(
        out,
        "num_deleted",
        "0",
        "num_feature",
        String.valueOf(model.featureCount()),
        "num_nodes",
        String.valueOf(n),
        "size_leaf_vector",
        "1");
    out.end();
  }

  private static void array(ModelSink out, String name, int[] values) throws IOException {
    out.name(name);
    out.ints(values);
  }

  private static void array(ModelSink out, String name, float[] values) throws IOException {
    out.name(name);
    out.floats(values);
  }

  private static void fields(ModelSink out, String... namesAndTexts) throws IOException {
    out.begin();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      out.name(namesAndTexts[i]);
      out.text(namesAndTexts[i + 1]);
    }
    out.end();
  }
}
