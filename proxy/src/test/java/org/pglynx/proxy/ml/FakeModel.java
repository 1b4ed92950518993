package org.pglynx.proxy.ml;

import java.util.List;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;

/** A model whose prediction is the sum of its two features; with classes, 0 or 1 by its sign. */
record FakeModel(boolean classification, boolean acceptsMissing, long sizeBytes) implements Model {
  static FakeModel sum() {
    return new FakeModel(false, false, 100);
  }

  @Override
  public Task task() {
    return classification ? Task.CLASSIFICATION : Task.REGRESSION;
  }

  @Override
  public String algorithm() {
    return "linear";
  }

  @Override
  public List<String> featureNames() {
    return List.of("a", "b");
  }

  @Override
  public ClassLabels classes() {
    return classification
        ? new ClassLabels(ClassLabels.Kind.NUMBER, List.of("3", "7"))
        : ClassLabels.NONE;
  }

  @Override
  public boolean providesProbabilities() {
    return classification;
  }

  @Override
  public float predict(float[] row, int offset) {
    float sum = (Float.isNaN(row[offset]) ? 0 : row[offset]) + row[offset + 1];
    return classification ? (sum > 0 ? 1 : 0) : sum;
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    out[outOffset] = 0.25f;
    out[outOffset + 1] = 0.75f;
  }
}
