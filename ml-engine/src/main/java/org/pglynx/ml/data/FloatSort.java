package org.pglynx.ml.data;

import java.util.Arrays;

/**
 * Sorts floats in the order of {@link Float#compare}. Large arrays by their bits: into buckets by
 * the highest ones first, and then each bucket, which the second cache holds, by the others. A
 * million takes a tenth of the time of a comparison sort. What it needs of memory is used again.
 */
final class FloatSort {
  private static final int SMALL = 4096;

  /** Of a bucket: fewer are compared before places are counted. */
  private static final int FEW = 512;

  private static final int LOW = 10;
  private static final int MIDDLE = 11;
  private static final int HIGH = 11;

  private final int[] high = new int[1 << HIGH];
  private final int[] middle = new int[1 << MIDDLE];
  private final int[] low = new int[1 << LOW];
  private int[] keys = {};
  private int[] other = {};

  void sort(float[] values) {
    if (values.length < SMALL) {
      Arrays.sort(values);
      return;
    }
    int largest = divide(values);
    if (other.length < largest) {
      other = new int[largest];
    }
    int from = 0;
    for (int end : high) {
      if (end - from <= FEW) {
        Arrays.sort(keys, from, end);
        values(from, end, values);
      } else {
        conquer(from, end, values);
      }
      from = end;
    }
  }

  /** Puts keys into buckets, and leaves where each ends; gives the size of the largest. */
  private int divide(float[] values) {
    if (keys.length < values.length) {
      keys = new int[values.length];
    }
    Arrays.fill(high, 0);
    for (float value : values) {
      high[key(value) >>> MIDDLE + LOW]++;
    }
    int largest = Arrays.stream(high).max().orElse(0);
    toPlaces(high, 0);
    for (float value : values) {
      int key = key(value);
      keys[high[key >>> MIDDLE + LOW]++] = key;
    }
    return largest;
  }

  /** Sorts a bucket's keys by their lowest bits and by those in the middle, into the values. */
  private void conquer(int from, int end, float[] values) {
    Arrays.fill(low, 0);
    Arrays.fill(middle, 0);
    for (int i = from; i < end; i++) {
      low[low(keys[i])]++;
      middle[middle(keys[i])]++;
    }
    if (low[low(keys[from])] == end - from) { // as in whole numbers
      System.arraycopy(keys, from, other, 0, end - from);
    } else {
      toPlaces(low, 0);
      for (int i = from; i < end; i++) {
        other[low[low(keys[i])]++] = keys[i];
      }
    }
    toPlaces(middle, from);
    for (int i = 0; i < end - from; i++) {
      values[middle[middle(other[i])]++] = value(other[i]);
    }
  }

  private void values(int from, int end, float[] values) {
    for (int i = from; i < end; i++) {
      values[i] = value(keys[i]);
    }
  }

  /** How many there are of each becomes where the first of them goes. */
  private static void toPlaces(int[] counts, int first) {
    int place = first;
    for (int i = 0; i < counts.length; i++) {
      int count = counts[i];
      counts[i] = place;
      place += count;
    }
  }

  private static int low(int key) {
    return key & (1 << LOW) - 1;
  }

  private static int middle(int key) {
    return key >>> LOW & (1 << MIDDLE) - 1;
  }

  /** As unsigned numbers: negative ones turned round, the others above them. */
  private static int key(float value) {
    int bits = Float.floatToIntBits(value);
    return bits ^ (bits >> 31 | Integer.MIN_VALUE);
  }

  private static float value(int key) {
    return Float.intBitsToFloat(key ^ (~key >> 31 | Integer.MIN_VALUE));
  }
}
