package org.pglynx.ml.algo;

import java.util.List;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;

/**
 * What every model knows about itself.
 *
 * @param task what it does
 * @param algorithm the SQL name of the algorithm
 * @param features the features' names
 * @param classes the classes, {@link ClassLabels#NONE} for regression
 */
public record ModelInfo(Task task, String algorithm, List<String> features, ClassLabels classes) {
  /** Copies the names. */
  public ModelInfo {
    features = List.copyOf(features);
  }

  /** Bytes of the names, roughly. */
  public long sizeBytes() {
    return 64L * (features.size() + classes.count());
  }
}
