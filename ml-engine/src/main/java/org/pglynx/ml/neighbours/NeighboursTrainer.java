package org.pglynx.ml.neighbours;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * k nearest neighbours: remembers the rows. {@code algorithm} and {@code leaf_size} are taken and
 * mean nothing: how rows are found does not change which.
 */
final class NeighboursTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.whole("n_neighbors", 1, 10_000, "k"),
          ParameterSpec.choice("weights", "uniform", "distance"),
          ParameterSpec.choice(
              "metric",
              "minkowski",
              "euclidean",
              "l2",
              "manhattan",
              "cityblock",
              "l1",
              "chebyshev",
              "cosine"),
          ParameterSpec.between("p", 1, 100),
          ParameterSpec.choice("algorithm", "auto", "brute", "kd_tree", "ball_tree"),
          ParameterSpec.whole("leaf_size", 1, Integer.MAX_VALUE));

  private static final int DEFAULT_NEIGHBOURS = 5;

  private NeighboursTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    context.cancel().check();
    int k = parameters.whole("n_neighbors", DEFAULT_NEIGHBOURS);
    if (k > table.rows()) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "n_neighbors = %d is more than the %d training rows".formatted(k, table.rows()),
          "Set n_neighbors to at most the number of training rows.");
    }
    NeighboursModel.Weighting weighting =
        parameters.choice("weights", "uniform").equals("uniform")
            ? NeighboursModel.Weighting.UNIFORM
            : NeighboursModel.Weighting.DISTANCE;
    return new NeighboursModel(
        table.info(), k, weighting, metric(parameters), table.x(), table.y());
  }

  private static Metric metric(Parameters parameters) {
    return switch (parameters.choice("metric", "minkowski")) {
      case "euclidean", "l2" -> Metric.minkowski(2);
      case "manhattan", "cityblock", "l1" -> Metric.minkowski(1);
      case "chebyshev" -> new Metric(Metric.Kind.CHEBYSHEV, 0);
      case "cosine" -> new Metric(Metric.Kind.COSINE, 0);
      default -> Metric.minkowski(parameters.real("p", 2));
    };
  }
}
