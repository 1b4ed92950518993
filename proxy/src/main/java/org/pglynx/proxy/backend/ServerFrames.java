package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/** Frames that the proxy sends to a server on its own account. */
final class ServerFrames {
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
