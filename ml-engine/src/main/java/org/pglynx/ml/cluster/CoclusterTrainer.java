package org.pglynx.ml.cluster;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Spectral co-clustering (Dhillon 2001): rows and columns that belong together, such as documents
 * and words, are near each other in the singular vectors of the normalised table. What is predicted
 * is the group of a row.
 */
final class CoclusterTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.whole("n_clusters", 1, 100_000, "k"),
          ParameterSpec.choice("init", "k-means++", "random"),
          ParameterSpec.whole("n_init", 1, 10_000),
          SharedParameters.RANDOM_STATE);

  private static final int DEFAULT_GROUPS = 3;
  private static final int DEFAULT_RUNS = 10;

  private CoclusterTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    int k = parameters.whole("n_clusters", DEFAULT_GROUPS);
    points.requireAtLeast(k, "n_clusters");
    SingularVectors.requireColumns(points.width());
    double shift = Normalised.shift(points, 0);
    Normalised normalised = Normalised.of(Normalised.shifted(points, shift));
    int count = 1 + Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, k) - 1);
    SingularVectors vectors =
        SingularVectors.of(normalised.matrix(), Math.max(2, count), 1, context.cancel());
    requireVectors(vectors);
    Points places = places(normalised, vectors);
    double[] centres =
        KMeansTrainer.centres(
            places,
            k,
            parameters.whole("n_init", DEFAULT_RUNS),
            parameters.choice("init", "k-means++").equals("k-means++"),
            SharedParameters.random(parameters, context),
            context);
    return new BiclusterModel(table.info(), shift, true, axes(normalised, vectors), centres);
  }

  /** Refuses a table all of whose rows are alike. */
  static void requireVectors(SingularVectors vectors) {
    if (vectors.singular().length == 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "the training rows are multiples of each other, which have no groups",
          "Use more features, or kmeans.");
    }
  }

  /** Rows and columns in the same space. */
  private static Points places(Normalised table, SingularVectors vectors) {
    int rows = table.rowScale().length;
    int columns = table.columnScale().length;
    int count = vectors.singular().length;
    float[] places = new float[(rows + columns) * count];
    for (int c = 0; c < count; c++) {
      for (int i = 0; i < rows; i++) {
        places[i * count + c] = (float) (table.rowScale()[i] * vectors.left()[c][i]);
      }
      for (int j = 0; j < columns; j++) {
        places[(rows + j) * count + c] = (float) (table.columnScale()[j] * vectors.right()[c][j]);
      }
    }
    return Points.unweighted(places, count);
  }

  private static double[] axes(Normalised table, SingularVectors vectors) {
    int columns = table.columnScale().length;
    double[] axes = new double[vectors.singular().length * columns];
    for (int c = 0; c < vectors.singular().length; c++) {
      for (int j = 0; j < columns; j++) {
        axes[c * columns + j] =
            table.columnScale()[j] * vectors.right()[c][j] / vectors.singular()[c];
      }
    }
    return axes;
  }
}
