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

  /** Rows that are put into a chunk at once: an array is written to sooner than a segment. */
  private static final int PIECE = 1 << 10;

  private final Arena memory;
  private float[] first = new float[FIRST];
  private MemorySegment[] rest = {};
  private float[] piece = {};
  // Rows that are in chunks.
  private int placed;
  private int size;

  /** An empty one; the arena is where rows beyond the first ones live. */
  FloatColumn(Arena memory) {
    this.memory = memory;
  }

  void add(float value) {
    int row = size++;
    if (row >= CHUNK) {
      if (row - placed == PIECE || row == CHUNK) {
        place(row);
      }
      piece[row & PIECE - 1] = value;
    } else {
      if (row == first.length) {
        first = Arrays.copyOf(first, first.length * 2);
      }
      first[row] = value;
    }
  }

  /** Puts the piece into its chunk; from the row on there is another one. */
  private void place(int row) {
    if (row == CHUNK) {
      piece = new float[PIECE];
    } else {
      int chunk = (placed >>> CHUNK_SHIFT) - 1;
      if (chunk == rest.length) {
        rest = Arrays.copyOf(rest, chunk + 1);
        rest[chunk] = memory.allocate(ValueLayout.JAVA_FLOAT, CHUNK);
      }
      long at = (long) (placed & CHUNK - 1) * Float.BYTES;
      MemorySegment.copy(piece, 0, rest[chunk], ValueLayout.JAVA_FLOAT, at, PIECE);
    }
    placed = row;
  }

  float get(int row) {
    if (row < CHUNK) {
      return first[row];
    }
    return row < placed
        ? rest[(row >>> CHUNK_SHIFT) - 1].getAtIndex(ValueLayout.JAVA_FLOAT, row & CHUNK - 1)
        : piece[row & PIECE - 1];
  }

  /** Copies so many rows from this one on to the beginning of out. */
  void copy(int from, int count, float[] out) {
    int row = from;
    for (int at = 0; at < count; ) {
      int some = Math.min(count - at, side(row));
      if (row < CHUNK) {
        System.arraycopy(first, row, out, at, some);
      } else if (row < placed) {
        long place = (long) (row & CHUNK - 1) * Float.BYTES;
        MemorySegment chunk = rest[(row >>> CHUNK_SHIFT) - 1];
        MemorySegment.copy(chunk, ValueLayout.JAVA_FLOAT, place, out, at, some);
      } else {
        System.arraycopy(piece, row & PIECE - 1, out, at, some);
      }
      at += some;
      row += some;
    }
  }

  /** How many rows from this one on are side by side. */
  private int side(int row) {
    int chunkEnd = (row | CHUNK - 1) + 1;
    return (row >= CHUNK && row < placed ? Math.min(placed, chunkEnd) : chunkEnd) - row;
  }

  int size() {
    return size;
  }

  long heldBytes() {
    return ((long) rest.length * CHUNK + first.length + piece.length) * Float.BYTES;
  }
}
