package org.pglynx.ml.algo;

import java.util.List;
import java.util.stream.Stream;

/**
 * How an algorithm serves one task.
 *
 * @param trainer fits the model
 * @param parameters the hyperparameters it takes
 * @param nativeMissing whether NULL features are served
 * @param weighted whether rows may have weights
 */
public record Recipe(
    Trainer trainer, List<ParameterSpec> parameters, boolean nativeMissing, boolean weighted) {
  /** A recipe without missing values and weights. */
  public static Recipe of(Trainer trainer, List<ParameterSpec> parameters) {
    return new Recipe(trainer, parameters, false, false);
  }

  /** A recipe that takes missing values as they are. */
  public static Recipe withMissing(Trainer trainer, List<ParameterSpec> parameters) {
    return new Recipe(trainer, parameters, true, false);
  }

  /** The same with class_weight, which multiplies the weights of rows. */
  Recipe withClassWeights() {
    Trainer byClass =
        (table, given, context) ->
            trainer.fit(table.withWeights(ClassWeights.ofRows(table, given)), given, context);
    List<ParameterSpec> more =
        Stream.concat(parameters.stream(), Stream.of(ParameterSpec.classWeight())).toList();
    return new Recipe(byClass, more, nativeMissing, weighted);
  }

  /** The same with weights of rows. */
  public Recipe withWeights() {
    return new Recipe(trainer, parameters, nativeMissing, true);
  }
}
