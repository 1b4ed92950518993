package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * The BEGIN of which a client has been told before, sent ahead of its first statement: Parse, Bind
 * and Execute without parameters, and Close of the portal, which Postgres leaves otherwise (18,
 * against the manual), and the client has none. The statement has a name, as the client's unnamed
 * one may have been parsed already and be bound behind this.
 *
 * <p>On a connection that keeps other statements for the proxy this one stays as well, and the next
 * BEGIN of the same text needs no Parse (docs/adr/0376-a-begin-stays-prepared.md):
 *
 * <pre>
 *             a text, stays          the same text
 *   NOTHING ─────────────────► KEPT ───────────────┐
 *    │  ▲ ▲                     │ ▲ └──────────────┘ B E C
 *    │  │ └── forget() ─────────┘ └── another text: closed, P B E C
 *    └──┘ a text, stays not: P B E C, closed
 * </pre>
 */
final class OwnBegin {
  private static final byte[] NAME = "pglynx_begin".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOTHING = {};

  private final ReplyTracker tracker;
  private final Supplier<ByteBufAllocator> allocator;
  private final Consumer<ByteBuf> sender;
  private byte[] kept = NOTHING;

  OwnBegin(ReplyTracker tracker, Supplier<ByteBufAllocator> allocator, Consumer<ByteBuf> sender) {
    this.tracker = tracker;
    this.allocator = allocator;
    this.sender = sender;
  }

  /**
   * Begins the transaction.
   *
   * @param definition the body of Parse after the name
   * @param stays whether the connection may keep the statement
   */
  void send(byte[] definition, boolean stays) {
    ByteBuf out = allocator.get().buffer(96 + definition.length);
    if (!Arrays.equals(kept, definition)) {
      closeKept(out);
      parse(out, definition);
      kept = definition;
    }
    run(out);
    if (!stays) {
      closeKept(out);
    }
    sender.accept(out);
  }

  /** The server knows no statement any more. */
  void forget() {
    kept = NOTHING;
  }

  private void parse(ByteBuf out, byte[] definition) {
    int mark = FrameWriter.begin(out, FrontendTag.PARSE);
    out.writeBytes(NAME).writeByte(0).writeBytes(definition);
    FrameWriter.finish(out, mark);
    tracker.expectOfBegin(Expected.BEGIN_PARSE);
  }

  private void run(ByteBuf out) {
    int bind = FrameWriter.begin(out, FrontendTag.BIND);
    out.writeByte(0).writeBytes(NAME).writeByte(0);
    out.writeShort(0).writeShort(0).writeShort(0);
    FrameWriter.finish(out, bind);
    tracker.expectOfBegin(Expected.BEGIN_BIND);
    int execute = FrameWriter.begin(out, FrontendTag.EXECUTE);
    out.writeByte(0).writeInt(0);
    FrameWriter.finish(out, execute);
    tracker.expectOfBegin(Expected.BEGIN_EXECUTE);
    int portal = FrameWriter.begin(out, FrontendTag.CLOSE);
    out.writeByte('P').writeByte(0);
    FrameWriter.finish(out, portal);
    tracker.expectOfBegin(Expected.BEGIN_CLOSE);
  }

  private void closeKept(ByteBuf out) {
    if (kept.length == 0) {
      return;
    }
    kept = NOTHING;
    int mark = FrameWriter.begin(out, FrontendTag.CLOSE);
    out.writeByte('S').writeBytes(NAME).writeByte(0);
    FrameWriter.finish(out, mark);
    tracker.expectOfBegin(Expected.BEGIN_CLOSE);
  }
}
