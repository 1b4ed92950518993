package org.pglynx.ml.data;

import java.util.Arrays;

/**
 * A growing column of float32 in chunks: growth copies at most one chunk, so the peak stays close
 * to the size.
 */
final class FloatColumn {
  private static final int CHUNK_SHIFT = 14;
  private static final int CHUNK = 1 << CHUNK_SHIFT;
  private static final int FIRST = 64;

  private float[][] chunks = {new float[FIRST]};
  private int size;

  void add(float value) {
    int chunk = size >>> CHUNK_SHIFT;
    int at = size & (CHUNK - 1);
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunk + 1);
      chunks[chunk] = new float[CHUNK];
    } else if (at == chunks[chunk].length) {
      chunks[chunk] = Arrays.copyOf(chunks[chunk], Math.min(CHUNK, at * 2));
    }
    chunks[chunk][at] = value;
    size++;
  }

  float get(int row) {
    return chunks[row >>> CHUNK_SHIFT][row & (CHUNK - 1)];
  }

  int size() {
    return size;
  }

  long heldBytes() {
    return (chunks.length - 1L) * CHUNK * Float.BYTES
        + (long) chunks[chunks.length - 1].length * Float.BYTES;
  }
}
