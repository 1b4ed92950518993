package org.pglynx.ml.boost;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import ml.dmlc.xgboost4j.java.util.BigDenseMatrix;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.exec.Workers;
import org.pglynx.ml.model.CancelToken;

/** Finds where XGBoost cuts the columns of a matrix into bins. */
final class XgboostCuts {
  /** Rows that are looked at together: they stay in the second cache. */
  private static final int BLOCK_CELLS = 1 << 15;

  /** The library refuses a single one. */
  private static final int FEWEST_BINS = 2;

  /** Up to here ranks are exact as floats, in whatever order they are added. */
  private static final int MOST_ROWS = 1 << 24;

  private final MemorySegment cells;
  private final int rows;
  private final int width;
  private final int maxBins;
  private final CancelToken cancel;
  private final float[][] found;
  private volatile boolean ambiguous;

  private XgboostCuts(BigDenseMatrix matrix, int maxBins, CancelToken cancel) {
    this.rows = matrix.nrow;
    this.width = matrix.ncol;
    this.cells =
        MemorySegment.ofAddress(matrix.address).reinterpret((long) rows * width * Float.BYTES);
    this.maxBins = maxBins;
    this.cancel = cancel;
    this.found = new float[width][];
  }

  /**
   * For each column its least value, those at which bins end, and its largest. Null where the
   * library is to find them: it alone knows which of two zeros of different signs it takes.
   */
  static float @Nullable [][] of(
      BigDenseMatrix matrix, int maxBins, int threads, CancelToken cancel) {
    if (matrix.nrow > MOST_ROWS || maxBins < FEWEST_BINS) {
      return null;
    }
    XgboostCuts cuts = new XgboostCuts(matrix, maxBins, cancel);
    int parts = Math.min(threads, matrix.ncol);
    try (Workers workers = new Workers("pglynx-bins", parts)) {
      workers.forEach(
          parts, part -> cuts.find(part * matrix.ncol / parts, (part + 1) * matrix.ncol / parts));
    }
    return cuts.ambiguous ? null : cuts.found;
  }

  private void find(int from, int to) {
    int[] counts = new int[to - from];
    forEachBlock((block, size) -> count(block, size, from, counts));
    QuantileSketch[] sketches = new QuantileSketch[counts.length];
    for (int i = 0; i < sketches.length; i++) {
      sketches[i] = new QuantileSketch(counts[i], maxBins);
    }
    forEachBlock((block, size) -> {
      for (int i = 0; i < sketches.length && !ambiguous; i++) {
        add(block, size, from + i, sketches[i]);
      }
    });
    for (int i = 0; i < sketches.length && !ambiguous; i++) {
      cancel.check();
      found[from + i] = sketches[i].cuts();
    }
  }

  /** Some rows, row-major. */
  @FunctionalInterface
  private interface Block {
    void take(float[] block, int size);
  }

  private void forEachBlock(Block taker) {
    int most = Math.max(1, BLOCK_CELLS / width);
    float[] block = new float[Math.min(most, rows) * width];
    for (int row = 0; row < rows; row += most) {
      cancel.check();
      int size = Math.min(most, rows - row) * width;
      MemorySegment.copy(
          cells, ValueLayout.JAVA_FLOAT, (long) row * width * Float.BYTES, block, 0, size);
      taker.take(block, size);
    }
  }

  private void count(float[] block, int size, int from, int[] counts) {
    for (int row = from; row < size; row += width) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += Float.isNaN(block[row + i]) ? 0 : 1;
      }
    }
  }

  private void add(float[] block, int size, int column, QuantileSketch sketch) {
    boolean negativeZero = false;
    for (int cell = column; cell < size; cell += width) {
      float value = block[cell];
      if (!Float.isNaN(value)) {
        negativeZero |= Float.floatToRawIntBits(value) == Integer.MIN_VALUE;
        sketch.add(value);
      }
    }
    if (negativeZero) {
      ambiguous = true;
    }
  }
}
