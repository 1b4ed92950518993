package org.pglynx.ml.tree;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
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
   * @param weight how much each row counts; rows with 0 are left out
   * @param features the features that splits may look at
   */
  void grow(
      FlatForest.Builder forest,
      double[] weight,
      int[] features,
      SeededRandom random,
      LeafListener leaves) {
    new Growth(forest, weight, features, random, leaves).run();
  }

  /** The same with all features. */
  void grow(FlatForest.Builder forest, double[] weight, SeededRandom random, LeafListener leaves) {
    int[] features = new int[table.width()];
    Arrays.setAll(features, j -> j);
    grow(forest, weight, features, random, leaves);
  }

  private static int[] usedRows(double[] weight) {
    int[] rows = new int[weight.length];
    int n = 0;
    for (int i = 0; i < weight.length; i++) {
      if (weight[i] > 0) {
        rows[n++] = i;
      }
    }
    return Arrays.copyOf(rows, n);
  }

  /** A node whose split is known and waits for its turn. */
  private record Candidate(
      Node node, int feature, int rank, float threshold, double decrease, double total) {}

  /** The growth of one tree: depth first, or the best split first when leaves are limited. */
  private final class Growth {
    private final FlatForest.Builder forest;
    private final double[] weight;
    private final LeafListener leaves;
    private final SplitFinder finder;
    private final int[] rows;
    private final double[] sums = new double[target.outputs()];
    private double whole;

    Growth(
        FlatForest.Builder forest,
        double[] weight,
        int[] features,
        SeededRandom random,
        LeafListener leaves) {
      this.forest = forest;
      this.weight = weight;
      this.leaves = leaves;
      this.finder = new SplitFinder(table, target, settings, weight, features, random);
      this.rows = usedRows(weight);
    }

    void run() {
      Node root = new Node(forest.startTree(), 0, rows.length, 0);
      if (settings.maxLeaves() > 0) {
        bestFirst(root);
      } else {
        depthFirst(root);
      }
    }

    private void depthFirst(Node root) {
      Deque<Node> open = new ArrayDeque<>();
      open.push(root);
      while (!open.isEmpty()) {
        Candidate split = consider(open.pop());
        if (split != null) {
          Node[] children = split(split);
          open.push(children[1]);
          open.push(children[0]);
        }
      }
    }

    private void bestFirst(Node root) {
      PriorityQueue<Candidate> open =
          new PriorityQueue<>(
              Comparator.comparingDouble((Candidate c) -> -c.decrease())
                  .thenComparingInt(c -> c.node().slot()));
      offer(open, root);
      for (int count = 1; count < settings.maxLeaves() && !open.isEmpty(); count++) {
        for (Node child : split(open.remove())) {
          offer(open, child);
        }
      }
      for (Candidate rest : open) {
        double total = sum(rows, rest.node(), weight, sums);
        leaf(rest.node(), total);
      }
    }

    private void offer(PriorityQueue<Candidate> open, Node node) {
      Candidate candidate = consider(node);
      if (candidate != null) {
        open.add(candidate);
      }
    }

    /** The best split of a node; null when it is now a leaf. */
    private @Nullable Candidate consider(Node node) {
      checkCancel(node.to() - node.from());
      double total = sum(rows, node, weight, sums);
      whole = node.depth() == 0 ? total : whole;
      if (isLeaf(node, rows, weight, sums, total)
          || !finder.find(rows, node.from(), node.to(), sums, total)) {
        leaf(node, total);
        return null;
      }
      double decrease = finder.decrease(sums, total);
      if (decrease * target.impurityScale() / whole + PURE < settings.minDecrease()) {
        leaf(node, total);
        return null;
      }
      return new Candidate(
          node, finder.feature(), finder.rank(), finder.threshold(), decrease, total);
    }

    private Node[] split(Candidate split) {
      Node node = split.node();
      int middle = partition(rows, node, table.ranks(split.feature()), split.rank());
      int child = forest.branch(node.slot(), split.feature(), split.threshold(), false);
      forest.statistics(node.slot(), (float) split.total(), (float) split.decrease());
      return new Node[] {
        new Node(child, node.from(), middle, node.depth() + 1),
        new Node(child + 1, middle, node.to(), node.depth() + 1)
      };
    }

    private void leaf(Node node, double total) {
      int number = forest.leaf(node.slot(), (float) (sums[0] / total));
      forest.statistics(node.slot(), (float) total, 0);
      leaves.leaf(number, sums, total);
    }
  }

  private void checkCancel(int rows) {
    rowsSinceCheck += rows;
    if (rowsSinceCheck > ROWS_BETWEEN_CHECKS) {
      rowsSinceCheck = 0;
      cancel.check();
    }
  }

  private double sum(int[] rows, Node node, double[] weight, double[] sums) {
    Arrays.fill(sums, 0);
    double total = 0;
    for (int i = node.from(); i < node.to(); i++) {
      double w = weight[rows[i]];
      total += w;
      target.add(sums, 0, rows[i], w);
    }
    return total;
  }

  private boolean isLeaf(Node node, int[] rows, double[] weight, double[] sums, double total) {
    int n = node.to() - node.from();
    return node.depth() >= settings.maxDepth()
        || n < settings.minSplit()
        || n < 2 * settings.minLeaf()
        || impurity(node, rows, weight, sums, total) <= PURE;
  }

  /** The variance, or the Gini impurity, of a node. */
  private double impurity(Node node, int[] rows, double[] weight, double[] sums, double total) {
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
