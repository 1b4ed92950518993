package org.pglynx.ml.data;

import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * The memory that one training may use.
 *
 * @param bytes all of it, on the heap and beside it
 * @param heapBytes what may be on the heap, which others need as well
 */
public record Budget(long bytes, long heapBytes) {
  /** Besides the columns themselves: the rows as the learner is given them, and its own copy. */
  private static final int COPIES = 2;

  /** Bytes of the heap that a row takes however it is learnt from: its label and its numbers. */
  private static final int HEAP_OF_A_ROW = 40;

  /** The longest array that a JVM makes. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private static final String DATA = "training data does not fit the memory budget of one training";

  /** All of it may be on the heap. */
  static Budget of(long bytes) {
    return new Budget(bytes, bytes);
  }

  /** The memory that learning from so many rows takes besides their columns. */
  static long learning(int rows, long width) {
    return rows * (width * Float.BYTES * COPIES + 2L * Double.BYTES);
  }

  /**
   * Requires that rows in columns of so many bytes can be learnt from.
   *
   * @throws MlException of kind MEMORY_BUDGET
   */
  void require(int rows, int width, long heldBytes) {
    long needed = heldBytes + learning(rows, width);
    if (needed > bytes) {
      throw new MlException(
          Kind.MEMORY_BUDGET,
          DATA,
          "%d rows of %d features need about %d MB, the budget is %d MB."
              .formatted(rows, width, needed >> 20, bytes >> 20),
          "Train on fewer rows or columns (a view), or raise the budget.");
    }
    requireHeap(rows, width, (long) rows * HEAP_OF_A_ROW, "");
  }

  /**
   * Requires that the rows fit on the heap, in one array, and the learner's copy of them.
   *
   * @throws MlException of kind MEMORY_BUDGET
   */
  void requireHeap(int rows, int width) {
    requireHeap(
        rows,
        width,
        learning(rows, width),
        "Use algorithm 'xgboost' or 'lightgbm', which learn from rows that are not on it, or train"
            + " on");
  }

  private void requireHeap(int rows, int width, long needed, String instead) {
    if (needed > heapBytes || !instead.isEmpty() && (long) rows * width > MAX_ARRAY) {
      throw new MlException(
          Kind.MEMORY_BUDGET,
          DATA,
          "%d rows of %d features need about %d MB of the heap, of which a training may take %d MB."
              .formatted(rows, width, needed >> 20, heapBytes >> 20),
          (instead.isEmpty() ? "Train on" : instead)
              + " fewer rows or columns (a view), or give the JVM a larger heap.");
    }
  }

  /** How many tables of so many rows and features fit beside columns of so many bytes. */
  int tablesThatFit(int rows, int width, long heldBytes) {
    long one = Math.max(1, learning(rows, width));
    long room = Math.min(bytes - heldBytes, heapBytes);
    return (int) Math.clamp(room / one, 1, Integer.MAX_VALUE);
  }
}
