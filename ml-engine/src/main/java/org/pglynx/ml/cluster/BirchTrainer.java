package org.pglynx.ml.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * BIRCH (Zhang, Ramakrishnan, Livny 1996): one pass gathers the rows in small balls, whose centres
 * are then joined to groups by Ward's linkage.
 */
final class BirchTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.positive("threshold"),
          ParameterSpec.whole("branching_factor", 2, 1_000_000),
          ParameterSpec.wholeOrNull("n_clusters", 1, 100_000, "k"));

  private static final int DEFAULT_GROUPS = 3;
  private static final double DEFAULT_THRESHOLD = 0.5;
  private static final int DEFAULT_BRANCHING = 50;

  private BirchTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    BirchTree tree =
        new BirchTree(
            points.width(),
            parameters.real("threshold", DEFAULT_THRESHOLD),
            parameters.whole("branching_factor", DEFAULT_BRANCHING));
    double[] row = new double[points.width()];
    for (int i = 0; i < points.rows(); i++) {
      context.cancel().check();
      points.copyTo(i, row, 0);
      tree.insert(row);
    }
    List<double[]> centres = tree.centres();
    boolean joined = !parameters.given("n_clusters") || parameters.has("n_clusters");
    int count = joined ? parameters.whole("n_clusters", DEFAULT_GROUPS) : centres.size();
    int[] groups =
        count < centres.size()
            ? join(centres, count, context)
            : IntStream.range(0, centres.size()).toArray();
    double[] flat = centres.stream().flatMapToDouble(Arrays::stream).toArray();
    return new CentreModel(table.info(), flat, groups, Double.POSITIVE_INFINITY);
  }

  private static int[] join(List<double[]> centres, int count, FitContext context) {
    int n = centres.size();
    if (n > Agglomeration.MAX_ITEMS) {
      throw new MlException(
          Kind.BAD_DATA,
          "birch made %d subclusters, which are too many to join to groups".formatted(n),
          "At most %d can be: raise threshold, or set n_clusters to null."
              .formatted(Agglomeration.MAX_ITEMS));
    }
    double[] squared = new double[n * (n - 1) / 2];
    for (int a = 0, at = 0; a < n; a++) {
      context.cancel().check();
      for (int b = 0; b < a; b++) {
        squared[at++] =
            Distances.squared(centres.get(a), 0, centres.get(b), 0, centres.get(a).length);
      }
    }
    return new Agglomeration(n, squared, Agglomeration.Linkage.WARD, context.cancel()::check)
        .groups(count);
  }
}
