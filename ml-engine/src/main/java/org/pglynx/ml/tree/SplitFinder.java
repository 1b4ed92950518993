package org.pglynx.ml.tree;

import java.util.Arrays;
import org.pglynx.ml.data.SeededRandom;

/**
 * Finds the split of one node. Scratch space is kept between nodes, so each thread needs its own.
 */
final class SplitFinder {
  /** Counting visits every distinct value; beyond this many per row, sorting is faster. */
  private static final int COUNTING_FACTOR = 4;

  private final RankedTable table;
  private final TreeTarget target;
  private final TreeSettings settings;
  private final double[] weight;
  private final SeededRandom random;
  private final int[] featureOrder;
  private final int outputs;

  // Rows of the node grouped by value, ascending: rank, rows, weight, and sums of the target.
  private int[] groupRank;
  private int[] groupRows;
  private double[] groupWeight;
  private double[] groupSums;
  private int groups;
  private long[] keys = {};
  private final double[] leftSums;
  private final double[] rightSums;
  private final double minLeafWeight;

  // The best split so far.
  private int bestFeature;
  private int bestRank;
  private float bestThreshold;
  private double bestGain;

  SplitFinder(
      RankedTable table,
      TreeTarget target,
      TreeSettings settings,
      double[] weight,
      int[] features,
      SeededRandom random) {
    this.table = table;
    this.target = target;
    this.settings = settings;
    this.weight = weight;
    this.random = random;
    this.outputs = target.outputs();
    this.featureOrder = features.clone();
    this.minLeafWeight = settings.minLeafWeight() * total(weight);
    this.rightSums = new double[outputs];
    this.leftSums = new double[outputs];
    this.groupRank = new int[0];
    this.groupRows = new int[0];
    this.groupWeight = new double[0];
    this.groupSums = new double[0];
  }

  /**
   * Looks for the best split of the rows from (inclusive) to (exclusive).
   *
   * @param sums the target's sums over the node
   * @param total the node's weight
   * @return whether there is one
   */
  boolean find(int[] rows, int from, int to, double[] sums, double total) {
    bestGain = Double.NEGATIVE_INFINITY;
    bestFeature = -1;
    boolean onlyConstants = true;
    for (int seen = 0; seen < featureOrder.length; seen++) {
      if (seen >= settings.features() && !onlyConstants) {
        break;
      }
      int feature = drawFeature(seen);
      group(feature, rows, from, to);
      if (groups > 1) {
        onlyConstants = false;
        scan(feature, sums, total, to - from);
      }
    }
    return bestFeature >= 0;
  }

  int feature() {
    return bestFeature;
  }

  /** Rows whose rank is at most this go left. */
  int rank() {
    return bestRank;
  }

  float threshold() {
    return bestThreshold;
  }

  /** How much the split lowers the summed impurity of the node. */
  double decrease(double[] sums, double total) {
    return Math.max(0, bestGain - settings.criterion().score(sums, 0, outputs, total));
  }

  private static double total(double[] weight) {
    double total = 0;
    for (double w : weight) {
      total += w;
    }
    return total;
  }

  private int drawFeature(int position) {
    int other = position + random.nextInt(featureOrder.length - position);
    int feature = featureOrder[other];
    featureOrder[other] = featureOrder[position];
    featureOrder[position] = feature;
    return feature;
  }

  private void group(int feature, int[] rows, int from, int to) {
    int distinct = table.distinctCount(feature);
    if (distinct <= (to - from) * COUNTING_FACTOR) {
      groupByCounting(table.ranks(feature), distinct, rows, from, to);
    } else {
      groupBySorting(table.ranks(feature), rows, from, to);
    }
  }

  private void groupByCounting(int[] ranks, int distinct, int[] rows, int from, int to) {
    reserve(distinct);
    Arrays.fill(groupRows, 0, distinct, 0);
    Arrays.fill(groupWeight, 0, distinct, 0);
    Arrays.fill(groupSums, 0, distinct * outputs, 0);
    for (int i = from; i < to; i++) {
      int row = rows[i];
      int rank = ranks[row];
      groupRows[rank]++;
      groupWeight[rank] += weight[row];
      target.add(groupSums, rank * outputs, row, weight[row]);
    }
    groups = 0;
    for (int rank = 0; rank < distinct; rank++) {
      if (groupRows[rank] > 0) {
        moveGroup(rank, groups);
        groupRank[groups++] = rank;
      }
    }
  }

  private void moveGroup(int source, int to) {
    groupRows[to] = groupRows[source];
    groupWeight[to] = groupWeight[source];
    System.arraycopy(groupSums, source * outputs, groupSums, to * outputs, outputs);
  }

  private void groupBySorting(int[] ranks, int[] rows, int from, int to) {
    int n = to - from;
    reserve(n);
    if (keys.length < n) {
      keys = new long[n];
    }
    for (int i = 0; i < n; i++) {
      keys[i] = (long) ranks[rows[from + i]] << 32 | rows[from + i];
    }
    Arrays.sort(keys, 0, n);
    groups = 0;
    for (int i = 0; i < n; i++) {
      int rank = (int) (keys[i] >>> 32);
      if (i == 0 || rank != groupRank[groups - 1]) {
        groupRank[groups] = rank;
        groupRows[groups] = 0;
        groupWeight[groups] = 0;
        Arrays.fill(groupSums, groups * outputs, (groups + 1) * outputs, 0);
        groups++;
      }
      int row = (int) keys[i];
      groupRows[groups - 1]++;
      groupWeight[groups - 1] += weight[row];
      target.add(groupSums, (groups - 1) * outputs, row, weight[row]);
    }
  }

  private void reserve(int size) {
    if (groupRank.length < size) {
      groupRank = new int[size];
      groupRows = new int[size];
      groupWeight = new double[size];
      groupSums = new double[size * outputs];
    }
  }

  /** Tries every boundary between groups, or one at random. */
  private void scan(int feature, double[] sums, double total, int rows) {
    float drawn = settings.randomThresholds() ? drawThreshold(feature) : 0;
    Arrays.fill(leftSums, 0);
    double leftWeight = 0;
    int leftRows = 0;
    for (int g = 0; g + 1 < groups; g++) {
      leftRows += groupRows[g];
      leftWeight += groupWeight[g];
      for (int k = 0; k < outputs; k++) {
        leftSums[k] += groupSums[g * outputs + k];
      }
      if (settings.randomThresholds() && table.value(feature, groupRank[g + 1]) < drawn) {
        continue;
      }
      if (leftRows >= settings.minLeaf()
          && rows - leftRows >= settings.minLeaf()
          && leftWeight >= minLeafWeight
          && total - leftWeight >= minLeafWeight) {
        offer(feature, g, gain(sums, leftWeight, total), drawn);
      }
      if (settings.randomThresholds()) {
        return;
      }
    }
  }

  private void offer(int feature, int group, double gain, float drawn) {
    if (gain > bestGain) {
      bestGain = gain;
      bestFeature = feature;
      bestRank = groupRank[group];
      bestThreshold =
          settings.randomThresholds()
              ? drawn
              : table.thresholdBetween(feature, bestRank, groupRank[group + 1]);
    }
  }

  /** A threshold t above the node's smallest and at most its largest value; x &lt; t goes left. */
  private float drawThreshold(int feature) {
    float low = table.value(feature, groupRank[0]);
    float high = table.value(feature, groupRank[groups - 1]);
    return RankedTable.justAbove(low + random.nextDouble() * ((double) high - low), high);
  }

  private double gain(double[] sums, double leftWeight, double total) {
    for (int k = 0; k < outputs; k++) {
      rightSums[k] = sums[k] - leftSums[k];
    }
    return settings.criterion().score(leftSums, 0, outputs, leftWeight)
        + settings.criterion().score(rightSums, 0, outputs, total - leftWeight);
  }
}
