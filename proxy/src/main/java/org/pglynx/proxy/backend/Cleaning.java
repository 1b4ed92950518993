package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * Makes a server connection fit for the next client: ends what the last one left under way, rolls
 * back, and resets with {@code DISCARD ALL}. What cannot be cleaned in time is closed.
 *
 * <pre>
 *   abandon() amid replies             all answered, and no
 *   ─────────────────────► DRAINING ── cancel request under way ──► RESETTING ── answered ──► over
 *                            ▲ │                                        ▲
 *              cancelled, until┘                     reset(), abandon() │
 *              that is so                            amid nothing ──────┘
 * </pre>
 *
 * <p>The reset goes to the server behind the last cancel request. However late the server's signal
 * for one comes, what it meets is the reset, whose failure costs the connection and nobody's
 * statement.
 */
final class Cleaning {
  /** Longer than any reset takes, and short enough for a pool to miss the connection. */
  private static final int LIMIT_SECONDS = 10;

  /** When the first cancel request is repeated; each later one waits twice as long. */
  private static final long CANCEL_AGAIN_MILLIS = 50;

  private final BackendConnection connection;
  private final ReplyTracker tracker;
  private @Nullable ScheduledFuture<?> limit;
  private @Nullable ScheduledFuture<?> again;
  private boolean draining;
  private int resets;

  Cleaning(BackendConnection connection, ReplyTracker tracker) {
    this.connection = connection;
    this.tracker = tracker;
  }

  /** Whether replies of a reset are outstanding. */
  boolean underWay() {
    return resets > 0;
  }

  /** Whether the reset waits for what the last client left under way. */
  boolean draining() {
    return draining;
  }

  /** One statement of a reset is done. */
  void stepDone() {
    resets--;
  }

  /** The connection is clean. */
  void over() {
    stop(limit);
    limit = null;
  }

  private static void stop(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /**
   * After a client that has left amid its work.
   *
   * @param cancelling whether a cancel request is under way
   */
  void abandon(Channel channel, boolean cancelling) {
    boolean quiet = tracker.drained() && !cancelling;
    // What the proxy itself has asked takes no time: most cancel requests would come too late.
    boolean hurried = !tracker.onlyOwn();
    endBatch(channel);
    if (quiet) {
      reset(channel, true);
      return;
    }
    channel.flush();
    drain(channel);
    if (hurried) {
      cancelUntilDrained(CANCEL_AGAIN_MILLIS);
    } else {
      cancelIn(CANCEL_AGAIN_MILLIS);
    }
  }

  /** The reset waits for replies, or for the server to take a cancel request. */
  void drain(Channel channel) {
    draining = true;
    limitTo(channel, LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Ends the COPY and the batch that the client left amid. */
  private void endBatch(Channel channel) {
    ByteBuf out = channel.alloc().buffer(64);
    ServerFrames.copyFail(out, "the client has left");
    tracker.expect(FrontendTag.COPY_FAIL);
    if (tracker.batchOpen()) {
      // Sync alone would commit what the client had no time to commit.
      tracker.expectFailingBind();
      ServerFrames.failingBind(out);
    }
    FrameWriter.empty(out, FrontendTag.SYNC);
    tracker.expect(FrontendTag.SYNC);
    channel.write(out, channel.voidPromise());
  }

  /**
   * Cancels until all is answered. One request is not enough: the server ignores one that overtakes
   * its statement, and of a pipeline it ends a single statement.
   */
  private void cancelUntilDrained(long againMillis) {
    if (draining && connection.cleaning() && !tracker.drained()) {
      connection.cancel();
      cancelIn(againMillis);
    }
  }

  private void cancelIn(long millis) {
    again =
        connection
            .loop()
            .schedule(() -> cancelUntilDrained(millis * 2), millis, TimeUnit.MILLISECONDS);
  }

  /** All is answered, and no cancel request is under way. */
  void drained(Channel channel, boolean rollback) {
    draining = false;
    stop(again);
    again = null;
    reset(channel, rollback);
  }

  /** Resets the connection; the pool hears of it when the replies are in. */
  void reset(Channel channel, boolean rollback) {
    ByteBuf out = channel.alloc().buffer(64);
    // DISCARD ALL must stand alone: it cannot run inside the implicit transaction of two
    // statements.
    if (rollback) {
      step(out, "ROLLBACK");
    }
    step(out, "DISCARD ALL");
    connection.forgetSessionState();
    channel.writeAndFlush(out, channel.voidPromise());
    limitTo(channel, LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** From the first call until {@link #over}. */
  private void limitTo(Channel channel, long time, TimeUnit unit) {
    if (limit == null) {
      limit = channel.eventLoop().schedule(() -> channel.close(), time, unit);
    }
  }

  /** Asks whether the server still answers. */
  void check(Channel channel, String sql, long timeoutNanos) {
    ByteBuf out = channel.alloc().buffer(sql.length() + 16);
    step(out, sql);
    channel.writeAndFlush(out, channel.voidPromise());
    limitTo(channel, timeoutNanos, TimeUnit.NANOSECONDS);
  }

  private void step(ByteBuf out, String sql) {
    FrameWriter.query(out, sql);
    tracker.expect(Expected.RESET);
    resets++;
  }
}
