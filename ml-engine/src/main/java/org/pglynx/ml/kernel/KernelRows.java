package org.pglynx.ml.kernel;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** The kernel matrix of some training rows, a row at a time; the last used ones are remembered. */
final class KernelRows {
  private static final int COLUMNS_BETWEEN_CHECKS = 1024;

  private final KernelFunction kernel;
  private final float[] x;
  private final int width;
  private final int[] rows;
  private final double[] diagonal;
  private final CancelToken cancel;
  private final Map<Integer, float[]> recent;

  /**
   * The matrix of these rows.
   *
   * @param x row-major features of all rows
   * @param rows which of them
   * @param cacheBytes what remembered rows may take; two are always kept
   */
  KernelRows(
      KernelFunction kernel,
      float[] x,
      int width,
      int[] rows,
      long cacheBytes,
      CancelToken cancel) {
    this.kernel = kernel;
    this.x = x;
    this.width = width;
    this.rows = rows;
    this.cancel = cancel;
    this.diagonal = new double[rows.length];
    this.recent = lru((int) Math.clamp(cacheBytes / (4L * rows.length), 2, rows.length + 2));
    for (int i = 0; i < rows.length; i++) {
      diagonal[i] = finite(kernel.apply(x, rows[i] * width, x, rows[i] * width, width));
    }
  }

  int size() {
    return rows.length;
  }

  double diagonal(int i) {
    return diagonal[i];
  }

  /** Row i, in single precision as LIBSVM keeps it. Not to be changed. */
  float[] row(int i) {
    float[] known = recent.get(i);
    if (known != null) {
      return known;
    }
    float[] row = new float[rows.length];
    int at = rows[i] * width;
    for (int k = 0; k < row.length; k++) {
      if (k % COLUMNS_BETWEEN_CHECKS == 0) {
        cancel.check();
      }
      row[k] = (float) kernel.apply(x, at, x, rows[k] * width, width);
    }
    recent.put(i, row);
    return row;
  }

  /** A row's kernel with itself bounds its kernel with others, so this finds every overflow. */
  private static double finite(double value) {
    if (Math.abs(value) < Float.MAX_VALUE) {
      return value;
    }
    throw new MlException(
        Kind.BAD_DATA,
        "the kernel of a row with itself is beyond the range of real",
        "Scale the features (preprocess), or use a smaller gamma or degree.");
  }

  private static Map<Integer, float[]> lru(int capacity) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, float[]> eldest) {
        return size() > capacity;
      }
    };
  }
}
