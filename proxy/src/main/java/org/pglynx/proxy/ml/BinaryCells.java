package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;

/** Fields of COPY's binary format: lengths, as in DataRow. */
final class BinaryCells implements CopyCells {
  // Signature, flags, length of the extension, which is none (copyto.c, CopyTo).
  private static final int HEADER = 11 + 4 + 4;

  // The signature's first bytes, "PGCO": no row has as many columns as they would mean.
  private static final int SIGNATURE = 0x5047434F;

  private int left;

  @Override
  public int first(ByteBuf in, int from, int to) {
    boolean begins = to - from >= HEADER && in.getInt(from) == SIGNATURE;
    int row = begins ? from + HEADER + in.getInt(from + HEADER - 4) : from;
    left = to - row < 2 ? -1 : in.getShort(row);
    return left <= 0 ? -1 : row + 2;
  }

  @Override
  public int end(ByteBuf in, int at, int to) {
    return at + 4 + Math.max(in.getInt(at), 0);
  }

  @Override
  public int next(ByteBuf in, int end, int to) {
    return --left > 0 ? end : -1;
  }

  @Override
  public int decode(ByteBuf in, int at, int end, ByteBuf value) {
    int length = in.getInt(at);
    if (length > 0) {
      value.writeBytes(in, at + 4, length);
    }
    return length;
  }

  @Override
  public void encode(ByteBuf value, int length, ByteBuf out) {
    out.writeInt(length);
    if (length > 0) {
      out.writeBytes(value, value.readerIndex(), length);
    }
  }
}
