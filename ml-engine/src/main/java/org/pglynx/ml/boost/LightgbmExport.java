package org.pglynx.ml.boost;

import java.util.Arrays;
import java.util.Collections;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.tree.BoostedModel;

/** A boosted model as LightGBM's text; start scores are in the leaves of the first trees. */
final class LightgbmExport {
  private static final int MISSING_NAN = 2 << 2;

  private final BoostedModel model;
  private final int outputs;
  private final StringBuilder out = new StringBuilder();

  LightgbmExport(BoostedModel model) {
    this.model = model;
    this.outputs = model.explainedScores();
  }

  String text() {
    head();
    int rounds = model.firstTree(1);
    int number = 0;
    for (int round = 0; round < rounds; round++) {
      for (int k = 0; k < outputs; k++) {
        if (model.firstTree(k + 1) - model.firstTree(k) != rounds) {
          throw new MlException(
              MlException.Kind.UNSUPPORTED_TASK,
              "the model has more trees for one class than another");
        }
        double extra = round == 0 ? model.start(k) : 0;
        tree(new ExportTree(model, model.firstTree(k) + round, extra), number++);
      }
    }
    out.append("end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\n");
    out.append("pandas_categorical:null\n");
    return out.toString();
  }

  private void head() {
    int features = model.featureCount();
    out.append("tree\nversion=v4\n");
    line("num_class", String.valueOf(outputs));
    line("num_tree_per_iteration", String.valueOf(outputs));
    line("label_index", "0");
    line("max_feature_idx", String.valueOf(features - 1));
    line("objective", objective());
    line(
        "feature_names",
        model.featureNames().stream()
            .map(name -> name.replaceAll("[^\\p{Alnum}_.]", "_"))
            .collect(Collectors.joining(" ")));
    String anything = "[-1e+300:1e+300]";
    line("feature_infos", String.join(" ", Collections.nCopies(features, anything)));
    out.append('\n');
  }

  private String objective() {
    return switch (model.link()) {
      case IDENTITY -> model.task() == Task.RANK ? "lambdarank" : "regression";
      case EXPONENT -> "poisson";
      case LOGIT -> "cross_entropy";
      case LOGISTIC -> "binary sigmoid:1";
      case SOFTMAX -> "multiclass num_class:" + outputs;
      default ->
          throw new MlException(
              MlException.Kind.UNSUPPORTED_TASK,
              "LightGBM has no objective for scores that are read as " + model.link());
    };
  }

  private void tree(ExportTree tree, int number) {
    int[] inner = IntStream.range(0, tree.size()).filter(i -> !tree.isLeaf(i)).toArray();
    int[] leaf = IntStream.range(0, tree.size()).filter(tree::isLeaf).toArray();
    int[] named = new int[tree.size()];
    Arrays.setAll(
        named,
        i -> tree.isLeaf(i) ? -1 - Arrays.binarySearch(leaf, i) : Arrays.binarySearch(inner, i));
    out.append("Tree=").append(number).append('\n');
    line("num_leaves", String.valueOf(leaf.length));
    line("num_cat", "0");
    if (inner.length > 0) {
      line("split_feature", ints(inner, i -> tree.forest().feature(tree.node[i])));
      line("split_gain", doubles(inner, i -> tree.forest().gain(tree.node[i])));
      line("threshold", doubles(inner, i -> Math.nextDown(tree.forest().threshold(tree.node[i]))));
      line(
          "decision_type",
          ints(inner, i -> MISSING_NAN | (tree.forest().missingLeft(tree.node[i]) ? 2 : 0)));
      line("left_child", ints(inner, i -> named[tree.left[i]]));
      line("right_child", ints(inner, i -> named[tree.left[i] + 1]));
    }
    line("leaf_value", doubles(leaf, tree::value));
    if (inner.length > 0) {
      line("leaf_weight", doubles(leaf, i -> tree.forest().cover(tree.node[i])));
      line("leaf_count", ints(leaf, i -> Math.round(tree.forest().cover(tree.node[i]))));
      line("internal_value", doubles(inner, i -> 0));
      line("internal_weight", doubles(inner, i -> tree.forest().cover(tree.node[i])));
      line("internal_count", ints(inner, i -> Math.round(tree.forest().cover(tree.node[i]))));
    }
    line("is_linear", "0");
    line("shrinkage", "1");
    out.append("\n\n");
  }

  private void line(String key, String value) {
    out.append(key).append('=').append(value).append('\n');
  }

  private static String ints(int[] nodes, IntUnaryOperator value) {
    return IntStream.of(nodes)
        .map(value)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  private static String doubles(int[] nodes, IntToDoubleFunction value) {
    DoubleStream all = IntStream.of(nodes).mapToDouble(value);
    return all.mapToObj(String::valueOf).collect(Collectors.joining(" "));
  }
}
