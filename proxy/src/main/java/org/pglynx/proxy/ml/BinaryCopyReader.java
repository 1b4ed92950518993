package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.NumericBinary;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Decodes binary COPY (manual, COPY: binary format) straight into the builder's columns; no object
 * per row. The server sends a row per CopyData, but nothing relies on that. Bytes are copied to an
 * array of its own first: that is cheaper than the checks of a buffer for each of a row's cells.
 */
final class BinaryCopyReader implements SqlSession.CopySink {
  private static final int SIGNATURE = 11;
  private static final int HEADER = SIGNATURE + 8;

  /** A length and four bytes. */
  private static final int REAL_CELL = 8;

  /** A row is decoded in less than a microsecond; what it needs of memory is not known so soon. */
  private static final int ROWS_BETWEEN = 1024;

  /** Decimal digits that every double keeps, and the first integer of more. */
  private static final int EXACT_DIGITS = 15;

  private static final double MOST_EXACT = 1e15;

  private final TrainingColumn[] columns;
  private final DataSetBuilder builder;
  private final RowProgress progress;
  private final CancelToken cancel;
  // The length of a row without NULL if all columns are real, else more than there ever is.
  private final int realsLength;
  private byte[] bytes = new byte[4096];
  // What is decoded next, and the end of what has come.
  private int at;
  private int end;
  // Rows of which the progress has been told.
  private int told;
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
    this.realsLength =
        columns.stream().allMatch(BinaryCopyReader::real)
            ? 2 + REAL_CELL * columns.size()
            : Integer.MAX_VALUE;
  }

  private static boolean real(TrainingColumn column) {
    return column.kind() == CellKind.FLOAT4 && !column.array();
  }

  /** Told about rows read: now and then, and in the end. */
  interface RowProgress {
    void read(int rows);
  }

  @Override
  public void accept(ByteBuf body) throws PgErrorException {
    try {
      cancel.check();
      take(body);
      decode();
      tell();
    } catch (MlException e) {
      throw MlErrors.of(e).toException();
    }
  }

  private void tell() {
    int rows = builder.rowCount();
    if (ended || rows - told >= ROWS_BETWEEN) {
      told = rows;
      progress.read(rows);
    }
  }

  /** Appends the bytes to what is left of those before. */
  private void take(ByteBuf body) {
    int left = end - at;
    int more = body.readableBytes();
    if (left + more > bytes.length) {
      byte[] larger = new byte[Math.max(left + more, 2 * bytes.length)];
      System.arraycopy(bytes, at, larger, 0, left);
      bytes = larger;
    } else if (left > 0) {
      System.arraycopy(bytes, at, bytes, 0, left);
    }
    body.readBytes(bytes, left, more);
    at = 0;
    end = left + more;
  }

  private void decode() throws PgErrorException {
    if (!headerRead && !header()) {
      return;
    }
    while (!ended && row()) {
      builder.endRow();
    }
  }

  private boolean header() {
    if (end - at < HEADER) {
      return false;
    }
    int extension = BigEndian.int32(bytes, at + SIGNATURE + 4);
    if (end - at < HEADER + extension) {
      return false;
    }
    at += HEADER + extension;
    headerRead = true;
    return true;
  }

  /** Reads one row if all of it is there. */
  private boolean row() throws PgErrorException {
    if (end - at < 2) {
      return false;
    }
    int fields = BigEndian.int16(bytes, at);
    if (fields < 0) {
      ended = true;
      at += 2;
      return false;
    }
    if (fields != columns.length) {
      throw malformed();
    }
    if (end - at >= realsLength) {
      reals();
      return true;
    }
    int rowEnd = rowEnd();
    if (rowEnd < 0) {
      return false;
    }
    int cell = at + 2;
    for (TrainingColumn column : columns) {
      int length = BigEndian.int32(bytes, cell);
      cell(cell + 4, length, column);
      cell += 4 + Math.max(length, 0);
    }
    at = rowEnd;
    return true;
  }

  /** A row of which all must be there, as it is no longer than what is. */
  private void reals() throws PgErrorException {
    int cell = at + 2;
    for (TrainingColumn column : columns) {
      int length = BigEndian.int32(bytes, cell);
      if (length == Float.BYTES) {
        builder.real(BigEndian.float32(bytes, cell + 4));
      } else {
        cell(cell + 4, length, column);
      }
      cell += 4 + Math.max(length, 0);
    }
    at = cell;
  }

  private int rowEnd() {
    int cell = at + 2;
    for (int i = 0; i < columns.length; i++) {
      if (end - cell < 4) {
        return -1;
      }
      // Lengths that overflow are beyond the end, too.
      long next = cell + 4L + Math.max(BigEndian.int32(bytes, cell), 0);
      if (next > end) {
        return -1;
      }
      cell = (int) next;
    }
    return cell;
  }

  private void cell(int from, int length, TrainingColumn column) throws PgErrorException {
    if (length < 0) {
      builder.missing();
    } else if (column.array()) {
      array(from, length, column);
    } else {
      if (column.classes()) {
        checkClass(from, length, column);
      }
      column.kind().read(bytes, from, length, builder);
    }
  }

  /** Two classes that are one number would be learnt as one class, of a name that neither has. */
  private void checkClass(int from, int length, TrainingColumn column) throws PgErrorException {
    if (column.kind() == CellKind.INT8 && length == Long.BYTES) {
      long number = BigEndian.int64(bytes, from);
      if (Math.abs((double) number) > MOST_EXACT) {
        throw column.inexactClass(Long.toString(number)).toException();
      }
    } else if (column.kind() == CellKind.NUMERIC) {
      ByteBuffer number = ByteBuffer.wrap(bytes, from, length).slice();
      if (NumericBinary.significantDigits(number) > EXACT_DIGITS) {
        throw column.inexactClass("near " + NumericBinary.toDouble(number.rewind())).toException();
      }
    }
  }

  /** array_send: dimensions, flag, element type, size and lower bound per dimension, elements. */
  private void array(int from, int length, TrainingColumn column) throws PgErrorException {
    int dimensions = BigEndian.int32(bytes, from);
    int count = dimensions == 0 ? 0 : 1;
    for (int i = 0; i < dimensions; i++) {
      count = Math.multiplyExact(count, BigEndian.int32(bytes, from + 12 + 8 * i));
    }
    builder.startArray(count);
    int element = from + 12 + 8 * dimensions;
    for (int i = 0; i < count; i++) {
      int size = BigEndian.int32(bytes, element);
      if (size < 0) {
        builder.missing();
      } else {
        column.kind().read(bytes, element + 4, size, builder);
      }
      element += 4 + Math.max(size, 0);
    }
    if (element != from + length) {
      throw malformed();
    }
  }

  private static PgErrorException malformed() {
    return PgError.error(SqlState.PROTOCOL_VIOLATION, "malformed binary COPY data").toException();
  }
}
