package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * One execution over several shards that is more than sending it to all: it takes steps of the
 * proxy's own, in the batch and the transaction that the client's message is in.
 *
 * <pre>
 *   QUIET ── all before is answered: begin() ──► WORKING ── proceed(), as answers come ──► OVER
 *   FAILED  from any: the others fail, too, and skip what is behind it as PostgreSQL does
 * </pre>
 */
abstract class Steps {
  private enum Phase {
    QUIET,
    WORKING,
    FAILED,
    OVER
  }

  private final ScatterGather whole;
  private final boolean query;
  private final ByteBuf frame = Unpooled.buffer(64);
  private Phase phase = Phase.QUIET;
  private boolean cancelled;
  private @Nullable ShardPart failing;

  /**
   * One that is announced.
   *
   * @param query whether it is a Query, and not an Execute
   */
  Steps(ScatterGather whole, boolean query) {
    this.whole = whole;
    this.query = query;
  }

  final ScatterGather whole() {
    return whole;
  }

  /** Whether it is a Query, and not an Execute. */
  final boolean query() {
    return query;
  }

  /** The client's frame. */
  final ByteBuf frame() {
    return frame;
  }

  /** Bytes of the client's frame. */
  final void frame(ByteBuf bytes) {
    frame.writeBytes(bytes);
  }

  /** Nobody waits for it any more. */
  final void stop() {
    phase = Phase.OVER;
  }

  /**
   * The client cancels it. A request that finds the servers between two steps does nothing there,
   * and so the next step is not taken.
   */
  final void cancel() {
    cancelled = true;
  }

  /** Whether the servers' replies are to its own messages. */
  final boolean listens() {
    return phase == Phase.WORKING;
  }

  static GatherFrames frames(Upstream server) {
    return new GatherFrames(server, Unpooled.buffer(512));
  }

  // ---- steps ---------------------------------------------------------------------------------

  /** All before it is answered: takes the first step. */
  abstract void begin();

  /** Something has been answered: takes the next step, if all is there for it. */
  abstract void proceed();

  /** A reply to one of its own messages. */
  abstract Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length);

  /**
   * Whether the servers work on the client's own text: then errors are the client's as they are.
   */
  abstract boolean clientsText();

  /** What was known of the statement may not hold. */
  abstract void forget();

  /** What goes on where this has ended; null if nothing does. */
  @Nullable Steps successor() {
    return null;
  }

  /**
   * Takes the next step, if all is there for it.
   *
   * @return whether it is over
   */
  final boolean goOn() {
    switch (phase) {
      case QUIET -> {
        if (whole.quiet()) {
          start();
        }
      }
      case WORKING -> proceed();
      case FAILED -> fail();
      case OVER -> {
        return true;
      }
    }
    return phase == Phase.OVER;
  }

  private void start() {
    if (whole.skipping()) {
      // What comes before it in the batch has failed.
      phase = Phase.OVER;
    } else if (!stopsHere()) {
      phase = Phase.WORKING;
      begin();
    }
  }

  /** All is done; what is behind it goes on. */
  final void over() {
    phase = Phase.OVER;
  }

  /** All is done, and with it the batch, if it is a Query. */
  final void end() {
    phase = Phase.OVER;
    if (query) {
      whole.syncAll();
    }
  }

  /** Whether the client has cancelled it: then it has failed. */
  final boolean stopsHere() {
    if (cancelled) {
      failOwn(PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
    }
    return cancelled;
  }

  // ---- failures ------------------------------------------------------------------------------

  /** An error of the proxy's own, between two steps. */
  final void failOwn(PgError error) {
    forget();
    ByteBuf out = Unpooled.buffer(128);
    FrameWriter.error(out, error);
    whole.client().pass(out);
    failed(null);
    fail();
  }

  /** An error of the proxy's own, amid the replies of a shard. */
  final Verdict fails(ShardPart inHand, PgError error) {
    forget();
    ByteBuf out = Unpooled.buffer(128);
    FrameWriter.error(out, error);
    inHand.cut();
    whole.client().pass(out);
    failed(null);
    return Verdict.DROP;
  }

  private void failed(@Nullable ShardPart part) {
    failing = part;
    phase = Phase.FAILED;
    whole.merger().failsElsewhere(part);
  }

  /** Each server that has not failed is made to, so that all skip what is behind it. */
  private void fail() {
    for (ShardPart part : whole.who().active()) {
      if (part != failing && !part.server().skipping()) {
        part.server().failTransaction(true);
      }
    }
    phase = Phase.OVER;
    if (query) {
      whole.syncAll();
    } else {
      whole.sendOut();
    }
  }

  // ---- replies -------------------------------------------------------------------------------

  /** A reply while it {@link #listens}. */
  final Verdict onReply(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    if (tag == BackendTag.ERROR && takesErrors()) {
      return onAnswer(part, tag, buffer, offset, length);
    }
    return switch (tag) {
      case BackendTag.PARAMETER_STATUS, BackendTag.NOTIFICATION ->
          part == whole.who().active().getFirst() ? Verdict.FORWARD : Verdict.DROP;
      case BackendTag.NOTICE -> Verdict.FORWARD;
      case BackendTag.ERROR -> onError(part, buffer, offset, length);
      default -> onAnswer(part, tag, buffer, offset, length);
    };
  }

  /** Whether errors of servers are answers like all others. */
  boolean takesErrors() {
    return false;
  }

  /** The error of a text of the proxy's own as the client is told it. */
  ByteBuf told(ByteBuf buffer, int offset, int length) {
    return GatherErrors.ofClient(buffer, offset, length);
  }

  /** Its transaction waits in a circle, and gives in, whoever of it waits. */
  final void deadlocked(PgError error) {
    switch (phase) {
      // What waits is before it in the batch.
      case QUIET -> whole.merger().condemn(error);
      case WORKING -> failOwn(error);
      case FAILED, OVER -> {
        // It has given in already.
      }
    }
  }

  private Verdict onError(ShardPart part, ByteBuf buffer, int offset, int length) {
    forget();
    if (clientsText()) {
      failed(part);
      return Verdict.FORWARD;
    }
    part.cut();
    whole.client().pass(told(buffer, offset, length));
    failed(part);
    return Verdict.DROP;
  }
}
