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
 */
final class Cleaning {
  /** Longer than any reset takes, and short enough for a pool to miss the connection. */
  private static final int LIMIT_SECONDS = 10;

  /** When the first cancel request is repeated; each later one waits twice as long. */
  private static final long CANCEL_AGAIN_MILLIS = 50;

  private final BackendConnection connection;
  private final ReplyTracker tracker;
  private @Nullable ScheduledFuture<?> limit;
  private int resets;

  Cleaning(BackendConnection connection, ReplyTracker tracker) {
    this.connection = connection;
    this.tracker = tracker;
  }

  /** Whether replies of a reset are outstanding. */
  boolean underWay() {
    return resets > 0;
  }

  /** One statement of a reset is done. */
  void stepDone() {
    resets--;
  }

  /** The connection is clean. */
  void over() {
    ScheduledFuture<?> running = limit;
    if (running != null) {
      limit = null;
      running.cancel(false);
    }
  }

  /** After a client that has left amid its work. */
  void abandon(Channel channel) {
    boolean busy = !tracker.drained();
    // The client left amid a batch: end its COPY and its batch, and go on with a clean connection.
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
    reset(channel, true);
    if (busy) {
      cancelUntilReset(CANCEL_AGAIN_MILLIS);
    }
  }

  /**
   * Cancels until only the cleaning is left. One request is not enough: the server ignores one that
   * overtakes its statement, and of a pipeline it ends a single statement.
   */
  private void cancelUntilReset(long againMillis) {
    if (!connection.cleaning() || tracker.onlyReset()) {
      return;
    }
    connection.cancel();
    connection
        .loop()
        .schedule(() -> cancelUntilReset(againMillis * 2), againMillis, TimeUnit.MILLISECONDS);
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
    limit = channel.eventLoop().schedule(() -> channel.close(), LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Asks whether the server still answers. */
  void check(Channel channel, String sql, long timeoutNanos) {
    ByteBuf out = channel.alloc().buffer(sql.length() + 16);
    step(out, sql);
    channel.writeAndFlush(out, channel.voidPromise());
    limit = channel.eventLoop().schedule(() -> channel.close(), timeoutNanos, TimeUnit.NANOSECONDS);
  }

  private void step(ByteBuf out, String sql) {
    FrameWriter.query(out, sql);
    tracker.expect(Expected.RESET);
    resets++;
  }
}
