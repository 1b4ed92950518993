package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Cancellable;

/**
 * What the proxy itself does for a session's client at the moment: answers a statement, or prepares
 * to. The client's frames wait for its end, also once it has been cancelled. Confined to the
 * session's event loop.
 *
 * <pre>
 *            begins()              cancel()
 *   NOTHING ─────────► UNDER WAY ──────────► CANCELLED
 *      ▲                  │ ended()             │ ended()
 *      └──────────────────┴─────────────────────┘
 * </pre>
 */
final class LocalAnswer {
  private @Nullable Cancellable running;
  private long begun;

  /** Whether the client's frames wait for it. */
  boolean underWay() {
    return running != null;
  }

  /** How many have begun; while it stays the same, so does what is done. */
  long begun() {
    return begun;
  }

  /** One begins. */
  void begins(Cancellable stop) {
    running = stop;
    begun++;
  }

  /** It has ended. */
  void ended() {
    running = null;
  }

  /**
   * The client wants it no more, once; how it ends it says itself.
   *
   * @return whether there is one
   */
  boolean cancel() {
    Cancellable present = running;
    if (present == null) {
      return false;
    }
    // Before it is told, as it may end at once.
    running = Cancellable.DONE;
    present.cancel();
    return true;
  }

  /** The client has gone, and nobody waits for its end. */
  void abandon() {
    Cancellable present = running;
    running = null;
    if (present != null) {
      present.cancel();
    }
  }
}
