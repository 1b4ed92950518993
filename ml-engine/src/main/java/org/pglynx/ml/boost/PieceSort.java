package org.pglynx.ml.boost;

import java.util.Arrays;

/**
 * Sorts values, and counts that belong to them, by the values' bits, eleven at a time from the
 * lowest on.
 */
final class PieceSort {
  private static final int DIGIT = 11;
  private static final int BUCKETS = 1 << DIGIT;
  private static final int PASSES = 3;

  private final int[][] places = new int[PASSES][BUCKETS];
  private final int[] one;
  private final int[] other;
  private final float[] otherCounts;

  /** For so many values at most. */
  PieceSort(int most) {
    one = new int[most];
    other = new int[most];
    otherCounts = new float[most];
  }

  /** Sorts the first values, and the counts with them if they are not all the same. */
  void sort(float[] values, float[] counts, int size, boolean counted) {
    count(values, size);
    // An odd number of passes: keys end in the other array, and so do counts.
    pass(0, one, other, size, counted, counts, otherCounts);
    pass(1, other, one, size, counted, otherCounts, counts);
    pass(2, one, other, size, counted, counts, otherCounts);
    for (int i = 0; i < size; i++) {
      values[i] = Float.intBitsToFloat(other[i] ^ (~other[i] >> 31 | Integer.MIN_VALUE));
    }
    if (counted) {
      System.arraycopy(otherCounts, 0, counts, 0, size);
    }
  }

  /** Makes keys, and counts how many have each digit. */
  private void count(float[] values, int size) {
    for (int[] pass : places) {
      Arrays.fill(pass, 0);
    }
    int[] low = places[0];
    int[] middle = places[1];
    int[] high = places[2];
    for (int i = 0; i < size; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      // As unsigned numbers: negative ones turned round, the others above them.
      int key = bits ^ (bits >> 31 | Integer.MIN_VALUE);
      one[i] = key;
      low[key & BUCKETS - 1]++;
      middle[key >>> DIGIT & BUCKETS - 1]++;
      high[key >>> 2 * DIGIT]++;
    }
  }

  private void pass(
      int number,
      int[] from,
      int[] to,
      int size,
      boolean counted,
      float[] countsFrom,
      float[] countsTo) {
    int[] place = places[number];
    int next = 0;
    for (int b = 0; b < BUCKETS; b++) {
      int count = place[b];
      place[b] = next;
      next += count;
    }
    int shift = number * DIGIT;
    for (int i = 0; i < size; i++) {
      int key = from[i];
      int at = place[key >>> shift & BUCKETS - 1]++;
      to[at] = key;
      if (counted) {
        countsTo[at] = countsFrom[i];
      }
    }
  }
}
