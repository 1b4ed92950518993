package org.pglynx.ml.bayes;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ClassScores;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Dense;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlFunction;

/**
 * A weighted sum of the features for each class: the logarithm of the class's probability, but for
 * what all classes share. Features may be cut to 0 and 1 at a threshold first.
 */
public final class LinearScores extends ClassScores {
  private final double[] weights;
  private final double[] intercepts;
  private final float threshold;

  private LinearScores(ModelInfo info, double[] weights, double[] intercepts, float threshold) {
    super(info);
    this.weights = weights;
    this.intercepts = intercepts;
    this.threshold = threshold;
  }

  /**
   * A model of features as they are.
   *
   * @param weights classes × features
   */
  public static LinearScores of(ModelInfo info, double[] weights, double[] intercepts) {
    return new LinearScores(info, weights, intercepts, Float.NaN);
  }

  /** A model of features that are 1 above the threshold, else 0. */
  static LinearScores ofBinary(
      ModelInfo info, double[] weights, double[] intercepts, float threshold) {
    return new LinearScores(info, weights, intercepts, threshold);
  }

  @Override
  protected double score(int c, float[] row, int offset) {
    int p = featureCount();
    double sum = intercepts[c];
    boolean binary = !Float.isNaN(threshold);
    for (int j = 0, at = c * p; j < p; j++, at++) {
      float value = row[offset + j];
      sum += weights[at] * (binary ? (value > threshold ? 1 : 0) : value);
    }
    return sum;
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 8L * (weights.length + intercepts.length);
  }

  @Override
  public @Nullable String notInSql() {
    return Dense.tooLarge(weights.length);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    List<String> values = row;
    if (!Float.isNaN(threshold)) {
      String zero = Sql.number(0);
      String one = Sql.number(1);
      values =
          row.stream()
              .map(x -> out.common().number(Sql.when(Sql.more(x, Sql.real(threshold)), one, zero)))
              .toList();
    }
    List<String> scores = new Dense(out.common()).sums(weights, intercepts, values);
    writeAnswer(out, scores);
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(weights);
    out.writeDoubles(intercepts);
    out.writeFloats(new float[] {threshold});
  }

  static LinearScores read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] weights = in.readDoubles();
    double[] intercepts = in.readDoubles();
    float[] threshold = in.readFloats();
    int classes = info.classes().count();
    in.require(info.task() == Task.CLASSIFICATION && intercepts.length == classes, "its classes");
    in.require(weights.length == (long) classes * info.features().size(), "weights are missing");
    in.require(threshold.length == 1, "a threshold");
    return new LinearScores(info, weights, intercepts, threshold[0]);
  }
}
