package org.pglynx.ml.cluster;

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

/** Groups of features; the components of a row are the means of its features of each group. */
final class PooledModel extends StoredModel {
  private final int[] groups;
  private final double[] ratios;
  private final int[] order;
  private final int[] ends;

  /**
   * A model.
   *
   * @param groups the group of each feature, none without a feature
   * @param ratios the share of the variance that each group's mean explains
   */
  PooledModel(ModelInfo info, int[] groups, double[] ratios) {
    super(info);
    this.groups = groups;
    this.ratios = ratios;
    this.ends = new int[ratios.length];
    this.order = new int[groups.length];
    for (int group : groups) {
      ends[group]++;
    }
    for (int g = 1; g < ends.length; g++) {
      ends[g] += ends[g - 1];
    }
    int[] free = ends.clone();
    for (int j = groups.length - 1; j >= 0; j--) {
      order[--free[groups[j]]] = j;
    }
  }

  @Override
  public float predict(float[] row, int offset) {
    return mean(0, row, offset);
  }

  @Override
  public int outputCount() {
    return ends.length;
  }

  @Override
  public void outputs(float[] row, int offset, float[] out, int outOffset) {
    for (int g = 0; g < ends.length; g++) {
      out[outOffset + g] = mean(g, row, offset);
    }
  }

  @Override
  public double[] explainedVarianceRatios() {
    return ratios.clone();
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 8L * groups.length + 12L * ratios.length;
  }

  /** The group of each feature. */
  int[] groups() {
    return groups;
  }

  private float mean(int group, float[] row, int offset) {
    int from = group == 0 ? 0 : ends[group - 1];
    double sum = 0;
    for (int i = from; i < ends[group]; i++) {
      sum += row[offset + order[i]];
    }
    return (float) (sum / (ends[group] - from));
  }

  @Override
  public @Nullable String notInSql() {
    return Dense.tooLarge(groups.length);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    out.predict(writeMean(0, out.value(), row));
    List<String> means = new ArrayList<>();
    for (int g = 0; g < ends.length; g++) {
      means.add(writeMean(g, out.outputs(), row));
    }
    out.answer(means);
  }

  private String writeMean(int group, SqlBlock out, List<String> row) {
    int from = group == 0 ? 0 : ends[group - 1];
    String sum = out.number(Sql.number(0));
    out.add(sum, Arrays.stream(order, from, ends[group]).mapToObj(row::get).toList());
    return Sql.toReal(out.number(Sql.over(sum, Sql.number(ends[group] - from))));
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeInts(groups);
    out.writeDoubles(ratios);
  }

  static PooledModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    int[] groups = in.readInts();
    double[] ratios = in.readDoubles();
    in.require(groups.length == info.features().size(), "its features");
    int count = ratios.length;
    in.require(Arrays.stream(groups).allMatch(g -> g >= 0 && g < count), "the group of a feature");
    in.require(Arrays.stream(groups).distinct().count() == count, "a group without features");
    return new PooledModel(info, groups, ratios);
  }
}
