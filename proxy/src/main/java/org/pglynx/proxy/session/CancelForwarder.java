package org.pglynx.proxy.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/** Brings cancel requests to the other proxies behind the same address. */
public interface CancelForwarder {
  /** Knows no other proxy. */
  CancelForwarder NONE = (peer, pid, key, loop) -> CompletableFuture.completedStage(null);

  /**
   * Forwards a request.
   *
   * @param peer the number of the proxy that it is for; may be of none
   * @param key goes out as it is
   * @param loop the event loop to do it on
   * @return completes, on any thread and after a bounded time, when the other proxy has taken the
   *     request, or cannot be reached
   */
  CompletionStage<Void> forward(int peer, int pid, byte[] key, ScheduledExecutorService loop);
}
