package org.pglynx.ml.tree;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Some trees of a forest, with all that lies between their first and their last node, as arrays
 * whose places count from 1.
 */
final class ForestPart {
  private final FlatForest forest;
  private final boolean missing;
  private final int from;
  private final int trees;
  private int first;
  private int last = -1;
  private int firstLeaf = Integer.MAX_VALUE;
  private int lastLeaf;

  /** Trees from (inclusive) to (exclusive), at least one. */
  ForestPart(FlatForest forest, boolean missing, int from, int to) {
    this.forest = forest;
    this.missing = missing;
    this.from = from;
    this.trees = to - from;
    this.first = forest.nodeCount();
    reach();
  }

  private void reach() {
    boolean[] reached = new boolean[forest.nodeCount()];
    for (int tree = from; tree < from + trees; tree++) {
      reached[forest.root(tree)] = true;
    }
    for (int node = 0; node < reached.length; node++) {
      if (reached[node]) {
        first = Math.min(first, node);
        last = node;
        if (forest.isLeaf(node)) {
          firstLeaf = Math.min(firstLeaf, forest.leafNumber(node));
          lastLeaf = Math.max(lastLeaf, forest.leafNumber(node));
        } else {
          reached[forest.left(node)] = true;
          reached[forest.left(node) + 1] = true;
        }
      }
    }
  }

  /** How many trees there are. */
  int trees() {
    return trees;
  }

  /** The least number of a leaf. */
  int firstLeaf() {
    return firstLeaf;
  }

  /** How many numbers leaves may have from there on. */
  int leaves() {
    return lastLeaf - firstLeaf + 1;
  }

  /** The root of each tree. */
  int[] roots() {
    int[] roots = new int[trees];
    Arrays.setAll(roots, i -> forest.root(from + i) - first + 1);
    return roots;
  }

  /** The feature from 1 on, less than 0 where missing values go left; 0 of a leaf. */
  int[] splits() {
    return ofNodes(node -> forest.isLeaf(node) ? 0 : split(node));
  }

  private int split(int node) {
    int feature = forest.feature(node) + 1;
    return missing && forest.missingLeft(node) ? -feature : feature;
  }

  /** The left child; of a leaf its number, which counts from the first one's. */
  int[] children() {
    return ofNodes(node -> forest.left(node) + 1 - (forest.isLeaf(node) ? firstLeaf : first));
  }

  private int[] ofNodes(IntUnaryOperator value) {
    int[] values = new int[last - first + 1];
    Arrays.setAll(values, i -> value.applyAsInt(first + i));
    return values;
  }

  /** The thresholds, and the values of leaves. */
  float[] thresholds() {
    float[] thresholds = new float[last - first + 1];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = forest.threshold(first + i);
    }
    return thresholds;
  }
}
