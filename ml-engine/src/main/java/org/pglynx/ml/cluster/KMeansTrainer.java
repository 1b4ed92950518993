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

  private final Points points;
  private final int k;
  private final boolean spread;
  private final SeededRandom random;
  private final FitContext context;

  private KMeansTrainer(
      Points points, int k, boolean spread, SeededRandom random, FitContext context) {
    this.points = points;
    this.k = k;
    this.spread = spread;
    this.random = random;
    this.context = context;
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    int k = parameters.whole("n_clusters", DEFAULT_GROUPS);
    points.requireAtLeast(k, "n_clusters");
    KMeansTrainer trainer =
        new KMeansTrainer(
            points,
            k,
            parameters.choice("init", "k-means++").equals("k-means++"),
            SharedParameters.random(parameters, context),
            context);
    double[] centres =
        trainer.best(
            parameters.whole("n_init", DEFAULT_RUNS),
            parameters.whole("max_iter", DEFAULT_ROUNDS),
            parameters.real("tol", DEFAULT_TOLERANCE));
    return CentreModel.numbered(table.info(), centres);
  }

  /** The centres of k groups, as other algorithms need them. */
  static double[] centres(
      Points points, int k, int runs, boolean spread, SeededRandom random, FitContext context) {
    KMeansTrainer trainer = new KMeansTrainer(points, k, spread, random, context);
    return trainer.best(runs, DEFAULT_ROUNDS, DEFAULT_TOLERANCE);
  }

  /** The group of each row. */
  static int[] group(Points points, int k, int runs, SeededRandom random, FitContext context) {
    double[] centres = centres(points, k, runs, true, random, context);
    int[] groups = new int[points.rows()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = Distances.nearest(points.x(), i * points.width(), centres, points.width());
    }
    return groups;
  }

  private double[] best(int runs, int rounds, double tolerance) {
    double still = tolerance * points.meanVariance();
    double[] best = new double[0];
    double least = Double.POSITIVE_INFINITY;
    try (RowBlocks blocks = new RowBlocks(points.rows(), context.threads(), context.cancel())) {
      for (int run = 0; run < runs; run++) {
        Seeding seeding = new Seeding(points, k, blocks, random);
        double[] start = spread ? seeding.plusPlus() : seeding.random();
        Lloyd lloyd = new Lloyd(points, start, blocks, context);
        double inertia = lloyd.descend(rounds, still);
        if (run == 0 || inertia < least) {
          least = inertia;
          best = lloyd.centres();
        }
        context.progress().progress("k-means runs", run + 1, runs);
      }
    }
    return best;
  }
}
