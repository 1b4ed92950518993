package org.pglynx.ml.tree;

import java.util.Arrays;
import org.pglynx.ml.model.MlException;

/**
 * Exact SHAP values of trees in polynomial time, path dependent (Lundberg, Erion, Lee 2018,
 * algorithm 2). A path holds the distinct features between root and node; for each the share of the
 * training rows that go on when the feature is unknown ({@code zero}), whether the row goes on when
 * it is known ({@code one}), and the summed weight of all subsets of that size. One object serves
 * one row at a time.
 */
final class TreeShap {
  /** Deeper trees cost more than the square of it per leaf, and stack. */
  private static final int MAX_DEPTH = 1_000;

  /** What leaves add to the scores. */
  @FunctionalInterface
  interface LeafValues {
    /** What a leaf (a node number) adds to a score. */
    double value(int leaf, int score);
  }

  private final FlatForest forest;
  private final int features;
  private final LeafValues values;
  private final float[] row;
  private final int offset;
  private final double[] out;

  private int firstScore;
  private int scores;
  private double scale;

  // Paths of all levels, one behind the other.
  private int[] feature = new int[256];
  private double[] zero = new double[256];
  private double[] one = new double[256];
  private double[] weight = new double[256];

  /**
   * Explains one row.
   *
   * @param out gets features + 1 numbers added per score
   */
  TreeShap(
      FlatForest forest, int features, LeafValues values, float[] row, int offset, double[] out) {
    this.forest = forest;
    this.features = features;
    this.values = values;
    this.row = row;
    this.offset = offset;
    this.out = out;
  }

  /** Adds what one tree tells about some of the scores, times a factor. */
  void add(int tree, int fromScore, int count, double factor) {
    firstScore = fromScore;
    scores = count;
    scale = factor;
    visit(forest.root(tree), 0, 0, 0, 1, 1, -1, 1);
  }

  /**
   * Visits a node.
   *
   * @param from where the parent's path begins
   * @param length of the parent's path
   * @param share the share of training rows in the node, when nothing is known
   */
  private void visit(
      int node,
      int depth,
      int from,
      int length,
      double parentZero,
      double parentOne,
      int parentFeature,
      double share) {
    int at = from + length;
    reserve(at + length + 1, depth);
    copy(from, at, length);
    extend(at, length, parentZero, parentOne, parentFeature);
    if (forest.isLeaf(node)) {
      addLeaf(node, at, length, share);
    } else {
      descend(node, depth, at, length, share);
    }
  }

  private void descend(int node, int depth, int at, int last, double share) {
    int split = forest.feature(node);
    int left = forest.left(node);
    int hot = goesLeft(node, split) ? left : left + 1;
    int cold = hot == left ? left + 1 : left;
    double hotShare = share(hot, cold);
    double above = 1;
    double known = 1;
    int length = last + 1;
    int seen = find(at, last, split);
    if (seen >= 0) {
      above = zero[at + seen];
      known = one[at + seen];
      unwind(at, last, seen);
      length = last;
    }
    double hotZero = hotShare * above;
    visit(hot, depth + 1, at, length, hotZero, known, split, share * hotShare);
    double coldShare = 1 - hotShare;
    visit(cold, depth + 1, at, length, coldShare * above, 0, split, share * coldShare);
  }

  private boolean goesLeft(int node, int split) {
    float x = row[offset + split];
    return Float.isNaN(x) ? forest.missingLeft(node) : x < forest.threshold(node);
  }

  /** The share of one child among the rows of both; halves when no row came by. */
  private double share(int child, int other) {
    double mine = forest.cover(child);
    double sum = mine + forest.cover(other);
    return sum > 0 ? mine / sum : 0.5;
  }

  private int find(int at, int last, int split) {
    for (int i = 1; i <= last; i++) {
      if (feature[at + i] == split) {
        return i;
      }
    }
    return -1;
  }

  private void addLeaf(int node, int at, int last, double share) {
    for (int k = 0; k < scores; k++) {
      int base = (firstScore + k) * (features + 1);
      out[base + features] += scale * share * values.value(node, firstScore + k);
    }
    for (int i = 1; i <= last; i++) {
      double difference = one[at + i] - zero[at + i];
      double factor = scale * unwoundSum(at, last, i) * difference;
      for (int k = 0; k < scores; k++) {
        int base = (firstScore + k) * (features + 1);
        out[base + feature[at + i]] += factor * values.value(node, firstScore + k);
      }
    }
  }

  /** Puts a feature behind the path of that length. */
  private void extend(int at, int length, double newZero, double newOne, int newFeature) {
    feature[at + length] = newFeature;
    zero[at + length] = newZero;
    one[at + length] = newOne;
    weight[at + length] = length == 0 ? 1 : 0;
    for (int i = length - 1; i >= 0; i--) {
      weight[at + i + 1] += newOne * weight[at + i] * (i + 1) / (length + 1);
      weight[at + i] *= newZero * (length - i) / (length + 1);
    }
  }

  /** Takes a feature out of the path whose last index is given; undoes {@link #extend}. */
  private void unwind(int at, int last, int index) {
    double hadOne = one[at + index];
    double hadZero = zero[at + index];
    double next = weight[at + last];
    for (int i = last - 1; i >= 0; i--) {
      double before = weight[at + i];
      if (hadOne != 0) {
        weight[at + i] = next * (last + 1) / ((i + 1) * hadOne);
        next = before - weight[at + i] * hadZero * (last - i) / (last + 1);
      } else {
        weight[at + i] = hadZero == 0 ? 0 : before * (last + 1) / (hadZero * (last - i));
      }
    }
    for (int i = index; i < last; i++) {
      feature[at + i] = feature[at + i + 1];
      zero[at + i] = zero[at + i + 1];
      one[at + i] = one[at + i + 1];
    }
  }

  /** The summed weights of the path without one of its features. */
  private double unwoundSum(int at, int last, int index) {
    double hadOne = one[at + index];
    double hadZero = zero[at + index];
    double next = weight[at + last];
    double sum = 0;
    for (int i = last - 1; i >= 0; i--) {
      if (hadOne != 0) {
        double unwound = next * (last + 1) / ((i + 1) * hadOne);
        sum += unwound;
        next = weight[at + i] - unwound * hadZero * (last - i) / (last + 1);
      } else if (hadZero != 0) {
        sum += weight[at + i] * (last + 1) / (hadZero * (last - i));
      }
    }
    return sum;
  }

  private void copy(int from, int to, int length) {
    System.arraycopy(feature, from, feature, to, length);
    System.arraycopy(zero, from, zero, to, length);
    System.arraycopy(one, from, one, to, length);
    System.arraycopy(weight, from, weight, to, length);
  }

  private void reserve(int size, int depth) {
    if (depth > MAX_DEPTH) {
      throw new MlException(
          MlException.Kind.UNSUPPORTED_TASK,
          "trees deeper than " + MAX_DEPTH + " levels cannot be explained",
          "Train with a max_depth.");
    }
    if (size > feature.length) {
      int capacity = size * 2;
      feature = Arrays.copyOf(feature, capacity);
      zero = Arrays.copyOf(zero, capacity);
      one = Arrays.copyOf(one, capacity);
      weight = Arrays.copyOf(weight, capacity);
    }
  }
}
