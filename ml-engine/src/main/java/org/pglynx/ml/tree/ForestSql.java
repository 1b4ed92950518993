package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;

/**
 * Trees as SQL. While there are few nodes each tree is an expression of nested CASE, which the
 * server evaluates fastest (0.15 µs a tree of depth 6), but keeps in 3 to 4 kB a split in each
 * session; from then on a loop walks through arrays as {@link FlatForest} has them (1.2 µs a tree
 * of depth 6, 200 bytes a node).
 */
final class ForestSql {
  /** Splits in expressions, of all trees of a function: about 90 MB in each session. */
  private static final int MAX_CASES = 24_576;

  /** Nodes in arrays: about 200 MB in each session. */
  private static final int MAX_NODES = 1_000_000;

  /** Deeper trees would cost the server's stack. */
  private static final int MAX_DEPTH = 100;

  /** Characters of one statement, roughly: about 1,000 splits. */
  private static final int MAX_STATEMENT = 100_000;

  private final FlatForest forest;
  private final boolean missing;
  private final List<String> row;
  private final SqlBlock out;
  private final boolean small;
  private final String array;

  /**
   * A forest in a block of statements.
   *
   * @param missing whether features may be NULL
   * @param row the expression of each feature
   */
  ForestSql(FlatForest forest, boolean missing, List<String> row, SqlBlock out) {
    this.forest = forest;
    this.missing = missing;
    this.out = out;
    int splits = forest.nodeCount() / 2;
    this.small = shallowTrees(forest) && out.takeComparisons(splits, MAX_CASES);
    this.row = small ? inVariables(row) : row;
    this.array = small ? "" : out.array(Sql.array(missing ? twice(row) : row));
  }

  /** Whether the forest is too large. */
  static boolean tooLarge(FlatForest forest) {
    return forest.nodeCount() > MAX_NODES;
  }

  /** What is said of forests that are too large. */
  static String tooLargeText(FlatForest forest) {
    return "its %d nodes are more than the %d that the server can hold in a function"
        .formatted(forest.nodeCount(), MAX_NODES);
  }

  /**
   * Whether all trees are trees, and none too deep. A file may hold nodes that have several
   * parents: a walk ends all the same, but an expression would repeat them without end.
   */
  private static boolean shallowTrees(FlatForest forest) {
    int[] depths = new int[forest.nodeCount()];
    for (int tree = 0; tree < forest.treeCount(); tree++) {
      depths[forest.root(tree)]++;
    }
    for (int node = 0; node < depths.length; node++) {
      for (int i = 0; i < 2 && !forest.isLeaf(node); i++) {
        int child = forest.left(node) + i;
        if (depths[child] > 0 || depths[node] > MAX_DEPTH) {
          return false;
        }
        depths[child] = depths[node] + 1;
      }
    }
    return Arrays.stream(depths).allMatch(depth -> depth > 0);
  }

  /** A node at which missing values go left looks at the second of a feature's two places. */
  private static List<String> twice(List<String> features) {
    List<String> all = new ArrayList<>(features);
    all.addAll(features);
    return all;
  }

  /** What is looked at often is read from a variable. */
  private List<String> inVariables(List<String> features) {
    int[] uses = new int[features.size()];
    for (int node = 0; node < forest.nodeCount(); node++) {
      if (!forest.isLeaf(node)) {
        uses[forest.feature(node)]++;
      }
    }
    List<String> names = new ArrayList<>(features);
    for (int i = 0; i < uses.length; i++) {
      if (uses[i] > 2 && names.get(i).contains("[")) {
        names.set(i, out.real(names.get(i)));
      }
    }
    return names;
  }

  /**
   * A sum in float64 to which trees are added.
   *
   * @param leaf the expression of a leaf's value
   * @param leaves the values of leaves as an array
   */
  String sum(
      double start, int from, int to, IntFunction<String> leaf, Function<int[], String> leaves) {
    String sum = out.number(Sql.number(start));
    add(sum, from, to, leaf, leaves);
    return sum;
  }

  /** The same in float32, of the forest's own values. */
  String sum(float start, int from, int to) {
    String sum = out.real(Sql.real(start));
    add(sum, from, to, this::value, this::values);
    return sum;
  }

  /** The value of a leaf as the forest has it. */
  String value(int leaf) {
    return Sql.real(forest.value(leaf));
  }

  /** The same of leaves. */
  String values(int[] leaves) {
    float[] values = new float[leaves.length];
    for (int i = 0; i < leaves.length; i++) {
      values[i] = forest.value(leaves[i]);
    }
    return Sql.reals(values);
  }

  private void add(
      String sum, int from, int to, IntFunction<String> leaf, Function<int[], String> leaves) {
    if (!small && from < to) {
      ForestPart part = part(from, to);
      String values = leaves.apply(part.leaves());
      walk(part, (tree, place) -> out.set(sum, Sql.plus(sum, Sql.element(values, place))));
      return;
    }
    List<String> terms = new ArrayList<>();
    int length = 0;
    for (int tree = from; tree < to; tree++) {
      terms.add(expression(tree, leaf));
      length += terms.getLast().length();
      if (length > MAX_STATEMENT || tree + 1 == to) {
        out.add(sum, terms);
        terms.clear();
        length = 0;
      }
    }
  }

  /** Writes what is done with the leaf of each tree. */
  void each(PerTree then) {
    if (!small) {
      ForestPart part = part(0, forest.treeCount());
      walk(part, (tree, place) -> then.with(part.leaves(), place));
      return;
    }
    String place = out.counter();
    for (int tree = 0; tree < forest.treeCount(); tree++) {
      ForestPart part = part(tree, tree + 1);
      out.set(place, expression(tree, leaf -> Sql.integer(part.place(leaf))));
      then.with(part.leaves(), place);
    }
  }

  /** What is done with the leaf that a tree leads to. */
  @FunctionalInterface
  interface PerTree {
    /**
     * Writes it.
     *
     * @param leaves the leaves that it may be
     * @param place the expression of its place among them, from 1 on
     */
    void with(int[] leaves, String place);
  }

  /** An array of what each tree says. */
  String all() {
    if (small) {
      List<String> values = new ArrayList<>();
      for (int tree = 0; tree < forest.treeCount(); tree++) {
        values.add(expression(tree, this::value));
      }
      return out.array(Sql.array(values));
    }
    String all = out.array(Sql.reals(new float[forest.treeCount()]));
    ForestPart part = part(0, forest.treeCount());
    String values = values(part.leaves());
    walk(part, (tree, place) -> out.set(all + "[" + tree + "]", Sql.element(values, place)));
    return all;
  }

  /** What is done with the leaf that a loop has found. */
  private interface Found {
    void with(String tree, String place);
  }

  /** The tree as one expression. */
  String expression(int tree, IntFunction<String> leaf) {
    StringBuilder text = new StringBuilder();
    write(forest.root(tree), leaf, text);
    return text.toString();
  }

  private void write(int node, IntFunction<String> leaf, StringBuilder text) {
    if (forest.isLeaf(node)) {
      text.append(leaf.apply(node));
      return;
    }
    String x = row.get(forest.feature(node));
    // The server takes a constant without a type for one of the feature's.
    String t = "'" + forest.threshold(node) + "'";
    // NULL is not true: a missing value goes where ELSE leads.
    boolean right = missing && forest.missingLeft(node);
    text.append("(case when ").append(right ? Sql.least(x, t) : Sql.less(x, t)).append(" then ");
    write(forest.left(node) + (right ? 1 : 0), leaf, text);
    text.append(" else ");
    write(forest.left(node) + (right ? 0 : 1), leaf, text);
    text.append(" end)");
  }

  /** Each array stands there once: the server keeps several copies of what stands there. */
  private void walk(ForestPart part, Found then) {
    String tree = out.counter();
    String node = out.integer(Sql.integer(0));
    String split = out.integer(Sql.integer(0));
    String zero = Sql.integer(0);
    out.raw("for " + tree + " in 1.." + part.trees() + " loop");
    out.set(node, Sql.element(Sql.integers(part.roots()), tree));
    out.raw("loop");
    out.set(split, Sql.element(Sql.integers(part.splits()), node));
    out.raw("exit when " + Sql.less(split, zero) + ";");
    String threshold = Sql.element(Sql.reals(part.thresholds()), node);
    String left = Sql.less(array + "[" + split + "]", threshold);
    if (missing) {
      String byDefault = Sql.more(split, Sql.integer(row.size()));
      left = "coalesce(" + left + ", " + byDefault + ")";
    }
    String step = Sql.when(left, zero, Sql.integer(1));
    out.set(node, Sql.plus(Sql.element(Sql.integers(part.children()), node), step));
    out.raw("end loop;");
    then.with(tree, Sql.minus(zero, split));
    out.raw("end loop;");
  }

  private ForestPart part(int from, int to) {
    return new ForestPart(forest, missing, row.size(), from, to);
  }
}
