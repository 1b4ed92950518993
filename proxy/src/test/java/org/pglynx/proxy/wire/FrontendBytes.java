package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a client sends, in the protocol's own vocabulary. */
public final class FrontendBytes {
  private FrontendBytes() {}

  /** Several messages in one. */
  public static byte[] all(byte[]... messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      out.writeBytes(message);
    }
    return out.toByteArray();
  }

  public static byte[] frame(char tag, Consumer<ByteBuf> body) {
    ByteBuf out = Unpooled.buffer();
    int mark = FrameWriter.begin(out, (byte) tag);
    body.accept(out);
    FrameWriter.finish(out, mark);
    return bytes(out);
  }

  /** A frame with a length field of its own, right or wrong. */
  public static byte[] raw(char tag, int length, byte... body) {
    return bytes(Unpooled.buffer().writeByte(tag).writeInt(length).writeBytes(body));
  }

  static byte[] bytes(ByteBuf out) {
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  static byte[] empty(char tag) {
    return frame(tag, out -> {});
  }

  static byte[] text(char tag, String text) {
    return frame(tag, out -> FrameWriter.cstring(out, text));
  }

  public static byte[] query(String sql) {
    return text('Q', sql);
  }

  public static byte[] parse(String name, String sql, int... types) {
    return frame(
        'P',
        out -> {
          FrameWriter.cstring(out, name);
          FrameWriter.cstring(out, sql);
          out.writeShort(types.length);
          for (int type : types) {
            out.writeInt(type);
          }
        });
  }

  public static byte[] bind(String portal, String statement, @Nullable String... values) {
    return frame(
        'B',
        out -> {
          FrameWriter.cstring(out, portal);
          FrameWriter.cstring(out, statement);
          out.writeShort(0).writeShort(values.length);
          for (String value : values) {
            value(out, value);
          }
          out.writeShort(0);
        });
  }

  static void value(ByteBuf out, @Nullable String value) {
    if (value == null) {
      out.writeInt(-1);
    } else {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length).writeBytes(bytes);
    }
  }

  public static byte[] describeStatement(String name) {
    return text('D', "S" + name);
  }

  public static byte[] describePortal(String name) {
    return text('D', "P" + name);
  }

  public static byte[] execute(String portal, int limit) {
    return frame(
        'E',
        out -> {
          FrameWriter.cstring(out, portal);
          out.writeInt(limit);
        });
  }

  public static byte[] closeStatement(String name) {
    return text('C', "S" + name);
  }

  public static byte[] closePortal(String name) {
    return text('C', "P" + name);
  }

  public static byte[] sync() {
    return empty('S');
  }

  public static byte[] flush() {
    return empty('H');
  }

  public static byte[] terminate() {
    return empty('X');
  }

  public static byte[] functionCall() {
    return frame('F', out -> out.writeInt(1598).writeShort(0).writeShort(0).writeShort(0));
  }

  public static byte[] copyData(String data) {
    return frame('d', out -> out.writeBytes(data.getBytes(StandardCharsets.UTF_8)));
  }

  public static byte[] copyDone() {
    return empty('c');
  }

  public static byte[] copyFail(String why) {
    return text('f', why);
  }

  public static byte[] password(String password) {
    return text('p', password);
  }

  /** StartupMessage 3.minor with the parameters as name, value, name, value. */
  public static byte[] startup(int minor, String... parameters) {
    return untagged(
        3 << 16 | minor,
        out -> {
          for (String word : parameters) {
            FrameWriter.cstring(out, word);
          }
          out.writeByte(0);
        });
  }

  /** A packet of the time before the login. */
  public static byte[] untagged(int code, Consumer<ByteBuf> body) {
    ByteBuf out = Unpooled.buffer().writeInt(0).writeInt(code);
    body.accept(out);
    out.setInt(0, out.writerIndex());
    return bytes(out);
  }

  public static byte[] sslRequest() {
    return untagged(80877103, out -> {});
  }

  public static byte[] gssRequest() {
    return untagged(80877104, out -> {});
  }

  public static byte[] cancel(int pid, byte[] key) {
    return untagged(80877102, out -> out.writeInt(pid).writeBytes(key));
  }
}
