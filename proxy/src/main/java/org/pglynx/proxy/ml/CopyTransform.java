package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Turns features into predictions in the CopyData frames of {@code COPY … TO STDOUT}, of which a
 * server makes one for each row. In two passes over a batch, as {@link PredictTransform}.
 */
final class CopyTransform implements RowRewrite.RowTransform {
  private static final int HEADER = 5;

  private final PredictBlock[] blocks;
  private final CopyCells cells;
  private final boolean binary;
  private final ByteBuf batch = Unpooled.buffer(1024);
  private final ByteBuf result = Unpooled.buffer(1024);
  private final ByteBuf value = Unpooled.buffer(256);
  private boolean headerAhead;
  private boolean laidOut;

  CopyTransform(List<PredictColumn> columns, @Nullable LoadedModel[] models, CopyFormat format) {
    this.cells = format.cells();
    this.binary = format.kind() == CopyFormat.Kind.BINARY;
    this.headerAhead = format.header();
    this.blocks = new PredictBlock[columns.size()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new PredictBlock(columns.get(i), models[i]);
    }
  }

  @Override
  public void rows(ByteBuf in, ByteBuf out) throws PgErrorException {
    batch.clear().writeBytes(in, in.readerIndex(), in.readableBytes());
    int end = batch.writerIndex();
    result.clear();
    int begin = 0;
    if (headerAhead && end > 0) {
      begin = frameEnd(0);
      result.writeBytes(batch, 0, begin);
      headerAhead = false;
    }
    for (PredictBlock block : blocks) {
      block.begin();
    }
    for (int at = begin; at < end; at = frameEnd(at)) {
      read(at + HEADER, frameEnd(at));
    }
    for (PredictBlock block : blocks) {
      block.score();
    }
    int row = 0;
    for (int at = begin; at < end; at = frameEnd(at)) {
      row += write(at + HEADER, frameEnd(at), row);
    }
    out.writeBytes(result);
  }

  private int frameEnd(int at) {
    return at + 1 + batch.getInt(at + 1);
  }

  private void read(int from, int to) throws PgErrorException {
    int at = cells.first(batch, from, to);
    if (at >= 0 && !laidOut) {
      layOut(from, to);
      at = cells.first(batch, from, to);
    }
    for (int i = 0; at >= 0; i++) {
      int end = cells.end(batch, at, to);
      PredictBlock block = block(i);
      if (block != null) {
        value.clear();
        int length = cells.decode(batch, at, end, value);
        block.read(value, 0, length);
      }
      at = cells.next(batch, end, to);
    }
  }

  /** Finds the columns' places once the first row has shown how many there are. */
  private void layOut(int from, int to) {
    int columns = 0;
    for (int at = cells.first(batch, from, to); at >= 0; columns++) {
      at = cells.next(batch, cells.end(batch, at, to), to);
    }
    for (PredictBlock block : blocks) {
      block.place(columns);
      block.formats(binary, binary);
    }
    laidOut = true;
  }

  /** Writes a frame with scores for features; gives how many rows it held. */
  private int write(int from, int to, int row) {
    int mark = result.writerIndex() + 1;
    result.writeByte(BackendTag.COPY_DATA).writeInt(0);
    int copied = from;
    int at = cells.first(batch, from, to);
    int rows = at >= 0 ? 1 : 0;
    for (int i = 0; at >= 0; i++) {
      int end = cells.end(batch, at, to);
      int next = cells.next(batch, end, to);
      PredictBlock block = block(i);
      if (block != null) {
        result.writeBytes(batch, copied, at - copied);
        block.write(row, value.clear());
        cells.encode(value, value.readInt(), result);
        copied = end;
      }
      at = next;
    }
    result.writeBytes(batch, copied, to - copied);
    result.setInt(mark, result.writerIndex() - mark);
    return rows;
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
