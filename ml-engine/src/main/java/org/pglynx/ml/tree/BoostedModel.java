package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.LinkSql;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.FeatureImportance;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;
import org.pglynx.ml.sql.SqlFunction;

/**
 * Boosted trees: a start score per output, to which each tree of that output adds its leaf, in the
 * order of training. Leaves are floats that are added in float, which is how XGBoost adds; or they
 * have values in double precision besides, which are added in double, as LightGBM and scikit-learn
 * do.
 */
public final class BoostedModel extends StoredModel {
  private final Link link;
  private final boolean missing;
  private final double[] start;
  private final int[] firstTree;
  private final FlatForest forest;
  private final double[] leafValues;
  private final TreeScores scores;

  /**
   * A boosted model whose leaves are added in float.
   *
   * @param missing whether NaN features are served
   * @param start the score before the first tree, per output
   * @param firstTree the first tree of each output, and the number of trees behind them
   */
  public BoostedModel(
      ModelInfo info,
      Link link,
      boolean missing,
      double[] start,
      int[] firstTree,
      FlatForest forest) {
    this(info, link, missing, start, firstTree, forest, new double[0]);
  }

  /**
   * A boosted model.
   *
   * @param missing whether NaN features are served
   * @param start the score before the first tree, per output
   * @param firstTree the first tree of each output, and the number of trees behind them
   * @param leafValues the value of each leaf by its number, or none when they are the forest's
   */
  public BoostedModel(
      ModelInfo info,
      Link link,
      boolean missing,
      double[] start,
      int[] firstTree,
      FlatForest forest,
      double[] leafValues) {
    super(info);
    this.leafValues = leafValues;
    this.link = link;
    this.missing = missing;
    this.start = start;
    this.firstTree = firstTree;
    this.forest = forest;
    this.scores = new TreeScores(forest, start, firstTree, leafValues);
  }

  @Override
  public boolean acceptsMissing() {
    return missing;
  }

  @Override
  public boolean providesProbabilities() {
    return link.probabilities();
  }

  @Override
  public float predict(float[] row, int offset) {
    if (start.length == 1) {
      return link.predict(margin(0, row, offset));
    }
    float[] margins = new float[start.length];
    scores.scores(row, offset, featureCount(), margins, 0);
    return largest(margins, 0);
  }

  @Override
  public void predict(float[] rowMajor, int rows, float[] out) {
    int outputs = start.length;
    float[] margins = outputs == 1 ? out : new float[rows * outputs];
    scores.scores(rowMajor, rows, featureCount(), margins);
    for (int i = 0; i < rows; i++) {
      out[i] = outputs == 1 ? link.predict(margins[i]) : largest(margins, i * outputs);
    }
  }

  private int largest(float[] margins, int at) {
    int best = 0;
    for (int k = 1; k < start.length; k++) {
      best = margins[at + k] > margins[at + best] ? k : best;
    }
    return best;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (!link.probabilities()) {
      super.predictProba(row, offset, out, outOffset);
    } else if (start.length == 1) {
      Link.logistic(margin(0, row, offset), out, outOffset);
    } else {
      scores.scores(row, offset, featureCount(), out, outOffset);
      Link.softmax(out, outOffset, start.length);
    }
  }

  @Override
  public void predictProba(float[] rowMajor, int rows, float[] out) {
    if (!link.probabilities()) {
      super.predictProba(rowMajor, rows, out);
      return;
    }
    int outputs = start.length;
    float[] margins = outputs == 1 ? new float[rows] : out;
    scores.scores(rowMajor, rows, featureCount(), margins);
    for (int i = 0; i < rows; i++) {
      if (outputs == 1) {
        Link.logistic(margins[i], out, 2 * i);
      } else {
        Link.softmax(out, i * outputs, outputs);
      }
    }
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + forest.sizeBytes() + 8L * leafValues.length;
  }

  /** The score of one output before the link. */
  public float margin(int output, float[] row, int offset) {
    return scores.score(output, row, offset, featureCount());
  }

  @Override
  public int explainedScores() {
    return start.length;
  }

  @Override
  public void explain(float[] row, int offset, double[] out) {
    int width = featureCount() + 1;
    Arrays.fill(out, 0, start.length * width, 0);
    TreeShap shap = new TreeShap(forest, featureCount(), this::leafValue, row, offset, out);
    for (int k = 0; k < start.length; k++) {
      out[k * width + width - 1] = start[k];
      for (int tree = firstTree[k]; tree < firstTree[k + 1]; tree++) {
        shap.add(tree, k, 1, 1);
      }
    }
  }

  private double leafValue(int leaf, int score) {
    return leafValue(leaf);
  }

  /** What a leaf (a node number) adds. */
  public double leafValue(int leaf) {
    return leafValues.length == 0 ? forest.value(leaf) : leafValues[forest.leafNumber(leaf)];
  }

  @Override
  public List<FeatureImportance> importance() {
    return new SplitStatistics(forest, featureCount()).ofBoosting();
  }

  /** How scores become predictions. */
  public Link link() {
    return link;
  }

  /** The score of an output before its first tree. */
  public double start(int output) {
    return start[output];
  }

  /** The first tree of an output; of the number of outputs, the number of trees. */
  public int firstTree(int output) {
    return firstTree[output];
  }

  /** The trees. */
  public FlatForest forest() {
    return forest;
  }

  @Override
  public @Nullable String notInSql() {
    return ForestSql.tooLarge(forest) ? ForestSql.tooLargeText(forest) : null;
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    ForestSql trees = new ForestSql(forest, missing, row, out.common());
    List<String> scores = new ArrayList<>();
    for (int k = 0; k < start.length; k++) {
      scores.add(writeMargin(k, trees, out.common()));
    }
    LinkSql sql = new LinkSql(link);
    if (scores.size() == 1) {
      sql.ofOne(scores.getFirst(), out);
    } else {
      sql.ofMany(scores, scores, out);
    }
  }

  private String writeMargin(int output, ForestSql trees, SqlBlock out) {
    int from = firstTree[output];
    int to = firstTree[output + 1];
    if (leafValues.length == 0) {
      return trees.sum((float) start[output], from, to);
    }
    String sum =
        trees.sum(
            start[output],
            from,
            to,
            leaf -> Sql.number(leafValues[forest.leafNumber(leaf)]),
            leaves ->
                Sql.numbers(
                    Arrays.stream(leaves)
                        .mapToDouble(leaf -> leafValues[forest.leafNumber(leaf)])
                        .toArray()));
    return out.real(Sql.toReal(sum));
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeByte(link.ordinal());
    out.writeByte(missing ? 1 : 0);
    out.writeDoubles(start);
    out.writeInts(firstTree);
    out.writeDoubles(leafValues);
    forest.write(out);
  }

  static BoostedModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    Link link = in.readConstant(Link.values());
    boolean missing = in.readByte() == 1;
    double[] start = in.readDoubles();
    int[] firstTree = in.readInts();
    double[] leafValues = in.readDoubles();
    int leaves = leafValues.length == 0 ? Integer.MAX_VALUE : leafValues.length;
    FlatForest forest = FlatForest.read(in, info.features().size(), leaves);
    link.requireOutputs(in, info, start.length);
    in.require(firstTree.length == start.length + 1 && firstTree[0] == 0, "tree groups");
    for (int k = 0; k < start.length; k++) {
      in.require(firstTree[k] <= firstTree[k + 1], "tree groups");
    }
    in.require(firstTree[start.length] == forest.treeCount(), "tree groups");
    return new BoostedModel(info, link, missing, start, firstTree, forest, leafValues);
  }
}
