package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Turns features into predictions in DataRow frames. Two passes over a batch: the first reads the
 * features of all rows and scores them as one block, the second copies the rows with the scores in
 * the features' places. Both work on heap copies of the batch, because features are read byte by
 * byte. All buffers are kept from batch to batch; no object is made per row.
 */
final class PredictTransform implements RowRewrite.RowTransform {
  private static final int HEADER = 5;

  private final PredictBlock[] blocks;
  private final short[] formats;
  private final ByteBuf batch = Unpooled.buffer(1024);
  private final ByteBuf result = Unpooled.buffer(1024);
  private int columnCount = -1;

  PredictTransform(List<PredictColumn> columns, @Nullable LoadedModel[] models, short[] formats) {
    this.formats = formats;
    this.blocks = new PredictBlock[columns.size()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new PredictBlock(columns.get(i), models[i]);
    }
  }

  @Override
  public void rows(ByteBuf in, ByteBuf out) throws PgErrorException {
    if (!in.isReadable()) {
      return;
    }
    batch.clear().writeBytes(in, in.readerIndex(), in.readableBytes());
    int end = batch.writerIndex();
    layOut(batch);
    for (PredictBlock block : blocks) {
      block.begin();
    }
    for (int at = 0; at < end; at = frameEnd(batch, at)) {
      read(batch, at);
    }
    for (PredictBlock block : blocks) {
      block.score();
    }
    result.clear();
    int row = 0;
    for (int at = 0; at < end; at = frameEnd(batch, at)) {
      write(batch, at, row++, result);
    }
    out.writeBytes(result);
  }

  /** Finds the columns' places once the first row has shown how many there are. */
  private void layOut(ByteBuf in) {
    if (columnCount < 0) {
      columnCount = in.getShort(HEADER);
      for (PredictBlock block : blocks) {
        int index = block.place(columnCount);
        block.binary(Formats.of(formats, index) == Formats.BINARY);
      }
    }
  }

  private static int frameEnd(ByteBuf in, int at) {
    return at + 1 + in.getInt(at + 1);
  }

  private void read(ByteBuf in, int frame) throws PgErrorException {
    int at = frame + HEADER + 2;
    for (int i = 0; i < columnCount; i++) {
      int length = in.getInt(at);
      PredictBlock block = block(i);
      if (block != null) {
        block.read(in, at + 4, length);
      }
      at += 4 + Math.max(length, 0);
    }
  }

  private void write(ByteBuf in, int frame, int row, ByteBuf out) {
    int mark = out.writerIndex() + 1;
    out.writeByte(BackendTag.DATA_ROW).writeInt(0).writeShort(columnCount);
    int copied = frame + HEADER + 2;
    int at = copied;
    for (int i = 0; i < columnCount; i++) {
      int next = at + 4 + Math.max(in.getInt(at), 0);
      PredictBlock block = block(i);
      if (block != null) {
        out.writeBytes(in, copied, at - copied);
        block.write(row, out);
        copied = next;
      }
      at = next;
    }
    out.writeBytes(in, copied, at - copied);
    out.setInt(mark, out.writerIndex() - mark);
  }

  private @Nullable PredictBlock block(int column) {
    for (PredictBlock block : blocks) {
      if (block.index() == column) {
        return block;
      }
    }
    return null;
  }
}
