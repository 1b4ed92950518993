package org.pglynx.ml.cluster;

import java.util.Arrays;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * A table as a matrix without negative numbers, divided by the roots of the sums of its rows and
 * columns (Dhillon 2001). A row or column of zeros stays what it is.
 *
 * @param matrix rows × columns
 * @param rowScale what each row was multiplied by
 * @param columnScale what each column was multiplied by
 */
record Normalised(double[][] matrix, double[] rowScale, double[] columnScale) {
  /** 20 million float64 twice: 320 MB. */
  private static final long MAX_CELLS = 20_000_000;

  private static final int MAX_ROUNDS = 1000;
  private static final double STILL = 1e-5;

  /** What makes the least number of a table at least that; 0 when it is. */
  static double shift(Points points, double least) {
    double min = Double.POSITIVE_INFINITY;
    for (float value : points.x()) {
      min = Math.min(min, value);
    }
    return min < least ? least - min : 0;
  }

  /** The table as it is, each number shifted. */
  static double[][] shifted(Points points, double shift) {
    long cells = (long) points.rows() * points.width();
    if (cells > MAX_CELLS) {
      throw new MlException(
          Kind.BAD_DATA,
          "%d rows of %d features are too many".formatted(points.rows(), points.width()),
          "Rows times features may be at most %d; use kmeans.".formatted(MAX_CELLS));
    }
    double[][] matrix = new double[points.rows()][points.width()];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < points.width(); j++) {
        matrix[i][j] = points.x()[i * points.width() + j] + shift;
      }
    }
    return matrix;
  }

  /** Divides once. */
  static Normalised of(double[][] matrix) {
    double[] rows = new double[matrix.length];
    double[] columns = new double[matrix[0].length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < columns.length; j++) {
        rows[i] += matrix[i][j];
        columns[j] += matrix[i][j];
      }
    }
    invertRoots(rows);
    invertRoots(columns);
    double[][] out = new double[matrix.length][columns.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < columns.length; j++) {
        out[i][j] = rows[i] * matrix[i][j] * columns[j];
      }
    }
    return new Normalised(out, rows, columns);
  }

  /** Divides until all rows, and all columns, have the same sum. */
  static double[][] bistochastic(double[][] matrix, CancelToken cancel) {
    double[][] scaled = matrix;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      cancel.check();
      double[][] next = of(scaled).matrix;
      double squared = 0;
      for (int i = 0; i < next.length; i++) {
        squared += Distances.squared(next[i], 0, scaled[i], 0, next[i].length);
      }
      scaled = next;
      if (Math.sqrt(squared) < STILL) {
        break;
      }
    }
    return scaled;
  }

  /** Logarithms without the effects of rows and columns. */
  static double[][] logarithms(double[][] matrix) {
    int columns = matrix[0].length;
    double[] columnMean = new double[columns];
    double[] rowMean = new double[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < columns; j++) {
        matrix[i][j] = Math.log(matrix[i][j]);
        rowMean[i] += matrix[i][j] / columns;
        columnMean[j] += matrix[i][j] / matrix.length;
      }
    }
    double mean = Arrays.stream(columnMean).average().orElse(0);
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < columns; j++) {
        matrix[i][j] += mean - rowMean[i] - columnMean[j];
      }
    }
    return matrix;
  }

  private static void invertRoots(double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sums[i] > 0 ? 1 / Math.sqrt(sums[i]) : 0;
    }
  }
}
