package org.pglynx.ml.linear;

import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;

/** Least squares without penalties, for algorithms that are built on it. */
public final class OrdinaryLeastSquares {
  private OrdinaryLeastSquares() {}

  /** The weights of least length that minimise the squared error. */
  public static LinearModel fit(TrainingTable table, boolean intercept, CancelToken cancel) {
    int p = table.width();
    LeastSquares problem = LeastSquares.of(table, new double[][] {table.y()}, intercept, cancel);
    double[] weights = problem.shortest(1, Math.max(table.rows(), p))[0];
    double[] start = {intercept ? problem.intercept(weights, 0) : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, start);
  }
}
