package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters.Totals;

/**
 * What a database has counted, its users taken together.
 *
 * @param database the database as clients see it
 * @param totals counts since the start
 * @param rates counts of the last whole window
 * @param took times since the start
 * @param tookLately times of the last whole window
 */
record DatabaseStats(
    String database, Totals totals, Rates rates, Latencies took, Latencies tookLately) {

  /** A row for each database. */
  static List<DatabaseStats> all(AdminView view, StatsWindow window) {
    Map<String, Latencies> took =
        latencies(view, pool -> window.since(pool.key(), pool.latencies().get()));
    Map<String, Latencies> lately = latencies(view, pool -> window.latencies(pool.key()));
    List<DatabaseStats> rows = new ArrayList<>();
    StatsWindow.totals(view)
        .forEach((name, totals) ->
            rows.add(
                new DatabaseStats(
                    name,
                    window.since(name, totals),
                    window.rates(name),
                    took.getOrDefault(name, Latencies.NONE),
                    lately.getOrDefault(name, Latencies.NONE))));
    return rows;
  }

  private static Map<String, Latencies> latencies(
      AdminView view, Function<AdminPool, Latencies> of) {
    Map<String, Latencies> sums = new LinkedHashMap<>();
    view.pools()
        .forEach(pool -> sums.merge(pool.database().name(), of.apply(pool), Latencies::plus));
    return sums;
  }

  /** Microseconds a second, from a counter of nanoseconds. */
  long microsPerSecond(ToLongFunction<Totals> nanos) {
    return rates.perSecond(counted -> Times.micros(nanos.applyAsLong(counted)));
  }
}
