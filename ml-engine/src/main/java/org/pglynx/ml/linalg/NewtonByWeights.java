package org.pglynx.ml.linalg;

/** The equations without the duals: D + AᵀΘ⁻¹A, for more rows than weights. */
final class NewtonByWeights implements NewtonSystem {
  private final ResidualProblem problem;
  private final int k;
  private double[] theta = {};
  private Cholesky factor;

  NewtonByWeights(ResidualProblem problem) {
    this.problem = problem;
    this.k = problem.width();
    this.factor = new Cholesky(0, theta, problem.check());
  }

  @Override
  public void decompose(double[] theta, double[] diagonal) {
    this.theta = theta;
    OuterSum sum = new OuterSum(k);
    problem.forEachRow((i, row) -> sum.add(1 / theta[i], row));
    double[] matrix = sum.lower();
    for (int j = 0; j < k; j++) {
      matrix[j * k + j] += diagonal[j];
    }
    factor = new Cholesky(k, matrix, problem.check());
  }

  @Override
  public void solve(double[] b, double[] r, double[] weights, double[] duals) {
    System.arraycopy(b, 0, weights, 0, k);
    problem.forEachRow((i, row) -> OuterSum.addScaled(weights, r[i] / theta[i], row));
    factor.solve(weights);
    problem.forEachRow(
        (i, row) -> duals[i] = (r[i] - ResidualProblem.dot(row, weights)) / theta[i]);
  }
}
