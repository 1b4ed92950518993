package org.pglynx.ml.linear;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FeatureMoments;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.LinkSql;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.FeatureImportance;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Dense;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlFunction;

/** One or more weighted sums of the features, in double precision, and a link. */
public final class LinearModel extends StoredModel {
  private final Link link;
  private final double[] weights;
  private final double[] intercepts;
  private final FeatureMoments moments;

  /**
   * A linear model.
   *
   * @param weights outputs × features
   * @param intercepts one per output
   */
  public LinearModel(ModelInfo info, Link link, double[] weights, double[] intercepts) {
    this(info, link, weights, intercepts, FeatureMoments.UNKNOWN);
  }

  private LinearModel(
      ModelInfo info, Link link, double[] weights, double[] intercepts, FeatureMoments moments) {
    super(info);
    this.moments = moments;
    this.link = link;
    this.weights = weights;
    this.intercepts = intercepts;
  }

  /**
   * The model that a fit has found.
   *
   * @throws MlException of kind BAD_DATA when numbers went beyond what double precision can hold
   */
  public static LinearModel fitted(
      ModelInfo info, Link link, double[] weights, double[] intercepts) {
    if (!allFinite(weights) || !allFinite(intercepts)) {
      throw new MlException(
          MlException.Kind.BAD_DATA,
          "training with algorithm \"%s\" overflowed".formatted(info.algorithm()),
          "Scale the features, for instance to mean 0 and standard deviation 1, and look at the"
              + " size of the labels.");
    }
    return new LinearModel(info, link, weights, intercepts);
  }

  private static boolean allFinite(double[] numbers) {
    return Arrays.stream(numbers).allMatch(Double::isFinite);
  }

  /** The weights, outputs × features. */
  public double[] weights() {
    return weights.clone();
  }

  /** The intercept of each output. */
  public double[] intercepts() {
    return intercepts.clone();
  }

  @Override
  public boolean providesProbabilities() {
    return link.probabilities();
  }

  @Override
  public float predict(float[] row, int offset) {
    if (intercepts.length == 1) {
      return link.predict((float) score(0, row, offset));
    }
    int best = 0;
    double max = score(0, row, offset);
    for (int k = 1; k < intercepts.length; k++) {
      double score = score(k, row, offset);
      if (score > max) {
        max = score;
        best = k;
      }
    }
    return best;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    if (!link.probabilities()) {
      super.predictProba(row, offset, out, outOffset);
      return;
    }
    for (int k = 0; k < intercepts.length; k++) {
      out[outOffset + k] = (float) score(k, row, offset);
    }
    link.toProbabilities(out, outOffset, classes().count());
  }

  @Override
  public StoredModel describedBy(TrainingTable table) {
    return new LinearModel(info(), link, weights, intercepts, FeatureMoments.of(table));
  }

  @Override
  public int explainedScores() {
    return moments.known() ? intercepts.length : 0;
  }

  /** The SHAP values of a linear model: how far each feature is from its mean, times its weight. */
  @Override
  public void explain(float[] row, int offset, double[] out) {
    if (!moments.known()) {
      super.explain(row, offset, out);
    }
    int p = featureCount();
    for (int k = 0; k < intercepts.length; k++) {
      int at = k * (p + 1);
      double bias = intercepts[k];
      for (int j = 0; j < p; j++) {
        double weight = weights[k * p + j];
        double mean = moments.means()[j];
        out[at + j] = weight * (row[offset + j] - mean);
        bias += weight * mean;
      }
      out[at + p] = bias;
    }
  }

  /** The absolute weight of each feature times its standard deviation, averaged over scores. */
  @Override
  public List<FeatureImportance> importance() {
    if (!moments.known()) {
      return super.importance();
    }
    double[] values = new double[featureCount()];
    for (int i = 0; i < weights.length; i++) {
      int j = i % values.length;
      values[j] += Math.abs(weights[i]) * moments.deviations()[j] / intercepts.length;
    }
    return List.of(new FeatureImportance("coefficient", values));
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes()
        + 8L * (weights.length + intercepts.length + 2L * moments.means().length);
  }

  private double score(int output, float[] row, int offset) {
    int p = featureCount();
    int w = output * p;
    double sum = intercepts[output];
    for (int j = 0; j < p; j++) {
      sum += weights[w + j] * row[offset + j];
    }
    return sum;
  }

  @Override
  public @Nullable String notInSql() {
    return Dense.tooLarge(weights.length);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    List<String> sums = new Dense(out.common()).sums(weights, intercepts, row);
    List<String> scores = sums.stream().map(sum -> out.common().real(Sql.toReal(sum))).toList();
    LinkSql sql = new LinkSql(link);
    if (scores.size() == 1) {
      sql.ofOne(scores.getFirst(), out);
    } else {
      sql.ofMany(sums, scores, out);
    }
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeByte(link.ordinal());
    out.writeDoubles(weights);
    out.writeDoubles(intercepts);
    moments.write(out);
  }

  static LinearModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    Link link = in.readConstant(Link.values());
    double[] weights = in.readDoubles();
    double[] intercepts = in.readDoubles();
    in.require(
        weights.length == (long) intercepts.length * info.features().size(), "weights are missing");
    link.requireOutputs(in, info, intercepts.length);
    FeatureMoments moments = FeatureMoments.read(in, info.features().size());
    return new LinearModel(info, link, weights, intercepts, moments);
  }
}
