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
  private long localStart;
  private long requested;

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
      requested = queryStart;
      if (transactionStart == 0) {
        transactionStart = queryStart;
      }
    }
  }

  /** The proxy answers a statement itself: no transaction of a server begins. */
  void localQuery() {
    queries++;
    localStart = System.nanoTime();
    requested = localStart;
  }

  /** Since the last statement; negative if there was none. */
  long requestNanos() {
    return requested == 0 ? -1 : System.nanoTime() - requested;
  }

  /** How long the proxy's own answer has taken until now. */
  long localNanos() {
    return System.nanoTime() - localStart;
  }

  /** Since when the server has a statement; 0 if it has none. */
  long queryStart() {
    return queryStart;
  }

  /** Since when there is a transaction; 0 if there is none. */
  long transactionStart() {
    return transactionStart;
  }

  /**
   * ReadyForQuery has come.
   *
   * @param idle whether it ends a transaction
   * @param more whether answers to what was sent ahead are still to come: the server has begun with
   *     that now
   * @return how long the answer took; negative if there was nothing to answer
   */
  long ready(boolean idle, boolean more, PoolCounters pool) {
    if (queryStart == 0) {
      // A Sync without an Execute.
      return -1;
    }
    long now = System.nanoTime();
    long took = now - queryStart;
    pool.answered(took);
    queryStart = more ? now : 0;
    if (idle) {
      transactions++;
      pool.transaction(now - transactionStart);
      transactionStart = more ? now : 0;
    }
    return took;
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
