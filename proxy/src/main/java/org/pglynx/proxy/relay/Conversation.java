package org.pglynx.proxy.relay;

import java.util.concurrent.Executor;
import java.util.function.IntConsumer;

/** A {@link SqlSession} over an upstream, with the receiver that the upstream must be lent to. */
public interface Conversation extends SqlSession {
  /** What receives the upstream's replies while the conversation lasts. */
  Downstream downstream();

  /** The transaction has been ended by somebody else, to whom the upstream was lent meanwhile. */
  void ended();

  /**
   * Ends before anything was said through it. On the loop: the upstream is given back at once, not
   * behind what has been handed to the loop meanwhile, such as the end of the work.
   */
  void abandon();

  /** Begins conversations. */
  interface Factory {
    /**
     * Begins a conversation over a drained upstream.
     *
     * @param loop the upstream's event loop
     * @param callers whether it is the caller's own connection, inside the caller's transaction
     * @param flushOnly whether the client has a batch open that only its own Sync may end
     * @param status the transaction status of the connection: I, T or E
     * @param closer called once, on the loop, with the status at the end, or 0 if the connection is
     *     lost
     */
    Conversation begin(
        Upstream upstream,
        Executor loop,
        boolean callers,
        boolean flushOnly,
        int status,
        IntConsumer closer);
  }
}
