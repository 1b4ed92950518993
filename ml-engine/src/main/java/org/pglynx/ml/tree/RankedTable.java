package org.pglynx.ml.tree;

import java.util.Arrays;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;

/**
 * A training table whose values are replaced by their rank among the distinct values of the column,
 * made once for all trees of a forest: a node then finds its best split by counting instead of
 * sorting, and the split is still the exact one.
 */
final class RankedTable {
  private final int rows;
  private final int[][] rank;
  private final float[][] distinct;

  RankedTable(TrainingTable table, CancelToken cancel) {
    this.rows = table.rows();
    int p = table.width();
    this.rank = new int[p][rows];
    this.distinct = new float[p][];
    float[] sorted = new float[rows];
    for (int j = 0; j < p; j++) {
      cancel.check();
      for (int i = 0; i < rows; i++) {
        sorted[i] = table.feature(i, j) + 0f; // one zero only
      }
      Arrays.sort(sorted);
      distinct[j] = distinct(sorted);
      for (int i = 0; i < rows; i++) {
        rank[j][i] = Arrays.binarySearch(distinct[j], table.feature(i, j) + 0f);
      }
    }
  }

  int rows() {
    return rows;
  }

  int width() {
    return rank.length;
  }

  /** The rank of every row's value in a column. */
  int[] ranks(int feature) {
    return rank[feature];
  }

  /** The number of distinct values of a column. */
  int distinctCount(int feature) {
    return distinct[feature].length;
  }

  float value(int feature, int rank) {
    return distinct[feature][rank];
  }

  /**
   * The threshold t of a split between two distinct values, such that x &lt; t for a float x holds
   * exactly when x is at most their midpoint in double precision, which is scikit-learn's rule.
   */
  float thresholdBetween(int feature, int lowRank, int highRank) {
    float low = distinct[feature][lowRank];
    float high = distinct[feature][highRank];
    return justAbove(low / 2.0 + high / 2.0, high);
  }

  /** The smallest float above a double, but at most the limit. */
  static float justAbove(double value, float limit) {
    float narrow = (float) value;
    float above = narrow > value ? narrow : Math.nextUp(narrow);
    return Math.min(above, limit);
  }

  private static float[] distinct(float[] sorted) {
    float[] out = new float[sorted.length];
    int size = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        out[size++] = sorted[i];
      }
    }
    return Arrays.copyOf(out, size);
  }
}
