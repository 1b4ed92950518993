package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way to several servers: each of those that are aimed at gets all of them, but the
 * data of a COPY goes through its feed, each row to its shard. Confined to the session's event
 * loop.
 *
 * <pre>
 *           feeds()            what is no part of the COPY
 *   TO ALL ─────────► FEEDING ─────────────────────────────► TO ALL
 * </pre>
 */
final class FanOut {
  private final Membership who;
  private final Consumer<Runnable> betweenFrames;
  private @Nullable CopyFeed feed;
  private boolean copies;

  /**
   * To all.
   *
   * @param betweenFrames does something where the servers have no part of a frame of the client's
   */
  FanOut(Membership who, Consumer<Runnable> betweenFrames) {
    this.who = who;
    this.betweenFrames = betweenFrames;
  }

  /** Sends bytes whose turn it is; owns the buffer. */
  void send(ByteBuf run) {
    CopyFeed open = feed;
    if (open == null) {
      toEach(run);
      return;
    }
    ByteBuf behind = open.take(run);
    if (open.over()) {
      feed = null;
    }
    if (behind != null) {
      toEach(behind);
    }
  }

  private void toEach(ByteBuf run) {
    List<ShardPart> to = who.active();
    for (ShardPart part : to.subList(1, to.size())) {
      part.server().send(run.retainedDuplicate());
    }
    to.getFirst().server().send(run);
  }

  /** Does something where the servers have no part of a frame; a feed sends whole ones only. */
  void betweenFrames(Runnable action) {
    if (feed == null) {
      betweenFrames.accept(action);
    } else {
      action.run();
    }
  }

  // ---- COPY ----------------------------------------------------------------------------------

  /** The data of a COPY that comes next is for its feed. */
  void feeds(CopyFeed next) {
    feed = next;
    copies = true;
  }

  /** Whether a COPY has been begun since all were ready. */
  boolean copies() {
    return copies;
  }

  /** The COPY that is under way, if one is, takes no more. */
  void copyFails() {
    CopyFeed open = feed;
    if (open != null) {
      open.failed();
    }
  }

  /** All are ready. */
  void ready() {
    copies = false;
  }
}
