package org.pglynx.ml.linalg;

import java.util.Arrays;

/**
 * The QR decomposition of a tall matrix [X Y] that arrives row by row, in memory for one block of
 * rows: each block is stacked under the triangle so far and reduced by Householder reflections
 * (Golub, Van Loan, "Matrix Computations", 5.2 and 6.5). Least squares through R keeps the
 * condition number of X; normal equations would square it.
 */
public final class StreamingQr {
  private static final int MIN_BLOCK_ROWS = 64;

  private final Runnable check;
  private final int columns;
  private final int width;
  private final int blockRows;
  private final double[] triangle;
  private final double[][] block;
  private final double[] residual;
  private int filled;

  /**
   * An empty decomposition.
   *
   * @param columns columns of X
   * @param targets columns of Y
   */
  public StreamingQr(int columns, int targets) {
    this(columns, targets, () -> {});
  }

  /**
   * The same.
   *
   * @param check called several times a second; throws to stop
   */
  public StreamingQr(int columns, int targets, Runnable check) {
    this.check = check;
    this.columns = columns;
    this.width = columns + targets;
    this.blockRows = Math.max(MIN_BLOCK_ROWS, columns);
    this.triangle = new double[columns * width];
    this.block = new double[width][blockRows];
    this.residual = new double[targets];
  }

  /** Adds one row of [X Y]. */
  public void add(double[] row) {
    for (int j = 0; j < width; j++) {
      block[j][filled] = row[j];
    }
    filled++;
    if (filled == blockRows) {
      reduce();
    }
  }

  /** The upper triangle R and QᵀY of all rows added so far. */
  public Result result() {
    reduce();
    double[] r = new double[columns * columns];
    double[][] projected = new double[width - columns][columns];
    for (int i = 0; i < columns; i++) {
      System.arraycopy(triangle, i * width, r, i * columns, columns);
      for (int t = 0; t < projected.length; t++) {
        projected[t][i] = triangle[i * width + columns + t];
      }
    }
    return new Result(columns, r, projected, residual.clone());
  }

  /**
   * A finished decomposition.
   *
   * @param size columns of X
   * @param r the triangle, row-major size × size
   * @param projected the first rows of QᵀY, one array per target
   * @param residual the squared length of what X cannot explain, per target
   */
  public record Result(int size, double[] r, double[][] projected, double[] residual) {}

  private void reduce() {
    for (int j = 0; j < columns; j++) {
      check.run();
      reflect(j);
    }
    for (int t = 0; t < residual.length; t++) {
      double[] left = block[columns + t];
      residual[t] += dot(left, left, filled);
    }
    for (double[] column : block) {
      Arrays.fill(column, 0);
    }
    filled = 0;
  }

  /** Zeroes column j of the block against the diagonal element of row j of the triangle. */
  private void reflect(int j) {
    double[] v = block[j];
    double tail = dot(v, v, filled);
    if (tail < Double.MIN_NORMAL) {
      // Nothing, or rounding of rounding: two divided by it would be infinite.
      return;
    }
    double diagonal = triangle[j * width + j];
    double norm = Math.sqrt(diagonal * diagonal + tail);
    double alpha = diagonal > 0 ? -norm : norm;
    double head = diagonal - alpha;
    double beta = 2 / (head * head + tail);
    triangle[j * width + j] = alpha;
    for (int c = j + 1; c < width; c++) {
      int at = j * width + c;
      double s = beta * (head * triangle[at] + dot(v, block[c], filled));
      triangle[at] -= s * head;
      subtract(block[c], s, v, filled);
    }
  }

  private static double dot(double[] a, double[] b, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void subtract(double[] from, double factor, double[] v, int n) {
    for (int i = 0; i < n; i++) {
      from[i] -= factor * v[i];
    }
  }
}
