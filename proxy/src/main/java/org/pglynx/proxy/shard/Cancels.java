package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/** Cancel requests to the servers of a {@link ScatterGather}. */
final class Cancels {
  private final Membership who;
  private final Consumer<Runnable> betweenFrames;
  private final Runnable none;
  private int underWay;

  /**
   * None yet.
   *
   * @param betweenFrames does something where the servers have no part of a frame of the client's
   * @param none hears that no request may hit anything any more
   */
  Cancels(Membership who, Consumer<Runnable> betweenFrames, Runnable none) {
    this.who = who;
    this.betweenFrames = betweenFrames;
    this.none = none;
  }

  /** A statement has failed on one, or in the merging: what the others do of it is of no use. */
  void allBut(@Nullable ShardPart failing) {
    for (ShardPart part : who.active()) {
      if (part != failing && part.server().copyingIn()) {
        // It waits for data, and hears of no cancel request meanwhile.
        failCopy(part);
      } else if (part != failing && !part.position().atReady() && !part.server().drained()) {
        underWay++;
        part.server().cancel().whenComplete((nothing, thrown) -> taken());
      }
    }
  }

  /**
   * A server's COPY is to fail. What the client sends next is announced behind that already, while
   * the rest of the frame in hand, which is not announced, goes before it.
   */
  void failCopy(ShardPart part) {
    part.server().expect(FrontendTag.COPY_FAIL);
    betweenFrames.accept(() -> {
      if (part.attached()) {
        ByteBuf out = Unpooled.buffer(64);
        FrameWriter.string(out, FrontendTag.COPY_FAIL, "the statement has failed on another shard");
        part.server().send(out);
        part.server().flush();
      }
    });
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
