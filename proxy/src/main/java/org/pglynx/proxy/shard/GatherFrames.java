package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.Oid;

/**
 * Announces and writes the frames of the proxy's own queries. They have a statement and a portal of
 * their own, so that the client's unnamed ones stay; both are closed before they are made, as an
 * error may have left them.
 */
final class GatherFrames {
  private static final String NAME = "pglynx_gather";

  private final Upstream server;
  private final ByteBuf out;

  GatherFrames(Upstream server, ByteBuf out) {
    this.server = server;
    this.out = out;
  }

  void close(char kind) {
    close(kind, NAME);
  }

  private void close(char kind, String name) {
    server.expect(FrontendTag.CLOSE);
    int mark = FrameWriter.begin(out, FrontendTag.CLOSE);
    out.writeByte(kind);
    FrameWriter.cstring(out, name);
    FrameWriter.finish(out, mark);
  }

  void parse(String sql, int[] types) {
    close('S');
    server.expect(FrontendTag.PARSE);
    int mark = FrameWriter.begin(out, FrontendTag.PARSE);
    FrameWriter.cstring(out, NAME);
    FrameWriter.cstring(out, sql);
    out.writeShort(types.length);
    for (int type : types) {
      out.writeInt(Oid.ofSchema(type) ? Oid.UNSPECIFIED : type);
    }
    FrameWriter.finish(out, mark);
  }

  /** Binds the client's values, and behind them what was collected. */
  void bind(Arguments arguments, List<ByteBuf> collected, short[] resultFormats) {
    rebind(NAME, arguments, collected, resultFormats);
  }

  /** The same of a portal of the client's, which is made anew. */
  void rebind(String portal, Arguments arguments, List<ByteBuf> collected, short[] resultFormats) {
    close('P', portal);
    server.expect(FrontendTag.BIND);
    int mark = FrameWriter.begin(out, FrontendTag.BIND);
    FrameWriter.cstring(out, portal);
    FrameWriter.cstring(out, NAME);
    int own = arguments.count();
    out.writeShort(own + collected.size());
    for (int i = 0; i < own + collected.size(); i++) {
      out.writeShort(i < own && arguments.binary(i) ? 1 : 0);
    }
    out.writeShort(own + collected.size());
    for (byte[] value : arguments.values()) {
      out.writeInt(value == null ? -1 : value.length);
      if (value != null) {
        out.writeBytes(value);
      }
    }
    for (ByteBuf text : collected) {
      out.writeInt(text.readableBytes());
      out.writeBytes(text);
    }
    out.writeShort(resultFormats.length);
    for (short format : resultFormats) {
      out.writeShort(format);
    }
    FrameWriter.finish(out, mark);
  }

  void describe(char kind) {
    describe(kind, NAME);
  }

  void describe(char kind, String name) {
    server.expect(FrontendTag.DESCRIBE);
    int mark = FrameWriter.begin(out, FrontendTag.DESCRIBE);
    out.writeByte(kind);
    FrameWriter.cstring(out, name);
    FrameWriter.finish(out, mark);
  }

  /** All of a statement about a cursor. */
  void run(CursorRun cursor) {
    parse(cursor.sql(), new int[0]);
    bind(Arguments.NONE, List.of(), cursor.formats());
    describe('P');
    execute();
  }

  void execute() {
    execute(NAME, 0);
  }

  /** So many rows of a portal at most; 0 for all. */
  void execute(String portal, long limit) {
    server.expect(FrontendTag.EXECUTE);
    int mark = FrameWriter.begin(out, FrontendTag.EXECUTE);
    FrameWriter.cstring(out, portal);
    out.writeInt((int) limit);
    FrameWriter.finish(out, mark);
  }

  /** Sends all of it, and has it answered. */
  void send() {
    FrameWriter.empty(out, FrontendTag.FLUSH);
    server.send(out);
    server.flush();
  }
}
