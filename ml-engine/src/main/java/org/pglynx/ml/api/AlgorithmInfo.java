package org.pglynx.ml.api;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pglynx.ml.model.Task;

/**
 * One algorithm of the catalogue.
 *
 * @param name its SQL name
 * @param tasks what it serves; empty when the name is known but refused
 * @param hyperparameters the names it takes, aliases behind their main name
 * @param parameters what they take, for each task
 * @param nativeMissing whether NULL features are served
 * @param instead of a refused one, why it is refused and what to use instead; else empty
 */
public record AlgorithmInfo(
    String name,
    Set<Task> tasks,
    List<String> hyperparameters,
    Map<Task, List<HyperparameterInfo>> parameters,
    boolean nativeMissing,
    String instead) {
  /** Whether training with it works. */
  public boolean served() {
    return !tasks.isEmpty();
  }
}
