package org.pglynx.ml.online;

/** The order of rows in scikit-learn's epochs: shuffled by a xorshift (Marsaglia 2003). */
final class RowOrder {
  private final int[] order;

  RowOrder(int rows) {
    this.order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
  }

  int row(int position) {
    return order[position];
  }

  /** Shuffles the order so far; every epoch with the same seed. */
  void shuffle(int seed) {
    int state = seed;
    int n = order.length;
    for (int i = 0; i < n - 1; i++) {
      state = state == 0 ? 1 : state;
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      int j = i + (state & Integer.MAX_VALUE) % (n - i);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
  }
}
