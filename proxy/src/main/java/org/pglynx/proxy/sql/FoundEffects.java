package org.pglynx.proxy.sql;

import java.util.Arrays;

/**
 * What has been found in a text: all its {@link SessionEffects} as bits, and the single ones with
 * the places of the names they bear. Used again and again, so that a text leaves no garbage.
 */
final class FoundEffects {
  /** The effect, its statement, and where its name begins and ends. */
  private static final int FIELDS = 4;

  private int[] single = new int[4 * FIELDS];
  private int size;
  private int bits;

  void clear() {
    size = 0;
    bits = SessionEffects.NONE;
  }

  /** A single effect of the statement, whose name stands at the place; -1 if it bears none. */
  void add(int effect, int statement, int nameStart, int nameEnd) {
    bits |= effect;
    int at = FIELDS * size;
    if (at == single.length) {
      single = Arrays.copyOf(single, single.length * 2);
    }
    single[at] = effect;
    single[at + 1] = statement;
    single[at + 2] = nameStart;
    single[at + 3] = nameEnd;
    size++;
  }

  /** What is true of the text, but is no single effect. */
  void mark(int more) {
    bits |= more;
  }

  void unmark(int less) {
    bits &= ~less;
  }

  int bits() {
    return bits;
  }

  int size() {
    return size;
  }

  int effect(int index) {
    return single[FIELDS * index];
  }

  int statement(int index) {
    return single[FIELDS * index + 1];
  }

  int nameStart(int index) {
    return single[FIELDS * index + 2];
  }

  int nameEnd(int index) {
    return single[FIELDS * index + 3];
  }
}
