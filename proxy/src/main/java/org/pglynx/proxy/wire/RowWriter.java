package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * Writes DataRow frames of a result that the proxy itself makes, each value in the format that the
 * client asked for. One instance serves one result: {@code begin()}, one call per column in order,
 * {@code end()}.
 */
public final class RowWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final ByteBuf out;
  private final short[] formats;
  private final int columns;
  private int mark;
  private int index;

  /**
   * A writer.
   *
   * @param out where the frames go
   * @param columns how many columns a row has
   * @param formats result format codes as in Bind
   */
  public RowWriter(ByteBuf out, int columns, short[] formats) {
    this.out = out;
    this.columns = columns;
    this.formats = formats;
  }

  /** Starts a row. */
  public RowWriter begin() {
    mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
    out.writeShort(columns);
    index = 0;
    return this;
  }

  /** Ends the row. */
  public void end() {
    if (index != columns) {
      throw new IllegalStateException(index + " of " + columns + " columns written");
    }
    FrameWriter.finish(out, mark);
  }

  /** A NULL. */
  public RowWriter nullValue() {
    index++;
    out.writeInt(-1);
    return this;
  }

  /** A text, json or other value whose binary form is its text. */
  public RowWriter text(String value) {
    index++;
    writeText(value);
    return this;
  }

  /** A value whose bytes are already in the column's format. */
  public RowWriter raw(byte[] value) {
    index++;
    out.writeInt(value.length).writeBytes(value);
    return this;
  }

  /** A jsonb value. */
  public RowWriter jsonb(String value) {
    if (!binary()) {
      return text(value);
    }
    index++;
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length + 1).writeByte(1).writeBytes(bytes);
    return this;
  }

  /** A boolean. */
  public RowWriter bool(boolean value) {
    if (!binary()) {
      return text(value ? "t" : "f");
    }
    index++;
    out.writeInt(1).writeByte(value ? 1 : 0);
    return this;
  }

  /** An integer. */
  public RowWriter int4(int value) {
    if (!binary()) {
      return text(Integer.toString(value));
    }
    index++;
    out.writeInt(4).writeInt(value);
    return this;
  }

  /** A bigint. */
  public RowWriter int8(long value) {
    if (!binary()) {
      return text(Long.toString(value));
    }
    index++;
    out.writeInt(8).writeLong(value);
    return this;
  }

  /** A real. */
  public RowWriter float4(float value) {
    if (!binary()) {
      return text(FloatText.of(value));
    }
    index++;
    out.writeInt(4).writeFloat(value);
    return this;
  }

  /** A double precision. */
  public RowWriter float8(double value) {
    if (!binary()) {
      return text(FloatText.of(value));
    }
    index++;
    out.writeInt(8).writeDouble(value);
    return this;
  }

  /** A bytea; as text in hex, the server's default of bytea_output. */
  public RowWriter bytea(byte[] value) {
    if (binary()) {
      return raw(value);
    }
    index++;
    out.writeInt(2 + 2 * value.length).writeByte('\\').writeByte('x');
    for (byte b : value) {
      out.writeByte(HEX[b >> 4 & 15]).writeByte(HEX[b & 15]);
    }
    return this;
  }

  /** A one-dimensional real[] without NULLs. */
  public RowWriter float4Array(float[] values) {
    if (!binary()) {
      return text(FloatText.of(values));
    }
    index++;
    // array_send: dimensions, has-nulls flag, element type, then per dimension size and lower
    // bound.
    out.writeInt(values.length == 0 ? 12 : 20 + 8 * values.length);
    out.writeInt(values.length == 0 ? 0 : 1).writeInt(0).writeInt(Oid.FLOAT4);
    if (values.length > 0) {
      out.writeInt(values.length).writeInt(1);
    }
    for (float value : values) {
      out.writeInt(4).writeFloat(value);
    }
    return this;
  }

  private boolean binary() {
    return Formats.of(formats, index) == Formats.BINARY;
  }

  private void writeText(String value) {
    int at = out.writerIndex();
    out.writeInt(0);
    out.setInt(at, ByteBufUtil.writeUtf8(out, value));
  }
}
