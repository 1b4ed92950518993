package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream.Release;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.TagSet;

/**
 * What the client hears of several servers: of each reply and each event once, and nothing any more
 * when it has left or been told of a loss.
 */
final class ClientSide {
  /** Merged rows are kept for the end of a read up to so many bytes. */
  private static final int MAX_ROWS = 32 << 10;

  private static final TagSet DESCRIPTIONS =
      TagSet.of(
          BackendTag.PARSE_COMPLETE,
          BackendTag.BIND_COMPLETE,
          BackendTag.PARAMETER_DESCRIPTION,
          BackendTag.ROW_DESCRIPTION);

  private final ScatterGather whole;
  private Downstream receiver;
  private @Nullable ByteBuf rows;
  private boolean worthFlush;
  private boolean drainWanted;
  private boolean resuming;
  private boolean over;
  private boolean beginFailed;

  ClientSide(ScatterGather whole, Downstream receiver) {
    this.whole = whole;
    this.receiver = receiver;
  }

  /** Who hears. */
  Downstream receiver() {
    return receiver;
  }

  /** Somebody else hears from now on. */
  void lend(Downstream borrower) {
    receiver = borrower;
  }

  /** It has left. */
  void leaves() {
    over = true;
    whole.stop();
  }

  /** It is to hear when all is drained. */
  void wantsDrained() {
    drainWanted = true;
  }

  /** Whether it is to hear of that. */
  boolean wantedDrained() {
    return drainWanted;
  }

  // ---- replies -------------------------------------------------------------------------------

  /**
   * Rows that are merged are written to it; they go on when more than rows does, or the read ends.
   */
  ByteBuf rows() {
    ByteBuf present = rows;
    if (present == null) {
      present = Unpooled.buffer(1024);
      rows = present;
    } else if (present.readableBytes() > MAX_ROWS) {
      passRows();
      return rows();
    }
    return present;
  }

  private void passRows() {
    ByteBuf merged = rows;
    if (merged != null && merged.isReadable()) {
      rows = null;
      worthFlush = true;
      send(merged);
    }
  }

  /** Replies of the proxy's making for the client. */
  void pass(ByteBuf run) {
    worthFlush = true;
    forward(run);
  }

  /** Replies for the client, as a server has given them. */
  void forward(ByteBuf run) {
    passRows();
    send(run);
  }

  private void send(ByteBuf run) {
    if (over || !run.isReadable()) {
      run.release();
    } else {
      receiver.onReplies(run);
    }
  }

  /** What was held is looked at again when the part in hand is done. */
  void resumeLater() {
    resuming = true;
  }

  /** A part is done with what it has read. */
  void settle() {
    while (resuming && !over) {
      resuming = false;
      whole.who().parts().forEach(ShardPart::resume);
    }
    passRows();
    onReady();
    tellDrained();
  }

  /** A reply of a part: to what the client has sent, or to a step of the proxy's whole.own(). */
  FrameScanner.Verdict onReply(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    Steps steps = whole.detour().taken();
    FrameScanner.Verdict verdict =
        steps != null && steps.listens()
            ? steps.onReply(part, tag, buffer, offset, length)
            : whole.merger().onReply(part, tag, buffer, offset, length);
    worthFlush |= verdict == FrameScanner.Verdict.FORWARD && !DESCRIPTIONS.has(tag);
    return verdict;
  }

  /**
   * All that has been read has been passed on. What only says which columns come is not sent by
   * itself: the client could do nothing with it but wake up (PostgreSQL sends it with the rows).
   */
  void onRead() {
    if (over || !worthFlush && whole.merger().merges()) {
      return;
    }
    worthFlush = false;
    receiver.onRepliesRead();
  }

  void onReady() {
    whole.own().goOn();
    while (!over && whole.readiness().due()) {
      receiver.onReady(whole.readiness().take());
    }
  }

  void tellDrained() {
    if (!over) {
      whole.detour().goOn();
    }
    if (drainWanted && !over && whole.drained()) {
      drainWanted = false;
      receiver.onDrained();
    }
  }

  void onWritable() {
    if (!over && whole.writable()) {
      receiver.onServerWritable();
    }
  }

  /** What all tell is heard of one. */
  void first(ShardPart part, Consumer<Downstream> what) {
    List<ShardPart> active = whole.who().active();
    if (!over && !active.isEmpty() && part == active.getFirst()) {
      what.accept(receiver);
    }
  }

  /** A part has failed, and with it the statement. */
  void onServerError(ByteBuf frame, int offset, int length) {
    if (!over) {
      receiver.onServerError(frame, offset, length);
    }
  }

  void onBeginFailed() {
    if (!over && !beginFailed) {
      beginFailed = true;
      receiver.onBeginFailed();
    }
  }

  boolean midFrame() {
    return receiver.midFrame();
  }

  /** No cancel request is under way any more. */
  void cancelled() {
    if (!over) {
      whole.merger().settleReady();
      settle();
      onRead();
    }
  }

  // ---- the loss of connections ---------------------------------------------------------------

  /** One server is gone, and with it what the others do. */
  void onLost(ShardPart lost, PgError error) {
    if (over) {
      return;
    }
    over = true;
    whole.stop();
    Release how = receiver.midFrame() ? Release.BROKEN : Release.ABANDONED;
    for (ShardPart part : whole.who().in()) {
      if (part != lost) {
        part.server().release(how);
      }
    }
    receiver.onLost(error, whole.readiness().missing(), false);
  }

  /** Connections have gone with the end of the own transaction: the client hears of its end. */
  void endWithout(PgError why) {
    whole.merger().settleReady();
    whole.readiness().skip();
    receiver.onReady((byte) 'I');
    if (!over) {
      over = true;
      whole.stop();
      whole.who().all(server -> server.release(Release.ABANDONED));
      receiver.onLost(why, whole.readiness().missing(), false);
    }
  }
}
