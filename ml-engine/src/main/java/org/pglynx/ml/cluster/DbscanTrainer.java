package org.pglynx.ml.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.exec.RowBlocks;

/**
 * DBSCAN (Ester, Kriegel, Sander, Xu 1996): rows with many others near them are cores, cores near
 * each other are a group. Neighbours are searched in a k-d tree when they are needed, so memory
 * stays in proportion to the rows.
 */
final class DbscanTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.positive("eps"),
          ParameterSpec.whole("min_samples", 1, Integer.MAX_VALUE),
          SharedParameters.EUCLIDEAN,
          SharedParameters.SEARCH,
          SharedParameters.LEAF_SIZE);

  private static final double DEFAULT_EPS = 0.5;
  private static final int DEFAULT_NEIGHBOURS = 5;

  /** In the worst case each row is a neighbour of each: some 4·10¹⁰ distances. */
  private static final int MAX_ROWS = 200_000;

  private final Points points;
  private final double squared;
  private final FitContext context;
  private final KdTree tree;
  private final boolean[] core;
  private final int[] labels;

  private DbscanTrainer(Points points, double eps, FitContext context) {
    this.points = points;
    this.squared = eps * eps;
    this.context = context;
    this.tree = new KdTree(points.x(), points.width(), context.cancel()::check);
    this.core = new boolean[points.rows()];
    this.labels = new int[points.rows()];
    Arrays.fill(labels, RowModel.NOISE);
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    points.requireAtMost(MAX_ROWS, "dbscan");
    double eps = parameters.real("eps", DEFAULT_EPS);
    DbscanTrainer run = new DbscanTrainer(points, eps, context);
    run.findCores(parameters.whole("min_samples", DEFAULT_NEIGHBOURS));
    run.grow();
    int[] cores = IntStream.range(0, points.rows()).filter(i -> run.core[i]).toArray();
    int[] groups = IntStream.of(cores).map(i -> run.labels[i]).toArray();
    return new RowModel(table.info(), points.pick(cores), groups, eps);
  }

  private void findCores(int enough) {
    try (RowBlocks blocks = new RowBlocks(points.rows(), context.threads(), context.cancel())) {
      blocks.forEach((block, from, to) -> {
        double[] point = new double[points.width()];
        double[] weight = {0};
        for (int i = from; i < to; i++) {
          context.cancel().check();
          points.copyTo(i, point, 0);
          weight[0] = 0;
          tree.within(point, squared, other -> weight[0] += points.weights()[other]);
          core[i] = weight[0] >= enough;
        }
      });
    }
  }

  private void grow() {
    int groups = 0;
    int[] stack = new int[points.rows()];
    for (int i = 0; i < points.rows(); i++) {
      if (core[i] && labels[i] == RowModel.NOISE) {
        grow(i, groups++, stack);
        context.progress().progress("rows", i + 1, points.rows());
      }
    }
  }

  /** Labels all that cores can reach from one; the first group that reaches a row keeps it. */
  private void grow(int seed, int group, int[] stack) {
    double[] point = new double[points.width()];
    int[] depth = {0};
    labels[seed] = group;
    stack[depth[0]++] = seed;
    while (depth[0] > 0) {
      context.cancel().check();
      points.copyTo(stack[--depth[0]], point, 0);
      tree.within(
          point,
          squared,
          other -> {
            if (labels[other] == RowModel.NOISE) {
              labels[other] = group;
              if (core[other]) {
                stack[depth[0]++] = other;
              }
            }
          });
    }
  }
}
