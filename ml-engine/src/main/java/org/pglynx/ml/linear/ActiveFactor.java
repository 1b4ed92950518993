package org.pglynx.ml.linear;

import java.util.Arrays;

/**
 * The Cholesky factor of the Gram matrix of some columns, to which columns are added one by one
 * (Golub, Van Loan 6.5.4); taking one out factors those behind it anew.
 */
final class ActiveFactor {
  private final double[] gram;
  private final int p;
  private int[] columns = new int[16];
  private double[][] lower = new double[16][];
  private int size;

  ActiveFactor(double[] gram, int p) {
    this.gram = gram;
    this.p = p;
  }

  int size() {
    return size;
  }

  /** The column at a position. */
  int column(int position) {
    return columns[position];
  }

  boolean contains(int column) {
    return Arrays.stream(columns, 0, size).anyMatch(c -> c == column);
  }

  /**
   * Adds a column.
   *
   * @param least the least diagonal
   * @return the new diagonal: the length of the column outside of the others' span
   */
  double add(int column, double least) {
    if (size == columns.length) {
      columns = Arrays.copyOf(columns, 2 * size);
      lower = Arrays.copyOf(lower, 2 * size);
    }
    double[] row = new double[size + 1];
    double rest = gram[column * p + column];
    for (int i = 0; i < size; i++) {
      double sum = gram[column * p + columns[i]];
      for (int k = 0; k < i; k++) {
        sum -= row[k] * lower[i][k];
      }
      row[i] = sum / lower[i][i];
      rest -= row[i] * row[i];
    }
    row[size] = Math.max(Math.sqrt(Math.abs(rest)), least);
    columns[size] = column;
    lower[size++] = row;
    return row[size - 1];
  }

  void removeLast() {
    size--;
  }

  void remove(int position) {
    int[] behind = Arrays.copyOfRange(columns, position + 1, size);
    size = position;
    for (int column : behind) {
      add(column, Double.MIN_NORMAL);
    }
  }

  /** Solves for the columns' Gram matrix, in place. */
  void solve(double[] b) {
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < i; k++) {
        b[i] -= lower[i][k] * b[k];
      }
      b[i] /= lower[i][i];
    }
    for (int i = size - 1; i >= 0; i--) {
      b[i] /= lower[i][i];
      for (int k = 0; k < i; k++) {
        b[k] -= lower[i][k] * b[i];
      }
    }
  }
}
