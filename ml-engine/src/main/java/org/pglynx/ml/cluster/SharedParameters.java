package org.pglynx.ml.cluster;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.data.SeededRandom;

/** Hyperparameters that several algorithms have. */
final class SharedParameters {
  static final ParameterSpec RANDOM_STATE =
      ParameterSpec.wholeOrNull("random_state", 0, Long.MAX_VALUE / 2, "seed");

  private SharedParameters() {}

  /** The random numbers of a fit. */
  static SeededRandom random(Parameters parameters, FitContext context) {
    return new SeededRandom(parameters.longWhole("random_state", context.seed()));
  }
}
