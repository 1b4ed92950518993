package org.pglynx.ml.boost;

import java.util.ArrayDeque;
import java.util.Deque;
import org.pglynx.ml.tree.FlatForest;

/**
 * One tree as LightGBM's text model holds it: inner nodes and leaves are numbered apart, a child
 * below 0 is leaf −1 − child, and a value at most the threshold goes left.
 *
 * @param feature feature per inner node
 * @param threshold threshold per inner node
 * @param decision per inner node: bit 0 a set of categories, bit 1 missing goes left, bits 2 and 3
 *     what is missing (0 nothing, 1 zero, 2 NaN)
 * @param left left child per inner node
 * @param right right child per inner node
 * @param gain what the split of an inner node was worth
 * @param rows training rows per inner node
 * @param leafValue value per leaf
 * @param leafRows training rows per leaf
 */
record LightgbmTree(
    int[] feature,
    double[] threshold,
    int[] decision,
    int[] left,
    int[] right,
    double[] gain,
    int[] rows,
    double[] leafValue,
    int[] leafRows) {
  private static final int MISSING_NAN = 2;

  private record Move(int from, int to) {}

  /**
   * Adds the tree level by level.
   *
   * @param values gets the value of each leaf, by its number in the forest
   */
  void addTo(FlatForest.Builder forest, DoubleList values) {
    Deque<Move> open = new ArrayDeque<>();
    open.add(new Move(feature.length == 0 ? -1 : 0, forest.startTree()));
    for (Move move = open.poll(); move != null; move = open.poll()) {
      int node = move.from();
      if (node < 0) {
        int leaf = -1 - node;
        forest.statistics(move.to(), leafRows[leaf], 0);
        forest.leaf(move.to(), (float) leafValue[leaf]);
        values.add(leafValue[leaf]);
      } else {
        forest.statistics(move.to(), rows[node], (float) gain[node]);
        float below = justAbove(threshold[node]);
        int child = forest.branch(move.to(), feature[node], below, missingLeft(node));
        open.add(new Move(left[node], child));
        open.add(new Move(right[node], child + 1));
      }
    }
  }

  /** Where NaN was never seen in training it is read as 0, which is what LightGBM does. */
  private boolean missingLeft(int node) {
    boolean nan = (decision[node] >> 2 & 3) == MISSING_NAN;
    return nan ? (decision[node] & 2) != 0 : 0 <= threshold[node];
  }

  /** The smallest float above a threshold: x ≤ threshold and x &lt; this agree for all floats x. */
  private static float justAbove(double threshold) {
    float narrow = (float) threshold;
    return narrow > threshold ? narrow : Math.nextUp(narrow);
  }
}
