package org.pglynx.ml.linalg;

import java.util.ArrayList;
import java.util.List;

/**
 * An orthonormal basis of what the rows of a problem see of the weights, for more weights than
 * rows: weights that cost nothing are in it when they are as short as can be. Gram and Schmidt's
 * method, twice, so that rounding leaves it orthogonal.
 */
final class RowSpace {
  private static final double DEPENDENT = 1e-10;

  private final ResidualProblem problem;
  private final List<double[]> basis = new ArrayList<>();

  RowSpace(ResidualProblem problem) {
    this.problem = problem;
    problem.forEachRow((i, row) -> {
      double[] rest = row.clone();
      double before = Math.sqrt(ResidualProblem.dot(rest, rest));
      subtractBasis(rest);
      subtractBasis(rest);
      double length = Math.sqrt(ResidualProblem.dot(rest, rest));
      if (length > DEPENDENT * before) {
        scale(rest, 1 / length);
        basis.add(rest);
      }
    });
  }

  private void subtractBasis(double[] rest) {
    for (double[] direction : basis) {
      OuterSum.addScaled(rest, -ResidualProblem.dot(direction, rest), direction);
    }
  }

  private static void scale(double[] vector, double factor) {
    for (int j = 0; j < vector.length; j++) {
      vector[j] *= factor;
    }
  }

  /** The problem with the basis for its columns. */
  ResidualProblem reduced() {
    double[][] rows = new double[problem.count()][basis.size()];
    problem.forEachRow((i, row) -> {
      for (int j = 0; j < basis.size(); j++) {
        rows[i][j] = ResidualProblem.dot(row, basis.get(j));
      }
    });
    return new ResidualProblem(
        (i, into) -> System.arraycopy(rows[i], 0, into, 0, into.length),
        problem.target(),
        problem.up(),
        problem.down(),
        new double[basis.size()],
        problem.check());
  }

  /** The weights that a solution of the reduced problem stands for. */
  double[] weights(double[] solution) {
    double[] weights = new double[problem.width()];
    for (int j = 0; j < solution.length; j++) {
      OuterSum.addScaled(weights, solution[j], basis.get(j));
    }
    return weights;
  }
}
