package org.pglynx.ml.boost;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an XGBoost model file says, of its JSON and UBJSON form alike. What predictions do not need
 * is skipped.
 */
final class XgboostSource {
  private String objective = "";
  private String booster = "gbtree";
  private float baseScore = 0.5f;
  private int featureCount;
  private int classCount;
  private int targetCount = 1;
  private int[] treeClass = {};
  private float[] treeWeight = {};
  private float[] linearWeights = {};
  private int[] iterations = {};
  private final List<String> featureNames = new ArrayList<>();
  private final List<XgboostTree> trees = new ArrayList<>();

  /**
   * Reads a document to its end.
   *
   * @throws IOException when it is no such model
   */
  static XgboostSource read(ModelValues values) throws IOException {
    XgboostSource source = new XgboostSource();
    source.new Reader(values).read();
    source.check();
    return source;
  }

  /** A model of trees from elsewhere. */
  static XgboostSource ofTrees(
      String objective,
      float baseScore,
      int features,
      int classes,
      List<XgboostTree> trees,
      int[] treeClass)
      throws IOException {
    XgboostSource source = new XgboostSource();
    source.objective = objective;
    source.baseScore = baseScore;
    source.featureCount = features;
    source.classCount = classes;
    source.trees.addAll(trees);
    source.treeClass = treeClass;
    source.check();
    return source;
  }

  String objective() {
    return objective;
  }

  boolean linear() {
    return booster.equals("gblinear");
  }

  /** The base score as it is stored: before the link's inverse. */
  float baseScore() {
    return baseScore;
  }

  int featureCount() {
    return featureCount;
  }

  /** The number of scores: one per class, or one. */
  int outputs() {
    return Math.max(1, classCount);
  }

  /** The names of the features; empty when the file has none. */
  List<String> featureNames() {
    return featureNames;
  }

  /** The output that each tree adds to. */
  int[] treeClass() {
    return treeClass;
  }

  /** The weight of a tree, which is 1 but in DART. */
  float treeWeight(int tree) {
    return treeWeight.length == 0 ? 1 : treeWeight[tree];
  }

  /** (Features + 1) × outputs weights of a linear booster, the last of them the bias. */
  float[] linearWeights() {
    return linearWeights;
  }

  List<XgboostTree> trees() {
    return trees;
  }

  /** The number of trees of the first rounds. */
  int treesOfRounds(int rounds) {
    return rounds < iterations.length ? iterations[rounds] : trees.size();
  }

  private void check() throws IOException {
    require(!objective.isEmpty(), "an objective");
    require(targetCount == 1, "one target, not " + targetCount);
    require(featureCount > 0, "features");
    // Counts in the file are paid for by its trees: nobody gets memory for a number alone.
    require(linear() || outputs() <= Math.max(1, trees.size()), "trees for each class");
    require(Float.isFinite(baseScore), "a finite base_score");
    require(treeClass.length == trees.size(), "an output for each tree");
    require(treeWeight.length == 0 || treeWeight.length == trees.size(), "a weight for each tree");
    require(!linear() || linearWeights.length == (featureCount + 1L) * outputs(), "linear weights");
    for (int output : treeClass) {
      require(output >= 0 && output < outputs(), "trees of its classes");
    }
    for (XgboostTree tree : trees) {
      tree.check(featureCount);
    }
  }

  static void require(boolean holds, String what) throws IOException {
    if (!holds) {
      throw new IOException("it should have " + what);
    }
  }

  private final class Reader {
    private final ModelValues values;

    Reader(ModelValues values) {
      this.values = values;
    }

    void read() throws IOException {
      values.object(name -> {
        if (name.equals("learner")) {
          values.object(this::learner);
        } else {
          values.skip();
        }
      });
    }

    private void learner(String name) throws IOException {
      switch (name) {
        case "learner_model_param" -> values.object(this::learnerParameter);
        case "gradient_booster" -> values.object(this::booster);
        case "objective" -> values.object(this::objective);
        case "feature_names" -> values.list(() -> featureNames.add(values.text()));
        default -> values.skip();
      }
    }

    private void learnerParameter(String name) throws IOException {
      switch (name) {
        // A list of one from XGBoost 3.1 on.
        case "base_score" ->
            baseScore = (float) number(values.text().replace("[", "").replace("]", ""));
        case "num_feature" -> featureCount = count();
        case "num_class" -> classCount = count();
        case "num_target" -> targetCount = Math.max(1, count());
        default -> values.skip();
      }
    }

    private int count() throws IOException {
      double value = number(values.text());
      require(value >= 0 && value <= 1_000_000 && value == (int) value, "a count");
      return (int) value;
    }

    private double number(String text) throws IOException {
      try {
        return Float.parseFloat(text);
      } catch (NumberFormatException e) {
        throw new IOException("a number is \"" + text + "\"", e);
      }
    }

    private void objective(String name) throws IOException {
      if (name.equals("name")) {
        objective = values.text();
      } else {
        values.skip();
      }
    }

    private void booster(String name) throws IOException {
      switch (name) {
        case "name" -> booster = values.text();
        case "gbtree" -> values.object(this::booster);
        case "model" -> values.object(this::model);
        case "weight_drop" -> treeWeight = values.floats();
        default -> values.skip();
      }
    }

    private void model(String name) throws IOException {
      switch (name) {
        case "tree_info" -> treeClass = values.ints();
        case "iteration_indptr" -> iterations = values.ints();
        case "weights" -> linearWeights = values.floats();
        case "trees" -> values.list(() -> trees.add(new TreeReader(values).read()));
        default -> values.skip();
      }
    }
  }

  private static final class TreeReader {
    private final ModelValues values;
    private int[] left = {};
    private int[] right = {};
    private int[] feature = {};
    private float[] condition = {};
    private int[] defaultLeft = {};
    private float[] hessian = {};
    private float[] gain = {};

    TreeReader(ModelValues values) {
      this.values = values;
    }

    XgboostTree read() throws IOException {
      values.object(this::field);
      return new XgboostTree(left, right, feature, condition, defaultLeft, hessian, gain);
    }

    private void field(String name) throws IOException {
      switch (name) {
        case "left_children" -> left = values.ints();
        case "right_children" -> right = values.ints();
        case "split_indices" -> feature = values.ints();
        case "split_conditions" -> condition = values.floats();
        case "default_left" -> defaultLeft = values.ints();
        case "sum_hessian" -> hessian = values.floats();
        case "loss_changes" -> gain = values.floats();
        case "categories_nodes" ->
            require(values.ints().length == 0, "no splits by sets of categories");
        default -> values.skip();
      }
    }
  }
}
