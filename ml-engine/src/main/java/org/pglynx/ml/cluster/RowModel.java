package org.pglynx.ml.cluster;

import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * Rows, each of a group; a new row belongs to the group of the nearest one, or to none (−1, noise)
 * when none is near enough.
 */
final class RowModel extends StoredModel {
  /** The group of rows that belong to no group. */
  static final int NOISE = -1;

  private final float[] rows;
  private final int[] groups;
  private final double radius;
  private final KdTree tree;

  /**
   * A model.
   *
   * @param rows row-major features
   * @param groups the group of each row, perhaps {@link #NOISE}
   * @param radius how far a row's group reaches
   */
  RowModel(ModelInfo info, float[] rows, int[] groups, double radius) {
    super(info);
    this.rows = rows;
    this.groups = groups;
    this.radius = radius;
    this.tree = new KdTree(rows, info.features().size(), () -> {});
  }

  @Override
  public float predict(float[] row, int offset) {
    int nearest = tree.nearest(row, offset, radius * radius);
    return nearest < 0 ? NOISE : groups[nearest];
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + 4L * rows.length + 12L * groups.length;
  }

  @Override
  public @Nullable String notInSql() {
    return "it compares each row with all rows that it learnt";
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(new double[] {radius});
    out.writeFloats(rows);
    out.writeInts(groups);
  }

  static RowModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] radius = in.readDoubles();
    float[] rows = in.readFloats();
    int[] groups = in.readInts();
    in.require(radius.length == 1 && radius[0] >= 0, "its radius");
    in.require(rows.length == (long) groups.length * info.features().size(), "its rows");
    for (float value : rows) {
      in.require(Float.isFinite(value), "a number of a row");
    }
    return new RowModel(info, rows, groups, radius[0]);
  }
}
