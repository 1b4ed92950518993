package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * The messages of a statement of the proxy's own in the extended protocol. Statement and portal
 * have a name of their own, because the client's unnamed ones must survive.
 */
final class OwnStatement {
  private static final String NAME = "pglynx_internal";

  private OwnStatement() {}

  /**
   * Parse, Bind, Describe and Execute of the text, behind a Close of what was before.
   *
   * @param parameters bytes are binary, all else is text
   */
  static ByteBuf statement(String sql, @Nullable Object... parameters) {
    ByteBuf out = Unpooled.buffer(256 + sql.length());
    close(out);
    int parse = FrameWriter.begin(out, FrontendTag.PARSE);
    FrameWriter.cstring(out, NAME);
    FrameWriter.cstring(out, sql);
    out.writeShort(0);
    FrameWriter.finish(out, parse);
    bind(out, parameters);
    int describe = FrameWriter.begin(out, FrontendTag.DESCRIBE);
    out.writeByte('P');
    FrameWriter.cstring(out, NAME);
    FrameWriter.finish(out, describe);
    int execute = FrameWriter.begin(out, FrontendTag.EXECUTE);
    FrameWriter.cstring(out, NAME);
    out.writeInt(0);
    FrameWriter.finish(out, execute);
    return out;
  }

  /**
   * Closes portal and statement. Closing what does not exist is no error, so what a failed batch
   * has left is gone too; closing a statement alone leaves its portals (PostgreSQL 18, against the
   * manual).
   */
  static void close(ByteBuf out) {
    closeOne(out, 'P');
    closeOne(out, 'S');
  }

  private static void closeOne(ByteBuf out, char kind) {
    int mark = FrameWriter.begin(out, FrontendTag.CLOSE);
    out.writeByte(kind);
    FrameWriter.cstring(out, NAME);
    FrameWriter.finish(out, mark);
  }

  private static void bind(ByteBuf out, @Nullable Object... parameters) {
    int mark = FrameWriter.begin(out, FrontendTag.BIND);
    FrameWriter.cstring(out, NAME);
    FrameWriter.cstring(out, NAME);
    out.writeShort(parameters.length);
    for (Object parameter : parameters) {
      out.writeShort(parameter instanceof byte[] ? 1 : 0);
    }
    out.writeShort(parameters.length);
    for (Object parameter : parameters) {
      value(out, parameter);
    }
    out.writeShort(0);
    FrameWriter.finish(out, mark);
  }

  private static void value(ByteBuf out, @Nullable Object parameter) {
    if (parameter == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes =
        parameter instanceof byte[] binary
            ? binary
            : parameter.toString().getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length).writeBytes(bytes);
  }

  /** Announces {@link #statement}. */
  static void expect(Upstream upstream) {
    expectClose(upstream);
    upstream.expect(FrontendTag.PARSE);
    upstream.expect(FrontendTag.BIND);
    upstream.expect(FrontendTag.DESCRIBE);
    upstream.expect(FrontendTag.EXECUTE);
  }

  /** Announces {@link #close}. */
  static void expectClose(Upstream upstream) {
    upstream.expect(FrontendTag.CLOSE);
    upstream.expect(FrontendTag.CLOSE);
  }
}
