package org.pglynx.proxy.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the sessions of one event loop that have time limits, every eighth of the shortest one.
 * Statements set no timers and note no times for this. Without such sessions nothing is scheduled.
 */
final class Deadlines {
  private final ScheduledExecutorService loop;
  private final LongSupplier clock;
  private final List<SessionWatch> watches = new ArrayList<>();
  private @Nullable ScheduledFuture<?> next;
  private long period = Long.MAX_VALUE;

  Deadlines(ScheduledExecutorService loop, LongSupplier clock) {
    this.loop = loop;
    this.clock = clock;
  }

  void add(SessionWatch watch) {
    watch.place(watches.size());
    watches.add(watch);
    if (watch.periodNanos() < period) {
      schedule(watch.periodNanos());
    }
  }

  private void schedule(long nanos) {
    ScheduledFuture<?> earlier = next;
    if (earlier != null) {
      earlier.cancel(false);
    }
    period = nanos;
    next = loop.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
  }

  /** The last one takes its place. */
  void remove(SessionWatch watch) {
    if (watch.place() < 0) {
      return;
    }
    SessionWatch last = watches.removeLast();
    if (last != watch) {
      watches.set(watch.place(), last);
      last.place(watch.place());
    }
    watch.place(-1);
  }

  private void look() {
    long now = clock.getAsLong();
    // Backwards, as a session that ends is replaced by one that has been looked at.
    for (int i = watches.size() - 1; i >= 0; i--) {
      if (i < watches.size()) {
        watches.get(i).look(now);
      }
    }
    next = null;
    period = Long.MAX_VALUE;
    long shortest = Long.MAX_VALUE;
    for (SessionWatch watch : watches) {
      shortest = Math.min(shortest, watch.periodNanos());
    }
    if (shortest < Long.MAX_VALUE) {
      schedule(shortest);
    }
  }
}
