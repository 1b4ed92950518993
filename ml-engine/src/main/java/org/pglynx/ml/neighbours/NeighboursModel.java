package org.pglynx.ml.neighbours;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * Exact k nearest neighbours; among equal distances the earlier row wins. Many rows of few features
 * are found through a tree, others by looking at each. A prediction allocates two arrays of k
 * numbers.
 */
final class NeighboursModel extends StoredModel {
  /** How neighbours vote. */
  enum Weighting {
    /** All alike. */
    UNIFORM,
    /** By the inverse of their distance; neighbours at distance 0 outvote all others. */
    DISTANCE
  }

  private static final int LEAST_TREE_ROWS = 500;
  private static final int MOST_TREE_FEATURES = 20;

  private final int k;
  private final Weighting weighting;
  private final Metric metric;
  private final float[] rows;
  private final double[] labels;
  private final @Nullable KdTree tree;

  /**
   * A model that remembers its training rows.
   *
   * @param rows row-major features
   * @param labels values, or class indexes
   */
  NeighboursModel(
      ModelInfo info, int k, Weighting weighting, Metric metric, float[] rows, double[] labels) {
    super(info);
    this.k = k;
    this.weighting = weighting;
    this.rows = rows;
    this.labels = labels;
    this.metric = metric;
    int width = info.features().size();
    boolean worth =
        metric.separable() && labels.length >= LEAST_TREE_ROWS && width <= MOST_TREE_FEATURES;
    this.tree = worth ? new KdTree(metric, rows, labels.length, width) : null;
  }

  @Override
  public float predict(float[] row, int offset) {
    Nearest nearest = search(row, offset);
    if (task() == Task.REGRESSION) {
      return (float) weightedMean(nearest);
    }
    double[] votes = votes(nearest, classes().count());
    int best = 0;
    for (int c = 1; c < votes.length; c++) {
      best = votes[c] > votes[best] ? c : best;
    }
    return best;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (task() == Task.REGRESSION) {
      super.predictProba(row, offset, out, outOffset);
      return;
    }
    double[] votes = votes(search(row, offset), classes().count());
    double total = Arrays.stream(votes).sum();
    for (int c = 0; c < votes.length; c++) {
      out[outOffset + c] = (float) (votes[c] / total);
    }
  }

  @Override
  public long sizeBytes() {
    long index = tree == null ? 0 : tree.sizeBytes();
    return info().sizeBytes() + 4L * rows.length + 8L * labels.length + index;
  }

  private Nearest search(float[] row, int offset) {
    Nearest nearest = new Nearest(k);
    if (tree != null) {
      tree.search(row, offset, nearest);
      return nearest;
    }
    int p = featureCount();
    for (int i = 0, at = 0; i < labels.length; i++, at += p) {
      nearest.offer(metric.between(rows, at, row, offset, p, nearest.worst()), i);
    }
    return nearest;
  }

  private double weightedMean(Nearest nearest) {
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < nearest.count(); i++) {
      double w = weight(nearest, i);
      sum += w * labels[nearest.row(i)];
      weights += w;
    }
    return sum / weights;
  }

  private double[] votes(Nearest nearest, int classes) {
    double[] votes = new double[classes];
    for (int i = 0; i < nearest.count(); i++) {
      votes[(int) labels[nearest.row(i)]] += weight(nearest, i);
    }
    return votes;
  }

  /** By distance relative to the nearest, whose inverse cannot overflow. */
  private double weight(Nearest nearest, int i) {
    double least = nearest.distance(0);
    return switch (weighting) {
      case UNIFORM -> 1;
      case DISTANCE ->
          least == 0
              ? (nearest.distance(i) == 0 ? 1 : 0)
              : metric.distance(least) / metric.distance(nearest.distance(i));
    };
  }

  @Override
  public @Nullable String notInSql() {
    return "it compares each row with all rows that it learnt";
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeInt(k);
    out.writeByte(weighting.ordinal());
    out.writeByte(metric.kind().ordinal());
    out.writeDoubles(new double[] {metric.power()});
    out.writeFloats(rows);
    out.writeDoubles(labels);
  }

  static NeighboursModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    int k = in.readInt();
    Weighting weighting = in.readConstant(Weighting.values());
    Metric.Kind kind = in.readConstant(Metric.Kind.values());
    double[] power = in.readDoubles();
    float[] rows = in.readFloats();
    double[] labels = in.readDoubles();
    in.require(rows.length == (long) labels.length * info.features().size(), "rows are missing");
    in.require(power.length == 1 && power[0] >= 0 && power[0] <= 100, "a metric");
    in.require(k > 0 && k <= labels.length, "k = " + k);
    if (info.task() == Task.CLASSIFICATION) {
      int classes = info.classes().count();
      in.require(Arrays.stream(labels).allMatch(y -> y >= 0 && y < classes), "a class index");
    }
    return new NeighboursModel(info, k, weighting, new Metric(kind, power[0]), rows, labels);
  }
}
