package org.pglynx.ml.tree;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Some trees of a forest as arrays whose places count from 1, each number in them once: the feature
 * that a node looks at, or the place of a leaf among the leaves, less than 0; the left child; the
 * threshold.
 */
final class ForestPart {
  private final FlatForest forest;
  private final boolean missing;
  private final int width;
  private final int from;
  private final int trees;
  private final int[] leaves;
  private int first;
  private int last = -1;

  /**
   * Trees from (inclusive) to (exclusive), at least one.
   *
   * @param width how many features there are; a node at which missing values go left looks at one
   *     as many places behind its feature
   */
  ForestPart(FlatForest forest, boolean missing, int width, int from, int to) {
    this.forest = forest;
    this.missing = missing;
    this.width = width;
    this.from = from;
    this.trees = to - from;
    this.first = forest.nodeCount();
    this.leaves = reach();
  }

  /** Goes through all nodes of the trees; gives the leaves in their order. */
  private int[] reach() {
    boolean[] reached = new boolean[forest.nodeCount()];
    int[] found = new int[reached.length];
    int count = 0;
    for (int tree = from; tree < from + trees; tree++) {
      reached[forest.root(tree)] = true;
    }
    for (int node = 0; node < reached.length; node++) {
      if (!reached[node]) {
        continue;
      }
      first = Math.min(first, node);
      last = node;
      if (forest.isLeaf(node)) {
        found[count++] = node;
      } else {
        reached[forest.left(node)] = true;
        reached[forest.left(node) + 1] = true;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** How many trees there are. */
  int trees() {
    return trees;
  }

  /** The leaves, which are nodes of the forest, ascending. */
  int[] leaves() {
    return leaves;
  }

  /** The place of a leaf among the leaves, from 1 on. */
  int place(int leaf) {
    return Arrays.binarySearch(leaves, leaf) + 1;
  }

  /** The place of each tree's root. */
  int[] roots() {
    int[] roots = new int[trees];
    Arrays.setAll(roots, i -> forest.root(from + i) - first + 1);
    return roots;
  }

  /** What a node looks at, or less than 0 the place of a leaf. */
  int[] splits() {
    return ofNodes(node -> forest.isLeaf(node) ? -Math.max(place(node), 1) : split(node));
  }

  private int split(int node) {
    int feature = forest.feature(node) + 1;
    return missing && forest.missingLeft(node) ? feature + width : feature;
  }

  /** The place of the left child. */
  int[] children() {
    return ofNodes(node -> forest.isLeaf(node) ? 0 : forest.left(node) + 1 - first);
  }

  private int[] ofNodes(IntUnaryOperator value) {
    int[] values = new int[last - first + 1];
    Arrays.setAll(values, i -> value.applyAsInt(first + i));
    return values;
  }

  /** The thresholds. */
  float[] thresholds() {
    float[] thresholds = new float[last - first + 1];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = forest.isLeaf(first + i) ? 0 : forest.threshold(first + i);
    }
    return thresholds;
  }
}
