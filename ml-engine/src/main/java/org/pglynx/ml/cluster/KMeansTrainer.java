package org.pglynx.ml.cluster;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.exec.RowBlocks;

/** k-means: the best of several descents. */
final class KMeansTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.whole("n_clusters", 1, 100_000, "k"),
          ParameterSpec.choice("init", "k-means++", "random"),
          ParameterSpec.whole("n_init", 1, 10_000),
          ParameterSpec.whole("max_iter", 1, 1_000_000),
          ParameterSpec.atLeast("tol", 0),
          ParameterSpec.choice("algorithm", "lloyd", "elkan", "auto", "full"),
          SharedParameters.RANDOM_STATE);

  private static final int DEFAULT_GROUPS = 8;
  private static final int DEFAULT_RUNS = 10;
  private static final int DEFAULT_ROUNDS = 300;
  private static final double DEFAULT_TOLERANCE = 1e-4;

  private KMeansTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    int k = parameters.whole("n_clusters", DEFAULT_GROUPS);
    points.requireAtLeast(k, "n_clusters");
    int runs = parameters.whole("n_init", DEFAULT_RUNS);
    int rounds = parameters.whole("max_iter", DEFAULT_ROUNDS);
    double tolerance = parameters.real("tol", DEFAULT_TOLERANCE) * points.meanVariance();
    SeededRandom random = SharedParameters.random(parameters, context);
    double[] best = new double[0];
    double least = Double.POSITIVE_INFINITY;
    try (RowBlocks blocks = new RowBlocks(points.rows(), context.threads(), context.cancel())) {
      for (int run = 0; run < runs; run++) {
        Seeding seeding = new Seeding(points, k, blocks, random);
        boolean spread = parameters.choice("init", "k-means++").equals("k-means++");
        double[] start = spread ? seeding.plusPlus() : seeding.random();
        Lloyd lloyd = new Lloyd(points, start, blocks, context);
        double inertia = lloyd.descend(rounds, tolerance);
        if (run == 0 || inertia < least) {
          least = inertia;
          best = lloyd.centres();
        }
        context.progress().progress("k-means runs", run + 1, runs);
      }
    }
    return CentreModel.numbered(table.info(), best);
  }
}
