package org.pglynx.ml.projection;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.exec.RowBlocks;
import org.pglynx.ml.linalg.JacobiSvd;
import org.pglynx.ml.linalg.StreamingQr;
import org.pglynx.ml.linalg.SymmetricEigen;
import org.pglynx.ml.model.MlException;

/**
 * The singular values and right singular vectors of many rows, largest first. Few features go
 * through QR and Jacobi rotations, which keeps small values exact; many through XᵀX, or XXᵀ when
 * there are fewer rows.
 *
 * @param axes vectors of length 1; all zero where the singular value is 0 for want of rows
 * @param singular values, descending
 */
record PrincipalAxes(double[][] axes, double[] singular) {
  /** Squares of singular values below this share of the largest are rounding errors. */
  private static final double NOTHING = 1e-13;

  private static final int MAX_JACOBI = 128;

  /** 4,096² float64 twice are 256 MiB, and their decomposition some minutes. */
  private static final int MAX_SIZE = 4096;

  /**
   * Decomposes.
   *
   * @throws MlException of kind BAD_DATA when there are too many rows and features
   */
  static PrincipalAxes of(Centred data, FitContext context) {
    int size = Math.min(data.rows(), data.width());
    if (size > MAX_SIZE) {
      throw new MlException(
          MlException.Kind.BAD_DATA,
          "%d rows of %d features are too many to decompose".formatted(data.rows(), data.width()),
          "The smaller of the two may be at most %d; select fewer features.".formatted(MAX_SIZE));
    }
    if (data.rows() < data.width()) {
      return byRows(data, context);
    }
    return data.width() <= MAX_JACOBI ? byRotations(data, context) : byFeatures(data, context);
  }

  /**
   * Gives each axis the sign that scikit-learn's svd_flip gives it: the row that lies farthest out
   * along the axis lies on its positive side.
   */
  void orient(Centred data, FitContext context) {
    double[] far = new double[axes.length];
    try (RowBlocks blocks = new RowBlocks(data.rows(), context.threads(), context.cancel())) {
      double[][] most = new double[blocks.count()][axes.length];
      blocks.forEach((block, from, to) -> {
        for (int i = from; i < to; i++) {
          context.cancel().check();
          for (int c = 0; c < axes.length; c++) {
            double value = data.dot(i, axes[c]);
            most[block][c] = farther(most[block][c], value);
          }
        }
      });
      for (double[] part : most) {
        for (int c = 0; c < axes.length; c++) {
          far[c] = farther(far[c], part[c]);
        }
      }
    }
    for (int c = 0; c < axes.length; c++) {
      if (far[c] < 0) {
        negate(axes[c]);
      }
    }
  }

  private static double farther(double a, double b) {
    return Math.abs(b) > Math.abs(a) ? b : a;
  }

  private static void negate(double[] axis) {
    for (int j = 0; j < axis.length; j++) {
      axis[j] = -axis[j];
    }
  }

  private static PrincipalAxes byRotations(Centred data, FitContext context) {
    StreamingQr qr = new StreamingQr(data.width(), 0);
    double[] row = new double[data.width()];
    for (int i = 0; i < data.rows(); i++) {
      context.cancel().check();
      data.read(i, row);
      qr.add(row);
    }
    JacobiSvd svd = new JacobiSvd(data.width(), qr.result().r());
    int[] order =
        IntStream.range(0, data.width())
            .boxed()
            .sorted(Comparator.comparingDouble(j -> -svd.singular(j)))
            .mapToInt(Integer::intValue)
            .toArray();
    double[][] axes = new double[order.length][];
    double[] singular = new double[order.length];
    for (int c = 0; c < order.length; c++) {
      axes[c] = svd.right(order[c]);
      singular[c] = svd.singular(order[c]);
    }
    return new PrincipalAxes(axes, singular);
  }

  private static PrincipalAxes byFeatures(Centred data, FitContext context) {
    SymmetricEigen eigen = eigen(data.products(context), context);
    double[][] axes = new double[data.width()][];
    double[] singular = new double[data.width()];
    for (int c = 0; c < axes.length; c++) {
      axes[c] = eigen.vector(c);
      singular[c] = root(eigen, c);
    }
    return new PrincipalAxes(axes, singular);
  }

  private static PrincipalAxes byRows(Centred data, FitContext context) {
    SymmetricEigen eigen = eigen(data.gram(context), context);
    double[][] axes = new double[data.rows()][data.width()];
    double[] singular = new double[data.rows()];
    double[] row = new double[data.width()];
    for (int c = 0; c < singular.length; c++) {
      singular[c] = root(eigen, c);
    }
    for (int i = 0; i < data.rows(); i++) {
      context.cancel().check();
      data.read(i, row);
      for (int c = 0; c < singular.length; c++) {
        if (singular[c] > 0) {
          add(axes[c], eigen.vector(c)[i] / singular[c], row);
        }
      }
    }
    return new PrincipalAxes(axes, singular);
  }

  private static SymmetricEigen eigen(double[][] matrix, FitContext context) {
    return new SymmetricEigen(matrix, context.cancel()::check);
  }

  private static double root(SymmetricEigen eigen, int c) {
    double value = eigen.value(c);
    return value > NOTHING * eigen.value(0) ? Math.sqrt(value) : 0;
  }

  private static void add(double[] to, double factor, double[] row) {
    for (int j = 0; j < to.length; j++) {
      to[j] += factor * row[j];
    }
  }
}
