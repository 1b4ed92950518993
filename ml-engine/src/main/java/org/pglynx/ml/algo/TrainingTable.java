package org.pglynx.ml.algo;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;

/**
 * The rows a trainer learns from. Arrays are shared, not copied: trainers do not change them.
 *
 * @param info what the model will know about itself
 * @param features of the rows
 * @param y the label; for classification the class index; empty for unsupervised tasks
 * @param weights how much each row counts, or null when all count 1; only for a {@link
 *     Recipe#weighted} recipe
 * @param groups the group of each row, rows of a group side by side; only for ranking, else null
 */
public record TrainingTable(
    ModelInfo info,
    Features features,
    double[] y,
    double @Nullable [] weights,
    int @Nullable [] groups) {
  /** A table whose rows all count the same. */
  public static TrainingTable of(
      Task task, String algorithm, List<String> names, ClassLabels classes, float[] x, double[] y) {
    ModelInfo info = new ModelInfo(task, algorithm, names, classes);
    return new TrainingTable(info, Features.of(x, names.size()), y, null, null);
  }

  /** The same with weights of rows. */
  public TrainingTable withWeights(double @Nullable [] others) {
    return new TrainingTable(info, features, y, others, groups);
  }

  /** The same with groups of rows. */
  public TrainingTable withGroups(int @Nullable [] others) {
    return new TrainingTable(info, features, y, weights, others);
  }

  /** Some of the rows, in that order. */
  public TrainingTable select(int[] some) {
    return new TrainingTable(
        info,
        features.select(some),
        select(y, some),
        weights == null ? null : select(weights, some),
        groups == null ? null : Arrays.stream(some).map(row -> groups[row]).toArray());
  }

  private static double[] select(double[] values, int[] some) {
    return values.length == 0
        ? values
        : Arrays.stream(some).mapToDouble(row -> values[row]).toArray();
  }

  /** The number of rows. */
  public int rows() {
    return features.rows();
  }

  /** All features, row-major: an array as large as the table, made once. */
  public float[] x() {
    return features.all();
  }

  /** The number of features. */
  public int width() {
    return info.features().size();
  }

  /** The number of classes, 0 for other tasks than classification. */
  public int classCount() {
    return info.classes().count();
  }

  /** One feature of one row. */
  public float feature(int row, int feature) {
    return features.all()[row * width() + feature];
  }

  /** How much the row counts. */
  public double weight(int row) {
    return weights == null ? 1 : weights[row];
  }
}
