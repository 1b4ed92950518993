package org.pglynx.ml.boost;

import java.util.ArrayDeque;
import java.util.Deque;
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

  /** Adds the tree level by level, so that the nodes every row visits lie together. */
  void addTo(FlatForest.Builder forest) {
    Deque<Move> open = new ArrayDeque<>();
    open.add(new Move(0, forest.startTree()));
    for (Move move = open.poll(); move != null; move = open.poll()) {
      int node = move.from();
      forest.statistics(move.to(), hessian[node], left[node] < 0 ? 0 : gain[node]);
      if (left[node] < 0) {
        forest.leaf(move.to(), condition[node]);
      } else {
        boolean missingLeft = defaultLeft[node] != 0;
        int child = forest.branch(move.to(), feature[node], condition[node], missingLeft);
        open.add(new Move(left[node], child));
        open.add(new Move(right[node], child + 1));
      }
    }
  }
}
