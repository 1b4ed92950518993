package org.pglynx.ml.tree;

import java.util.Arrays;

/**
 * The scores of boosted trees: a start for each output, to which each of its trees adds its leaf,
 * in the order of training; in float, or in double where leaves have values in double precision
 * besides the forest's.
 */
final class TreeScores {
  private final FlatForest forest;
  private final double[] start;
  private final int[] firstTree;
  private final double[] leafValues;

  TreeScores(FlatForest forest, double[] start, int[] firstTree, double[] leafValues) {
    this.forest = forest;
    this.start = start;
    this.firstTree = firstTree;
    this.leafValues = leafValues;
  }

  /** One score of one row. */
  float score(int output, float[] row, int offset, int features) {
    TreeWalk walk = forest.walk();
    return score(output, walk, walk.row(row, offset, features), new int[TreeWalk.LANES]);
  }

  /** All scores of one row. */
  void scores(float[] row, int offset, int features, float[] out, int outOffset) {
    TreeWalk walk = forest.walk();
    int[] keys = walk.row(row, offset, features);
    int[] leaves = new int[TreeWalk.LANES];
    for (int k = 0; k < start.length; k++) {
      out[outOffset + k] = score(k, walk, keys, leaves);
    }
  }

  private float score(int output, TreeWalk walk, int[] keys, int[] leaves) {
    int to = firstTree[output + 1];
    double exact = start[output];
    float sum = (float) exact;
    for (int tree = firstTree[output]; tree < to; ) {
      int next = walk.next(tree, to, keys, leaves);
      for (int i = 0; i < next - tree; i++) {
        if (leafValues.length == 0) {
          sum += forest.value(leaves[i]);
        } else {
          exact += leafValues[forest.leafNumber(leaves[i])];
        }
      }
      tree = next;
    }
    return leafValues.length == 0 ? sum : (float) exact;
  }

  /**
   * The scores of many rows.
   *
   * @param out gets the scores of the first row, of the second, …
   */
  void scores(float[] rowMajor, int rows, int features, float[] out) {
    if (leafValues.length == 0) {
      inFloat(rowMajor, rows, features, out);
    } else {
      inDouble(rowMajor, rows, features, out);
    }
  }

  private void inFloat(float[] rowMajor, int rows, int features, float[] out) {
    int outputs = start.length;
    for (int i = 0; i < rows * outputs; i++) {
      out[i] = (float) start[i % outputs];
    }
    int[] outputOf = outputOfTrees();
    forest
        .walk()
        .rows(
            rowMajor,
            rows,
            features,
            (tree, first, count, leaves) -> {
              if (outputs == 1) {
                forest.addValues(leaves, count, out, first);
                return;
              }
              int at = first * outputs + outputOf[tree];
              for (int i = 0; i < count; i++, at += outputs) {
                out[at] += forest.value(leaves[i]);
              }
            });
  }

  private void inDouble(float[] rowMajor, int rows, int features, float[] out) {
    int outputs = start.length;
    double[] sums = new double[rows * outputs];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = start[i % outputs];
    }
    int[] outputOf = outputOfTrees();
    forest
        .walk()
        .rows(
            rowMajor,
            rows,
            features,
            (tree, first, count, leaves) -> {
              if (outputs == 1) {
                forest.addValues(leaves, count, leafValues, sums, first);
                return;
              }
              int at = first * outputs + outputOf[tree];
              for (int i = 0; i < count; i++, at += outputs) {
                sums[at] += leafValues[forest.leafNumber(leaves[i])];
              }
            });
    for (int i = 0; i < sums.length; i++) {
      out[i] = (float) sums[i];
    }
  }

  private int[] outputOfTrees() {
    int[] outputOf = new int[forest.treeCount()];
    for (int k = 0; k < start.length; k++) {
      Arrays.fill(outputOf, firstTree[k], firstTree[k + 1], k);
    }
    return outputOf;
  }
}
