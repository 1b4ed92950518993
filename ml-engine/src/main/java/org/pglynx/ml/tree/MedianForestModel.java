package org.pglynx.ml.tree;

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
import org.pglynx.ml.sql.SqlFunction;

/** Trees of which the weighted median is the answer. A prediction allocates a number per tree. */
final class MedianForestModel extends StoredModel {
  private final FlatForest forest;
  private final double[] weights;

  MedianForestModel(ModelInfo info, FlatForest forest, double[] weights) {
    super(info);
    this.forest = forest;
    this.weights = weights;
  }

  @Override
  public float predict(float[] row, int offset) {
    long[] order = new long[weights.length];
    double total = 0;
    for (int tree = 0; tree < order.length; tree++) {
      float value = forest.value(forest.leaf(tree, row, offset));
      order[tree] = sortable(value) << 32 | tree;
      total += weights[tree];
    }
    Arrays.sort(order);
    double sum = 0;
    for (long each : order) {
      int tree = (int) each;
      sum += weights[tree];
      if (sum >= total / 2) {
        return forest.value(forest.leaf(tree, row, offset));
      }
    }
    return forest.value(forest.leaf((int) order[order.length - 1], row, offset));
  }

  /** A number that is ordered as the float is. */
  private static long sortable(float value) {
    int bits = Float.floatToIntBits(value);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  @Override
  public List<FeatureImportance> importance() {
    return new SplitStatistics(forest, featureCount()).ofForest();
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + forest.sizeBytes() + 8L * weights.length;
  }

  @Override
  public @Nullable String notInSql() {
    return ForestSql.tooLarge(forest) ? ForestSql.tooLargeText(forest) : null;
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    ForestSql trees = new ForestSql(forest, false, row, out.value());
    String values = trees.all();
    out.predict("pgml._weighted_median(" + values + ", " + Sql.numbers(weights) + ")");
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(weights);
    forest.write(out);
  }

  static MedianForestModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] weights = in.readDoubles();
    FlatForest forest = FlatForest.read(in, info.features().size(), Integer.MAX_VALUE);
    in.require(info.task() == Task.REGRESSION, "a median of classes");
    in.require(forest.treeCount() > 0 && forest.treeCount() == weights.length, "its weights");
    return new MedianForestModel(info, forest, weights);
  }
}
