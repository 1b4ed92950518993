package org.pglynx.ml.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * Many binary trees in flat arrays. A node's children lie side by side, so an inner node is one
 * feature number, one threshold and one index: {@code x < threshold} goes to {@code child}, else to
 * {@code child + 1}; NaN goes where the lowest bit of {@code split} says. A leaf has split −1, its
 * value in {@code threshold}, and its number among the leaves in {@code child}. Beside the arrays
 * that predictions walk through lie two that explanations need: how much of the training data came
 * by each node, and what its split was worth.
 */
public final class FlatForest {
  private static final int LEAF = -1;

  private final int[] roots;
  private final int[] split;
  private final float[] threshold;
  private final int[] child;
  private final float[] cover;
  private final float[] gain;

  // Made when rows are asked for; made twice by two threads, both are the same.
  private volatile @Nullable TreeWalk walk;

  FlatForest(
      int[] roots, int[] split, float[] threshold, int[] child, float[] cover, float[] gain) {
    this.roots = roots;
    this.split = split;
    this.threshold = threshold;
    this.child = child;
    this.cover = cover;
    this.gain = gain;
  }

  /** The number of trees. */
  public int treeCount() {
    return roots.length;
  }

  /** The number of nodes of all trees. */
  public int nodeCount() {
    return split.length;
  }

  /** The root of a tree. */
  public int root(int tree) {
    return roots[tree];
  }

  /** Whether a node is a leaf. */
  public boolean isLeaf(int node) {
    return split[node] < 0;
  }

  /** The feature an inner node looks at. */
  public int feature(int node) {
    return split[node] >> 1;
  }

  /** The number below which an inner node sends a feature left. */
  public float threshold(int node) {
    return threshold[node];
  }

  /** Whether an inner node sends missing values left. */
  public boolean missingLeft(int node) {
    return (split[node] & 1) != 0;
  }

  /** The left child of an inner node; the right one is the next. */
  public int left(int node) {
    return child[node];
  }

  /** The weight (or the hessian) of the training rows that came by a node. */
  public float cover(int node) {
    return cover[node];
  }

  /** What the split of an inner node was worth; 0 for leaves. */
  public float gain(int node) {
    return gain[node];
  }

  /** The leaf (a node number) that a row falls in. */
  public int leaf(int tree, float[] row, int offset) {
    int node = roots[tree];
    int s = split[node];
    while (s >= 0) {
      float x = row[offset + (s >> 1)];
      float t = threshold[node];
      // Two forms of one comparison, so that NaN, which fails both, takes the default direction.
      boolean right = (s & 1) != 0 ? x >= t : !(x < t);
      node = child[node] + (right ? 1 : 0);
      s = split[node];
    }
    return node;
  }

  /** The value of a leaf. */
  public float value(int leaf) {
    return threshold[leaf];
  }

  /** Adds the values of leaves to as many sums. */
  void addValues(int[] leaves, int count, float[] sums, int first) {
    float[] values = threshold;
    for (int i = 0; i < count; i++) {
      sums[first + i] += values[leaves[i]];
    }
  }

  /** The same in double. */
  void addValues(int[] leaves, int count, double[] sums, int first) {
    float[] values = threshold;
    for (int i = 0; i < count; i++) {
      sums[first + i] += values[leaves[i]];
    }
  }

  /** Adds values that leaves have by their numbers. */
  void addValues(int[] leaves, int count, double[] valuesByNumber, double[] sums, int first) {
    int[] numbers = child;
    for (int i = 0; i < count; i++) {
      sums[first + i] += valuesByNumber[numbers[leaves[i]]];
    }
  }

  /** The number of a leaf among all leaves of the forest. */
  public int leafNumber(int leaf) {
    return child[leaf];
  }

  /** How many rows go through the trees together. */
  TreeWalk walk() {
    TreeWalk made = walk;
    if (made == null) {
      made = new TreeWalk(this);
      walk = made;
    }
    return made;
  }

  long sizeBytes() {
    return 4L * (roots.length + 5L * split.length) + TreeWalk.sizeBytes(roots.length, split.length);
  }

  void write(PayloadWriter out) {
    out.writeInts(roots);
    out.writeInts(split);
    out.writeFloats(threshold);
    out.writeInts(child);
    out.writeFloats(cover);
    out.writeFloats(gain);
  }

  /** Reads a forest and proves that every walk ends at a leaf and stays within the row. */
  static FlatForest read(PayloadReader in, int features, int leaves) {
    FlatForest forest =
        new FlatForest(
            in.readInts(),
            in.readInts(),
            in.readFloats(),
            in.readInts(),
            in.readFloats(),
            in.readFloats());
    int nodes = forest.split.length;
    in.require(forest.threshold.length == nodes, "forest arrays differ");
    in.require(forest.child.length == nodes, "forest arrays differ");
    in.require(forest.cover.length == nodes, "forest arrays differ");
    in.require(forest.gain.length == nodes, "forest arrays differ");
    in.require(Arrays.stream(forest.roots).allMatch(r -> r >= 0 && r < nodes), "a tree's root");
    for (int node = 0; node < nodes; node++) {
      int to = forest.child[node];
      if (forest.split[node] < 0) {
        in.require(to >= 0 && to < leaves, "a leaf's number");
      } else {
        in.require(forest.split[node] >> 1 < features, "a split's feature");
        in.require(to > node && to < nodes - 1, "a node's child");
      }
    }
    return forest;
  }

  /** Collects the nodes of trees, one tree after the other; a node's children come behind it. */
  public static final class Builder {
    private int[] roots = new int[16];
    private int[] split = new int[256];
    private float[] threshold = new float[256];
    private int[] child = new int[256];
    private float[] cover = new float[256];
    private float[] gain = new float[256];
    private int trees;
    private int nodes;
    private int leaves;

    /** Begins a tree and gives its root. */
    public int startTree() {
      addRoot(nodes);
      return addNodes(1);
    }

    /** Makes a node an inner one and gives its left child; the right one is the next. */
    public int branch(int node, int feature, float below, boolean missingLeft) {
      split[node] = feature << 1 | (missingLeft ? 1 : 0);
      threshold[node] = below;
      int left = addNodes(2);
      child[node] = left;
      return left;
    }

    /** Makes a node a leaf and gives its number. */
    public int leaf(int node, float value) {
      split[node] = LEAF;
      threshold[node] = value;
      child[node] = leaves;
      return leaves++;
    }

    /** Says how much of the training data came by a node, and what its split was worth. */
    public void statistics(int node, float covered, float gained) {
      cover[node] = Float.isFinite(covered) ? covered : 0;
      gain[node] = Float.isFinite(gained) ? gained : 0;
    }

    /** Changes a leaf's value. */
    public void setValue(int leaf, float value) {
      threshold[leaf] = value;
    }

    /** Appends all trees of another builder. */
    public void append(Builder other) {
      int firstNode = nodes;
      int firstLeaf = leaves;
      addNodes(other.nodes);
      for (int i = 0; i < other.nodes; i++) {
        int at = firstNode + i;
        split[at] = other.split[i];
        threshold[at] = other.threshold[i];
        cover[at] = other.cover[i];
        gain[at] = other.gain[i];
        child[at] = other.child[i] + (other.split[i] < 0 ? firstLeaf : firstNode);
      }
      for (int t = 0; t < other.trees; t++) {
        addRoot(firstNode + other.roots[t]);
      }
      leaves += other.leaves;
    }

    /** Appends all trees of a forest. */
    public void append(FlatForest other) {
      Builder copy = new Builder();
      copy.roots = other.roots;
      copy.split = other.split;
      copy.threshold = other.threshold;
      copy.child = other.child;
      copy.cover = other.cover;
      copy.gain = other.gain;
      copy.trees = other.roots.length;
      copy.nodes = other.split.length;
      for (int s : other.split) {
        copy.leaves += s < 0 ? 1 : 0;
      }
      append(copy);
    }

    /** The number of leaves so far. */
    public int leafCount() {
      return leaves;
    }

    /** The number of nodes so far. */
    public int nodeCount() {
      return nodes;
    }

    /** The forest of all trees so far. */
    public FlatForest build() {
      return new FlatForest(
          Arrays.copyOf(roots, trees),
          Arrays.copyOf(split, nodes),
          Arrays.copyOf(threshold, nodes),
          Arrays.copyOf(child, nodes),
          Arrays.copyOf(cover, nodes),
          Arrays.copyOf(gain, nodes));
    }

    private void addRoot(int node) {
      if (trees == roots.length) {
        roots = Arrays.copyOf(roots, trees * 2);
      }
      roots[trees++] = node;
    }

    private int addNodes(int count) {
      int first = nodes;
      nodes += count;
      if (nodes > split.length) {
        int capacity = Math.max(nodes, split.length + (split.length >> 1));
        split = Arrays.copyOf(split, capacity);
        threshold = Arrays.copyOf(threshold, capacity);
        child = Arrays.copyOf(child, capacity);
        cover = Arrays.copyOf(cover, capacity);
        gain = Arrays.copyOf(gain, capacity);
      }
      return first;
    }
  }
}
