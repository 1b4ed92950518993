package org.pglynx.ml.boost;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.pglynx.ml.tree.FlatForest;

/**
 * One tree as XGBoost's JSON model holds it.
 *
 * @param left left child per node, −1 for a leaf
 * @param right right child per node
 * @param feature feature per inner node
 * @param condition threshold per inner node, value per leaf
 * @param defaultLeft whether NaN goes left, as 0 or 1
 * @param hessian sum of the second derivatives per node
 * @param gain what the split of an inner node was worth
 */
record XgboostTree(
    int[] left,
    int[] right,
    int[] feature,
    float[] condition,
    int[] defaultLeft,
    float[] hessian,
    float[] gain) {
  private record Move(int from, int to) {}

  /** Checks that every walk from the root ends at a leaf. */
  void check(int features) throws IOException {
    int nodes = left.length;
    XgboostSource.require(
        nodes > 0
            && right.length == nodes
            && feature.length == nodes
            && condition.length == nodes
            && defaultLeft.length == nodes
            && hessian.length == nodes
            && gain.length == nodes,
        "trees whose arrays have one length");
    boolean[] seen = new boolean[nodes];
    Deque<Integer> open = new ArrayDeque<>(List.of(0));
    seen[0] = true;
    for (Integer node = open.poll(); node != null; node = open.poll()) {
      if (left[node] >= 0) {
        XgboostSource.require(
            feature[node] >= 0 && feature[node] < features, "splits by its features");
        visit(left[node], seen, open);
        visit(right[node], seen, open);
      }
    }
  }

  private static void visit(int node, boolean[] seen, Deque<Integer> open) throws IOException {
    XgboostSource.require(node >= 0 && node < seen.length && !seen[node], "trees, not circles");
    seen[node] = true;
    open.add(node);
  }

  /**
   * Adds the tree level by level, so that the nodes every row visits lie together.
   *
   * @param factor of the leaves' values
   */
  void addTo(FlatForest.Builder forest, float factor) {
    Deque<Move> open = new ArrayDeque<>();
    open.add(new Move(0, forest.startTree()));
    for (Move move = open.poll(); move != null; move = open.poll()) {
      int node = move.from();
      forest.statistics(move.to(), hessian[node], left[node] < 0 ? 0 : gain[node]);
      if (left[node] < 0) {
        forest.leaf(move.to(), factor * condition[node]);
      } else {
        boolean missingLeft = defaultLeft[node] != 0;
        int child = forest.branch(move.to(), feature[node], condition[node], missingLeft);
        open.add(new Move(left[node], child));
        open.add(new Move(right[node], child + 1));
      }
    }
  }
}
