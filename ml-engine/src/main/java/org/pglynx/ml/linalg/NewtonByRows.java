package org.pglynx.ml.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The equations without most of the weights: S = Θ + Σ a·aᵀ/D over their columns a, for more
 * weights than rows. A weight that the prices let go has next to nothing in D; beside its column
 * rounding would leave nothing of the others in S. Those weights and those that cost nothing stay,
 * as a border F:
 *
 * <pre>
 *   duals = S⁻¹·(h − F·kept),   (D + FᵀS⁻¹F)·kept = b + FᵀS⁻¹h,   h = r − Σ a·b/D
 * </pre>
 */
final class NewtonByRows implements NewtonSystem {
  private static final double FAR_APART = 1e6;

  private final ResidualProblem problem;
  private final int n;
  private final int k;
  private final double[][] columns;
  private final double[] squares;
  private final boolean[] kept;
  private double[] diagonal = {};
  private int[] border = {};
  private double[][] solved = {};
  private Cholesky factor;
  private Cholesky inner;

  NewtonByRows(ResidualProblem problem) {
    this.problem = problem;
    this.n = problem.count();
    this.k = problem.width();
    this.columns = new double[k][n];
    this.squares = new double[k];
    this.kept = new boolean[k];
    problem.forEachRow((i, row) -> {
      for (int j = 0; j < k; j++) {
        columns[j][i] = row[j];
        squares[j] += row[j] * row[j];
      }
    });
    this.factor = new Cholesky(0, diagonal, problem.check());
    this.inner = factor;
  }

  @Override
  public void decompose(double[] theta, double[] diagonal) {
    this.diagonal = diagonal;
    choose();
    OuterSum sum = new OuterSum(n);
    for (int j = 0; j < k; j++) {
      problem.checkAt(j);
      if (!kept[j]) {
        sum.add(1 / diagonal[j], columns[j]);
      }
    }
    double[] matrix = sum.lower();
    for (int i = 0; i < n; i++) {
      matrix[i * n + i] += theta[i];
    }
    factor = new Cholesky(n, matrix, problem.check());
    inner = new Cholesky(border.length, bordered(), problem.check());
  }

  /**
   * Keeps what stands far above the middle of those that the rows leave over: no more weights than
   * rows are let go, but for columns that are there twice.
   */
  private void choose() {
    double[] sizes = new double[k];
    Arrays.setAll(sizes, j -> squares[j] == 0 ? 0 : squares[j] / diagonal[j]);
    double[] sorted = sizes.clone();
    Arrays.sort(sorted);
    double most = FAR_APART * sorted[Math.max(0, k - n - 2) / 2];
    for (int j = 0; j < k; j++) {
      kept[j] = diagonal[j] == 0 || sizes[j] > most;
    }
    border = IntStream.range(0, k).filter(j -> kept[j]).toArray();
  }

  private double[] bordered() {
    int count = border.length;
    double[] matrix = new double[count * count];
    solved = new double[count][];
    for (int f = 0; f < count; f++) {
      problem.checkAt(f);
      solved[f] = columns[border[f]].clone();
      factor.forward(solved[f]);
      for (int g = 0; g <= f; g++) {
        matrix[f * count + g] = ResidualProblem.dot(solved[g], solved[f]);
      }
      matrix[f * count + f] += diagonal[border[f]];
    }
    return matrix;
  }

  @Override
  public void solve(double[] b, double[] r, double[] weights, double[] duals) {
    System.arraycopy(r, 0, duals, 0, n);
    for (int j = 0; j < k; j++) {
      if (!kept[j]) {
        OuterSum.addScaled(duals, -b[j] / diagonal[j], columns[j]);
      }
    }
    factor.forward(duals);
    double[] some = new double[border.length];
    Arrays.setAll(some, f -> b[border[f]] + ResidualProblem.dot(solved[f], duals));
    inner.solve(some);
    for (int f = 0; f < border.length; f++) {
      OuterSum.addScaled(duals, -some[f], solved[f]);
    }
    factor.backward(duals);
    for (int j = 0; j < k; j++) {
      if (!kept[j]) {
        weights[j] = (b[j] + ResidualProblem.dot(columns[j], duals)) / diagonal[j];
      }
    }
    for (int f = 0; f < border.length; f++) {
      weights[border[f]] = some[f];
    }
  }
}
