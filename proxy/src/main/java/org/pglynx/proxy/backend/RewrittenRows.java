package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;

/**
 * The rows of a connection that are transformed on their way to the client.
 *
 * <pre>
 *   PASSING ── DataRow ──► COLLECTING ── other frame, end of the read ──► AWAY (rows are collected,
 *      ▲                       ▲                                           │   other frames wait)
 *      │                       └── rows have been collected meanwhile ◄────┤
 *      ├──────────────────────── rows to the client ◄──────────────────────┤
 *      │                                                                   │ transform failed
 *      └── ReadyForQuery ◄── FAILED (client has its error, sees no more) ◄─┘
 *                              │   ▲
 *                     more rows│   │ the server has taken the request
 *                              ▼   │
 *                            CANCELLING (frames that are no rows wait)
 * </pre>
 */
final class RewrittenRows implements RowBatch.Receiver {
  /** How much is read ahead while rows are transformed, so that the server does not wait. */
  private static final int MAX_AHEAD = 256 << 10;

  private final BackendConnection connection;
  private final ReplyStream replies;
  private final ReplyTracker tracker;
  private final RowBatch batch;
  private final Channel channel;
  private @Nullable PgError failure;
  private boolean stopped;
  private boolean cancelAsked;
  private boolean cancelling;

  RewrittenRows(
      BackendConnection connection,
      ReplyStream replies,
      ReplyTracker tracker,
      Executor offload,
      Channel channel) {
    this.connection = connection;
    this.replies = replies;
    this.tracker = tracker;
    this.channel = channel;
    this.batch = new RowBatch(offload, channel.eventLoop(), channel.alloc());
  }

  /** Whether rows have not come back yet, or not even been sent off. */
  boolean away() {
    return batch.away() || !batch.isEmpty();
  }

  /** Whether the client has been told that the statement at hand has failed. */
  boolean failing() {
    return failure != null;
  }

  /** Sends the client the description of rows as they will be. */
  void describe(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
    ByteBuf out = channel.alloc().buffer(length + 64);
    rewrite.describe(buffer.slice(offset, length), out);
    replies.insert(out);
  }

  /**
   * Turns the place in an error of the server back into one in the client's text, and what the
   * rewriting has brought about into what the client has done.
   */
  Verdict error(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
    if (failing()) {
      return Verdict.DROP;
    }
    ByteBuf out = channel.alloc().buffer(length + 16);
    if (ErrorFields.moved(buffer, offset, length, rewrite::position, rewrite::told, out)) {
      replies.insert(out);
      return Verdict.DROP;
    }
    out.release();
    return Verdict.FORWARD;
  }

  /** The server has sent its last row. */
  Verdict finish(RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length) {
    if (failing()) {
      return Verdict.DROP;
    }
    ByteBuf out = channel.alloc().buffer(length + 64);
    rows.finish(buffer.slice(offset, length), out);
    replies.insert(out);
    return Verdict.DROP;
  }

  /** Collects a row. */
  Verdict add(RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length) {
    batch.add(rows, buffer, offset, length);
    return Verdict.DROP;
  }

  /** Whether a frame of the type is a row, which may be transformed. */
  static boolean isRow(byte tag) {
    return tag == BackendTag.DATA_ROW || tag == BackendTag.COPY_DATA;
  }

  /** The end of a read: collected rows are sent off, or wait for those that are away. */
  void submit() {
    if (!batch.away()) {
      batch.submit(this);
    } else if (batch.bytes() >= MAX_AHEAD) {
      stop();
    }
  }

  /** Whether a frame that is no row has to wait for rows before it. */
  boolean holds() {
    submit();
    if (batch.away()) {
      stop();
      return true;
    }
    return false;
  }

  /** Whether nothing more is to be read before rows come back. */
  boolean stopped() {
    return stopped;
  }

  private void stop() {
    if (!stopped) {
      stopped = true;
      connection.reading(false);
    }
  }

  private void readOn() {
    if (stopped) {
      stopped = false;
      connection.readOn();
    }
  }

  void discard() {
    batch.discard();
  }

  @Override
  public void transformed(ByteBuf rows) {
    readOn();
    replies.onRun(rows);
    batch.submit(this);
    replies.scanOn();
  }

  /** For the client the statement ends here; on the server it does when it sends more rows. */
  @Override
  public void failed(PgError error) {
    readOn();
    batch.discard();
    failure = error;
    cancelAsked = false;
    ByteBuf out = channel.alloc().buffer(256);
    FrameWriter.error(out, error);
    replies.onRun(out);
    replies.scanOn();
  }

  /**
   * The client has been told that its statement failed, so it sees nothing more until
   * ReadyForQuery; and if that finds a transaction open, the transaction is failed first.
   */
  Verdict onReplyOfFailed(byte tag, ByteBuf buffer, int offset, int length) {
    if (isRow(tag) && tracker.sendingRewritten()) {
      cancel();
      return Verdict.DROP;
    }
    if (cancelling) {
      return Verdict.HOLD;
    }
    if (tag == BackendTag.READY) {
      return onReadyOfFailed(tag, buffer, offset, length);
    }
    boolean executing = tracker.executingRewritten();
    tracker.onReply(tag, buffer, offset, length);
    if (executing && !tracker.executingRewritten()) {
      failure = null;
      failUnlessSkipping();
    }
    return Verdict.DROP;
  }

  /** Nobody waits for the rest; what comes next may not be hit, and so waits. */
  private void cancel() {
    if (!cancelAsked) {
      cancelAsked = true;
      cancelling = true;
      connection
          .cancel()
          .whenComplete((none, failed) -> channel.eventLoop().execute(this::cancelled));
    }
  }

  private void cancelled() {
    cancelling = false;
    replies.scanOn();
  }

  private Verdict onReadyOfFailed(byte tag, ByteBuf buffer, int offset, int length) {
    failure = null;
    if (buffer.getByte(offset + FrameScanner.HEADER) != 'T') {
      return tracker.onReply(tag, buffer, offset, length);
    }
    tracker.swallowReady();
    ByteBuf out = channel.alloc().buffer(128);
    ServerFrames.failingQuery(out);
    tracker.expect(Expected.FAIL_QUERY_SHOWN);
    connection.send(out);
    connection.flush();
    return Verdict.DROP;
  }

  /** In the extended protocol the batch fails with the rows: all of it, and the rest is skipped. */
  private void failUnlessSkipping() {
    if (replies.receiver() != null && !tracker.skipping()) {
      connection.failTransaction(true);
      connection.flush();
    }
  }
}
