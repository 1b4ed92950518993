package org.pglynx.ml.cluster;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Spectral biclustering (Kluger, Basri, Chang, Gerstein 2003): rows by their products with those
 * singular vectors of the normalised table that are most like steps. What is predicted is the group
 * of a row.
 */
final class BiclusterTrainer {
  private static final Domain COUNT = new Domain.Whole(1, 100_000, false);

  static final List<ParameterSpec> PARAMETERS =
      List.of(
          new ParameterSpec(
              "n_clusters", List.of(), new Domain.Either(COUNT, new Domain.ListOf(COUNT, 2))),
          ParameterSpec.choice("method", "bistochastic", "scale", "log"),
          ParameterSpec.whole("n_components", 1, 10_000),
          ParameterSpec.whole("n_best", 1, 10_000),
          ParameterSpec.choice("init", "k-means++", "random"),
          ParameterSpec.whole("n_init", 1, 10_000),
          SharedParameters.RANDOM_STATE);

  private static final int DEFAULT_GROUPS = 3;
  private static final int DEFAULT_COMPONENTS = 6;
  private static final int DEFAULT_BEST = 3;
  private static final int DEFAULT_RUNS = 10;

  private final Parameters parameters;
  private final FitContext context;
  private final SeededRandom random;

  private BiclusterTrainer(Parameters parameters, FitContext context) {
    this.parameters = parameters;
    this.context = context;
    this.random = SharedParameters.random(parameters, context);
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    SingularVectors.requireColumns(points.width());
    points.requireAtLeast(groups(parameters, 0), "n_clusters");
    if (groups(parameters, 1) > points.width()) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "n_clusters = %d is more than the %d features"
              .formatted(groups(parameters, 1), points.width()),
          "Give a list of two numbers: groups of rows, groups of features.");
    }
    BiclusterTrainer run = new BiclusterTrainer(parameters, context);
    SingularVectors vectors = run.decompose(points);
    CoclusterTrainer.requireVectors(vectors);
    double[][] best = run.steps(vectors.right(), groups(parameters, 1));
    Points places = project(points, best);
    double[] centres = run.centres(places, groups(parameters, 0));
    double[] axes = new double[best.length * points.width()];
    for (int c = 0; c < best.length; c++) {
      System.arraycopy(best[c], 0, axes, c * points.width(), points.width());
    }
    return new BiclusterModel(table.info(), 0, false, axes, centres);
  }

  private SingularVectors decompose(Points points) {
    String method = parameters.choice("method", "bistochastic");
    int count = parameters.whole("n_components", DEFAULT_COMPONENTS);
    if (parameters.whole("n_best", DEFAULT_BEST) > count) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER, "n_best is more than n_components = %d".formatted(count));
    }
    double least = method.equals("log") ? 1 : 0;
    double[][] matrix = Normalised.shifted(points, Normalised.shift(points, least));
    return switch (method) {
      case "log" -> SingularVectors.of(Normalised.logarithms(matrix), count, 0, context.cancel());
      case "scale" ->
          SingularVectors.of(Normalised.of(matrix).matrix(), count + 1, 1, context.cancel());
      default ->
          SingularVectors.of(
              Normalised.bistochastic(matrix, context.cancel()), count + 1, 1, context.cancel());
    };
  }

  /** The vectors that k groups of their numbers tell best. */
  private double[][] steps(double[][] vectors, int k) {
    double[] rest = new double[vectors.length];
    for (int v = 0; v < vectors.length; v++) {
      float[] values = new float[vectors[v].length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) vectors[v][i];
      }
      Points line = Points.unweighted(values, 1);
      rest[v] = line.inertia(centres(line, k), context.cancel());
    }
    return IntStream.range(0, vectors.length)
        .boxed()
        .sorted(Comparator.comparingDouble(v -> rest[v]))
        .limit(parameters.whole("n_best", DEFAULT_BEST))
        .map(v -> vectors[v])
        .toArray(double[][]::new);
  }

  private double[] centres(Points some, int k) {
    boolean spread = parameters.choice("init", "k-means++").equals("k-means++");
    int runs = parameters.whole("n_init", DEFAULT_RUNS);
    return KMeansTrainer.centres(some, k, runs, spread, random, context);
  }

  private static Points project(Points points, double[][] axes) {
    float[] places = new float[points.rows() * axes.length];
    for (int i = 0; i < points.rows(); i++) {
      for (int c = 0; c < axes.length; c++) {
        double sum = 0;
        for (int j = 0; j < points.width(); j++) {
          sum += points.x()[i * points.width() + j] * axes[c][j];
        }
        places[i * axes.length + c] = (float) sum;
      }
    }
    return Points.unweighted(places, axes.length);
  }

  /** Groups of rows (0) or of features (1). */
  private static int groups(Parameters parameters, int which) {
    @Nullable Object raw = parameters.raw("n_clusters");
    if (raw instanceof List<?> list) {
      return (int) (long) (Long) list.get(Math.min(which, list.size() - 1));
    }
    return parameters.whole("n_clusters", DEFAULT_GROUPS);
  }
}
