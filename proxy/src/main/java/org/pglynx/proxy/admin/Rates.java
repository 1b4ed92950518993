package org.pglynx.proxy.admin;

import java.util.List;
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

  /** All together; they are of the same window. */
  static Rates sum(List<Rates> rates) {
    Totals before = Totals.ZERO;
    Totals after = Totals.ZERO;
    long nanos = 0;
    for (Rates each : rates) {
      before = before.plus(each.before);
      after = after.plus(each.after);
      nanos = each.nanos;
    }
    return new Rates(before, after, nanos);
  }

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
