package org.pglynx.ml.boost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pglynx.ml.model.MlException;

/**
 * LightGBM's text model: a head of {@code key=value} lines, blocks that begin with {@code Tree=n},
 * and {@code end of trees}. Whatever is no such text is refused; nothing is allocated that the text
 * itself does not pay for.
 */
final class LightgbmText {
  private final Map<String, String> head;
  private final List<LightgbmTree> trees;
  private final boolean averaged;

  private LightgbmText(Map<String, String> head, List<LightgbmTree> trees) {
    this.head = head;
    this.trees = trees;
    this.averaged = head.containsKey("average_output");
  }

  /**
   * Reads a model.
   *
   * @throws MlException of kind MODEL_FORMAT
   */
  static LightgbmText read(String text) {
    List<Map<String, String>> blocks = blocks(text);
    Map<String, String> head = blocks.getFirst();
    require(head.containsKey("num_class"), "it has no num_class");
    int features = number(head, "max_feature_idx") + 1;
    List<LightgbmTree> trees = new ArrayList<>();
    for (Map<String, String> block : blocks.subList(1, blocks.size())) {
      trees.add(tree(block, features));
    }
    return new LightgbmText(head, trees);
  }

  /** The objective's name and its settings, blank when there is none. */
  String objective() {
    return head.getOrDefault("objective", "");
  }

  int featureCount() {
    return number(head, "max_feature_idx") + 1;
  }

  List<String> featureNames() {
    return List.of(head.getOrDefault("feature_names", "").split(" "));
  }

  int treesPerRound() {
    return number(head, "num_tree_per_iteration");
  }

  /** Whether the trees are averaged (a forest) and not added. */
  boolean averaged() {
    return averaged;
  }

  List<LightgbmTree> trees() {
    return trees;
  }

  private static List<Map<String, String>> blocks(String text) {
    List<Map<String, String>> blocks = new ArrayList<>();
    blocks.add(new HashMap<>());
    int at = 0;
    while (true) {
      int end = text.indexOf('\n', at);
      require(end >= 0, "it ends too early");
      String line = text.substring(at, end).strip();
      at = end + 1;
      if (line.equals("end of trees")) {
        return blocks;
      }
      if (line.startsWith("Tree=")) {
        blocks.add(new HashMap<>());
      }
      int equals = line.indexOf('=');
      String key = equals < 0 ? line : line.substring(0, equals);
      blocks.getLast().put(key, equals < 0 ? "" : line.substring(equals + 1));
    }
  }

  private static LightgbmTree tree(Map<String, String> block, int features) {
    require(!block.getOrDefault("is_linear", "0").equals("1"), "linear trees are not served");
    require(number(block, "num_cat") == 0, "splits by sets of categories are not served");
    double[] leafValue = doubles(block, "leaf_value");
    int leaves = number(block, "num_leaves");
    require(leaves >= 1 && leafValue.length == leaves, "the number of leaves");
    if (leaves == 1) {
      int[] none = {};
      double[] no = {};
      return new LightgbmTree(none, no, none, none, none, no, none, leafValue, new int[] {1});
    }
    LightgbmTree tree =
        new LightgbmTree(
            ints(block, "split_feature"),
            doubles(block, "threshold"),
            ints(block, "decision_type"),
            ints(block, "left_child"),
            ints(block, "right_child"),
            doubles(block, "split_gain"),
            ints(block, "internal_count"),
            leafValue,
            ints(block, "leaf_count"));
    check(tree, features);
    return tree;
  }

  private static void check(LightgbmTree tree, int features) {
    int leaves = tree.leafValue().length;
    int inner = leaves - 1;
    require(
        tree.feature().length == inner
            && tree.threshold().length == inner
            && tree.decision().length == inner
            && tree.left().length == inner
            && tree.right().length == inner
            && tree.gain().length == inner
            && tree.rows().length == inner
            && tree.leafRows().length == leaves,
        "arrays of a tree differ");
    boolean[] reached = new boolean[inner + leaves];
    for (int node = 0; node < inner; node++) {
      require(tree.feature()[node] >= 0 && tree.feature()[node] < features, "a split's feature");
      require((tree.decision()[node] & 1) == 0, "splits by sets of categories are not served");
      require((tree.decision()[node] >> 2 & 3) != 1, "zero_as_missing is not served");
      reach(reached, node, tree.left()[node], inner, leaves);
      reach(reached, node, tree.right()[node], inner, leaves);
    }
  }

  /** Children come behind their parents and have one parent each, so there are no circles. */
  private static void reach(boolean[] reached, int node, int child, int inner, int leaves) {
    require(child < 0 ? -1 - child < leaves : child > node && child < inner, "a node's child");
    int number = child < 0 ? inner - 1 - child : child;
    require(!reached[number], "a node with two parents");
    reached[number] = true;
  }

  private static int number(Map<String, String> block, String key) {
    try {
      return Integer.parseInt(block.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      throw damaged("%s is \"%s\"".formatted(key, block.getOrDefault(key, "")));
    }
  }

  private static int[] ints(Map<String, String> block, String key) {
    String[] parts = parts(block, key);
    int[] out = new int[parts.length];
    for (int i = 0; i < out.length; i++) {
      try {
        out[i] = Integer.parseInt(parts[i]);
      } catch (NumberFormatException e) {
        throw damaged("a number in " + key);
      }
    }
    return out;
  }

  private static double[] doubles(Map<String, String> block, String key) {
    String[] parts = parts(block, key);
    double[] out = new double[parts.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = finite(parts[i], key);
    }
    return out;
  }

  private static double finite(String text, String key) {
    try {
      double value = Double.parseDouble(text);
      require(!Double.isNaN(value), "NaN in " + key);
      return value;
    } catch (NumberFormatException e) {
      // The C library prints infinity in its own words.
      require(text.matches("-?inf"), "a number in " + key);
      return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
  }

  private static String[] parts(Map<String, String> block, String key) {
    String line = block.get(key);
    if (line == null) {
      throw damaged("a tree without " + key);
    }
    return line.isEmpty() ? new String[0] : line.split(" ");
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw damaged(otherwise);
    }
  }

  private static MlException damaged(String reason) {
    return new MlException(
        MlException.Kind.MODEL_FORMAT,
        "the LightGBM model cannot be read: " + reason,
        "Save it again with LightGBM's save_model.");
  }
}
