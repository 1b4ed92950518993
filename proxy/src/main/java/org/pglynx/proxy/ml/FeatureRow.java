package org.pglynx.proxy.ml;

import java.util.Arrays;

/** One row of features as it is read: floats, NaN where a value is NULL or NaN. Reused. */
final class FeatureRow {
  private float[] values;
  private int count;
  private int firstNull = -1;

  FeatureRow(int expected) {
    values = new float[Math.max(expected, 8)];
  }

  void clear() {
    count = 0;
    firstNull = -1;
  }

  /** Whether all are finite numbers, of which there are so many. */
  boolean finite(int wanted) {
    boolean finite = count == wanted;
    for (int i = 0; i < count; i++) {
      finite &= Math.abs(values[i]) <= Float.MAX_VALUE;
    }
    return finite;
  }

  void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, count * 2);
    }
    values[count++] = (float) value;
  }

  void addNull() {
    if (firstNull < 0) {
      firstNull = count;
    }
    add(Float.NaN);
  }

  /** How many features there are. */
  int count() {
    return count;
  }

  /** Whether that one is NULL, or NaN beside a NULL. */
  boolean isNull(int index) {
    return firstNull >= 0 && Float.isNaN(values[index]);
  }

  /** Index of the first NULL, or -1. */
  int firstNull() {
    return firstNull;
  }

  /** Makes the other one a part of this: of a batch, one row. */
  void copyTo(FeatureRow other, int from, int length) {
    other.clear();
    for (int i = from; i < from + length; i++) {
      if (isNull(i)) {
        other.addNull();
      } else {
        other.add(values[i]);
      }
    }
  }

  /** The features; only the first {@link #count} mean something. */
  float[] values() {
    return values;
  }
}
