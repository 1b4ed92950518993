package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.ProtocolException;

/**
 * Describes of the proxy's own whose replies are outstanding, oldest first, and what has come of
 * the first one's: ParameterDescription, and then RowDescription or NoData.
 */
final class Descriptions {
  private static final byte[] NONE = new byte[0];

  /** Table and column number, which change when a table is made anew and nobody cares. */
  private static final int ORIGIN = 6;

  private static final int TYPE = 4;
  private static final int LENGTH = 2;
  private static final int MODIFIER = 4;
  private static final int FORMAT = 2;

  private final ArrayDeque<Consumer<StatementShape>> asked = new ArrayDeque<>(4);
  private byte[] parameters = NONE;

  /** A Describe is sent. */
  void ask(Consumer<StatementShape> receiver) {
    asked.add(receiver);
  }

  /** The oldest is not answered: the server has skipped it. */
  void skipped() {
    asked.remove();
    parameters = NONE;
  }

  /** ParameterDescription. */
  void parameters(ByteBuf buffer, int offset, int length) {
    parameters = new byte[length - FrameScanner.HEADER];
    buffer.getBytes(offset + FrameScanner.HEADER, parameters);
  }

  /** RowDescription. */
  void columns(ByteBuf buffer, int offset, int length) {
    ByteArrayOutputStream columns = new ByteArrayOutputStream(length);
    int end = offset + length;
    int at = offset + FrameScanner.HEADER + Short.BYTES;
    while (at < end) {
      int zero = buffer.indexOf(at, end, (byte) 0);
      int type = zero + 1 + ORIGIN;
      int modifier = type + TYPE + LENGTH;
      if (zero < 0 || modifier + MODIFIER + FORMAT > end) {
        throw new ProtocolException("RowDescription ends amid a column");
      }
      copy(buffer, at, type - ORIGIN, columns);
      copy(buffer, type, type + TYPE, columns);
      copy(buffer, modifier, modifier + MODIFIER, columns);
      at = modifier + MODIFIER + FORMAT;
    }
    answered(columns.toByteArray());
  }

  /** NoData. */
  void noColumns() {
    answered(NONE);
  }

  private static void copy(ByteBuf buffer, int from, int to, ByteArrayOutputStream out) {
    for (int i = from; i < to; i++) {
      out.write(buffer.getByte(i));
    }
  }

  private void answered(byte[] columns) {
    StatementShape shape = new StatementShape(parameters, columns);
    parameters = NONE;
    asked.remove().accept(shape);
  }
}
