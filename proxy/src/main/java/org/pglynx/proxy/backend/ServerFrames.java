package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/** Frames that the proxy sends to a server on its own account. */
final class ServerFrames {
  private static final byte[] BEGIN_NAME = "pglynx_begin".getBytes(StandardCharsets.US_ASCII);

  /**
   * Always an error, inside a transaction block and outside, and recognisable in a server's log.
   */
  private static final String FAILING_STATEMENT =
      "ROLLBACK TO SAVEPOINT \"pglynx: a statement that the proxy answered has failed\"";

  /** Nobody has prepared it; shorter than a name may be. */
  private static final String UNKNOWN_STATEMENT = "pglynx: what the proxy answered has failed";

  private ServerFrames() {}

  /** A Query that fails. */
  static void failingQuery(ByteBuf out) {
    FrameWriter.query(out, FAILING_STATEMENT);
  }

  /**
   * A Bind that fails in any state of a session and leaves no trace: neither the client's unnamed
   * statement nor its unnamed portal is replaced.
   */
  static void failingBind(ByteBuf out) {
    int bind = FrameWriter.begin(out, FrontendTag.BIND);
    out.writeByte(0);
    FrameWriter.cstring(out, UNKNOWN_STATEMENT);
    out.writeShort(0).writeShort(0).writeShort(0);
    FrameWriter.finish(out, bind);
  }

  /** Whether a string of a server's frame is the text. */
  static boolean reads(ByteBuf buffer, int offset, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (buffer.getByte(offset + i) != text.charAt(i)) {
        return false;
      }
    }
    return buffer.getByte(offset + text.length()) == 0;
  }

  /** Parse of a shared statement. */
  static void parse(ByteBuf out, ServerStatement statement) {
    int mark = FrameWriter.begin(out, FrontendTag.PARSE);
    out.writeBytes(statement.name()).writeByte(0).writeBytes(statement.parseBody());
    FrameWriter.finish(out, mark);
  }

  /** Describe of a shared statement. */
  static void describe(ByteBuf out, ServerStatement statement) {
    int mark = FrameWriter.begin(out, FrontendTag.DESCRIBE);
    out.writeByte('S').writeBytes(statement.name()).writeByte(0);
    FrameWriter.finish(out, mark);
  }

  /**
   * Parse, Bind and Execute of a statement without parameters, and Close of its portal and of it:
   * Postgres leaves the portal otherwise (18, against the manual), and the client has none. It has
   * a name, as the client's unnamed statement may have been parsed already and be bound behind
   * this.
   */
  static void begin(ByteBuf out, byte[] definition) {
    int parse = FrameWriter.begin(out, FrontendTag.PARSE);
    out.writeBytes(BEGIN_NAME).writeByte(0).writeBytes(definition);
    FrameWriter.finish(out, parse);
    int bind = FrameWriter.begin(out, FrontendTag.BIND);
    out.writeByte(0).writeBytes(BEGIN_NAME).writeByte(0);
    out.writeShort(0).writeShort(0).writeShort(0);
    FrameWriter.finish(out, bind);
    int execute = FrameWriter.begin(out, FrontendTag.EXECUTE);
    out.writeByte(0).writeInt(0);
    FrameWriter.finish(out, execute);
    int portal = FrameWriter.begin(out, FrontendTag.CLOSE);
    out.writeByte('P').writeByte(0);
    FrameWriter.finish(out, portal);
    int close = FrameWriter.begin(out, FrontendTag.CLOSE);
    out.writeByte('S').writeBytes(BEGIN_NAME).writeByte(0);
    FrameWriter.finish(out, close);
  }

  /** Close of a shared statement. */
  static void close(ByteBuf out, ServerStatement statement) {
    int mark = FrameWriter.begin(out, FrontendTag.CLOSE);
    out.writeByte('S').writeBytes(statement.name()).writeByte(0);
    FrameWriter.finish(out, mark);
  }

  /** CopyFail; outside of a COPY the server ignores it. */
  static void copyFail(ByteBuf out, String reason) {
    FrameWriter.string(out, FrontendTag.COPY_FAIL, reason);
  }
}
