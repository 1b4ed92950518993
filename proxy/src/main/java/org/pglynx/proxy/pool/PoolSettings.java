package org.pglynx.proxy.pool;

/**
 * Limits of one pool. Times in nanoseconds; 0 is without end unless said otherwise.
 *
 * @param name database and user, for messages
 * @param size the most server connections, over all event loops
 * @param minimum connections kept open even when idle
 * @param reserve more connections that may be opened for waiters older than {@code reserveAfter}
 * @param reserveAfterNanos see {@code reserve}
 * @param waitTimeoutNanos how long a session waits for a connection
 * @param idleTimeoutNanos how long a connection may idle
 * @param lifetimeNanos how old a connection may become; each ends up to a tenth earlier, so that
 *     those opened together do not end together
 * @param check what a long-idle connection is asked before use
 * @param oldestFirst whether idle connections are used in turn, and not the one used last
 */
public record PoolSettings(
    String name,
    int size,
    int minimum,
    int reserve,
    long reserveAfterNanos,
    long waitTimeoutNanos,
    long idleTimeoutNanos,
    long lifetimeNanos,
    Check check,
    boolean oldestFirst) {

  /** These limits for another pool. */
  public PoolSettings named(String other) {
    return new PoolSettings(
        other,
        size,
        minimum,
        reserve,
        reserveAfterNanos,
        waitTimeoutNanos,
        idleTimeoutNanos,
        lifetimeNanos,
        check,
        oldestFirst);
  }

  /** These limits for a pool that opens connections only when they are needed. */
  public PoolSettings withoutMinimum() {
    return new PoolSettings(
        name,
        size,
        0,
        reserve,
        reserveAfterNanos,
        waitTimeoutNanos,
        idleTimeoutNanos,
        lifetimeNanos,
        check,
        oldestFirst);
  }

  /**
   * A question to a connection that has idled.
   *
   * @param sql what is asked; no text asks nothing
   * @param afterNanos how long a connection must have idled; 0 asks each idle one
   * @param timeoutNanos a connection that takes longer to answer is closed
   */
  public record Check(String sql, long afterNanos, long timeoutNanos) {
    /** Connections are used unasked. */
    public static final Check NONE = new Check("", 0, 0);

    boolean asks() {
      return !sql.isEmpty();
    }

    boolean asksAlways() {
      return asks() && afterNanos == 0;
    }
  }
}
