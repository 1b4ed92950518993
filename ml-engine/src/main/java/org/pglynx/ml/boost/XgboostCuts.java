package org.pglynx.ml.boost;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import ml.dmlc.xgboost4j.java.util.BigDenseMatrix;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.exec.Workers;
import org.pglynx.ml.model.CancelToken;

/** Finds where XGBoost cuts the columns of a table into bins. */
final class XgboostCuts {
  /** Values of a column that are looked at together: they stay in the second cache. */
  private static final int PIECE = 1 << 14;

  /** The library refuses a single one. */
  private static final int FEWEST_BINS = 2;

  /** Up to here ranks are exact as floats, in whatever order they are added. */
  private static final int MOST_ROWS = 1 << 24;

  private final BigDenseMatrix matrix;
  private final MemorySegment cells;
  private final Columns columns;
  private final int maxBins;
  private final CancelToken cancel;
  private final float[][] found;
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean ambiguous;

  private XgboostCuts(BigDenseMatrix matrix, Columns columns, int maxBins, CancelToken cancel) {
    this.matrix = matrix;
    this.cells =
        MemorySegment.ofAddress(matrix.address)
            .reinterpret((long) matrix.nrow * matrix.ncol * Float.BYTES);
    this.columns = columns;
    this.maxBins = maxBins;
    this.cancel = cancel;
    this.found = new float[matrix.ncol][];
  }

  /** The matrix column by column, where it is at hand so. */
  @FunctionalInterface
  interface Columns {
    /** Puts rows from (inclusive) to to (exclusive) of a column into the array, or is false. */
    boolean copy(int column, int from, int to, float[] values);
  }

  /**
   * For each column its least value, those at which bins end, and its largest. Null where the
   * library is to find them: it alone knows which of two zeros of different signs it takes.
   */
  static float @Nullable [][] of(
      BigDenseMatrix matrix, Columns columns, int maxBins, int threads, CancelToken cancel) {
    if (matrix.nrow > MOST_ROWS || maxBins < FEWEST_BINS) {
      return null;
    }
    XgboostCuts cuts = new XgboostCuts(matrix, columns, maxBins, cancel);
    int parts = Math.min(threads, matrix.ncol);
    try (Workers workers = new Workers("pglynx-bins", parts)) {
      workers.forEach(parts, part -> cuts.find());
    }
    return cuts.ambiguous ? null : cuts.found;
  }

  /** One column after another, until none is left: a sketch of each at once would be megabytes. */
  private void find() {
    QuantileSketch sketch = new QuantileSketch(maxBins);
    float[] piece = new float[Math.min(PIECE, matrix.nrow)];
    int column = next.getAndIncrement();
    while (column < found.length && !ambiguous) {
      sketch.begin(count(column, piece));
      add(column, piece, sketch);
      found[column] = sketch.cuts();
      column = next.getAndIncrement();
    }
  }

  private int count(int column, float[] piece) {
    int count = 0;
    for (int from = 0; from < matrix.nrow; from += PIECE) {
      int size = copy(column, from, piece);
      for (int i = 0; i < size; i++) {
        count += Float.isNaN(piece[i]) ? 0 : 1;
      }
    }
    return count;
  }

  private void add(int column, float[] piece, QuantileSketch sketch) {
    boolean negativeZero = false;
    for (int from = 0; from < matrix.nrow; from += PIECE) {
      int size = copy(column, from, piece);
      for (int i = 0; i < size; i++) {
        float value = piece[i];
        if (!Float.isNaN(value)) {
          negativeZero |= Float.floatToRawIntBits(value) == Integer.MIN_VALUE;
          sketch.add(value);
        }
      }
    }
    if (negativeZero) {
      ambiguous = true;
    }
  }

  /** The next values of a column; gives how many. */
  private int copy(int column, int from, float[] piece) {
    cancel.check();
    int to = Math.min(matrix.nrow, from + PIECE);
    if (!columns.copy(column, from, to, piece)) {
      long width = matrix.ncol;
      for (int row = from; row < to; row++) {
        piece[row - from] = cells.getAtIndex(ValueLayout.JAVA_FLOAT, row * width + column);
      }
    }
    return to - from;
  }
}
