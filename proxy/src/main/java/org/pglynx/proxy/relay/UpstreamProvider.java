package org.pglynx.proxy.relay;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/** Gives upstreams to sessions: a pool. Called on the session's event loop. */
public interface UpstreamProvider {
  /**
   * An upstream for the waiter, at once if one is idle on this event loop; else null, and the
   * waiter is called later.
   */
  @Nullable Upstream open(Waiter waiter);

  /** The waiter no longer waits. */
  void withdraw(Waiter waiter);

  /** Whether a server was to be reached when it was last tried. */
  default boolean reachable() {
    return true;
  }

  /** Waits for an upstream; the session itself, so that waiting allocates nothing. */
  interface Waiter {
    /** Who receives the upstream's replies. */
    Downstream downstream();

    /**
     * Which server it wants; the same from {@code open} until it has an upstream, is refused, or is
     * withdrawn. When in doubt, the one that can do everything.
     */
    default ServerRole role() {
      return ServerRole.PRIMARY;
    }

    /**
     * Whether a replica will do that has replayed all that the primary had committed at the given
     * {@link System#nanoTime}: not if the waiter has written since, and is to read what it wrote.
     */
    default boolean servedBy(long replayedNanos) {
      return true;
    }

    /**
     * Whether those who have the upstreams may be waiting for what it finds out or does: then it
     * goes before all others, and one more upstream than there may be is opened for it.
     */
    default boolean urgent() {
      return false;
    }

    /** An upstream has come. */
    void onUpstream(Upstream upstream);

    /** None will come: the wait took too long, or the server refuses. */
    void onRefused(PgError error);

    /** None will come, because the server cannot be used; another one might do. */
    default void onUnreachable(PgError error) {
      onRefused(error);
    }

    /** System.nanoTime() since when it waits; kept by the waiter. */
    long waitingSinceNanos();

    /** Keeps the start of the wait. */
    void waitingSinceNanos(long nanos);
  }
}
