package org.pglynx.ml.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;

/** Draws the rows (as weights) and the features that each tree of a forest learns from. */
final class RowSampler {
  private final TrainingTable table;
  private final Parameters parameters;
  private final boolean bootstrap;
  private final boolean balancedPerTree;
  private final double @Nullable [] rowWeights;
  private boolean drawsFeatures;

  RowSampler(TrainingTable table, Parameters parameters, boolean bootstrap) {
    this.table = table;
    this.parameters = parameters;
    this.bootstrap = bootstrap;
    this.balancedPerTree = "balanced_subsample".equals(parameters.raw("class_weight"));
    this.rowWeights = balancedPerTree ? table.weights() : RowWeights.of(table, parameters);
    if (parameters.has("max_samples") && !bootstrap && !parameters.has("bootstrap")) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER, "max_samples goes with bootstrap true only");
    }
  }

  /** The same, drawing features as bagging does. */
  RowSampler drawingFeatures() {
    drawsFeatures = true;
    return this;
  }

  /** How much each row counts for one tree. */
  double[] weights(SeededRandom random) {
    double[] weight = counts(random);
    if (balancedPerTree) {
      balance(weight);
    }
    for (int i = 0; rowWeights != null && i < weight.length; i++) {
      weight[i] *= rowWeights[i];
    }
    return weight;
  }

  /** The features of one tree. */
  int[] features(SeededRandom random) {
    int[] all = new int[table.width()];
    Arrays.setAll(all, j -> j);
    if (!drawsFeatures) {
      return all;
    }
    int wanted = count("max_features", all.length);
    if (parameters.flag("bootstrap_features", false)) {
      int[] drawn = new int[wanted];
      Arrays.setAll(drawn, j -> random.nextInt(all.length));
      return Arrays.stream(drawn).distinct().toArray();
    }
    return wanted == all.length ? all : choose(all, wanted, random);
  }

  private double[] counts(SeededRandom random) {
    int n = table.rows();
    double[] weight = new double[n];
    int wanted = count("max_samples", n);
    if (bootstrap) {
      for (int i = 0; i < wanted; i++) {
        weight[random.nextInt(n)]++;
      }
    } else if (wanted == n) {
      Arrays.fill(weight, 1);
    } else {
      int[] rows = new int[n];
      Arrays.setAll(rows, i -> i);
      for (int row : choose(rows, wanted, random)) {
        weight[row] = 1;
      }
    }
    return weight;
  }

  /** Whole numbers are counts, others shares; all when nothing is said. */
  private int count(String name, int all) {
    @Nullable Object wanted = parameters.raw(name);
    return switch (wanted) {
      case Long count -> (int) Math.min(all, count);
      case Double share -> Math.max(1, (int) (share * all));
      case null, default -> all;
    };
  }

  private static int[] choose(int[] all, int wanted, SeededRandom random) {
    for (int i = 0; i < wanted; i++) {
      int other = i + random.nextInt(all.length - i);
      int swap = all[i];
      all[i] = all[other];
      all[other] = swap;
    }
    return Arrays.copyOf(all, wanted);
  }

  /** Classes weigh alike within what was drawn. */
  private void balance(double[] weight) {
    if (table.info().task() != Task.CLASSIFICATION) {
      return;
    }
    double[] count = new double[table.classCount()];
    double total = 0;
    for (int i = 0; i < weight.length; i++) {
      count[(int) table.y()[i]] += weight[i];
      total += weight[i];
    }
    for (int i = 0; i < weight.length; i++) {
      double ofClass = count[(int) table.y()[i]];
      weight[i] *= ofClass == 0 ? 1 : total / (count.length * ofClass);
    }
  }
}
