package org.pglynx.ml.robust;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linear.LinearModel;
import org.pglynx.ml.model.CancelToken;

/** Some rows of a table, and predictions for all of them in double precision. */
final class RowSubset {
  private static final int ROWS_BETWEEN_CHECKS = 4096;

  private RowSubset() {}

  static TrainingTable of(TrainingTable table, int[] rows) {
    int p = table.width();
    float[] x = new float[rows.length * p];
    for (int k = 0; k < rows.length; k++) {
      System.arraycopy(table.x(), rows[k] * p, x, k * p, p);
    }
    double[] y = Arrays.stream(rows).mapToDouble(row -> table.y()[row]).toArray();
    double @Nullable [] weights =
        table.weights() == null ? null : Arrays.stream(rows).mapToDouble(table::weight).toArray();
    return new TrainingTable(table.info(), rows.length, x, y, weights, null);
  }

  static double[] predict(TrainingTable table, LinearModel model, CancelToken cancel) {
    double[] weights = model.weights();
    double[] predicted = new double[table.rows()];
    Arrays.fill(predicted, model.intercepts()[0]);
    for (int i = 0; i < predicted.length; i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        cancel.check();
      }
      for (int j = 0; j < weights.length; j++) {
        predicted[i] += weights[j] * table.feature(i, j);
      }
    }
    return predicted;
  }
}
