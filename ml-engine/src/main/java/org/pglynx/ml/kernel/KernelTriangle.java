package org.pglynx.ml.kernel;

import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;

/** The lower triangle of the kernel matrix of all training rows, in double precision. */
final class KernelTriangle {
  private KernelTriangle() {}

  /** Row i has the kernels with rows 0 … i. */
  static double[][] of(TrainingTable table, KernelFunction kernel, FitContext context) {
    int p = table.width();
    double[][] triangle = new double[table.rows()][];
    for (int i = 0; i < triangle.length; i++) {
      context.cancel().check();
      triangle[i] = new double[i + 1];
      for (int k = 0; k <= i; k++) {
        triangle[i][k] = kernel.apply(table.x(), i * p, table.x(), k * p, p);
      }
    }
    return triangle;
  }

  /** The symmetric matrix times a vector. */
  static double[] times(double[][] triangle, double[] v) {
    double[] product = new double[v.length];
    for (int i = 0; i < v.length; i++) {
      double[] row = triangle[i];
      product[i] += PackedCholesky.dot(row, v, i + 1);
      for (int k = 0; k < i; k++) {
        product[k] += row[k] * v[i];
      }
    }
    return product;
  }

  /** A copy whose rows can be changed. */
  static double[][] copy(double[][] triangle) {
    double[][] copy = new double[triangle.length][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = triangle[i].clone();
    }
    return copy;
  }
}
