package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/** The messages with a shard's part of a statement. */
final class SplitFrames {
  private SplitFrames() {}

  static void query(Upstream server, Split.Part part) {
    ByteBuf out = Unpooled.buffer(part.sql().length() + 16);
    FrameWriter.query(out, part.sql());
    server.send(out);
  }

  /** Parse of the unnamed statement; the client sees nothing of it. */
  static void parse(Upstream server, Split.Part part) {
    byte[] text = part.sql().getBytes(StandardCharsets.UTF_8);
    ByteBuf body = Unpooled.buffer(text.length + 3 + Integer.BYTES * part.types().length);
    body.writeBytes(text).writeByte(0).writeShort(part.types().length);
    for (int type : part.types()) {
      body.writeInt(type);
    }
    byte[] definition = new byte[body.readableBytes()];
    body.readBytes(definition);
    server.parseUnnamed(definition, () -> {});
  }

  static void bind(Upstream server, Split.Part part, byte[] portal, Arguments arguments) {
    ByteBuf out = Unpooled.buffer(256);
    int mark = FrameWriter.begin(out, FrontendTag.BIND);
    out.writeBytes(portal).writeByte(0).writeByte(0);
    int[] parameters = part.parameters();
    out.writeShort(parameters.length);
    for (int each : parameters) {
      out.writeShort(arguments.binary(each) ? 1 : 0);
    }
    out.writeShort(parameters.length);
    for (int each : parameters) {
      byte[] value = arguments.values()[each];
      if (value == null) {
        out.writeInt(-1);
      } else {
        out.writeInt(value.length).writeBytes(value);
      }
    }
    short[] formats = arguments.resultFormats();
    out.writeShort(formats.length);
    for (short format : formats) {
      out.writeShort(format);
    }
    FrameWriter.finish(out, mark);
    server.send(out);
  }
}
