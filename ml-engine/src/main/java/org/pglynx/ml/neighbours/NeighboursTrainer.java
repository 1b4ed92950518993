package org.pglynx.ml.neighbours;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;

/** k nearest neighbours: remembers the rows. */
final class NeighboursTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.whole("n_neighbors", 1, 10_000, "k"),
          ParameterSpec.choice("weights", "uniform", "distance"),
          ParameterSpec.choice("metric", "euclidean", "minkowski"),
          ParameterSpec.whole("p", 2, 2));

  private static final int DEFAULT_NEIGHBOURS = 5;

  private NeighboursTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    context.cancel().check();
    int k = parameters.whole("n_neighbors", DEFAULT_NEIGHBOURS);
    if (k > table.rows()) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER,
          "n_neighbors = %d is more than the %d training rows".formatted(k, table.rows()));
    }
    NeighboursModel.Weighting weighting =
        parameters.choice("weights", "uniform").equals("uniform")
            ? NeighboursModel.Weighting.UNIFORM
            : NeighboursModel.Weighting.DISTANCE;
    return new NeighboursModel(table.info(), k, weighting, table.x(), table.y());
  }
}
