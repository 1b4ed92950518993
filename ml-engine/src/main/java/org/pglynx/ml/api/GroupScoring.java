package org.pglynx.ml.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.metrics.Silhouette;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.PreparedModel;

/**
 * The silhouette of a model's groups on held-out rows, by the distances of what the model sees of
 * them. Where there are too many rows it is that of a sample, and {@code silhouette_rows} says how
 * many these were.
 */
final class GroupScoring {
  // One for all models: those of a project are compared by the same rows.
  private static final long SEED = 0;

  private final Model model;
  private final int[] rows;
  private final CancelToken cancel;
  private final float[] raw;
  private final int[] groups;

  GroupScoring(Model model, DataSet data, int[] rows, CancelToken cancel) {
    this.model = model;
    this.rows = rows;
    this.cancel = cancel;
    this.raw = data.rowMajor(rows);
    this.groups = new int[rows.length];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (int) model.predict(raw, i * model.featureCount());
    }
  }

  /** Of each row, the number of its group. */
  int[] groups() {
    return groups;
  }

  Map<String, Double> metrics() {
    float[] seen =
        model instanceof PreparedModel behind ? behind.prepared(raw, 0, rows.length) : raw;
    int width = seen.length / rows.length;
    Map<String, Double> scores = new LinkedHashMap<>();
    new Silhouette(seen, width, groups, SEED, cancel)
        .score()
        .ifPresent(score -> scores.put(Task.CLUSTERING.keyMetric(), score));
    int most = Silhouette.exactRows(width);
    if (rows.length > most) {
      scores.put("silhouette_rows", (double) most);
    }
    return scores;
  }
}
