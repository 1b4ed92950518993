package org.pglynx.ml.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.exec.RowBlocks;
import org.pglynx.ml.linalg.TopEigen;

/**
 * Spectral clustering (Shi, Malik 2000; von Luxburg 2007): k-means among the rows' places in the
 * first eigenvectors of the normalised affinity. A new row belongs to the group of the nearest
 * training row.
 */
final class SpectralTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.whole("n_clusters", 1, 100_000, "k"),
          ParameterSpec.wholeOrNull("n_components", 1, 100_000),
          ParameterSpec.choice("affinity", "rbf", "nearest_neighbors"),
          ParameterSpec.atLeast("gamma", 0),
          ParameterSpec.whole("n_neighbors", 1, 100_000),
          ParameterSpec.whole("n_init", 1, 10_000),
          ParameterSpec.choice("assign_labels", "kmeans"),
          SharedParameters.RANDOM_STATE);

  private static final int DEFAULT_GROUPS = 8;
  private static final int DEFAULT_NEIGHBOURS = 10;
  private static final int DEFAULT_RUNS = 10;

  /** A matrix of rows × rows float64: 128 MB. */
  private static final int MAX_ROWS = 4000;

  private final Points points;
  private final Parameters parameters;
  private final FitContext context;

  private SpectralTrainer(Points points, Parameters parameters, FitContext context) {
    this.points = points;
    this.parameters = parameters;
    this.context = context;
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    points.requireAtMost(MAX_ROWS, "spectral");
    int k = parameters.whole("n_clusters", DEFAULT_GROUPS);
    points.requireAtLeast(k, "n_clusters");
    int components = parameters.whole("n_components", k);
    points.requireAtLeast(components, "n_components");
    SeededRandom random = SharedParameters.random(parameters, context);
    Points places = new SpectralTrainer(points, parameters, context).embed(components, random);
    int[] labels =
        KMeansTrainer.group(places, k, parameters.whole("n_init", DEFAULT_RUNS), random, context);
    return new RowModel(table.info(), table.x(), labels, Double.POSITIVE_INFINITY);
  }

  private Points embed(int components, SeededRandom random) {
    int n = points.rows();
    double[][] affinity =
        parameters.choice("affinity", "rbf").equals("rbf") ? gaussian() : neighbours();
    double[] scale = normalise(affinity);
    float[] places = new float[n * components];
    try (RowBlocks blocks = new RowBlocks(n, context.threads(), context.cancel())) {
      TopEigen eigen =
          new TopEigen(
              n,
              components,
              vector -> product(affinity, vector, blocks),
              random::nextDouble,
              context.cancel()::check);
      for (int c = 0; c < components; c++) {
        double[] vector = eigen.vector(c);
        for (int i = 0; i < n; i++) {
          places[i * components + c] = (float) (vector[i] / scale[i]);
        }
      }
    }
    return Points.unweighted(places, components);
  }

  private static double[] product(double[][] matrix, double[] vector, RowBlocks blocks) {
    double[] out = new double[vector.length];
    blocks.forEach((block, from, to) -> {
      for (int i = from; i < to; i++) {
        double sum = 0;
        for (int j = 0; j < vector.length; j++) {
          sum += matrix[i][j] * vector[j];
        }
        out[i] = sum;
      }
    });
    return out;
  }

  private double[][] gaussian() {
    int n = points.rows();
    double gamma = parameters.real("gamma", 1);
    double[][] affinity = new double[n][n];
    for (int i = 0; i < n; i++) {
      context.cancel().check();
      for (int j = 0; j < i; j++) {
        affinity[i][j] = Math.exp(-gamma * points.between(i, j));
        affinity[j][i] = affinity[i][j];
      }
    }
    return affinity;
  }

  /** 1 for rows that are neighbours of each other, 1/2 when only one is the other's. */
  private double[][] neighbours() {
    int n = points.rows();
    int count = parameters.whole("n_neighbors", DEFAULT_NEIGHBOURS);
    points.requireAtLeast(count, "n_neighbors");
    double[][] affinity = new double[n][n];
    double[] distance = new double[n];
    for (int i = 0; i < n; i++) {
      context.cancel().check();
      for (int j = 0; j < n; j++) {
        distance[j] = j == i ? -1 : points.between(i, j);
      }
      double[] sorted = distance.clone();
      Arrays.sort(sorted);
      double last = sorted[count - 1];
      int[] nearer = IntStream.range(0, n).filter(j -> distance[j] < last).toArray();
      int[] equal = IntStream.range(0, n).filter(j -> distance[j] == last).toArray();
      for (int j : nearer) {
        connect(affinity, i, j);
      }
      for (int e = 0; e < count - nearer.length; e++) {
        connect(affinity, i, equal[e]);
      }
    }
    return affinity;
  }

  private static void connect(double[][] affinity, int i, int j) {
    affinity[i][j] += 0.5;
    affinity[j][i] += 0.5;
  }

  /** D^(−1/2)·A·D^(−1/2) without the diagonal; the roots of the degrees, 1 for a row alone. */
  private static double[] normalise(double[][] affinity) {
    int n = affinity.length;
    double[] scale = new double[n];
    for (int i = 0; i < n; i++) {
      affinity[i][i] = 0;
      double degree = Arrays.stream(affinity[i]).sum();
      scale[i] = degree > 0 ? Math.sqrt(degree) : 1;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        affinity[i][j] /= scale[i] * scale[j];
      }
    }
    return scale;
  }
}
