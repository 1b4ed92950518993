package org.pglynx.proxy.shard;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Cancel requests to the servers of a {@link ScatterGather}. */
final class Cancels {
  private final Membership who;
  private final Runnable none;
  private int underWay;

  /**
   * None yet.
   *
   * @param none hears that no request may hit anything any more
   */
  Cancels(Membership who, Runnable none) {
    this.who = who;
    this.none = none;
  }

  /** A statement has failed on one, or in the merging: what the others do of it is of no use. */
  void allBut(@Nullable ShardPart failing) {
    for (ShardPart part : who.active()) {
      if (part != failing && part.server().copyingIn()) {
        // It waits for data, and hears of no cancel request meanwhile.
        part.server().failCopy("the statement has failed on another shard");
        part.server().flush();
      } else if (part != failing && !part.position().atReady() && !part.server().drained()) {
        underWay++;
        part.server().cancel().whenComplete((nothing, thrown) -> taken());
      }
    }
  }

  private void taken() {
    underWay--;
    if (underWay == 0) {
      none.run();
    }
  }

  /** Whether a cancel request may yet hit what is sent next. */
  boolean underWay() {
    return underWay > 0;
  }

  /** The client's wish, for all. */
  CompletionStage<Void> all() {
    return CompletableFuture.allOf(
        who.in().stream()
            .map(part -> part.server().cancel().toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }
}
