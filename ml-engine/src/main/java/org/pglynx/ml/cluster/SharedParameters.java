package org.pglynx.ml.cluster;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.data.SeededRandom;

/** Hyperparameters that several algorithms have. */
final class SharedParameters {
  static final ParameterSpec RANDOM_STATE =
      ParameterSpec.wholeOrNull("random_state", 0, Long.MAX_VALUE / 2, "seed");

  /** Distances are Euclidean here. */
  static final ParameterSpec EUCLIDEAN =
      ParameterSpec.choice("metric", "euclidean", "minkowski", "l2");

  /** How scikit-learn searches neighbours; the result is the same. */
  static final ParameterSpec SEARCH =
      ParameterSpec.choice("algorithm", "auto", "ball_tree", "kd_tree", "brute");

  static final ParameterSpec LEAF_SIZE = ParameterSpec.whole("leaf_size", 1, Integer.MAX_VALUE);

  private SharedParameters() {}

  /** The random numbers of a fit. */
  static SeededRandom random(Parameters parameters, FitContext context) {
    return new SeededRandom(parameters.longWhole("random_state", context.seed()));
  }
}
