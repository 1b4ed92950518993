package org.pglynx.proxy.backend;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.pglynx.proxy.relay.Upstream;

/**
 * The cancel requests that a conversation makes for its own statements. What comes next on its
 * connection waits until the server has taken them, as one that is late would hit just that; and
 * none is made once the connection is lost, as it may be somebody else's by then.
 */
final class OwnCancels {
  private final Upstream upstream;
  private final Executor loop;
  private final BooleanSupplier lost;
  private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);

  /**
   * None yet.
   *
   * @param loop the upstream's event loop
   * @param lost whether the upstream is the conversation's no more; asked on the loop
   */
  OwnCancels(Upstream upstream, Executor loop, BooleanSupplier lost) {
    this.upstream = upstream;
    this.loop = loop;
    this.lost = lost;
  }

  /** Makes one. */
  void send() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    taken = CompletableFuture.allOf(taken, done);
    try {
      loop.execute(() -> send(done));
    } catch (RejectedExecutionException e) {
      // The proxy stops, and its connections with it: nothing comes behind.
      done.complete(null);
    }
  }

  private void send(CompletableFuture<Void> done) {
    if (lost.getAsBoolean()) {
      done.complete(null);
    } else {
      upstream.cancel().whenComplete((none, late) -> done.complete(null));
    }
  }

  /** Blocks until none is under way, whether the thread is interrupted or not. */
  void await() {
    taken.join();
  }
}
