package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Rows of all shards as texts of arrays: one for each column, or one whose values are the rows (as
 * array_out and record_out write them).
 */
final class CollectedRows {
  private final boolean whole;
  private final int columns;
  private final List<ByteBuf> arrays = new ArrayList<>();
  private @Nullable String settings;
  private boolean any;
  private long bytes;

  /**
   * Nothing yet.
   *
   * @param columns how many there are, without the settings behind them
   * @param whole whether a row becomes one value
   */
  CollectedRows(int columns, boolean whole) {
    this.columns = columns;
    this.whole = whole;
    for (int i = 0; i < (whole ? 1 : columns); i++) {
      arrays.add(Unpooled.buffer(256).writeByte('{'));
    }
  }

  /** How much has been collected. */
  long bytes() {
    return bytes;
  }

  /** Adds a DataRow. */
  void add(ByteBuf buffer, int offset) throws PgErrorException {
    int at = offset + FrameScanner.HEADER + Short.BYTES;
    if (whole) {
      separate(arrays.getFirst()).writeByte('"').writeByte('(');
    }
    for (int i = 0; i < columns; i++) {
      int length = buffer.getInt(at);
      at += Integer.BYTES;
      if (whole) {
        field(arrays.getFirst(), i, buffer, at, length);
      } else {
        element(separate(arrays.get(i)), buffer, at, length);
      }
      at += Math.max(length, 0);
    }
    if (whole) {
      arrays.getFirst().writeByte(')').writeByte('"');
    }
    any = true;
    bytes = arrays.stream().mapToLong(ByteBuf::readableBytes).sum();
    int length = Math.max(buffer.getInt(at), 0);
    settings(buffer.toString(at + Integer.BYTES, length, StandardCharsets.UTF_8));
  }

  private ByteBuf separate(ByteBuf array) {
    return any ? array.writeByte(',') : array;
  }

  private static void element(ByteBuf out, ByteBuf buffer, int at, int length) {
    if (length < 0) {
      out.writeBytes(new byte[] {'N', 'U', 'L', 'L'});
      return;
    }
    out.writeByte('"');
    for (int i = at; i < at + length; i++) {
      byte each = buffer.getByte(i);
      if (each == '"' || each == '\\') {
        out.writeByte('\\');
      }
      out.writeByte(each);
    }
    out.writeByte('"');
  }

  /** A field of a row in an array: quoted for the row, and what results for the array. */
  private static void field(ByteBuf out, int index, ByteBuf buffer, int at, int length) {
    if (index > 0) {
      out.writeByte(',');
    }
    if (length < 0) {
      return;
    }
    out.writeByte('\\').writeByte('"');
    for (int i = at; i < at + length; i++) {
      byte each = buffer.getByte(i);
      if (each == '"' || each == '\\') {
        out.writeByte('\\').writeByte(each).writeByte('\\');
      }
      out.writeByte(each);
    }
    out.writeByte('\\').writeByte('"');
  }

  /** What texts of values depend on must be the same everywhere, and lose nothing. */
  private void settings(String own) throws PgErrorException {
    if (own.equals(settings)) {
      return;
    }
    if (settings != null || own.startsWith("-") || own.startsWith("0")) {
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "rows of several shards are not collected with extra_float_digits, DateStyle,"
                  + " IntervalStyle and lc_monetary of "
                  + own)
          .withHint(
              "extra_float_digits must be 1 or more, and DateStyle, IntervalStyle and lc_monetary"
                  + " the same on all shards.")
          .toException();
    }
    settings = own;
  }

  /** The texts; no row may be added any more. */
  List<ByteBuf> texts() {
    arrays.forEach(array -> array.writeByte('}'));
    return arrays;
  }
}
