package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;

/**
 * Grows one tree on gradients and hessians over binned features, the leaf with the largest gain
 * first (as LightGBM and scikit-learn's HistGradientBoosting do). Missing values go to the side
 * where they help more.
 */
final class HistogramGrower {
  private static final double MIN_HESSIAN = 1e-3;
  private static final double TINY = 1e-15;

  /**
   * How trees grow.
   *
   * @param maxLeaves leaves at most
   * @param maxDepth inner levels at most
   * @param minLeaf rows each side of a split needs
   * @param l2 added to the sum of hessians
   * @param monotone per feature 1, 0 or −1
   */
  record Settings(int maxLeaves, int maxDepth, int minLeaf, double l2, int[] monotone) {}

  private final BinnedTable table;
  private final Settings settings;
  private final CancelToken cancel;
  private final double[] sumGradient = new double[256];
  private final double[] sumHessian = new double[256];
  private final int[] count = new int[256];

  private double[] gradient = {};
  private double[] hessian = {};
  private int[] rows = {};

  /** A finished tree: its rows lie leaf by leaf in one array. */
  record Tree(FlatForest.Builder builder, int[] rows, List<Leaf> leaves) {}

  /** A leaf, the rows that fell in it, and its step before the learning rate. */
  record Leaf(int from, int to, double value) {}

  private record Node(
      int slot,
      int from,
      int to,
      int depth,
      double gradient,
      double hessian,
      double lower,
      double upper) {}

  private record Split(
      Node node,
      int feature,
      int bin,
      boolean missingLeft,
      double gain,
      double leftGradient,
      double leftHessian) {}

  HistogramGrower(BinnedTable table, Settings settings, CancelToken cancel) {
    this.table = table;
    this.settings = settings;
    this.cancel = cancel;
  }

  Tree grow(double[] gradients, double[] hessians) {
    gradient = gradients;
    hessian = hessians;
    rows = new int[gradients.length];
    Arrays.setAll(rows, i -> i);
    FlatForest.Builder builder = new FlatForest.Builder();
    List<Leaf> leaves = new ArrayList<>();
    PriorityQueue<Split> open =
        new PriorityQueue<>(
            Comparator.comparingDouble((Split s) -> -s.gain())
                .thenComparingInt(s -> s.node().slot()));
    Node root = root(builder.startTree());
    int leafCount = 1;
    consider(root, open, builder, leaves);
    while (!open.isEmpty()) {
      Split split = open.remove();
      if (leafCount >= settings.maxLeaves()) {
        addLeaf(split.node(), builder, leaves);
        continue;
      }
      leafCount++;
      for (Node child : split(split, builder)) {
        consider(child, open, builder, leaves);
      }
    }
    return new Tree(builder, rows, leaves);
  }

  private Node root(int slot) {
    double g = 0;
    double h = 0;
    for (int i = 0; i < rows.length; i++) {
      g += gradient[i];
      h += hessian[i];
    }
    double infinite = Double.POSITIVE_INFINITY;
    return new Node(slot, 0, rows.length, 0, g, h, -infinite, infinite);
  }

  private void consider(
      Node node, PriorityQueue<Split> open, FlatForest.Builder builder, List<Leaf> leaves) {
    Split split = splittable(node) ? best(node) : null;
    if (split == null) {
      addLeaf(node, builder, leaves);
    } else {
      open.add(split);
    }
  }

  private boolean splittable(Node node) {
    return node.depth() < settings.maxDepth()
        && node.to() - node.from() >= 2 * settings.minLeaf()
        && node.hessian() >= MIN_HESSIAN;
  }

  private void addLeaf(Node node, FlatForest.Builder builder, List<Leaf> leaves) {
    double value = value(node.gradient(), node.hessian(), node);
    builder.statistics(node.slot(), node.to() - node.from(), 0);
    builder.leaf(node.slot(), (float) value);
    leaves.add(new Leaf(node.from(), node.to(), value));
  }

  private double value(double g, double h, Node node) {
    double value = -g / (h + settings.l2() + TINY);
    return Math.max(node.lower(), Math.min(node.upper(), value));
  }

  private @Nullable Split best(Node node) {
    Split best = null;
    for (int j = 0; j < table.width(); j++) {
      cancel.check();
      fill(node, j);
      best = scan(node, j, false, best);
      if (table.hasMissing(j)) {
        best = scan(node, j, true, best);
      }
    }
    return best;
  }

  private void fill(Node node, int feature) {
    Arrays.fill(sumGradient, 0);
    Arrays.fill(sumHessian, 0);
    Arrays.fill(count, 0);
    byte[] bins = table.bins(feature);
    for (int i = node.from(); i < node.to(); i++) {
      int row = rows[i];
      int bin = bins[row] & 0xFF;
      sumGradient[bin] += gradient[row];
      sumHessian[bin] += hessian[row];
      count[bin]++;
    }
  }

  /** Tries every boundary between bins, missing values on one side. */
  private @Nullable Split scan(
      Node node, int feature, boolean missingLeft, @Nullable Split bestSoFar) {
    Split best = bestSoFar;
    boolean missing = table.hasMissing(feature);
    int last = table.count(feature) - (missing && !missingLeft ? 1 : 2);
    double g = missingLeft ? sumGradient[BinnedTable.MISSING] : 0;
    double h = missingLeft ? sumHessian[BinnedTable.MISSING] : 0;
    int n = missingLeft ? count[BinnedTable.MISSING] : 0;
    int total = node.to() - node.from();
    double before = node.gradient() * value(node.gradient(), node.hessian(), node);
    for (int bin = 0; bin <= last; bin++) {
      g += sumGradient[bin];
      h += sumHessian[bin];
      n += count[bin];
      boolean fits =
          n >= settings.minLeaf()
              && total - n >= settings.minLeaf()
              && h >= MIN_HESSIAN
              && node.hessian() - h >= MIN_HESSIAN;
      if (fits) {
        double gain = gain(node, feature, g, h, before);
        if (gain > 0 && (best == null || gain > best.gain())) {
          boolean left = missing ? missingLeft : n > total - n;
          best = new Split(node, feature, bin, left, gain, g, h);
        }
      }
    }
    return best;
  }

  private double gain(Node node, int feature, double g, double h, double before) {
    double left = value(g, h, node);
    double right = value(node.gradient() - g, node.hessian() - h, node);
    int sign = settings.monotone()[feature];
    if (sign > 0 && left > right || sign < 0 && left < right) {
      return -1;
    }
    return before - g * left - (node.gradient() - g) * right;
  }

  private Node[] split(Split split, FlatForest.Builder builder) {
    Node node = split.node();
    int middle = partition(split);
    float below = table.below(split.feature(), split.bin());
    int child = builder.branch(node.slot(), split.feature(), below, split.missingLeft());
    builder.statistics(node.slot(), node.to() - node.from(), (float) split.gain());
    double rightGradient = node.gradient() - split.leftGradient();
    double rightHessian = node.hessian() - split.leftHessian();
    double between =
        (value(split.leftGradient(), split.leftHessian(), node)
                + value(rightGradient, rightHessian, node))
            / 2;
    int sign = settings.monotone()[split.feature()];
    double leftUpper = sign > 0 ? between : node.upper();
    double leftLower = sign < 0 ? between : node.lower();
    double rightUpper = sign < 0 ? between : node.upper();
    double rightLower = sign > 0 ? between : node.lower();
    int depth = node.depth() + 1;
    return new Node[] {
      new Node(
          child,
          node.from(),
          middle,
          depth,
          split.leftGradient(),
          split.leftHessian(),
          leftLower,
          leftUpper),
      new Node(
          child + 1, middle, node.to(), depth, rightGradient, rightHessian, rightLower, rightUpper)
    };
  }

  /** Moves the rows that go left to the front, in order; gives where the others begin. */
  private int partition(Split split) {
    Node node = split.node();
    byte[] bins = table.bins(split.feature());
    int[] right = new int[node.to() - node.from()];
    int left = node.from();
    int others = 0;
    for (int i = node.from(); i < node.to(); i++) {
      int bin = bins[rows[i]] & 0xFF;
      boolean goesLeft = bin == BinnedTable.MISSING ? split.missingLeft() : bin <= split.bin();
      if (goesLeft) {
        rows[left++] = rows[i];
      } else {
        right[others++] = rows[i];
      }
    }
    System.arraycopy(right, 0, rows, left, others);
    return left;
  }
}
