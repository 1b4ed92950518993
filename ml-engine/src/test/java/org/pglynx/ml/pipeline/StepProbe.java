package org.pglynx.ml.pipeline;

import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadWriter;

/** Shows what a pipeline makes of a raw row. */
final class StepProbe {
  private final PreparedModel model;

  StepProbe(Pipeline pipeline) {
    ModelInfo info =
        new ModelInfo(Task.REGRESSION, "linear", pipeline.featureNames(), ClassLabels.NONE);
    model = (PreparedModel) pipeline.wrap(new Inner(info));
  }

  float[] apply(float... row) {
    return model.prepared(row, 0);
  }

  private static final class Inner extends StoredModel {
    Inner(ModelInfo info) {
      super(info);
    }

    @Override
    public void write(PayloadWriter out, NestedModels nested) {
      throw new UnsupportedOperationException();
    }

    @Override
    public float predict(float[] row, int offset) {
      return 0;
    }

    @Override
    public long sizeBytes() {
      return 0;
    }
  }
}
