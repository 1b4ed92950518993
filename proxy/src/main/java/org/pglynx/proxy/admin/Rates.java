package org.pglynx.proxy.admin;

import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.pglynx.proxy.stats.PoolCounters.Totals;

/**
 * The difference between two moments.
 *
 * @param before the counters at its begin
 * @param after the counters at its end
 * @param nanos the time between
 */
record Rates(Totals before, Totals after, long nanos) {
  private static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Events a second, rounded. */
  long perSecond(ToLongFunction<Totals> counter) {
    return nanos == 0 ? 0 : Math.round(difference(counter) * NANOS_A_SECOND / nanos);
  }

  /** Microseconds an event took, from a counter of nanoseconds and one of events. */
  long microsPer(ToLongFunction<Totals> nanosSpent, ToLongFunction<Totals> events) {
    long count = difference(events);
    return count == 0 ? 0 : Times.micros(difference(nanosSpent)) / count;
  }

  private long difference(ToLongFunction<Totals> counter) {
    // A pool that has been dropped has taken its counts with it.
    return Math.max(0, counter.applyAsLong(after) - counter.applyAsLong(before));
  }
}
