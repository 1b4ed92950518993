package org.pglynx.ml.boost;

import java.util.Arrays;

/**
 * Values of a column in rising order, with what is known of the rank of each: how many values are
 * certainly below it, how many at most are not above it, and how many are certainly equal to it.
 * XGBoost's own summary (Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", appendix
 * A): ranks are floats and are computed in its order, so that the very same values remain.
 */
final class QuantileSummary {
  private final float[] values;
  private final float[] below;
  private final float[] upTo;
  private final float[] equal;
  private int size;

  /** An empty one with room for so many values. */
  QuantileSummary(int room) {
    values = new float[room];
    below = new float[room];
    upTo = new float[room];
    equal = new float[room];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /** The values. */
  float[] values() {
    return Arrays.copyOf(values, size);
  }

  /** Appends a value, above all others, that so many are equal to; nothing else is between. */
  void append(float value, float count) {
    float before = size == 0 ? 0 : upTo[size - 1];
    put(size++, before, before + count, count, value);
  }

  private void put(int at, float fromBelow, float fromAbove, float count, float value) {
    values[at] = value;
    below[at] = fromBelow;
    upTo[at] = fromAbove;
    equal[at] = count;
  }

  private void put(QuantileSummary from, int i) {
    put(size++, from.below[i], from.upTo[i], from.equal[i], from.values[i]);
  }

  private void copy(QuantileSummary from) {
    System.arraycopy(from.values, 0, values, 0, from.size);
    System.arraycopy(from.below, 0, below, 0, from.size);
    System.arraycopy(from.upTo, 0, upTo, 0, from.size);
    System.arraycopy(from.equal, 0, equal, 0, from.size);
    size = from.size;
  }

  /** The lowest rank of what is above the value. */
  private float next(int i) {
    return below[i] + equal[i];
  }

  /** The highest rank of what is below the value. */
  private float previous(int i) {
    return upTo[i] - equal[i];
  }

  /** Becomes the other one with at most so many of its values, the ranks of which are even. */
  void prune(QuantileSummary from, int most) {
    if (from.size <= most) {
      copy(from);
      return;
    }
    int end = from.size - 1;
    float begin = from.upTo[0];
    float range = from.below[end] - begin;
    float steps = most - 1;
    size = 0;
    put(from, 0);
    int taken = 0;
    int i = 1;
    for (int k = 1; k < most - 1; k++) {
      float twice = 2 * (k * range / steps + begin);
      while (i < end && twice >= from.upTo[i + 1] + from.below[i + 1]) {
        i++;
      }
      if (i == end) {
        break;
      }
      int nearest = twice < from.next(i) + from.previous(i + 1) ? i : i + 1;
      if (nearest != taken) {
        put(from, nearest);
        taken = nearest;
      }
    }
    if (taken != end) {
      put(from, end);
    }
  }

  /**
   * Becomes both together. Ranks are whole numbers that a float holds exactly, so that none is out
   * of order and has to be mended, as the library does where weights are not whole.
   */
  void combine(QuantileSummary a, QuantileSummary b) {
    int i = 0;
    int j = 0;
    int to = 0;
    float belowA = 0;
    float belowB = 0;
    while (i < a.size && j < b.size) {
      float fromA = a.values[i];
      float fromB = b.values[j];
      if (fromA < fromB) {
        put(to++, a.below[i] + belowB, a.upTo[i] + b.previous(j), a.equal[i], fromA);
        belowA = a.next(i++);
      } else if (fromA > fromB) {
        put(to++, b.below[j] + belowA, b.upTo[j] + a.previous(i), b.equal[j], fromB);
        belowB = b.next(j++);
      } else {
        put(to++, a.below[i] + b.below[j], a.upTo[i] + b.upTo[j], a.equal[i] + b.equal[j], fromA);
        belowA = a.next(i++);
        belowB = b.next(j++);
      }
    }
    size = to;
    rest(a, i, belowB, b);
    rest(b, j, belowA, a);
  }

  private void rest(QuantileSummary one, int from, float belowOther, QuantileSummary other) {
    float upToOther = other.upTo[other.size - 1];
    for (int i = from; i < one.size; i++) {
      put(size++, one.below[i] + belowOther, one.upTo[i] + upToOther, one.equal[i], one.values[i]);
    }
  }
}
