package org.pglynx.ml.kernel;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;

/** How far training rows are from each other. */
final class SquaredDistances {
  private SquaredDistances() {}

  /** The lower triangle. */
  static double[][] of(TrainingTable table, FitContext context) {
    int p = table.width();
    double[][] triangle = new double[table.rows()][];
    for (int i = 0; i < triangle.length; i++) {
      context.cancel().check();
      triangle[i] = new double[i + 1];
      for (int k = 0; k < i; k++) {
        triangle[i][k] = KernelFunction.squaredDistance(table.x(), i * p, table.x(), k * p, p);
      }
    }
    return triangle;
  }
}
