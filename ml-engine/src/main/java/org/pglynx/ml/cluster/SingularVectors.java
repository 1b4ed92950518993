package org.pglynx.ml.cluster;

import org.pglynx.ml.linalg.SymmetricEigen;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * The largest singular triples of a matrix, by the eigenvectors of its products of columns.
 *
 * @param left singular vectors, each as long as there are rows
 * @param right singular vectors, each as long as there are columns
 * @param singular values, descending; those that are nothing but rounding errors are left out
 */
record SingularVectors(double[][] left, double[][] right, double[] singular) {
  private static final double NOTHING = 1e-12;
  private static final int MAX_COLUMNS = 2048;

  /** Refuses more columns than can be decomposed, before memory is taken. */
  static void requireColumns(int columns) {
    if (columns > MAX_COLUMNS) {
      throw new MlException(
          Kind.BAD_DATA,
          "%d features are too many to decompose".formatted(columns),
          "Select at most %d.".formatted(MAX_COLUMNS));
    }
  }

  /** At most that many triples, without the first of them. */
  static SingularVectors of(double[][] matrix, int count, int discard, CancelToken cancel) {
    int columns = matrix[0].length;
    SymmetricEigen eigen = new SymmetricEigen(products(matrix, cancel), cancel::check);
    int found = 0;
    while (found < Math.min(count, columns)
        && eigen.value(found) > NOTHING * Math.max(eigen.value(0), Double.MIN_NORMAL)) {
      found++;
    }
    int kept = Math.max(0, found - discard);
    double[][] left = new double[kept][matrix.length];
    double[][] right = new double[kept][];
    double[] singular = new double[kept];
    for (int c = 0; c < kept; c++) {
      right[c] = eigen.vector(c + discard);
      singular[c] = Math.sqrt(eigen.value(c + discard));
      for (int i = 0; i < matrix.length; i++) {
        left[c][i] = dot(matrix[i], right[c]) / singular[c];
      }
    }
    return new SingularVectors(left, right, singular);
  }

  private static double[][] products(double[][] matrix, CancelToken cancel) {
    int columns = matrix[0].length;
    double[][] out = new double[columns][columns];
    for (double[] row : matrix) {
      cancel.check();
      for (int a = 0; a < columns; a++) {
        for (int b = 0; row[a] != 0 && b <= a; b++) {
          out[a][b] += row[a] * row[b];
        }
      }
    }
    for (int a = 0; a < columns; a++) {
      for (int b = 0; b < a; b++) {
        out[b][a] = out[a][b];
      }
    }
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
