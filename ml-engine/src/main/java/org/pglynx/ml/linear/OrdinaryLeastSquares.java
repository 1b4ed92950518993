package org.pglynx.ml.linear;

import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.JacobiSvd;
import org.pglynx.ml.model.CancelToken;

/** Least squares without penalties, for algorithms that are built on it. */
public final class OrdinaryLeastSquares {
  private static final double EPSILON = 0x1.0p-52;

  private OrdinaryLeastSquares() {}

  /** The weights of least length that minimise the squared error. */
  public static LinearModel fit(TrainingTable table, boolean intercept, CancelToken cancel) {
    int p = table.width();
    LeastSquares problem = LeastSquares.of(table, new double[][] {table.y()}, intercept, cancel);
    double cutoff = EPSILON * Math.max(table.rows(), p);
    double[] weights =
        new JacobiSvd(p, problem.triangle(), cancel::check).solve(problem.projected(0), 0, cutoff);
    double[] start = {intercept ? problem.intercept(weights, 0) : 0};
    return LinearModel.fitted(table.info(), Link.IDENTITY, weights, start);
  }
}
