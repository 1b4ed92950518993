package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgError;

/**
 * What is counted and told of a session's statements: in its own counters, in those of its database
 * and user, and in the trace of their texts, if anybody wants to know. Confined to the session's
 * event loop.
 */
final class SessionActivity {
  private final SessionCounters counts = new SessionCounters();
  private final PoolCounters pool;
  private @Nullable StatementTrace trace;

  /**
   * Nothing has been done.
   *
   * @param pool what its database and user have done on this loop
   */
  SessionActivity(PoolCounters pool) {
    this.pool = pool;
  }

  SessionCounters counts() {
    return counts;
  }

  /** What its database and user have done on this loop. */
  PoolCounters pool() {
    return pool;
  }

  /** What keeps the texts of its statements; null if nobody wants to know. */
  @Nullable StatementTrace trace() {
    return trace;
  }

  /** Somebody wants to know something else of its texts from now on. */
  void trace(@Nullable StatementTrace next) {
    trace = next;
  }

  /** A statement is passed on. */
  void passed() {
    counts.query();
    pool.query();
    if (trace != null) {
      trace.passed();
    }
  }

  /**
   * What was sent has been answered.
   *
   * @param idle whether no transaction is open now
   * @param more whether there is more to be answered
   */
  void answered(boolean idle, boolean more) {
    long took = counts.ready(idle, more, pool);
    if (trace != null) {
      trace.answered(took, more);
    }
  }

  /** The connection to the server is gone. */
  void lost(PgError error) {
    counts.lost();
    if (trace != null) {
      trace.lost(error);
    }
  }

  /** The proxy itself has answered. */
  void answeredHere() {
    if (trace != null) {
      trace.answeredHere(counts.localNanos());
    }
  }

  /** The proxy itself tells the client of an error. */
  void failedHere(PgError error) {
    if (trace != null) {
      trace.failedHere(error);
    }
  }
}
