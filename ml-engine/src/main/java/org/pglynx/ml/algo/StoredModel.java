package org.pglynx.ml.algo;

import java.util.List;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadWriter;

/** A model that can be written to and read from the stored format; see {@link ModelShape}. */
public abstract class StoredModel implements Model {
  private final ModelInfo info;

  /** A model of which this is known. */
  protected StoredModel(ModelInfo info) {
    this.info = info;
  }

  /**
   * The same model with what explanations need to know of the rows that it was fitted on, such as
   * the features' means; itself when they need nothing more.
   */
  public StoredModel describedBy(TrainingTable table) {
    return this;
  }

  /** Writes all but the info. */
  public abstract void write(PayloadWriter out, NestedModels nested);

  /** What it knows about itself. */
  public final ModelInfo info() {
    return info;
  }

  @Override
  public final Task task() {
    return info.task();
  }

  @Override
  public final String algorithm() {
    return info.algorithm();
  }

  @Override
  public final List<String> featureNames() {
    return info.features();
  }

  @Override
  public final ClassLabels classes() {
    return info.classes();
  }

  @Override
  public boolean acceptsMissing() {
    return false;
  }

  @Override
  public boolean providesProbabilities() {
    return info.task() == Task.CLASSIFICATION;
  }
}
