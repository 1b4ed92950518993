package org.pglynx.ml.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Weights v that keep residuals r = b − A·v small and themselves small: the frame of quantile
 * regression and of linear support vector machines. Each side of a residual has its own price, and
 * what is paid is either the residual ({@link AbsoluteErrors}) or its square ({@link
 * SquaredErrors}), besides ½·Σ quadratic·v².
 *
 * @param rows the rows of A
 * @param target b
 * @param up the price of residuals above zero
 * @param down the price of residuals below zero
 * @param quadratic the price of each squared weight; its length is the number of weights
 * @param check called several times a second; throws to stop
 */
public record ResidualProblem(
    Rows rows, double[] target, double[] up, double[] down, double[] quadratic, Runnable check) {
  private static final int ROWS_BETWEEN_CHECKS = 32;

  /** Rows that are computed when they are needed. */
  @FunctionalInterface
  public interface Rows {
    /** Fills a row. */
    void fill(int row, double[] into);
  }

  /** What is done with each row. */
  @FunctionalInterface
  interface Visitor {
    void visit(int index, double[] row);
  }

  /** The same without the rows that cost nothing. */
  ResidualProblem withoutFreeRows() {
    int[] kept = IntStream.range(0, target.length).filter(i -> up[i] + down[i] > 0).toArray();
    if (kept.length == target.length) {
      return this;
    }
    return new ResidualProblem(
        (i, into) -> rows.fill(kept[i], into),
        Arrays.stream(kept).mapToDouble(i -> target[i]).toArray(),
        Arrays.stream(kept).mapToDouble(i -> up[i]).toArray(),
        Arrays.stream(kept).mapToDouble(i -> down[i]).toArray(),
        quadratic,
        check);
  }

  int count() {
    return target.length;
  }

  int width() {
    return quadratic.length;
  }

  void forEachRow(Visitor visitor) {
    double[] row = new double[width()];
    for (int i = 0; i < target.length; i++) {
      checkAt(i);
      rows.fill(i, row);
      visitor.visit(i, row);
    }
  }

  /** Checks at some of the rows. */
  void checkAt(int row) {
    if (row % ROWS_BETWEEN_CHECKS == 0) {
      check.run();
    }
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Adds factor·row·rowᵀ to the lower triangle of a matrix. */
  static void addOuter(double[] matrix, double factor, double[] row) {
    int k = row.length;
    for (int i = 0; i < k; i++) {
      double scaled = factor * row[i];
      for (int j = 0; scaled != 0 && j <= i; j++) {
        matrix[i * k + j] += scaled * row[j];
      }
    }
  }
}
