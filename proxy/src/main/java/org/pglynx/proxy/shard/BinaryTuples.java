package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.CopySignature;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Cuts the tuples of the format binary (PostgreSQL manual, COPY, "Binary Format").
 *
 * <pre>
 *   HEADER ── PGCOPY, flags, extension ──► TUPLES ── a count of -1 ──► OVER
 * </pre>
 */
final class BinaryTuples implements CopyRows {
  /** Up to the extension: flags, and its length. */
  static final int FIXED = CopySignature.LENGTH + 2 * Integer.BYTES;

  private static final int OIDS = 1 << 16;

  private final int[] places;
  private final CopyFields sink;
  private final ByteBuf bytes = Unpooled.buffer(4096);
  private byte[] @Nullable [] key;
  private boolean inTuples;
  private boolean over;
  private long tuple = 1;

  /** Where the tuple in hand has been read to, from its beginning; 0 before its count. */
  private int at;

  private int field;
  private int fields;

  /**
   * Tuples.
   *
   * @param places where the columns of the key stand in a tuple, from 0
   */
  BinaryTuples(int[] places, CopyFields sink) {
    this.places = places.clone();
    this.sink = sink;
    this.key = new byte[places.length][];
  }

  @Override
  public void feed(ByteBuf piece) throws PgErrorException {
    if (over && piece.isReadable()) {
      throw CopyErrors.malformed("received copy data after EOF marker", tuple);
    }
    bytes.discardReadBytes();
    bytes.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
    if (inTuples || header()) {
      while (!over && tuple()) {
        // One after the other.
      }
    }
    if (over && bytes.isReadable()) {
      throw CopyErrors.malformed("received copy data after EOF marker", tuple);
    }
    if (bytes.readableBytes() > CopyErrors.MAX_ROW) {
      throw CopyErrors.tooLong(tuple);
    }
  }

  @Override
  public void end() throws PgErrorException {
    if (bytes.isReadable()) {
      throw CopyErrors.malformed("unexpected EOF in COPY data", tuple);
    }
    if (!inTuples) {
      throw CopyErrors.malformed("COPY file signature not recognized", tuple);
    }
  }

  private boolean header() throws PgErrorException {
    if (bytes.readableBytes() < FIXED) {
      return false;
    }
    int from = bytes.readerIndex();
    if (!CopySignature.at(bytes, from)) {
      throw CopyErrors.malformed("COPY file signature not recognized", tuple);
    }
    int flags = bytes.getInt(from + CopySignature.LENGTH);
    int extension = bytes.getInt(from + CopySignature.LENGTH + Integer.BYTES);
    if ((flags & OIDS) != 0 || extension < 0) {
      throw CopyErrors.malformed("invalid COPY file header", tuple);
    }
    if (bytes.readableBytes() - FIXED < extension) {
      return false;
    }
    sink.common(bytes.readSlice(FIXED + extension));
    inTuples = true;
    return true;
  }

  /** Reads on in the tuple in hand; whether it was whole. */
  private boolean tuple() throws PgErrorException {
    if (at == 0 && !count()) {
      return false;
    }
    while (!over && field < fields) {
      if (!field()) {
        return false;
      }
    }
    if (!over) {
      whole();
    }
    return true;
  }

  private boolean count() throws PgErrorException {
    if (bytes.readableBytes() < Short.BYTES) {
      return false;
    }
    fields = bytes.getShort(bytes.readerIndex());
    field = 0;
    at = Short.BYTES;
    if (fields == -1) {
      over = true;
      sink.common(bytes.readSlice(Short.BYTES));
    } else if (Arrays.stream(places).anyMatch(place -> place >= fields)) {
      throw CopyErrors.malformed(
          "row field count is %d, and so has no sharding key".formatted(fields), tuple);
    }
    return true;
  }

  private boolean field() throws PgErrorException {
    int here = bytes.readableBytes() - at;
    if (here < Integer.BYTES) {
      return false;
    }
    int length = bytes.getInt(bytes.readerIndex() + at);
    if (length < -1) {
      throw CopyErrors.malformed("invalid field size", tuple);
    }
    int size = Math.max(length, 0);
    if (size > CopyErrors.MAX_ROW) {
      throw CopyErrors.tooLong(tuple);
    }
    if (here - Integer.BYTES < size) {
      return false;
    }
    for (int i = 0; i < places.length; i++) {
      if (places[i] == field && length >= 0) {
        byte[] value = new byte[length];
        bytes.getBytes(bytes.readerIndex() + at + Integer.BYTES, value);
        key[i] = value;
      }
    }
    at += Integer.BYTES + size;
    field++;
    return true;
  }

  private void whole() throws PgErrorException {
    sink.row(key, tuple, bytes.readSlice(at));
    key = new byte[places.length][];
    at = 0;
    tuple++;
  }
}
