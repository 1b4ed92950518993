package org.pglynx.ml.boost;

import java.util.Arrays;

/** Doubles that are collected one by one. */
final class DoubleList {
  private double[] values = new double[64];
  private int size;

  void add(double value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  double[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
