package org.pglynx.ml.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.cluster.Agglomeration.Linkage;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** Groups features that tell the same, and replaces each group by its mean. */
final class FeatureGroupsTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.wholeOrNull("n_clusters", 1, 100_000, "k"),
          ParameterSpec.choice("linkage", "ward", "average", "complete", "single"),
          ParameterSpec.choice("metric", "euclidean", "l2", "manhattan", "l1", "cosine"),
          ParameterSpec.positiveOrNull("distance_threshold"),
          ParameterSpec.choice("pooling_func", "mean"));

  private static final int DEFAULT_GROUPS = 2;

  private FeatureGroupsTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    int width = table.width();
    Linkage linkage = linkage(parameters);
    check(width, parameters, linkage);
    Agglomeration hierarchy =
        new Agglomeration(
            width,
            distances(table, parameters, linkage, context),
            linkage,
            context.cancel()::check);
    int count =
        parameters.has("distance_threshold")
            ? hierarchy.countBelow(parameters.real("distance_threshold", 0))
            : parameters.whole("n_clusters", DEFAULT_GROUPS);
    int[] groups = hierarchy.groups(count);
    return new PooledModel(table.info(), groups, ratios(table, groups, count, context));
  }

  private static Linkage linkage(Parameters parameters) {
    return Linkage.valueOf(parameters.choice("linkage", "ward").toUpperCase(Locale.ROOT));
  }

  private static void check(int width, Parameters parameters, Linkage linkage) {
    if (width > Agglomeration.MAX_ITEMS) {
      throw new MlException(
          Kind.BAD_DATA,
          "%d features are too many to compare in pairs".formatted(width),
          "At most %d can be; use pca.".formatted(Agglomeration.MAX_ITEMS));
    }
    boolean threshold = parameters.has("distance_threshold");
    boolean count = !parameters.given("n_clusters") || parameters.has("n_clusters");
    if (threshold ? parameters.has("n_clusters") : !count) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER, "exactly one of n_clusters and distance_threshold must be set");
    }
    int groups = parameters.whole("n_clusters", DEFAULT_GROUPS);
    if (!threshold && groups > width) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "n_clusters = %d is more than the %d features".formatted(groups, width));
    }
    String metric = parameters.choice("metric", "euclidean");
    if (linkage == Linkage.WARD && !metric.equals("euclidean") && !metric.equals("l2")) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "linkage \"ward\" needs metric \"euclidean\", not \"%s\"".formatted(metric),
          "Use linkage \"average\", \"complete\" or \"single\" with another metric.");
    }
  }

  private static double[] distances(
      TrainingTable table, Parameters parameters, Linkage linkage, FitContext context) {
    int width = table.width();
    double[] out = new double[width * (width - 1) / 2];
    String metric = parameters.choice("metric", "euclidean");
    for (int a = 0, at = 0; a < width; a++) {
      for (int b = 0; b < a; b++) {
        context.cancel().check();
        double d =
            switch (metric) {
              case "manhattan", "l1" -> manhattan(table, a, b);
              case "cosine" -> cosine(table, a, b);
              default -> squared(table, a, b);
            };
        boolean root =
            linkage != Linkage.WARD && (metric.equals("euclidean") || metric.equals("l2"));
        out[at++] = root ? Math.sqrt(d) : d;
      }
    }
    return out;
  }

  private static double squared(TrainingTable table, int a, int b) {
    double sum = 0;
    for (int i = 0; i < table.rows(); i++) {
      double d = (double) table.feature(i, a) - table.feature(i, b);
      sum += d * d;
    }
    return sum;
  }

  private static double manhattan(TrainingTable table, int a, int b) {
    double sum = 0;
    for (int i = 0; i < table.rows(); i++) {
      sum += Math.abs((double) table.feature(i, a) - table.feature(i, b));
    }
    return sum;
  }

  private static double cosine(TrainingTable table, int a, int b) {
    double both = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < table.rows(); i++) {
      double x = table.feature(i, a);
      double y = table.feature(i, b);
      both += x * y;
      squaresOfA += x * x;
      squaresOfB += y * y;
    }
    if (squaresOfA == 0 || squaresOfB == 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "feature \"%s\" is 0 in every row, which has no angle"
              .formatted(table.info().features().get(squaresOfA == 0 ? a : b)),
          "Leave it out, or use metric \"euclidean\".");
    }
    return 1 - both / Math.sqrt(squaresOfA * squaresOfB);
  }

  /** What the means explain of the variance of the features that they stand for. */
  private static double[] ratios(TrainingTable table, int[] groups, int count, FitContext context) {
    int width = table.width();
    int[] sizes = new int[count];
    for (int group : groups) {
      sizes[group]++;
    }
    Spread total = new Spread(width);
    Spread pooled = new Spread(count);
    double[] row = new double[width];
    double[] means = new double[count];
    for (int i = 0; i < table.rows(); i++) {
      context.cancel().check();
      Arrays.fill(means, 0);
      for (int j = 0; j < width; j++) {
        row[j] = table.feature(i, j);
        means[groups[j]] += row[j] / sizes[groups[j]];
      }
      total.add(row);
      pooled.add(means);
    }
    double whole = 0;
    for (int j = 0; j < width; j++) {
      whole += total.squares[j];
    }
    double[] ratios = new double[count];
    for (int g = 0; g < count; g++) {
      ratios[g] = whole > 0 ? sizes[g] * pooled.squares[g] / whole : 0;
    }
    return ratios;
  }

  /** The sum of squared deviations from the mean, column by column (Welford 1962). */
  private static final class Spread {
    private final double[] mean;
    private final double[] squares;
    private int count;

    Spread(int columns) {
      this.mean = new double[columns];
      this.squares = new double[columns];
    }

    void add(double[] row) {
      count++;
      for (int j = 0; j < row.length; j++) {
        double delta = row[j] - mean[j];
        mean[j] += delta / count;
        squares[j] += delta * (row[j] - mean[j]);
      }
    }
  }
}
