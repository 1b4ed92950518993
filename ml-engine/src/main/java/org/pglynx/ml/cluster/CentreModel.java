package org.pglynx.ml.cluster;

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
import org.pglynx.ml.sql.SqlFunction;

/**
 * Centres, each of a group; a row belongs to the group of the nearest one by Euclidean distance,
 * and of equally near ones to the first. Several centres may stand for one group (birch), and a row
 * that is far from all of them may belong to none (mean_shift).
 */
final class CentreModel extends StoredModel {
  private final double[] centres;
  private final int[] groups;
  private final double radius;

  /**
   * A model.
   *
   * @param centres centres × features
   * @param groups the group of each centre
   * @param radius a row that is farther from all centres is noise
   */
  CentreModel(ModelInfo info, double[] centres, int[] groups, double radius) {
    super(info);
    this.centres = centres;
    this.groups = groups;
    this.radius = radius;
  }

  /** A model in which each centre is a group of its own. */
  static CentreModel numbered(ModelInfo info, double[] centres) {
    return numbered(info, centres, Double.POSITIVE_INFINITY);
  }

  /** The same with a radius beyond which rows are noise. */
  static CentreModel numbered(ModelInfo info, double[] centres, double radius) {
    int[] groups = new int[centres.length / info.features().size()];
    for (int c = 0; c < groups.length; c++) {
      groups[c] = c;
    }
    return new CentreModel(info, centres, groups, radius);
  }

  @Override
  public float predict(float[] row, int offset) {
    int width = featureCount();
    int nearest = Distances.nearest(row, offset, centres, width);
    boolean near =
        radius == Double.POSITIVE_INFINITY
            || Distances.squared(row, offset, centres, nearest * width, width) <= radius * radius;
    return near ? groups[nearest] : RowModel.NOISE;
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 8L * centres.length + 4L * groups.length;
  }

  /** The centres, row by row. */
  double[] centres() {
    return centres;
  }

  @Override
  public @Nullable String notInSql() {
    return Dense.tooLarge(centres.length);
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    List<String> distances = new Dense(out.value()).squaredDistances(centres, row);
    List<String> results = Arrays.stream(groups).mapToObj(Sql::real).toList();
    String nearest = out.value().ofSmallest(distances, results);
    if (radius != Double.POSITIVE_INFINITY) {
      String near = Sql.most(Sql.smallest(distances), Sql.number(radius * radius));
      nearest = Sql.when(near, nearest, Sql.real(RowModel.NOISE));
    }
    out.predict(nearest);
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(centres);
    out.writeInts(groups);
    out.writeDoubles(new double[] {radius});
  }

  static CentreModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] centres = in.readDoubles();
    int[] groups = in.readInts();
    double[] radius = in.readDoubles();
    in.require(radius.length == 1 && radius[0] >= 0, "its radius");
    in.require(groups.length > 0, "no centres");
    in.require(centres.length == (long) groups.length * info.features().size(), "its centres");
    return new CentreModel(info, centres, groups, radius[0]);
  }
}
