package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * How a client's Query is sent once its text has been rewritten. A Query has all its columns in
 * text; where some are asked for in binary it becomes the messages of the extended protocol, whose
 * replies are the Query's but for ParseComplete, BindComplete and CloseComplete. It leaves behind
 * what a Query leaves: neither an unnamed statement nor an unnamed portal.
 */
final class RewrittenQuery {
  private RewrittenQuery() {}

  /**
   * Writes the messages.
   *
   * @param formats one for each column, or none: all are text
   */
  static void write(String sql, short[] formats, ByteBuf out) {
    if (formats.length == 0) {
      FrameWriter.query(out, sql);
      return;
    }
    int parse = FrameWriter.begin(out, FrontendTag.PARSE);
    FrameWriter.cstring(out, "");
    FrameWriter.cstring(out, sql);
    out.writeShort(0);
    FrameWriter.finish(out, parse);
    int bind = FrameWriter.begin(out, FrontendTag.BIND);
    FrameWriter.cstring(out, "");
    FrameWriter.cstring(out, "");
    out.writeShort(0).writeShort(0).writeShort(formats.length);
    for (short format : formats) {
      out.writeShort(format);
    }
    FrameWriter.finish(out, bind);
    unnamed(FrontendTag.DESCRIBE, 'P', out);
    int execute = FrameWriter.begin(out, FrontendTag.EXECUTE);
    FrameWriter.cstring(out, "");
    out.writeInt(0);
    FrameWriter.finish(out, execute);
    unnamed(FrontendTag.CLOSE, 'P', out);
    unnamed(FrontendTag.CLOSE, 'S', out);
    FrameWriter.empty(out, FrontendTag.SYNC);
  }

  private static void unnamed(byte tag, char kind, ByteBuf out) {
    int mark = FrameWriter.begin(out, tag);
    out.writeByte(kind);
    FrameWriter.cstring(out, "");
    FrameWriter.finish(out, mark);
  }
}
