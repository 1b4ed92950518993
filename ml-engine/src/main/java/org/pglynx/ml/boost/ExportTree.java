package org.pglynx.ml.boost;

import java.util.ArrayDeque;
import java.util.Deque;
import org.pglynx.ml.tree.BoostedModel;
import org.pglynx.ml.tree.FlatForest;

/**
 * One tree of a model to give away, its nodes numbered breadth first from 0. The start score of its
 * output is added to the leaves of the output's first tree where the other form has no place for
 * it.
 */
final class ExportTree {
  final int[] node;
  final int[] left;
  final int[] parent;
  private final BoostedModel model;
  private final double extra;

  ExportTree(BoostedModel model, int tree, double extra) {
    this.model = model;
    this.extra = extra;
    int size = size(model.forest(), model.forest().root(tree));
    this.node = new int[size];
    this.left = new int[size];
    this.parent = new int[size];
    node[0] = model.forest().root(tree);
    parent[0] = Integer.MAX_VALUE;
    int end = 1;
    for (int i = 0; i < size; i++) {
      left[i] = -1;
      if (!model.forest().isLeaf(node[i])) {
        left[i] = end;
        for (int side = 0; side < 2; side++) {
          node[end] = model.forest().left(node[i]) + side;
          parent[end++] = i;
        }
      }
    }
  }

  int size() {
    return node.length;
  }

  boolean isLeaf(int i) {
    return left[i] < 0;
  }

  double value(int i) {
    return model.leafValue(node[i]) + extra;
  }

  FlatForest forest() {
    return model.forest();
  }

  private static int size(FlatForest forest, int root) {
    int nodes = 0;
    Deque<Integer> open = new ArrayDeque<>();
    open.push(root);
    while (!open.isEmpty()) {
      int at = open.pop();
      nodes++;
      if (!forest.isLeaf(at)) {
        open.push(forest.left(at));
        open.push(forest.left(at) + 1);
      }
    }
    return nodes;
  }
}
