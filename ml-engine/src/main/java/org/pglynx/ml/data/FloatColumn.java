package org.pglynx.ml.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A growing column of float32 in chunks: growth copies at most one chunk, so the peak stays close
 * to the size. Its first rows are on the heap, where small sets of data stay; those beyond are not,
 * so that how many rows there may be does not depend on the heap.
 */
final class FloatColumn {
  private static final int CHUNK_SHIFT = 14;
  private static final int CHUNK = 1 << CHUNK_SHIFT;
  private static final int FIRST = 64;

  private final Arena memory;
  private float[] first = new float[FIRST];
  private MemorySegment[] rest = {};
  private int size;

  /** An empty one; the arena is where rows beyond the first ones live. */
  FloatColumn(Arena memory) {
    this.memory = memory;
  }

  void add(float value) {
    int row = size++;
    if (row < first.length) {
      first[row] = value;
    } else {
      addBeyond(row, value);
    }
  }

  private void addBeyond(int row, float value) {
    if (row < CHUNK) {
      first = Arrays.copyOf(first, first.length * 2);
      first[row] = value;
      return;
    }
    int chunk = (row >>> CHUNK_SHIFT) - 1;
    if (chunk == rest.length) {
      rest = Arrays.copyOf(rest, chunk + 1);
      rest[chunk] = memory.allocate(ValueLayout.JAVA_FLOAT, CHUNK);
    }
    rest[chunk].setAtIndex(ValueLayout.JAVA_FLOAT, row & (CHUNK - 1), value);
  }

  float get(int row) {
    return row < CHUNK
        ? first[row]
        : rest[(row >>> CHUNK_SHIFT) - 1].getAtIndex(ValueLayout.JAVA_FLOAT, row & (CHUNK - 1));
  }

  int size() {
    return size;
  }

  long heldBytes() {
    return ((long) rest.length * CHUNK + first.length) * Float.BYTES;
  }
}
