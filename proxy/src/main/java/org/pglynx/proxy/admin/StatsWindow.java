package org.pglynx.proxy.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters.Totals;

/**
 * Remembers what the databases had counted at the last two ticks: what happened between them is the
 * window that averages are taken over. Somebody calls {@link #tick} every {@link #SECONDS}, as
 * pgcat does; until the second tick all averages are 0.
 */
public final class StatsWindow {
  /** The time between ticks. */
  public static final int SECONDS = 15;

  private record Sample(
      long nanos, Map<String, Totals> totals, Map<AdminPool.Key, Latencies> latencies) {}

  private record Pair(Sample before, Sample after) {}

  private final AdminView view;
  private final LongSupplier nanoTime;
  private volatile Pair window;
  private volatile Sample start = new Sample(0, Map.of(), Map.of());

  /**
   * A window that begins now.
   *
   * @param nanoTime a clock such as System.nanoTime
   */
  public StatsWindow(AdminView view, LongSupplier nanoTime) {
    this.view = view;
    this.nanoTime = nanoTime;
    Sample now = sample();
    this.window = new Pair(now, now);
  }

  /** Ends the window and begins the next. */
  public synchronized void tick() {
    window = new Pair(window.after(), sample());
  }

  /** What was counted before is not shown any more, and the window begins anew. */
  synchronized void reset() {
    Sample now = sample();
    start = now;
    window = new Pair(now, now);
  }

  /** What has been counted since the start, or since {@link #reset}. */
  Totals since(String database, Totals now) {
    return now.since(start.totals().getOrDefault(database, Totals.ZERO));
  }

  /** How long the pool's work took since the start, or since {@link #reset}. */
  Latencies since(AdminPool.Key pool, Latencies now) {
    return now.since(start.latencies().getOrDefault(pool, Latencies.NONE));
  }

  private Sample sample() {
    return new Sample(nanoTime.getAsLong(), totals(view), latencies(view));
  }

  /** What each database has counted so far, its users taken together. */
  static Map<String, Totals> totals(AdminView view) {
    Map<String, Totals> sums = new LinkedHashMap<>();
    for (AdminPool pool : view.pools()) {
      sums.merge(pool.database().name(), pool.totals().get(), Totals::plus);
    }
    return sums;
  }

  private static Map<AdminPool.Key, Latencies> latencies(AdminView view) {
    Map<AdminPool.Key, Latencies> all = new LinkedHashMap<>();
    view.pools().forEach(pool -> all.put(pool.key(), pool.latencies().get()));
    return all;
  }

  /** How long the work of the pool took that was done during the last whole window. */
  Latencies latencies(AdminPool.Key pool) {
    Pair pair = window;
    Latencies after = pair.after().latencies().getOrDefault(pool, Latencies.NONE);
    return after.since(pair.before().latencies().getOrDefault(pool, Latencies.NONE));
  }

  /** What happened in the database during the last whole window. */
  Rates rates(String database) {
    Pair pair = window;
    Totals before = pair.before().totals().getOrDefault(database, Totals.ZERO);
    Totals after = pair.after().totals().getOrDefault(database, Totals.ZERO);
    return new Rates(before, after, pair.after().nanos() - pair.before().nanos());
  }
}
