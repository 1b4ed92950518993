package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import org.pglynx.proxy.shard.CopyLayout.Format;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;

/**
 * The data of several COPY TO STDOUT as one: the header of the first that gives it, and in the
 * format binary one trailer. PostgreSQL gives a row a message; what goes before the first row of
 * the format binary is in the same.
 */
final class CopiedRows implements RowMerger {
  private final Format format;
  private final boolean header;
  private final BitSet begun = new BitSet();
  private boolean headerGiven;
  private boolean trailerDue;
  private long rows;

  CopiedRows(CopyLayout layout) {
    this.format = layout.format();
    this.header = layout.header();
  }

  @Override
  public boolean row(int shard, ByteBuf buffer, int offset, int length, ByteBuf out) {
    boolean first = !begun.get(shard);
    begun.set(shard);
    if (format == Format.BINARY) {
      tuple(buffer, offset, length, first, out);
    } else if (!first || !header) {
      rows++;
      out.writeBytes(buffer, offset, length);
    } else if (!headerGiven) {
      headerGiven = true;
      out.writeBytes(buffer, offset, length);
    }
    return true;
  }

  private void tuple(ByteBuf buffer, int offset, int length, boolean first, ByteBuf out) {
    int from = offset + FrameScanner.HEADER;
    int end = offset + length;
    int body = first ? from + BinaryTuples.FIXED + extension(buffer, from) : from;
    if (first && !headerGiven) {
      headerGiven = true;
      data(buffer, from, body, out);
    }
    if (body + Short.BYTES <= end && buffer.getShort(body) == -1) {
      trailerDue = true;
    } else if (body < end) {
      rows++;
      data(buffer, body, end, out);
    }
  }

  private static int extension(ByteBuf buffer, int from) {
    return buffer.getInt(from + BinaryTuples.FIXED - Integer.BYTES);
  }

  private static void data(ByteBuf buffer, int from, int to, ByteBuf out) {
    int mark = FrameWriter.begin(out, BackendTag.COPY_DATA);
    out.writeBytes(buffer, from, to - from);
    FrameWriter.finish(out, mark);
  }

  /** All have given their data. */
  void trailer(ByteBuf out) {
    if (trailerDue) {
      int mark = FrameWriter.begin(out, BackendTag.COPY_DATA);
      out.writeShort(-1);
      FrameWriter.finish(out, mark);
    }
  }

  @Override
  public void ended(int shard, ByteBuf out) {
    // CopyDone has said so before.
  }

  @Override
  public long rows() {
    return rows;
  }
}
