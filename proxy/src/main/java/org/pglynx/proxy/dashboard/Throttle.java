package org.pglynx.proxy.dashboard;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Makes guessing slow: some failures of one key are free, each further one has to be waited for
 * twice as long as the one before. What is under way counts as failed until it has succeeded, so
 * that many at once gain nothing. Bounded; safe for many threads.
 */
final class Throttle {
  private static final int KEYS = 10_000;
  private static final int MOST_DOUBLINGS = 20;

  private final int free;
  private final long mostNanos;
  private final LongSupplier clock;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > KEYS;
        }
      };

  private record Failures(int count, long untilNanos) {}

  /**
   * @param free how many failures cost nothing
   * @param mostSeconds the longest wait; as long without a failure, and all are forgotten
   * @param clock nanoseconds
   */
  Throttle(int free, long mostSeconds, LongSupplier clock) {
    this.free = free;
    this.mostNanos = TimeUnit.SECONDS.toNanos(mostSeconds);
    this.clock = clock;
  }

  /** Begins a try; gives how many seconds it has to wait instead, 0 if it may go on. */
  synchronized long begin(String key) {
    long now = clock.getAsLong();
    Failures known = failures.get(key);
    if (known == null || now - known.untilNanos() > mostNanos) {
      known = new Failures(0, now);
    }
    long wait = known.untilNanos() - now;
    if (wait > 0) {
      return TimeUnit.NANOSECONDS.toSeconds(wait) + 1;
    }
    int count = known.count() + 1;
    failures.put(key, new Failures(count, now + pause(count)));
    return 0;
  }

  private long pause(int count) {
    int over = count - free;
    return over < 0
        ? 0
        : Math.min(mostNanos, TimeUnit.SECONDS.toNanos(1) << Math.min(over, MOST_DOUBLINGS));
  }

  /** It was no guess. */
  synchronized void succeeded(String key) {
    failures.remove(key);
  }
}
