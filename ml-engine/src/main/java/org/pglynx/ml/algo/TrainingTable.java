package org.pglynx.ml.algo;

import java.util.List;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;

/**
 * The rows a trainer learns from. Arrays are shared, not copied: trainers do not change them.
 *
 * @param info what the model will know about itself
 * @param rows how many rows
 * @param x row-major features
 * @param y the label; for classification the class index
 */
public record TrainingTable(ModelInfo info, int rows, float[] x, double[] y) {
  /** A table for an algorithm. */
  public static TrainingTable of(
      Task task,
      String algorithm,
      List<String> features,
      ClassLabels classes,
      float[] x,
      double[] y) {
    return new TrainingTable(new ModelInfo(task, algorithm, features, classes), y.length, x, y);
  }

  /** The number of features. */
  public int width() {
    return info.features().size();
  }

  /** The number of classes, 0 for regression. */
  public int classCount() {
    return info.classes().count();
  }

  public float feature(int row, int feature) {
    return x[row * width() + feature];
  }
}
