package org.pglynx.ml.pipeline;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;

/** The shapes of models around models; no algorithm of its own. */
public final class PipelineFamily implements Family {
  private static final int PREPARED = 80;
  private static final int JOINT = 81;

  @Override
  public List<Algorithm> algorithms() {
    return List.of();
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(
        new ModelShape(PREPARED, PreparedModel.class, PreparedModel::read),
        new ModelShape(JOINT, JointModel.class, JointModel::read));
  }
}
