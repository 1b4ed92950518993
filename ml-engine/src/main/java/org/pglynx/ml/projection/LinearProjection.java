package org.pglynx.ml.projection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Dense;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;
import org.pglynx.ml.sql.SqlFunction;

/** Components that are linear in the features: {@code axes · (row − mean)}. */
final class LinearProjection extends StoredModel {
  private final double[] mean;
  private final double[] axes;
  private final double[] ratios;

  /**
   * A model.
   *
   * @param mean what is subtracted from each feature
   * @param axes components × features
   * @param ratios the share of the variance that each component explains; empty when that is not
   *     defined
   */
  LinearProjection(ModelInfo info, double[] mean, double[] axes, double[] ratios) {
    super(info);
    this.mean = mean;
    this.axes = axes;
    this.ratios = ratios;
  }

  @Override
  public float predict(float[] row, int offset) {
    return component(0, row, offset);
  }

  @Override
  public int outputCount() {
    return axes.length / mean.length;
  }

  @Override
  public void outputs(float[] row, int offset, float[] out, int outOffset) {
    for (int c = 0; c < outputCount(); c++) {
      out[outOffset + c] = component(c, row, offset);
    }
  }

  @Override
  public double[] explainedVarianceRatios() {
    return ratios.clone();
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 8L * (mean.length + axes.length + ratios.length);
  }

  /** The directions, component by component. */
  double[] axes() {
    return axes;
  }

  private float component(int c, float[] row, int offset) {
    double sum = 0;
    for (int j = 0, at = c * mean.length; j < mean.length; j++, at++) {
      sum += axes[at] * (row[offset + j] - mean[j]);
    }
    return (float) sum;
  }

  @Override
  public @Nullable String notInSql() {
    return Dense.tooLarge(axes.length);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    SqlBlock common = out.common();
    List<String> centred = new ArrayList<>();
    for (int j = 0; j < mean.length; j++) {
      centred.add(common.number(Sql.minus(row.get(j), Sql.number(mean[j]))));
    }
    double[] first = Arrays.copyOf(axes, mean.length);
    out.predict(components(first, out.value(), centred).getFirst());
    out.answer(components(axes, out.outputs(), centred));
  }

  private List<String> components(double[] some, SqlBlock out, List<String> centred) {
    double[] zeros = new double[some.length / mean.length];
    return new Dense(out).sums(some, zeros, centred).stream().map(Sql::toReal).toList();
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(mean);
    out.writeDoubles(axes);
    out.writeDoubles(ratios);
  }

  static LinearProjection read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] mean = in.readDoubles();
    double[] axes = in.readDoubles();
    double[] ratios = in.readDoubles();
    in.require(mean.length == info.features().size(), "its means");
    in.require(axes.length > 0 && axes.length % mean.length == 0, "its components");
    int components = axes.length / mean.length;
    in.require(ratios.length == 0 || ratios.length == components, "its ratios");
    return new LinearProjection(info, mean, axes, ratios);
  }
}
