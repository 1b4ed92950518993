package org.pglynx.ml.kernel;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.SymmetricEigen;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Ridge regression in the space of a kernel: (K + α) c = y. A kernel matrix that is not positive
 * definite (sigmoid, or α = 0 with equal rows) is solved by least squares, as scikit-learn does.
 */
final class KernelRidgeTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.atLeast("alpha", 0),
          ParameterSpec.choice(
              "kernel", "linear", "poly", "polynomial", "rbf", "laplacian", "sigmoid", "cosine"),
          ParameterSpec.positive("gamma").orNull(),
          ParameterSpec.whole("degree", 0, 100),
          ParameterSpec.number("coef0"));

  /** A triangle of 100 MB, and a minute of computing. */
  static final int MAX_ROWS = 5000;

  private static final double EPSILON = 0x1.0p-52;

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final double[] root;

  private KernelRidgeTrainer(TrainingTable table, Parameters parameters, FitContext context) {
    RowLimit.check(table, MAX_ROWS, "'ridge', 'svm' or 'xgboost'");
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.root = new double[table.rows()];
    for (int i = 0; i < root.length; i++) {
      root[i] = Math.sqrt(table.weight(i));
    }
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    return new KernelRidgeTrainer(table, parameters, context).model();
  }

  private KernelSum model() {
    KernelFunction kernel = kernel();
    double[] c = new double[root.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = table.y()[i] * root[i];
    }
    double[][] triangle = matrix(kernel);
    if (PackedCholesky.factor(triangle, context.cancel())) {
      PackedCholesky.of(triangle, context.cancel()).solve(c);
    } else {
      c = leastSquares(matrix(kernel), c);
    }
    for (int i = 0; i < c.length; i++) {
      c[i] *= root[i];
    }
    return KernelSum.of(table, kernel, c, 0);
  }

  private KernelFunction kernel() {
    KernelFunction.Kind kind =
        switch (parameters.choice("kernel", "linear")) {
          case "poly", "polynomial" -> KernelFunction.Kind.POLY;
          case "rbf" -> KernelFunction.Kind.RBF;
          case "laplacian" -> KernelFunction.Kind.LAPLACIAN;
          case "sigmoid" -> KernelFunction.Kind.SIGMOID;
          case "cosine" -> KernelFunction.Kind.COSINE;
          default -> KernelFunction.Kind.LINEAR;
        };
    return new KernelFunction(
        kind,
        parameters.real("gamma", 1.0 / table.width()),
        parameters.real("coef0", 1),
        parameters.whole("degree", 3));
  }

  private double[][] matrix(KernelFunction kernel) {
    double[][] triangle = KernelTriangle.of(table, kernel, context);
    double alpha = parameters.real("alpha", 1);
    for (int i = 0; i < triangle.length; i++) {
      double[] row = triangle[i];
      for (int k = 0; k <= i; k++) {
        row[k] *= root[i] * root[k];
      }
      row[i] += alpha;
      if (!Double.isFinite(row[i])) {
        throw overflow();
      }
    }
    return triangle;
  }

  private double[] leastSquares(double[][] triangle, double[] y) {
    int n = y.length;
    double[][] square = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k <= i; k++) {
        square[i][k] = triangle[i][k];
        square[k][i] = triangle[i][k];
      }
    }
    SymmetricEigen eigen = new SymmetricEigen(square, context.cancel()::check);
    double largest = Math.max(Math.abs(eigen.value(0)), Math.abs(eigen.value(n - 1)));
    double[] solution = new double[n];
    for (int j = 0; j < n; j++) {
      double value = eigen.value(j);
      if (Math.abs(value) > n * EPSILON * largest) {
        double[] vector = eigen.vector(j);
        double share = PackedCholesky.dot(vector, y, n) / value;
        for (int i = 0; i < n; i++) {
          solution[i] += share * vector[i];
        }
      }
    }
    return solution;
  }

  private static MlException overflow() {
    return new MlException(
        Kind.BAD_DATA,
        "the kernel of a row with itself is beyond the range of double precision",
        "Scale the features (preprocess), or use a smaller gamma or degree.");
  }
}
