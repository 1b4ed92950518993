package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;

/**
 * One of the servers that work on a statement together: cuts its replies into whole frames, which
 * {@link ReplyMerger} takes or has wait.
 *
 * <pre>
 *             a reply that the others have not given yet
 *   READING ────────────────────────────────────────────► HELD, its server is not read
 *      ▲                                                    │
 *      └─────────────── all have given it ──────────────────┘
 * </pre>
 */
final class ShardPart implements Downstream, FrameScanner.Visitor {
  /** A row that is longer cannot be kept whole, and so cannot go between rows of others. */
  private static final int MAX_FRAME = 64 << 20;

  private final int index;
  private final FrameScanner scanner = new FrameScanner(this);
  private final ScatterGather whole;
  private @Nullable Upstream server;
  private boolean wantedReading = true;
  private int readies;
  private int told;
  private boolean in;
  private byte status = 'I';
  private @Nullable PgError early;

  /** Where it is among the replies up to the next ReadyForQuery. */
  private final PartPosition position = new PartPosition();

  ShardPart(ScatterGather whole, int index) {
    this.whole = whole;
    this.index = index;
  }

  // ---- facts ---------------------------------------------------------------------------------

  int index() {
    return index;
  }

  /** The server is there. */
  void serves(Upstream given) {
    server = given;
    early = null;
  }

  /** It takes part from now on. */
  void joins() {
    if (!in) {
      in = true;
      told = readies;
    }
  }

  /** Whether it takes part. */
  boolean in() {
    return in;
  }

  /** The server has gone. */
  void gone() {
    server = null;
    in = false;
  }

  /** Why it has gone before it took part; null if it has not. */
  @Nullable PgError early() {
    return early;
  }

  /** It is not wanted: others are not to be had. */
  void giveBack() {
    Upstream given = server;
    if (!in && given != null) {
      server = null;
      given.release(Upstream.Release.IDLE);
    }
  }

  /** I, T or E as its server has last told, or will. */
  byte status() {
    return status;
  }

  void status(byte now) {
    status = now;
  }

  boolean attached() {
    return server != null;
  }

  Upstream server() {
    Upstream given = server;
    if (given == null) {
      throw new IllegalStateException("shard " + index + " is not attached");
    }
    return given;
  }

  PartPosition position() {
    return position;
  }

  /** Whether its server has told of a ReadyForQuery that the client has not heard of. */
  boolean readyUntold() {
    return readies > told;
  }

  void readyTold() {
    told++;
  }

  /** Whether nothing is on its way, and nothing waits. */
  boolean drained() {
    return server().drained() && !scanner.hasPending();
  }

  // ---- reading -------------------------------------------------------------------------------

  /** The client takes replies, or does not. */
  void reading(boolean on) {
    wantedReading = on;
    server().reading(on && !scanner.held());
  }

  /** What it was held for has happened. */
  void resume() {
    if (scanner.held()) {
      scanner.resume();
      reading(wantedReading);
    }
  }

  /** What has been read before the frame in hand goes on now. */
  void cut() {
    scanner.cut();
  }

  /** Nothing that waits is of interest any more. */
  void stop() {
    scanner.stop();
  }

  @Override
  public int wanted(byte tag, int length) {
    if (length > MAX_FRAME) {
      PgError error =
          PgError.error(
              SqlState.PROGRAM_LIMIT,
              "a row of %d bytes is too long to be merged with those of other shards"
                  .formatted(length));
      whole.giveUp(error);
      throw new ProtocolException(error.message());
    }
    return length;
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    return whole.client().onReply(this, tag, buffer, offset, length);
  }

  @Override
  public void onRun(ByteBuf run) {
    whole.client().forward(run);
  }

  // ---- what the server tells -----------------------------------------------------------------

  @Override
  public void onReplies(ByteBuf run) {
    try {
      scanner.feed(run);
    } catch (ProtocolException e) {
      // Its connection is given up already.
      scanner.stop();
      return;
    }
    if (scanner.held()) {
      server().reading(false);
    }
    whole.client().settle();
  }

  @Override
  public void onRepliesRead() {
    whole.client().onRead();
  }

  @Override
  public void onReady(byte status) {
    readies++;
    whole.client().onReady();
  }

  @Override
  public void onDrained() {
    whole.client().tellDrained();
  }

  @Override
  public void onServerWritable() {
    whole.client().onWritable();
  }

  @Override
  public void onServerError(ByteBuf frame, int offset, int length) {
    whole.client().onServerError(frame, offset, length);
  }

  @Override
  public void onParseFailed() {
    whole.client().first(this, Downstream::onParseFailed);
  }

  @Override
  public void onParameter(String name, String value) {
    whole.client().first(this, receiver -> receiver.onParameter(name, value));
  }

  @Override
  public void onParametersReset() {
    whole.client().first(this, Downstream::onParametersReset);
  }

  @Override
  public void onDeallocated() {
    whole.client().first(this, Downstream::onDeallocated);
  }

  @Override
  public void onDeallocatedAll() {
    whole.client().first(this, Downstream::onDeallocatedAll);
  }

  @Override
  public void onPlanOutdated() {
    whole.client().first(this, Downstream::onPlanOutdated);
  }

  @Override
  public void onBeginFailed() {
    whole.client().onBeginFailed();
  }

  @Override
  public boolean midFrame() {
    return whole.client().midFrame();
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    if (in) {
      whole.client().onLost(this, error);
    } else {
      early = error;
      server = null;
    }
  }
}
