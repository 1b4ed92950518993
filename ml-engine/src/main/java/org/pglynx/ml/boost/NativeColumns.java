package org.pglynx.ml.boost;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import ml.dmlc.xgboost4j.java.util.BigDenseMatrix;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.exec.Workers;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;

/** Columns of a table in the types that native libraries take. */
final class NativeColumns {
  /** Floats that are copied at a time: they stay in the second cache. */
  private static final int BLOCK = 1 << 16;

  private NativeColumns() {}

  /**
   * The features outside of the heap, where a library can read them without a copy. In between are
   * points at which the collector need not wait for all of it.
   */
  static BigDenseMatrix offHeap(TrainingTable table, CancelToken cancel) {
    return offHeap(table, 1, cancel);
  }

  /** The same by several threads. */
  static BigDenseMatrix offHeap(TrainingTable table, int threads, CancelToken cancel) {
    BigDenseMatrix matrix = new BigDenseMatrix(table.rows(), table.width());
    MemorySegment cells =
        MemorySegment.ofAddress(matrix.address)
            .reinterpret((long) table.rows() * table.width() * Float.BYTES);
    int blockRows = Math.max(1, BLOCK / table.width());
    int parts = Math.min(threads, (table.rows() + blockRows - 1) / blockRows);
    try {
      if (parts <= 1) {
        copy(table, 0, table.rows(), cells, cancel);
      } else {
        copy(table, parts, cells, cancel);
      }
    } catch (RuntimeException | Error failed) {
      matrix.dispose();
      throw failed;
    }
    return matrix;
  }

  private static void copy(
      TrainingTable table, int parts, MemorySegment cells, CancelToken cancel) {
    try (Workers workers = new Workers("pglynx-rows", parts)) {
      workers.forEach(
          parts,
          part -> copy(table, row(table, part, parts), row(table, part + 1, parts), cells, cancel));
    }
  }

  private static int row(TrainingTable table, int part, int parts) {
    return (int) ((long) table.rows() * part / parts);
  }

  private static void copy(
      TrainingTable table, int first, int end, MemorySegment cells, CancelToken cancel) {
    int width = table.width();
    int rows = Math.max(1, BLOCK / width);
    float[] block = new float[Math.min(rows, end - first) * width];
    for (int from = first; from < end; from += rows) {
      cancel.check();
      int to = Math.min(end, from + rows);
      table.features().copy(from, to, block);
      long at = (long) from * width * Float.BYTES;
      MemorySegment.copy(block, 0, cells, ValueLayout.JAVA_FLOAT, at, (to - from) * width);
    }
  }

  static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }

  /** The number of rows of each group, in order. */
  static int[] groupSizes(TrainingTable table) {
    int @Nullable [] groups = table.groups();
    if (groups == null) {
      throw new MlException(
          MlException.Kind.BAD_DATA,
          "ranking needs a group for each row",
          "Name the column that holds the query or session which rows belong to.");
    }
    int count = 0;
    int[] sizes = new int[groups.length];
    for (int i = 0; i < groups.length; i++) {
      count += i == 0 || groups[i] != groups[i - 1] ? 1 : 0;
      sizes[count - 1]++;
    }
    return Arrays.copyOf(sizes, count);
  }

  /** The weight of each group, which all its rows have: XGBoost weighs groups, not rows in them. */
  static double[] groupWeights(TrainingTable table, double[] rows) {
    int[] sizes = groupSizes(table);
    double[] weights = new double[sizes.length];
    int row = 0;
    for (int group = 0; group < sizes.length; group++) {
      weights[group] = rows[row];
      for (int end = row + sizes[group]; row < end; row++) {
        if (rows[row] != weights[group]) {
          throw new MlException(
              MlException.Kind.BAD_DATA,
              "rows of one group have different weights",
              "XGBoost ranks with a weight for each group: give all of its rows the same one, or"
                  + " use algorithm 'lightgbm'.");
        }
      }
    }
    return weights;
  }

  /** Relevances, which must be whole numbers from 0 to a limit. */
  static void checkRelevances(TrainingTable table, int max) {
    for (double y : table.y()) {
      if (y < 0 || y > max || y % 1 != 0) {
        throw new MlException(
            MlException.Kind.BAD_DATA,
            "a relevance to rank by is " + y + ", it must be a whole number from 0 to " + max,
            "Map the label to grades such as 0 to 4.");
      }
    }
  }
}
