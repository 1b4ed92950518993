package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;

/** The rows of whichever shard gives one first, as all give the same. */
final class FirstRows implements RowMerger {
  private int first = -1;
  private long rows;

  @Override
  public boolean row(int shard, ByteBuf buffer, int offset, int length, ByteBuf out) {
    if (first < 0) {
      first = shard;
    }
    if (shard == first) {
      out.writeBytes(buffer, offset, length);
      rows++;
    }
    return true;
  }

  @Override
  public void ended(int shard, ByteBuf out) {
    // The others say nothing else.
  }

  @Override
  public long rows() {
    return rows;
  }
}
