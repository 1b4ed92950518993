package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.BitSet;

/** What RETURNING gives of rows that were split, in the order in which they were given. */
final class SequencedRows implements RowMerger {
  private final int[] shards;
  private final BitSet ended = new BitSet();
  private int next;
  private long rows;

  SequencedRows(MergePlan.Sequence sequence) {
    this.shards = sequence.shards();
  }

  @Override
  public boolean row(int shard, ByteBuf buffer, int offset, int length, ByteBuf out) {
    while (next < shards.length && ended.get(shards[next])) {
      // A row that a trigger or a conflict has left out.
      next++;
    }
    if (next < shards.length && shards[next] != shard) {
      return false;
    }
    next++;
    rows++;
    out.writeBytes(buffer, offset, length);
    return true;
  }

  @Override
  public void ended(int shard, ByteBuf out) {
    ended.set(shard);
  }

  @Override
  public long rows() {
    return rows;
  }
}
