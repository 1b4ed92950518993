package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;

/** Compares what servers say of a statement. */
final class Descriptions {
  /** Table, and column in it: each server has numbers of its own. */
  private static final int ORIGIN = Integer.BYTES + Short.BYTES;

  /** Type, its length, its modifier and the format. */
  private static final int TYPE = Integer.BYTES + Short.BYTES + Integer.BYTES + Short.BYTES;

  private Descriptions() {}

  /** Whether both frames say the same, but for numbers of tables. */
  static boolean same(ByteBuf one, ByteBuf other) {
    if (one.getByte(0) != other.getByte(0)) {
      return false;
    }
    return one.getByte(0) == BackendTag.ROW_DESCRIPTION
        ? sameColumns(one, other)
        : ByteBufUtil.equals(one, other);
  }

  private static boolean sameColumns(ByteBuf one, ByteBuf other) {
    int length = one.readableBytes();
    if (length != other.readableBytes()) {
      return false;
    }
    int at = FrameScanner.HEADER + Short.BYTES;
    int from = 0;
    while (at < length) {
      int name = one.indexOf(at, length, (byte) 0);
      if (name < 0 || !ByteBufUtil.equals(one, from, other, from, name + 1 - from)) {
        return false;
      }
      from = name + 1 + ORIGIN;
      at = from + TYPE;
    }
    return ByteBufUtil.equals(one, from, other, from, length - from);
  }
}
