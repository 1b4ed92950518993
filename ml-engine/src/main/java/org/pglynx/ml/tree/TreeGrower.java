package org.pglynx.ml.tree;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;

/**
 * Grows one tree at a time by exact splits (CART; Breiman, Friedman, Olshen, Stone 1984) with
 * scikit-learn's stopping rules.
 */
final class TreeGrower {
  private static final double PURE = 0x1.0p-52;
  private static final int ROWS_BETWEEN_CHECKS = 1 << 16;

  /** Told about every leaf: its number in the builder, and the target's sums and weight there. */
  @FunctionalInterface
  interface LeafListener {
    void leaf(int number, double[] sums, double weight);
  }

  private record Node(int slot, int from, int to, int depth) {}

  private final RankedTable table;
  private final TreeTarget target;
  private final TreeSettings settings;
  private final CancelToken cancel;
  private long rowsSinceCheck;

  TreeGrower(RankedTable table, TreeTarget target, TreeSettings settings, CancelToken cancel) {
    this.table = table;
    this.target = target;
    this.settings = settings;
    this.cancel = cancel;
  }

  /**
   * Adds a tree.
   *
   * @param weight how often each row counts; rows with 0 are left out
   */
  void grow(FlatForest.Builder forest, int[] weight, SeededRandom random, LeafListener leaves) {
    SplitFinder finder = new SplitFinder(table, target, settings, weight, random);
    int[] rows = usedRows(weight);
    Deque<Node> open = new ArrayDeque<>();
    open.push(new Node(forest.startTree(), 0, rows.length, 0));
    double[] sums = new double[target.outputs()];
    while (!open.isEmpty()) {
      Node node = open.pop();
      checkCancel(node.to() - node.from());
      double total = sum(rows, node, weight, sums);
      if (isLeaf(node, rows, weight, sums, total)
          || !finder.find(rows, node.from(), node.to(), sums, total)) {
        int number = forest.leaf(node.slot(), (float) (sums[0] / total));
        forest.statistics(node.slot(), (float) total, 0);
        leaves.leaf(number, sums, total);
        continue;
      }
      int middle = partition(rows, node, table.ranks(finder.feature()), finder.rank());
      int child = forest.branch(node.slot(), finder.feature(), finder.threshold(), false);
      forest.statistics(node.slot(), (float) total, (float) finder.decrease(sums, total));
      open.push(new Node(child + 1, middle, node.to(), node.depth() + 1));
      open.push(new Node(child, node.from(), middle, node.depth() + 1));
    }
  }

  private static int[] usedRows(int[] weight) {
    int[] rows = new int[weight.length];
    int n = 0;
    for (int i = 0; i < weight.length; i++) {
      if (weight[i] > 0) {
        rows[n++] = i;
      }
    }
    return Arrays.copyOf(rows, n);
  }

  private void checkCancel(int rows) {
    rowsSinceCheck += rows;
    if (rowsSinceCheck > ROWS_BETWEEN_CHECKS) {
      rowsSinceCheck = 0;
      cancel.check();
    }
  }

  private double sum(int[] rows, Node node, int[] weight, double[] sums) {
    Arrays.fill(sums, 0);
    double total = 0;
    for (int i = node.from(); i < node.to(); i++) {
      int w = weight[rows[i]];
      total += w;
      target.add(sums, 0, rows[i], w);
    }
    return total;
  }

  private boolean isLeaf(Node node, int[] rows, int[] weight, double[] sums, double total) {
    int n = node.to() - node.from();
    return node.depth() >= settings.maxDepth()
        || n < settings.minSplit()
        || n < 2 * settings.minLeaf()
        || impurity(node, rows, weight, sums, total) <= PURE;
  }

  /** The variance, or the Gini impurity, of a node. */
  private double impurity(Node node, int[] rows, int[] weight, double[] sums, double total) {
    if (target.outputs() > 1) {
      double squares = 0;
      for (double sum : sums) {
        squares += sum / total * (sum / total);
      }
      return 1 - squares;
    }
    double mean = sums[0] / total;
    double squares = 0;
    for (int i = node.from(); i < node.to(); i++) {
      double d = target.values()[rows[i]] - mean;
      squares += weight[rows[i]] * d * d;
    }
    return squares / total;
  }

  /** Moves rows of rank at most the split's to the front; gives where the others begin. */
  private static int partition(int[] rows, Node node, int[] ranks, int rank) {
    int low = node.from();
    int high = node.to() - 1;
    while (low <= high) {
      if (ranks[rows[low]] <= rank) {
        low++;
      } else {
        int swap = rows[low];
        rows[low] = rows[high];
        rows[high--] = swap;
      }
    }
    return low;
  }
}
