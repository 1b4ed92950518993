package org.pglynx.proxy.session;

/** What one session has done; written by its event loop, read by others with a slight delay. */
final class SessionCounters {
  private final long sinceNanos = System.nanoTime();
  private long queries;
  private long transactions;
  private long errors;
  private long transactionStart;

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
    if (transactionStart == 0) {
      transactionStart = System.nanoTime();
    }
  }

  /** The proxy answers a statement itself: no transaction of a server begins. */
  void localQuery() {
    queries++;
  }

  /** How long the transaction took that has just ended, or -1 if none had begun. */
  long transactionEnded() {
    if (transactionStart == 0) {
      return -1;
    }
    transactions++;
    long nanos = System.nanoTime() - transactionStart;
    transactionStart = 0;
    return nanos;
  }

  void error() {
    errors++;
  }
}
