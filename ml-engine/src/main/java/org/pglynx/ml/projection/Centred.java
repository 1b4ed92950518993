package org.pglynx.ml.projection;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.exec.Workers;

/**
 * Rows from which a vector is subtracted as they are read.
 *
 * @param x row-major features
 * @param rows how many
 * @param width features of a row
 * @param mean what is subtracted
 */
record Centred(float[] x, int rows, int width, double[] mean) {
  /** Rows of the matrix of products that one task sums up. */
  private static final int TILE = 16;

  /** The rows of a table without their mean. */
  static Centred of(TrainingTable table) {
    int width = table.width();
    double[] mean = new double[width];
    for (int i = 0, at = 0; i < table.rows(); i++) {
      for (int j = 0; j < width; j++, at++) {
        mean[j] += table.x()[at];
      }
    }
    for (int j = 0; j < width; j++) {
      mean[j] /= table.rows();
    }
    return new Centred(table.x(), table.rows(), width, mean);
  }

  /** The rows as they are. */
  static Centred uncentred(TrainingTable table) {
    return new Centred(table.x(), table.rows(), table.width(), new double[table.width()]);
  }

  /** Reads a row. */
  void read(int row, double[] out) {
    for (int j = 0, at = row * width; j < width; j++, at++) {
      out[j] = x[at] - mean[j];
    }
  }

  /** A row times a vector. */
  double dot(int row, double[] vector) {
    double sum = 0;
    for (int j = 0, at = row * width; j < width; j++, at++) {
      sum += (x[at] - mean[j]) * vector[j];
    }
    return sum;
  }

  /** The sum of all squares. */
  double totalSquares() {
    double[] sums = new double[width];
    for (int i = 0, at = 0; i < rows; i++) {
      for (int j = 0; j < width; j++, at++) {
        double d = x[at] - mean[j];
        sums[j] += d * d;
      }
    }
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }

  /** XᵀX, width × width. */
  double[][] products(FitContext context) {
    double[][] out = new double[width][width];
    tiles(
        width,
        context,
        (from, to) -> {
          double[] row = new double[width];
          for (int i = 0; i < rows; i++) {
            context.cancel().check();
            read(i, row);
            for (int a = from; a < to; a++) {
              multiply(out[a], row, a);
            }
          }
        });
    mirror(out);
    return out;
  }

  /** XXᵀ, rows × rows. */
  double[][] gram(FitContext context) {
    double[][] out = new double[rows][rows];
    tiles(
        rows,
        context,
        (from, to) -> {
          double[] row = new double[width];
          for (int a = from; a < to; a++) {
            read(a, row);
            for (int b = a; b < rows; b++) {
              context.cancel().check();
              out[a][b] = dot(b, row);
            }
          }
        });
    mirror(out);
    return out;
  }

  private static void multiply(double[] out, double[] row, int a) {
    double factor = row[a];
    if (factor != 0) {
      for (int b = a; b < row.length; b++) {
        out[b] += factor * row[b];
      }
    }
  }

  private static void mirror(double[][] upper) {
    for (int a = 0; a < upper.length; a++) {
      for (int b = 0; b < a; b++) {
        upper[a][b] = upper[b][a];
      }
    }
  }

  @FunctionalInterface
  private interface Tile {
    void rows(int from, int to);
  }

  private static void tiles(int count, FitContext context, Tile tile) {
    int tiles = (count + TILE - 1) / TILE;
    try (Workers workers = new Workers("pglynx-fit", Math.min(context.threads(), tiles))) {
      workers.forEach(tiles, t -> tile.rows(t * TILE, Math.min(count, (t + 1) * TILE)));
    }
  }
}
