package org.pglynx.ml.cluster;

import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * Centres, each of a group; a row belongs to the group of the nearest one by Euclidean distance,
 * and of equally near ones to the first. Several centres may stand for one group (birch).
 */
final class CentreModel extends StoredModel {
  private final double[] centres;
  private final int[] groups;

  /**
   * A model.
   *
   * @param centres centres × features
   * @param groups the group of each centre
   */
  CentreModel(ModelInfo info, double[] centres, int[] groups) {
    super(info);
    this.centres = centres;
    this.groups = groups;
  }

  /** A model in which each centre is a group of its own. */
  static CentreModel numbered(ModelInfo info, double[] centres) {
    int[] groups = new int[centres.length / info.features().size()];
    for (int c = 0; c < groups.length; c++) {
      groups[c] = c;
    }
    return new CentreModel(info, centres, groups);
  }

  @Override
  public float predict(float[] row, int offset) {
    return groups[Distances.nearest(row, offset, centres, featureCount())];
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
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeDoubles(centres);
    out.writeInts(groups);
  }

  static CentreModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    double[] centres = in.readDoubles();
    int[] groups = in.readInts();
    in.require(groups.length > 0, "no centres");
    in.require(centres.length == (long) groups.length * info.features().size(), "its centres");
    return new CentreModel(info, centres, groups);
  }
}
