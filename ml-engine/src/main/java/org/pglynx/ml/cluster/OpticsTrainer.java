package org.pglynx.ml.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * OPTICS (Ankerst, Breunig, Kriegel, Sander 1999): rows in an order in which neighbours follow each
 * other, and groups where that order is dense. A new row belongs where the nearest training row
 * does, be it a group or noise.
 */
final class OpticsTrainer {
  private static final Domain COUNT_OR_SHARE =
      new Domain.Either(new Domain.Whole(2, Integer.MAX_VALUE, false), new Domain.Real(0, true, 1));

  static final List<ParameterSpec> PARAMETERS =
      List.of(
          new ParameterSpec("min_samples", List.of(), COUNT_OR_SHARE),
          ParameterSpec.positiveOrNull("max_eps"),
          ParameterSpec.choice("cluster_method", "xi", "dbscan"),
          ParameterSpec.positiveOrNull("eps"),
          ParameterSpec.share("xi"),
          ParameterSpec.flag("predecessor_correction"),
          new ParameterSpec(
              "min_cluster_size", List.of(), new Domain.Either(COUNT_OR_SHARE, new Domain.Null())),
          SharedParameters.EUCLIDEAN,
          SharedParameters.SEARCH,
          SharedParameters.LEAF_SIZE);

  private static final int DEFAULT_NEIGHBOURS = 5;
  private static final double DEFAULT_XI = 0.05;

  /** Every row is compared with every other twice. */
  private static final int MAX_ROWS = 20_000;

  private OpticsTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    points.requireAtMost(MAX_ROWS, "optics");
    int enough = count(parameters.raw("min_samples"), DEFAULT_NEIGHBOURS, points, "min_samples");
    double reach = parameters.real("max_eps", Double.POSITIVE_INFINITY);
    ReachabilityOrder order = new ReachabilityOrder(points, enough, reach, context);
    int[] labels =
        switch (parameters.choice("cluster_method", "xi")) {
          case "dbscan" -> byDistance(order, parameters, reach);
          default -> bySteepness(order, parameters, points, enough);
        };
    return new RowModel(table.info(), table.x(), labels, Double.POSITIVE_INFINITY);
  }

  private static int[] bySteepness(
      ReachabilityOrder order, Parameters parameters, Points points, int enough) {
    int smallest = count(parameters.raw("min_cluster_size"), enough, points, "min_cluster_size");
    double xi = parameters.real("xi", DEFAULT_XI);
    if (xi >= 1) {
      throw new MlException(Kind.BAD_HYPERPARAMETER, "xi = %s must be less than 1".formatted(xi));
    }
    boolean corrected = parameters.flag("predecessor_correction", true);
    return new SteepAreas(order, xi, enough, smallest, corrected).labels();
  }

  /** The groups that DBSCAN finds at a distance. */
  private static int[] byDistance(ReachabilityOrder order, Parameters parameters, double reach) {
    double eps = parameters.real("eps", reach);
    if (eps > reach) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER, "eps = %s is more than max_eps = %s".formatted(eps, reach));
    }
    int[] labels = new int[order.size()];
    int group = -1;
    for (int at = 0; at < labels.length; at++) {
      int row = order.row(at);
      boolean far = order.reachability(row) > eps;
      boolean core = order.core(row) <= eps;
      group += far && core ? 1 : 0;
      labels[row] = far && !core ? RowModel.NOISE : group;
    }
    return labels;
  }

  /** A number of rows, given as such or as a share of all. */
  private static int count(@Nullable Object raw, int otherwise, Points points, String name) {
    int count = otherwise;
    if (raw instanceof Long whole) {
      count = (int) (long) whole;
    } else if (raw instanceof Double share) {
      count = Math.max(2, (int) (share * points.rows()));
    }
    points.requireAtLeast(count, name);
    return count;
  }
}
