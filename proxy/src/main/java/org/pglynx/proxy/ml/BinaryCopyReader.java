package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Decodes binary COPY (manual, COPY: binary format) straight into the builder's columns; no object
 * per row. The server sends a row per CopyData, but nothing relies on that.
 */
final class BinaryCopyReader implements SqlSession.CopySink {
  private static final int SIGNATURE = 11;
  private static final int HEADER = SIGNATURE + 8;

  private final TrainingColumn[] columns;
  private final DataSetBuilder builder;
  private final RowProgress progress;
  private final CancelToken cancel;
  private ByteBuf pending = Unpooled.EMPTY_BUFFER;
  private boolean headerRead;
  private boolean ended;

  BinaryCopyReader(
      List<TrainingColumn> columns,
      DataSetBuilder builder,
      RowProgress progress,
      CancelToken cancel) {
    this.columns = columns.toArray(new TrainingColumn[0]);
    this.builder = builder;
    this.progress = progress;
    this.cancel = cancel;
  }

  /** Told about rows read. */
  interface RowProgress {
    void read(int rows);
  }

  @Override
  public void accept(ByteBuf body) throws PgErrorException {
    try {
      cancel.check();
      if (pending.isReadable()) {
        pending.writeBytes(body);
        decode(pending);
        pending.discardReadBytes();
      } else {
        decode(body);
        if (body.isReadable()) {
          pending = Unpooled.buffer(Math.max(256, body.readableBytes() * 2)).writeBytes(body);
        }
      }
      progress.read(builder.rowCount());
    } catch (MlException e) {
      throw MlErrors.of(e).toException();
    }
  }

  private void decode(ByteBuf in) throws PgErrorException {
    if (!headerRead && !header(in)) {
      return;
    }
    while (!ended && row(in)) {
      builder.endRow();
    }
  }

  private boolean header(ByteBuf in) {
    if (in.readableBytes() < HEADER) {
      return false;
    }
    int extension = in.getInt(in.readerIndex() + SIGNATURE + 4);
    if (in.readableBytes() < HEADER + extension) {
      return false;
    }
    in.skipBytes(HEADER + extension);
    headerRead = true;
    return true;
  }

  /** Reads one row if all of it is there. */
  private boolean row(ByteBuf in) throws PgErrorException {
    int at = in.readerIndex();
    int end = in.writerIndex();
    if (end - at < 2) {
      return false;
    }
    int fields = in.getShort(at);
    if (fields < 0) {
      ended = true;
      in.skipBytes(2);
      return false;
    }
    if (fields != columns.length) {
      throw malformed();
    }
    int rowEnd = rowEnd(in, at + 2, end);
    if (rowEnd < 0) {
      return false;
    }
    at += 2;
    for (TrainingColumn column : columns) {
      int length = in.getInt(at);
      cell(in, at + 4, length, column);
      at += 4 + Math.max(length, 0);
    }
    in.readerIndex(rowEnd);
    return true;
  }

  private int rowEnd(ByteBuf in, int from, int end) {
    int at = from;
    for (int i = 0; i < columns.length; i++) {
      if (end - at < 4) {
        return -1;
      }
      at += 4 + Math.max(in.getInt(at), 0);
      if (at > end) {
        return -1;
      }
    }
    return at;
  }

  private void cell(ByteBuf in, int at, int length, TrainingColumn column) throws PgErrorException {
    if (length < 0) {
      builder.missing();
    } else if (column.array()) {
      array(in, at, length, column);
    } else {
      column.kind().read(in, at, length, builder);
    }
  }

  /** array_send: dimensions, flag, element type, size and lower bound per dimension, elements. */
  private void array(ByteBuf in, int at, int length, TrainingColumn column)
      throws PgErrorException {
    int dimensions = in.getInt(at);
    int count = dimensions == 0 ? 0 : 1;
    for (int i = 0; i < dimensions; i++) {
      count = Math.multiplyExact(count, in.getInt(at + 12 + 8 * i));
    }
    builder.startArray(count);
    int element = at + 12 + 8 * dimensions;
    for (int i = 0; i < count; i++) {
      int size = in.getInt(element);
      if (size < 0) {
        builder.missing();
      } else {
        column.kind().read(in, element + 4, size, builder);
      }
      element += 4 + Math.max(size, 0);
    }
    if (element != at + length) {
      throw malformed();
    }
  }

  private static PgErrorException malformed() {
    return PgError.error(SqlState.PROTOCOL_VIOLATION, "malformed binary COPY data").toException();
  }
}
