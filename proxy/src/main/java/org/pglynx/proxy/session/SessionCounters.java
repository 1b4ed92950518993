package org.pglynx.proxy.session;

import org.pglynx.proxy.stats.PoolCounters;

/** What one session has done; written by its event loop, read by others with a slight delay. */
final class SessionCounters {
  private final long sinceNanos = System.nanoTime();
  private long queries;
  private long transactions;
  private long errors;
  private long transactionStart;
  private long queryStart;

  long sinceNanos() {
    return sinceNanos;
  }

  long queries() {
    return queries;
  }

  long transactions() {
    return transactions;
  }

  long errors() {
    return errors;
  }

  /** A statement is passed on; the first one begins a transaction. */
  void query() {
    queries++;
    if (queryStart == 0) {
      queryStart = System.nanoTime();
      if (transactionStart == 0) {
        transactionStart = queryStart;
      }
    }
  }

  /** The proxy answers a statement itself: no transaction of a server begins. */
  void localQuery() {
    queries++;
  }

  /**
   * ReadyForQuery has come.
   *
   * @param idle whether it ends a transaction
   * @param more whether answers to what was sent ahead are still to come: the server has begun with
   *     that now
   */
  void ready(boolean idle, boolean more, PoolCounters pool) {
    if (queryStart == 0) {
      // A Sync without an Execute.
      return;
    }
    long now = System.nanoTime();
    pool.answered(now - queryStart);
    queryStart = more ? now : 0;
    if (idle) {
      transactions++;
      pool.transaction(now - transactionStart);
      transactionStart = more ? now : 0;
    }
  }

  /** The server is lost, and with it what it was at. */
  void lost() {
    queryStart = 0;
    transactionStart = 0;
  }

  void error() {
    errors++;
  }
}
