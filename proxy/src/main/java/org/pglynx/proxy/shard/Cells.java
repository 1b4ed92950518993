package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;

/** The columns of a DataRow. */
final class Cells {
  private Cells() {}

  /** The values, in the format of the result; null for NULL. */
  static byte[] @Nullable [] of(ByteBuf buffer, int offset) {
    int at = offset + FrameScanner.HEADER;
    byte[] @Nullable [] cells = new byte[buffer.getUnsignedShort(at)][];
    at += Short.BYTES;
    for (int i = 0; i < cells.length; i++) {
      int length = buffer.getInt(at);
      at += Integer.BYTES;
      if (length >= 0) {
        byte[] cell = new byte[length];
        buffer.getBytes(at, cell);
        cells[i] = cell;
        at += length;
      }
    }
    return cells;
  }

  /** The value of one column; null for NULL. */
  static byte @Nullable [] of(ByteBuf buffer, int offset, int column) {
    int at = offset + FrameScanner.HEADER + Short.BYTES;
    for (int i = 0; i < column; i++) {
      at += Integer.BYTES + Math.max(buffer.getInt(at), 0);
    }
    int length = buffer.getInt(at);
    if (length < 0) {
      return null;
    }
    byte[] cell = new byte[length];
    buffer.getBytes(at + Integer.BYTES, cell);
    return cell;
  }
}
