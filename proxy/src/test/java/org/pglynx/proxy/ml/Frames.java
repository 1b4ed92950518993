package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameWriter;

/** DataRow frames, written and read in the tests' words. */
final class Frames {
  private Frames() {}

  /** A DataRow of values that are text, bytes or null. */
  static ByteBuf row(ByteBuf out, @Nullable Object... values) {
    int mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
    out.writeShort(values.length);
    for (Object value : values) {
      if (value == null) {
        out.writeInt(-1);
      } else {
        byte[] bytes =
            value instanceof byte[] raw ? raw : value.toString().getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length).writeBytes(bytes);
      }
    }
    FrameWriter.finish(out, mark);
    return out;
  }

  static List<List<@Nullable String>> textRows(byte[] frames) {
    return textRows(Unpooled.wrappedBuffer(frames));
  }

  static List<List<@Nullable String>> textRows(ByteBuf in) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (List<byte @Nullable []> row : rawRows(in)) {
      List<@Nullable String> values = new ArrayList<>();
      for (byte @Nullable [] value : row) {
        values.add(value == null ? null : new String(value, StandardCharsets.UTF_8));
      }
      rows.add(values);
    }
    return rows;
  }

  static List<List<byte @Nullable []>> rawRows(ByteBuf in) {
    List<List<byte @Nullable []>> rows = new ArrayList<>();
    while (in.isReadable()) {
      if (in.readByte() != BackendTag.DATA_ROW) {
        throw new AssertionError("not a DataRow");
      }
      int end = in.readerIndex() + in.readInt();
      int count = in.readShort();
      List<byte @Nullable []> values = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int length = in.readInt();
        byte @Nullable [] value = length < 0 ? null : new byte[length];
        if (value != null) {
          in.readBytes(value);
        }
        values.add(value);
      }
      if (in.readerIndex() != end) {
        throw new AssertionError("DataRow of wrong length");
      }
      rows.add(values);
    }
    return rows;
  }

  /** A real[] in binary format; null elements are NULL. */
  static byte[] float4Array(@Nullable Float... values) {
    ByteBuf out = Unpooled.buffer();
    out.writeInt(1).writeInt(0).writeInt(700).writeInt(values.length).writeInt(1);
    for (Float value : values) {
      if (value == null) {
        out.writeInt(-1);
      } else {
        out.writeInt(4).writeFloat(value);
      }
    }
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }
}
