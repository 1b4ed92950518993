package org.pglynx.ml.api;

import java.util.List;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Reading;

/**
 * A model that another library trained: XGBoost's JSON, UBJSON or old binary form (with or without
 * the 16 bytes that PostgresML 2.0 put before it), or LightGBM's text. The bytes say which.
 *
 * @param bytes the file
 * @param task what the model does; must be what its objective says
 * @param features the features' names; when empty those of the file, else f0, f1, …
 * @param classes the classes in the order of their indexes; {@link ClassLabels#NONE} for 0, 1, …
 * @param readings how each feature is read; when empty as numbers, all of them
 */
public record ModelImport(
    byte[] bytes, Task task, List<String> features, ClassLabels classes, List<Reading> readings) {
  /** A model whose features are numbers. */
  public ModelImport(byte[] bytes, Task task, List<String> features, ClassLabels classes) {
    this(bytes, task, features, classes, List.of());
  }
}
