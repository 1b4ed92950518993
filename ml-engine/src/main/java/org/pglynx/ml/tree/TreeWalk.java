package org.pglynx.ml.tree;

/**
 * The way of many rows through the trees of a forest. A walk of one row through one tree waits at
 * each node: for the node, for the feature, and most of all for a branch that the processor cannot
 * guess. So here eight walks go side by side, without a branch between root and leaf:
 *
 * <ul>
 *   <li>A number becomes an int of the same order, its key, so that {@code x >= threshold} is the
 *       sign of a difference of longs, and the next node a sum.
 *   <li>A row has two keys for each feature: one for splits that send missing values right, one for
 *       those that send them left. They differ where the value is missing: the largest int, the
 *       smallest int. No number has either key.
 *   <li>A leaf is a split that leads to itself, so all walks through a tree have its height.
 * </ul>
 *
 * <p>A block of rows goes through one tree after the other, which stays in the cache of the first
 * level meanwhile. The leaf found is that of {@link FlatForest#leaf}, whatever the numbers are.
 */
final class TreeWalk {
  /** Walks side by side. */
  static final int LANES = 8;

  /**
   * So many rows go one by one through eight trees: eight lanes cost the same however many of them
   * have a row (5.2 µs for 100 trees of depth 6; one row alone 0.65 µs).
   */
  private static final int FEW = 5;

  /** Rows of a block, if their keys fit into about half a cache of the first level. */
  private static final int MAX_ROWS = 64;

  private static final int MAX_KEYS = 4096;

  /** The key of a leaf: no key of a split that sends missing values left reaches it. */
  private static final long LEAF = (long) Integer.MAX_VALUE << 32 | 1;

  private final int[] roots;
  private final int[] heights;
  // The key of the threshold above, the index among the row's keys below.
  private final long[] test;
  private final int[] next;

  TreeWalk(FlatForest forest) {
    int nodes = forest.nodeCount();
    test = new long[nodes];
    next = new int[nodes];
    int[] height = new int[nodes];
    for (int node = nodes - 1; node >= 0; node--) {
      if (forest.isLeaf(node)) {
        test[node] = LEAF;
        next[node] = node;
      } else {
        int left = forest.left(node);
        test[node] = test(forest, node);
        next[node] = left;
        height[node] = 1 + Math.max(height[left], height[left + 1]);
      }
    }
    roots = new int[forest.treeCount()];
    heights = new int[roots.length];
    for (int tree = 0; tree < roots.length; tree++) {
      roots[tree] = forest.root(tree);
      heights[tree] = height[roots[tree]];
    }
  }

  /** Heap bytes of the walk of so many nodes. */
  static long sizeBytes(int trees, int nodes) {
    return 8L * trees + 12L * nodes;
  }

  private static long test(FlatForest forest, int node) {
    boolean left = forest.missingLeft(node);
    float threshold = forest.threshold(node);
    int key = key(threshold);
    if (Float.isNaN(threshold)) {
      // What is compared with no number goes where a missing value goes.
      key = left ? Integer.MAX_VALUE : Integer.MIN_VALUE;
    }
    return (long) key << 32 | forest.feature(node) << 1 | (left ? 1 : 0);
  }

  /** An int that is ordered as the number is; the zeros are one. */
  private static int key(float x) {
    int bits = Float.floatToRawIntBits(x + 0f);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  /** Hears where rows have come to. */
  interface Leaves {
    /**
     * Some rows' leaves in one tree. Trees come in their order for each block of rows.
     *
     * @param firstRow the number of the first of these rows
     * @param leaves their leaves (node numbers), as many as there are rows
     */
    void found(int tree, int firstRow, int rows, int[] leaves);
  }

  /** Tells the leaves of all rows in all trees. */
  void rows(float[] rowMajor, int rows, int features, Leaves receiver) {
    int few = rows % LANES > FEW ? 0 : rows % LANES;
    blocks(rowMajor, rows - few, features, receiver);
    for (int row = rows - few; row < rows; row++) {
      one(rowMajor, row, features, receiver);
    }
  }

  private void one(float[] rowMajor, int row, int features, Leaves receiver) {
    int[] keys = row(rowMajor, row * features, features);
    int[] leaves = new int[LANES];
    int[] leaf = new int[1];
    for (int tree = 0; tree < roots.length; ) {
      int first = tree;
      for (int end = next(first, roots.length, keys, leaves); tree < end; tree++) {
        leaf[0] = leaves[tree - first];
        receiver.found(tree, row, 1, leaf);
      }
    }
  }

  private void blocks(float[] rowMajor, int rows, int features, Leaves receiver) {
    int block = Math.min(blockRows(features), full(rows));
    int[] keys = keys(block, features);
    int[] leaves = new int[block];
    for (int from = 0; from < rows; from += block) {
      int count = Math.min(block, rows - from);
      read(rowMajor, from * features, count * features, keys);
      for (int tree = 0; tree < roots.length; tree++) {
        for (int row = 0; row < count; row += LANES) {
          walk(roots[tree], heights[tree], keys, row * 2 * features, 2 * features, leaves, row);
        }
        receiver.found(tree, from, count, leaves);
      }
    }
  }

  /** The keys of one row, for {@link #next}. */
  int[] row(float[] row, int offset, int features) {
    int[] keys = keys(1, features);
    read(row, offset, features, keys);
    return keys;
  }

  /**
   * The leaves of one row in the next trees.
   *
   * @param to the tree behind the last one that is of interest
   * @param leaves gets eight leaves, of which those before that tree mean something
   * @return the tree to go on with
   */
  int next(int from, int to, int[] keys, int[] leaves) {
    if (to - from < LANES) {
      for (int tree = from; tree < to; tree++) {
        leaves[tree - from] = leaf(tree, keys);
      }
      return to;
    }
    walkTrees(from, keys, leaves);
    return from + LANES;
  }

  private static int blockRows(int features) {
    int fitting = MAX_KEYS / Math.max(1, 2 * features) / LANES * LANES;
    return Math.clamp(fitting, LANES, MAX_ROWS);
  }

  private static int full(int rows) {
    return (rows + LANES - 1) / LANES * LANES;
  }

  /** A forest of leaves alone looks at one key, even where there is no feature. */
  private static int[] keys(int rows, int features) {
    return new int[Math.max(2, rows * features * 2)];
  }

  private static void read(float[] rowMajor, int offset, int count, int[] keys) {
    for (int i = 0; i < count; i++) {
      float x = rowMajor[offset + i];
      int key = key(x);
      boolean missing = Float.isNaN(x);
      keys[2 * i] = missing ? Integer.MAX_VALUE : key;
      keys[2 * i + 1] = missing ? Integer.MIN_VALUE : key;
    }
  }

  private int leaf(int tree, int[] keys) {
    int node = roots[tree];
    for (int left = heights[tree]; left > 0; left--) {
      node = step(node, test, next, keys, 0);
    }
    return node;
  }

  /**
   * Eight rows in one tree.
   *
   * @param first where the first row's keys are
   * @param width how many keys a row has
   */
  private void walk(int root, int height, int[] keys, int first, int width, int[] leaves, int at) {
    int n0 = root;
    int n1 = root;
    int n2 = root;
    int n3 = root;
    int n4 = root;
    int n5 = root;
    int n6 = root;
    int n7 = root;
    int k1 = first + width;
    int k2 = k1 + width;
    int k3 = k2 + width;
    int k4 = k3 + width;
    int k5 = k4 + width;
    int k6 = k5 + width;
    int k7 = k6 + width;
    long[] t = test;
    int[] n = next;
    for (int left = height; left > 0; left--) {
      // Tall trees are not full: most walks end long before the tallest one.
      if ((left & 7) == 0
          && (n[n0] - n0 | n[n1] - n1 | n[n2] - n2 | n[n3] - n3) == 0
          && (n[n4] - n4 | n[n5] - n5 | n[n6] - n6 | n[n7] - n7) == 0) {
        break;
      }
      n0 = step(n0, t, n, keys, first);
      n1 = step(n1, t, n, keys, k1);
      n2 = step(n2, t, n, keys, k2);
      n3 = step(n3, t, n, keys, k3);
      n4 = step(n4, t, n, keys, k4);
      n5 = step(n5, t, n, keys, k5);
      n6 = step(n6, t, n, keys, k6);
      n7 = step(n7, t, n, keys, k7);
    }
    leaves[at] = n0;
    leaves[at + 1] = n1;
    leaves[at + 2] = n2;
    leaves[at + 3] = n3;
    leaves[at + 4] = n4;
    leaves[at + 5] = n5;
    leaves[at + 6] = n6;
    leaves[at + 7] = n7;
  }

  /** One row in eight trees. */
  private void walkTrees(int from, int[] keys, int[] leaves) {
    int height = 0;
    for (int tree = from; tree < from + LANES; tree++) {
      height = Math.max(height, heights[tree]);
    }
    int n0 = roots[from];
    int n1 = roots[from + 1];
    int n2 = roots[from + 2];
    int n3 = roots[from + 3];
    int n4 = roots[from + 4];
    int n5 = roots[from + 5];
    int n6 = roots[from + 6];
    int n7 = roots[from + 7];
    long[] t = test;
    int[] n = next;
    for (int left = height; left > 0; left--) {
      if ((left & 7) == 0
          && (n[n0] - n0 | n[n1] - n1 | n[n2] - n2 | n[n3] - n3) == 0
          && (n[n4] - n4 | n[n5] - n5 | n[n6] - n6 | n[n7] - n7) == 0) {
        break;
      }
      n0 = step(n0, t, n, keys, 0);
      n1 = step(n1, t, n, keys, 0);
      n2 = step(n2, t, n, keys, 0);
      n3 = step(n3, t, n, keys, 0);
      n4 = step(n4, t, n, keys, 0);
      n5 = step(n5, t, n, keys, 0);
      n6 = step(n6, t, n, keys, 0);
      n7 = step(n7, t, n, keys, 0);
    }
    leaves[0] = n0;
    leaves[1] = n1;
    leaves[2] = n2;
    leaves[3] = n3;
    leaves[4] = n4;
    leaves[5] = n5;
    leaves[6] = n6;
    leaves[7] = n7;
  }

  private static int step(int node, long[] test, int[] next, int[] keys, int first) {
    long split = test[node];
    // 1 if key >= threshold: threshold - 1 - key is below zero then, and a long holds it.
    return next[node] + (int) ((split >> 32) - 1 - keys[first + (int) split] >>> 63);
  }
}
