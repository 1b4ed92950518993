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
  private final short[] serverFormats;
  private final ByteBuf batch = Unpooled.buffer(1024);
  private final ByteBuf result = Unpooled.buffer(1024);
  private int columnCount = -1;

  /**
   * A transform.
   *
   * @param formats of the result's columns, as the client has asked for them
   * @param serverFormats as the server was asked for them, or none if it was asked for the same
   */
  PredictTransform(
      List<PredictColumn> columns,
      @Nullable LoadedModel[] models,
      short[] formats,
      short[] serverFormats) {
    this.formats = formats;
    this.serverFormats = serverFormats;
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
    score(in);
    result.clear();
    int row = 0;
    for (int at = 0; at < batch.writerIndex(); at = frameEnd(at)) {
      write(at, row++, columnCount, result);
    }
    out.writeBytes(result);
  }

  /** The first pass. */
  void score(ByteBuf in) throws PgErrorException {
    batch.clear().writeBytes(in, in.readerIndex(), in.readableBytes());
    layOut();
    for (PredictBlock block : blocks) {
      block.begin();
    }
    for (int at = 0; at < batch.writerIndex(); at = frameEnd(at)) {
      read(at);
    }
    for (PredictBlock block : blocks) {
      block.score();
    }
  }

  /** The frames of the batch, one behind the other. */
  ByteBuf batch() {
    return batch;
  }

  /** How many columns the server's rows have. */
  int columnCount() {
    return columnCount;
  }

  /** A predicted column, as its index among them says. */
  PredictBlock column(int index) {
    return blocks[index];
  }

  /** Finds the columns' places once the first row has shown how many there are. */
  private void layOut() {
    if (columnCount < 0) {
      columnCount = batch.getShort(HEADER);
      for (PredictBlock block : blocks) {
        int index = block.place(columnCount);
        // A hidden column behind those that have formats of their own is asked for in binary.
        boolean hidden = formats.length > 1 && index >= formats.length;
        boolean binary = hidden || Formats.of(formats, index) == Formats.BINARY;
        boolean read =
            serverFormats.length == 0 ? binary : Formats.of(serverFormats, index) == Formats.BINARY;
        block.formats(read, binary);
      }
    }
  }

  /** Where the frame behind the one at the index begins. */
  int frameEnd(int at) {
    return at + 1 + batch.getInt(at + 1);
  }

  private void read(int frame) throws PgErrorException {
    int at = frame + HEADER + 2;
    for (int i = 0; i < columnCount; i++) {
      int length = batch.getInt(at);
      PredictBlock block = block(i);
      if (block != null) {
        block.read(batch, at + 4, length);
      }
      at += 4 + Math.max(length, 0);
    }
  }

  /** The second pass, for the frame of one row: its first columns, with scores for features. */
  void write(int frame, int row, int columns, ByteBuf out) {
    int mark = out.writerIndex() + 1;
    out.writeByte(BackendTag.DATA_ROW).writeInt(0).writeShort(columns);
    int copied = frame + HEADER + 2;
    int at = copied;
    for (int i = 0; i < columns; i++) {
      int next = at + 4 + Math.max(batch.getInt(at), 0);
      PredictBlock block = block(i);
      if (block != null) {
        out.writeBytes(batch, copied, at - copied);
        block.write(row, out);
        copied = next;
      }
      at = next;
    }
    out.writeBytes(batch, copied, at - copied);
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
