package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;

/** An execution that fails when its turn comes, and with it what is behind it. */
final class RefusedSteps extends Steps {
  private final PgError why;

  RefusedSteps(ScatterGather whole, boolean query, PgError why) {
    super(whole, query);
    this.why = why;
  }

  @Override
  void begin() {
    failOwn(why);
  }

  @Override
  void proceed() {
    // It is over as soon as it has begun.
  }

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    return Verdict.DROP;
  }

  @Override
  boolean clientsText() {
    return true;
  }

  @Override
  void forget() {
    // Nothing is known of it.
  }
}
