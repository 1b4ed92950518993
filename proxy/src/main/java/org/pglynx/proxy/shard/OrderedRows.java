package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

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
  private final int[] types;
  private final short[] formats;
  private final List<Queue> queues = new ArrayList<>();
  private long taken;

  OrderedRows(MergePlan.Ordered plan, int[] types, short[] formats, BitSet shards) {
    this.plan = plan;
    this.types = types;
    this.formats = formats;
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
    Row row = new Row(ByteBufUtil.getBytes(buffer, offset, length), keys(buffer, offset));
    queue.rows.add(row);
    queue.bytes += length;
    merge(out);
    return true;
  }

  private List<@Nullable Comparable<?>> keys(ByteBuf buffer, int offset) throws PgErrorException {
    List<@Nullable Comparable<?>> keys = new ArrayList<>(plan.keys().size());
    if (plan.keys().isEmpty()) {
      return keys;
    }
    byte[] @Nullable [] cells = Cells.of(buffer, offset);
    for (SortKey key : plan.keys()) {
      CellType type = CellType.at(types, formats, key.column());
      if (type == null) {
        throw undescribed();
      }
      byte[] cell = cells[key.column()];
      keys.add(cell == null ? null : type.value(cell));
    }
    return keys;
  }

  static PgErrorException undescribed() {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "the types of the columns are not known, so that shards cannot be merged")
        .withHint("Describe the portal before Execute.")
        .toException();
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

  private void merge(ByteBuf out) {
    while (queues.stream().allMatch(queue -> queue.ended || !queue.rows.isEmpty())) {
      Queue first = null;
      for (Queue queue : queues) {
        Row row = queue.rows.peek();
        if (row != null && (first == null || before(row, first.rows.element()))) {
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

  private boolean before(Row one, Row other) {
    for (int i = 0; i < plan.keys().size(); i++) {
      int order = order(plan.keys().get(i), one.keys().get(i), other.keys().get(i));
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

  private static int order(
      SortKey key, @Nullable Comparable<?> one, @Nullable Comparable<?> other) {
    if (one == null || other == null) {
      int nulls = Boolean.compare(other == null, one == null);
      return key.nullsFirst() ? nulls : -nulls;
    }
    int order = CellType.compare(one, other);
    return key.descending() ? -order : order;
  }

  @Override
  public long rows() {
    return taken;
  }
}
