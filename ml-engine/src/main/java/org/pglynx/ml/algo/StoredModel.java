package org.pglynx.ml.algo;

import java.util.List;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;

/** The closed set of model shapes; each can be written to and read from the stored format. */
abstract sealed class StoredModel implements Model
    permits LinearModel, BoostedModel, AveragedForestModel, NeighboursModel, NaiveBayesModel {
  private final ModelInfo info;

  StoredModel(ModelInfo info) {
    this.info = info;
  }

  final ModelInfo info() {
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
