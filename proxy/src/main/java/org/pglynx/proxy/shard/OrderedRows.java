package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Merges rows that each shard has ordered. Of each shard some rows are kept, no more: one that is
 * ahead is not read until the others have caught up.
 */
final class OrderedRows implements RowMerger {
  private static final int MAX_ROWS = 256;
  private static final int MAX_BYTES = 1 << 20;

  /** A row that waits for its turn. */
  private record Row(byte[] frame, List<@Nullable Comparable<?>> keys) {}

  /** What one shard has given, and nobody has taken. */
  private static final class Queue {
    private final ArrayDeque<Row> rows = new ArrayDeque<>();
    private int bytes;
    private boolean ended;
  }

  private final MergePlan.Ordered plan;
  private final RowOrder order;
  private final List<Queue> queues = new ArrayList<>();
  private long taken;

  OrderedRows(MergePlan.Ordered plan, int[] types, short[] formats, BitSet shards) {
    this.plan = plan;
    this.order = new RowOrder(plan.keys(), types, formats);
    for (int i = 0; i < shards.length(); i++) {
      Queue queue = new Queue();
      queue.ended = !shards.get(i);
      queues.add(queue);
    }
  }

  @Override
  public boolean row(int shard, ByteBuf buffer, int offset, int length, ByteBuf out)
      throws PgErrorException {
    if (full()) {
      // Dropped, not held: nothing goes out any more that would wake a shard that waits.
      return true;
    }
    Queue queue = queues.get(shard);
    if (queue.rows.size() >= MAX_ROWS || queue.bytes > MAX_BYTES) {
      return false;
    }
    Row row = new Row(ByteBufUtil.getBytes(buffer, offset, length), order.of(buffer, offset));
    queue.rows.add(row);
    queue.bytes += length;
    merge(out);
    return true;
  }

  @Override
  public void ended(int shard, ByteBuf out) {
    queues.get(shard).ended = true;
    merge(out);
  }

  /** Whether the result has all of its rows. */
  private boolean full() {
    return plan.limit() >= 0 && taken >= plan.limit();
  }

  /** Whether the next row of each is there, or there is none. */
  private boolean allKnown() {
    for (Queue queue : queues) {
      if (!queue.ended && queue.rows.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private void merge(ByteBuf out) {
    while (allKnown()) {
      Queue first = null;
      for (Queue queue : queues) {
        Row row = queue.rows.peek();
        if (row != null
            && (first == null || order.before(row.keys(), first.rows.element().keys()))) {
          first = queue;
        }
      }
      if (first == null) {
        return;
      }
      Row row = first.rows.remove();
      first.bytes -= row.frame().length;
      if (!full()) {
        taken++;
        out.writeBytes(row.frame());
      }
    }
  }

  @Override
  public long rows() {
    return taken;
  }
}
