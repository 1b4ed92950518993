package org.pglynx.proxy.session;

import java.util.concurrent.TimeUnit;

/**
 * How long the sessions of a profile may take for what they do; 0 is without limit.
 *
 * @param queryNanos for one statement, once it has a server
 * @param transactionNanos for a transaction, at work or idle
 * @param idleTransactionNanos for doing nothing in a transaction
 * @param idleNanos for doing nothing outside of one
 */
public record TimeLimits(
    long queryNanos, long transactionNanos, long idleTransactionNanos, long idleNanos) {
  /** No limits. */
  public static final TimeLimits NONE = new TimeLimits(0, 0, 0, 0);

  /** A look costs some nanoseconds a session, so ten thousand of them may be looked at so often. */
  private static final long MIN_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final long MAX_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Limits in milliseconds. */
  public static TimeLimits ofMillis(long query, long transaction, long idleTransaction, long idle) {
    return new TimeLimits(
        TimeUnit.MILLISECONDS.toNanos(query),
        TimeUnit.MILLISECONDS.toNanos(transaction),
        TimeUnit.MILLISECONDS.toNanos(idleTransaction),
        TimeUnit.MILLISECONDS.toNanos(idle));
  }

  /** Whether there is a limit at all. */
  boolean any() {
    return !equals(NONE);
  }

  /** How often sessions are looked at: a limit is kept to a quarter of it, or to a second. */
  long periodNanos() {
    long shortest = Long.MAX_VALUE;
    for (long limit : new long[] {queryNanos, transactionNanos, idleTransactionNanos, idleNanos}) {
      shortest = limit > 0 ? Math.min(shortest, limit) : shortest;
    }
    return Math.clamp(shortest / 8, MIN_PERIOD_NANOS, MAX_PERIOD_NANOS);
  }
}
