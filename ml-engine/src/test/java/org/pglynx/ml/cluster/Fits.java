package org.pglynx.ml.cluster;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.metrics.Silhouette;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Unlabelled;

/** Fits groups for tests. */
final class Fits {
  private Fits() {}

  static Model fit(TrainingTable table, Map<String, @Nullable Object> hyperparameters) {
    return fit(
        table, hyperparameters, new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE));
  }

  static Model fit(
      TrainingTable table, Map<String, @Nullable Object> hyperparameters, FitContext context) {
    String name = table.info().algorithm();
    Algorithm algorithm =
        new ClusterFamily()
            .algorithms().stream().filter(a -> a.name().equals(name)).findFirst().orElseThrow();
    return algorithm.fit(table, hyperparameters, context);
  }

  static TrainingTable table(String algorithm, String data) {
    return Unlabelled.builtIn(Task.CLUSTERING, algorithm, data);
  }

  /** The group of each row. */
  static int[] groups(Model model, TrainingTable table) {
    int[] groups = new int[table.rows()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (int) model.predict(table.x(), i * table.width());
    }
    return groups;
  }

  static double silhouette(TrainingTable table, int[] groups) {
    return new Silhouette(table.x(), table.width(), groups, 0, CancelToken.NEVER)
        .score()
        .orElseThrow();
  }
}
