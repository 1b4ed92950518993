package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Comparator;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * The first rows in the order of one prediction: a heap with the last of them on top, which goes
 * when a better one comes. Order is the server's for real: NaN is the greatest number, NULL comes
 * where the statement wants it; equal rows stay in the order in which they came.
 */
final class TopRows {
  private record Row(long order, long number, byte[] frame) {}

  private static final Comparator<Row> ORDER =
      Comparator.comparingLong(Row::order).thenComparingLong(Row::number);

  /** What keeping a row takes besides its bytes: an object, an array's header, a place. */
  private static final int ROW_BYTES = 64;

  /** Beyond this, rows are refused: a client that wants them all in order asks the database. */
  private final long maxBytes;

  private final TopOrder order;
  private final int capacity;
  private Row[] heap = new Row[64];
  private int size;
  private long numbers;
  private long bytes;
  private int next = -1;

  /**
   * No rows yet.
   *
   * @param capacity how many are kept
   */
  TopRows(TopOrder order, int capacity, long maxBytes) {
    this.order = order;
    this.capacity = capacity;
    this.maxBytes = maxBytes;
  }

  /** Whether a row of that prediction would be kept. */
  boolean admits(boolean isNull, float score) {
    return size < capacity || (size > 0 && order.key(isNull, score) < heap[0].order());
  }

  /** Keeps a row, a whole frame; only if it is {@link #admits admitted}. */
  void add(boolean isNull, float score, ByteBuf frame) throws PgErrorException {
    byte[] copy = new byte[frame.readableBytes()];
    frame.getBytes(frame.readerIndex(), copy);
    Row row = new Row(order.key(isNull, score), numbers++, copy);
    bytes += copy.length + ROW_BYTES;
    if (size == capacity) {
      bytes -= heap[0].frame().length + ROW_BYTES;
      heap[0] = row;
      siftDown();
    } else {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      heap[size] = row;
      siftUp(size++);
    }
    if (size > TopClause.MAX_ROWS) {
      throw PredictionErrors.tooManyRows(TopClause.MAX_ROWS).toException();
    }
    if (bytes > maxBytes) {
      throw PredictionErrors.rowsTooLarge(size, maxBytes).toException();
    }
  }

  private void siftUp(int from) {
    int at = from;
    while (at > 0 && ORDER.compare(heap[at], heap[(at - 1) / 2]) > 0) {
      swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
  }

  private void siftDown() {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child + 1 < size && ORDER.compare(heap[child + 1], heap[child]) > 0) {
        child++;
      }
      if (child >= size || ORDER.compare(heap[child], heap[at]) <= 0) {
        return;
      }
      swap(at, child);
      at = child;
    }
  }

  private void swap(int a, int b) {
    Row row = heap[a];
    heap[a] = heap[b];
    heap[b] = row;
  }

  /** No row comes any more; the first ones are left out. */
  void sort(int skipped) {
    if (next < 0) {
      Arrays.sort(heap, 0, size, ORDER);
      next = Math.min(skipped, size);
    }
  }

  /** How many rows are still to be written, once they are sorted. */
  int left() {
    return next < 0 ? 0 : size - next;
  }

  /** Writes the next rows, at most so many; gives how many. */
  int write(int limit, ByteBuf out) {
    int count = Math.min(limit, left());
    for (int i = 0; i < count; i++) {
      out.writeBytes(heap[next++].frame());
    }
    return count;
  }
}
