package org.pglynx.ml.cluster;

import java.util.List;
import java.util.stream.IntStream;
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

/**
 * Groups of rows by where singular vectors put them: the group of the centre nearest to the row's
 * products with some axes, which may be divided by the sum of the row.
 */
final class BiclusterModel extends StoredModel {
  private final double shift;
  private final boolean bySum;
  private final double[] axes;
  private final double[] centres;

  /**
   * A model.
   *
   * @param shift added to each feature
   * @param bySum whether a row is divided by its sum
   * @param axes axes × features
   * @param centres groups × axes
   */
  BiclusterModel(ModelInfo info, double shift, boolean bySum, double[] axes, double[] centres) {
    super(info);
    this.shift = shift;
    this.bySum = bySum;
    this.axes = axes;
    this.centres = centres;
  }

  @Override
  public float predict(float[] row, int offset) {
    int width = featureCount();
    int count = axes.length / width;
    double factor = bySum ? inverseSum(row, offset) : 1;
    double[] place = new double[count];
    for (int c = 0; c < count; c++) {
      double sum = 0;
      for (int j = 0; j < width; j++) {
        sum += (row[offset + j] + shift) * axes[c * width + j];
      }
      place[c] = sum * factor;
    }
    return nearest(place);
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 8L * (axes.length + centres.length);
  }

  private int nearest(double[] place) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int at = 0; at < centres.length; at += place.length) {
      double d = Distances.squared(place, 0, centres, at, place.length);
      if (d < least) {
        least = d;
        best = at / place.length;
      }
    }
    return best;
  }

  /** A row without a sum lies at the origin. */
  private double inverseSum(float[] row, int offset) {
    double sum = 0;
    for (int j = 0; j < featureCount(); j++) {
      sum += row[offset + j] + shift;
    }
    return sum > 0 ? 1 / sum : 0;
  }

  @Override
  public @Nullable String notInSql() {
    return Dense.tooLarge(axes.length + (long) centres.length);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    SqlBlock block = out.value();
    List<String> shifted =
        row.stream().map(x -> block.number(Sql.plus(x, Sql.number(shift)))).toList();
    int count = axes.length / row.size();
    List<String> place = new Dense(block).sums(axes, new double[count], shifted);
    if (bySum) {
      String sum = block.number(Sql.number(0));
      block.add(sum, shifted);
      String inverse = Sql.over(Sql.number(1), sum);
      String factor = block.number(Sql.when(Sql.more(sum, Sql.number(0)), inverse, Sql.number(0)));
      place = place.stream().map(p -> block.number(Sql.times(p, factor))).toList();
    }
    List<String> distances = new Dense(block).squaredDistances(centres, place);
    List<String> results = IntStream.range(0, distances.size()).mapToObj(Sql::real).toList();
    out.predict(block.ofSmallest(distances, results));
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(new double[] {shift});
    out.writeByte(bySum ? 1 : 0);
    out.writeDoubles(axes);
    out.writeDoubles(centres);
  }

  static BiclusterModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] shift = in.readDoubles();
    boolean bySum = in.readByte() != 0;
    double[] axes = in.readDoubles();
    double[] centres = in.readDoubles();
    int width = info.features().size();
    in.require(shift.length == 1, "its shift");
    in.require(axes.length > 0 && axes.length % width == 0, "its axes");
    int count = axes.length / width;
    in.require(centres.length > 0 && centres.length % count == 0, "its centres");
    return new BiclusterModel(info, shift[0], bySum, axes, centres);
  }
}
