package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.FeatureImportance;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;
import org.pglynx.ml.sql.SqlFunction;

/**
 * A forest whose trees are averaged: their values for regression and two classes (the share of
 * class 1), their class distributions for more.
 */
final class AveragedForestModel extends StoredModel {
  /** Shares of classes that a function in SQL holds. */
  private static final int MAX_SHARES = 4_000_000;

  private final FlatForest forest;
  private final float[] distributions;

  /**
   * A forest.
   *
   * @param distributions leaves × classes shares for more than two classes, else empty
   */
  AveragedForestModel(ModelInfo info, FlatForest forest, float[] distributions) {
    super(info);
    this.forest = forest;
    this.distributions = distributions;
  }

  @Override
  public float predict(float[] row, int offset) {
    if (task() == Task.REGRESSION) {
      return (float) mean(row, offset);
    }
    if (distributions.length == 0) {
      return mean(row, offset) > 0.5 ? 1 : 0;
    }
    double[] shares = shares(row, offset);
    return largest(shares, 0, shares.length);
  }

  private static int largest(double[] shares, int at, int classes) {
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = shares[at + k] > shares[at + best] ? k : best;
    }
    return best;
  }

  @Override
  public void predict(float[] rowMajor, int rows, float[] out) {
    if (distributions.length > 0) {
      int classes = classes().count();
      double[] shares = sharesOfRows(rowMajor, rows);
      for (int i = 0; i < rows; i++) {
        out[i] = largest(shares, i * classes, classes);
      }
      return;
    }
    double[] means = means(rowMajor, rows);
    for (int i = 0; i < rows; i++) {
      out[i] = task() == Task.REGRESSION ? (float) means[i] : means[i] > 0.5 ? 1 : 0;
    }
  }

  @Override
  public void predictProba(float[] rowMajor, int rows, float[] out) {
    if (task() == Task.REGRESSION) {
      super.predictProba(rowMajor, rows, out);
    } else if (distributions.length > 0) {
      double[] shares = sharesOfRows(rowMajor, rows);
      for (int i = 0; i < shares.length; i++) {
        out[i] = (float) shares[i];
      }
    } else {
      double[] means = means(rowMajor, rows);
      for (int i = 0; i < rows; i++) {
        out[2 * i] = (float) (1 - means[i]);
        out[2 * i + 1] = (float) means[i];
      }
    }
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (task() == Task.REGRESSION) {
      super.predictProba(row, offset, out, outOffset);
    } else if (distributions.length == 0) {
      double share = mean(row, offset);
      out[outOffset] = (float) (1 - share);
      out[outOffset + 1] = (float) share;
    } else {
      double[] shares = shares(row, offset);
      for (int k = 0; k < shares.length; k++) {
        out[outOffset + k] = (float) shares[k];
      }
    }
  }

  @Override
  public int explainedScores() {
    return distributions.length == 0 ? 1 : classes().count();
  }

  @Override
  public void explain(float[] row, int offset, double[] out) {
    int scores = explainedScores();
    Arrays.fill(out, 0, scores * (featureCount() + 1), 0);
    TreeShap shap = new TreeShap(forest, featureCount(), this::leafValue, row, offset, out);
    int trees = forest.treeCount();
    for (int tree = 0; tree < trees; tree++) {
      shap.add(tree, 0, scores, 1.0 / trees);
    }
  }

  private double leafValue(int leaf, int score) {
    return distributions.length == 0
        ? forest.value(leaf)
        : distributions[forest.leafNumber(leaf) * classes().count() + score];
  }

  @Override
  public List<FeatureImportance> importance() {
    return new SplitStatistics(forest, featureCount()).ofForest();
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + forest.sizeBytes() + 4L * distributions.length;
  }

  private double mean(float[] row, int offset) {
    TreeWalk walk = forest.walk();
    int[] keys = walk.row(row, offset, featureCount());
    int[] leaves = new int[TreeWalk.LANES];
    double sum = 0;
    int trees = forest.treeCount();
    for (int tree = 0; tree < trees; ) {
      int next = walk.next(tree, trees, keys, leaves);
      for (int i = 0; i < next - tree; i++) {
        sum += forest.value(leaves[i]);
      }
      tree = next;
    }
    return sum / trees;
  }

  private double[] means(float[] rowMajor, int rows) {
    double[] means = new double[rows];
    forest
        .walk()
        .rows(
            rowMajor,
            rows,
            featureCount(),
            (tree, first, count, leaves) -> forest.addValues(leaves, count, means, first));
    divide(means);
    return means;
  }

  private double[] shares(float[] row, int offset) {
    double[] shares = new double[classes().count()];
    TreeWalk walk = forest.walk();
    int[] keys = walk.row(row, offset, featureCount());
    int[] leaves = new int[TreeWalk.LANES];
    int trees = forest.treeCount();
    for (int tree = 0; tree < trees; ) {
      int next = walk.next(tree, trees, keys, leaves);
      for (int i = 0; i < next - tree; i++) {
        addShares(leaves[i], shares, 0);
      }
      tree = next;
    }
    divide(shares);
    return shares;
  }

  private double[] sharesOfRows(float[] rowMajor, int rows) {
    int classes = classes().count();
    double[] shares = new double[rows * classes];
    forest
        .walk()
        .rows(
            rowMajor,
            rows,
            featureCount(),
            (tree, first, count, leaves) -> {
              for (int i = 0; i < count; i++) {
                addShares(leaves[i], shares, (first + i) * classes);
              }
            });
    divide(shares);
    return shares;
  }

  private void addShares(int leaf, double[] shares, int at) {
    int classes = classes().count();
    int from = forest.leafNumber(leaf) * classes;
    for (int k = 0; k < classes; k++) {
      shares[at + k] += distributions[from + k];
    }
  }

  private void divide(double[] sums) {
    int trees = forest.treeCount();
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= trees;
    }
  }

  @Override
  public @Nullable String notInSql() {
    return ForestSql.tooLarge(forest) || distributions.length > MAX_SHARES
        ? ForestSql.tooLargeText(forest)
        : null;
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    ForestSql trees = new ForestSql(forest, false, row, out.common());
    String count = Sql.number(forest.treeCount());
    if (distributions.length > 0) {
      writeShares(trees, count, out);
      return;
    }
    String sum = trees.sum(0.0, 0, forest.treeCount(), trees::value, trees::values);
    String mean = out.common().number(Sql.over(sum, count));
    if (task() == Task.REGRESSION) {
      out.predict(Sql.toReal(mean));
      return;
    }
    out.predict(Sql.when(Sql.more(mean, Sql.number(0.5)), Sql.real(1), Sql.real(0)));
    String other = out.outputs().number(Sql.minus(Sql.number(1), mean));
    out.answer(List.of(Sql.toReal(other), Sql.toReal(mean)));
  }

  private void writeShares(ForestSql trees, String count, SqlFunction out) {
    SqlBlock common = out.common();
    int classes = classes().count();
    List<String> sums = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      sums.add(common.number(Sql.number(0)));
    }
    trees.each((leaves, place) -> {
      for (int k = 0; k < classes; k++) {
        String share = Sql.element(Sql.reals(ofClass(k, leaves)), place);
        common.set(sums.get(k), Sql.plus(sums.get(k), share));
      }
    });
    List<String> shares = sums.stream().map(sum -> common.number(Sql.over(sum, count))).toList();
    out.predict(out.value().indexOfLargest(shares));
    out.answer(shares.stream().map(Sql::toReal).toList());
  }

  private float[] ofClass(int k, int[] leaves) {
    float[] shares = new float[leaves.length];
    for (int i = 0; i < leaves.length; i++) {
      shares[i] = distributions[forest.leafNumber(leaves[i]) * classes().count() + k];
    }
    return shares;
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeFloats(distributions);
    forest.write(out);
  }

  static AveragedForestModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    float[] distributions = in.readFloats();
    int classes = info.classes().count();
    boolean shared = classes > 2;
    in.require(shared == distributions.length > 0, "class distributions");
    in.require(!shared || distributions.length % classes == 0, "class distributions");
    int leaves = shared ? distributions.length / classes : Integer.MAX_VALUE;
    FlatForest forest = FlatForest.read(in, info.features().size(), leaves);
    in.require(forest.treeCount() > 0, "a forest without trees");
    return new AveragedForestModel(info, forest, distributions);
  }
}
