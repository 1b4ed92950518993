package org.pglynx.ml.linalg;

/**
 * The equations of a step of {@link AbsoluteErrors}, for the steps of the weights and of the rows'
 * duals:
 *
 * <pre>
 *   D·weights − Aᵀ·duals = b
 *   A·weights + Θ·duals  = r
 * </pre>
 *
 * Eliminating the duals leaves a matrix of the weights' number, eliminating the weights one of the
 * rows' number: the smaller one is decomposed.
 */
interface NewtonSystem {
  /**
   * Takes the matrices of a step.
   *
   * @param theta the diagonal of Θ, which is positive
   * @param diagonal that of D, which is positive but for weights that cost nothing
   */
  void decompose(double[] theta, double[] diagonal);

  /** Solves for b and r, into weights and duals. */
  void solve(double[] b, double[] r, double[] weights, double[] duals);

  /**
   * The one with the smaller matrix; that of the rows has more to be done beside it.
   *
   * @param free how many weights have no part in D
   */
  static NewtonSystem of(ResidualProblem problem, int free) {
    return 2 * problem.count() + free < problem.width()
        ? new NewtonByRows(problem)
        : new NewtonByWeights(problem);
  }
}
