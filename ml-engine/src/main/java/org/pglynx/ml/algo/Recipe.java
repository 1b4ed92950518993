package org.pglynx.ml.algo;

import java.util.List;

/**
 * How an algorithm serves one task.
 *
 * @param trainer fits the model
 * @param parameters the hyperparameters it takes
 * @param nativeMissing whether NULL features are served
 */
public record Recipe(Trainer trainer, List<ParameterSpec> parameters, boolean nativeMissing) {
  /** A recipe without missing values. */
  public static Recipe of(Trainer trainer, List<ParameterSpec> parameters) {
    return new Recipe(trainer, parameters, false);
  }

  /** A recipe that takes missing values as they are. */
  public static Recipe withMissing(Trainer trainer, List<ParameterSpec> parameters) {
    return new Recipe(trainer, parameters, true);
  }
}
