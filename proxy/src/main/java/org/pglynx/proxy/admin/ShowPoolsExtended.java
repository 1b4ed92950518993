package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.stats.PoolCounters.Totals;

/**
 * SHOW POOLS_EXTENDED: SHOW POOLS, and what each pool has counted, may have, and takes: times in
 * microseconds, the percentiles of the last whole window of SHOW STATS.
 */
final class ShowPoolsExtended implements Report<PoolState> {
  private final AdminView view;
  private final Layout<PoolState> layout;

  ShowPoolsExtended(AdminView view, StatsWindow window) {
    this.view = view;
    this.layout = layout(window);
  }

  private static Layout<PoolState> layout(StatsWindow window) {
    Layout<PoolState> layout =
        ShowPools.LAYOUT
            .number("min_pool_size", pool -> pool.pool().user().minPoolSize())
            .number("reserve_pool_size", pool -> pool.supply().reserveSize())
            .text("paused", pool -> pool.pool().paused() ? "yes" : "no")
            .text("disabled", pool -> pool.pool().disabled() ? "yes" : "no")
            .number("total_xact_count", pool -> totals(pool).transactions())
            .number("total_query_count", pool -> totals(pool).queries())
            .number("total_received", pool -> totals(pool).clientBytes())
            .number("total_sent", pool -> totals(pool).serverBytes())
            .number("total_xact_time", pool -> Times.micros(totals(pool).transactionNanos()))
            .number("total_query_time", pool -> Times.micros(totals(pool).queryNanos()))
            .number("total_wait_time", pool -> Times.micros(totals(pool).waitNanos()))
            .number("total_errors", pool -> totals(pool).errors());
    layout = Percentiles.columns(layout, "wait_", pool -> window.latencies(pool.key()).waits());
    layout = Percentiles.columns(layout, "query_", pool -> window.latencies(pool.key()).queries());
    return Percentiles.columns(
        layout, "xact_", pool -> window.latencies(pool.key()).transactions());
  }

  private static Totals totals(PoolState pool) {
    return pool.pool().totals().get();
  }

  @Override
  public Layout<PoolState> layout() {
    return layout;
  }

  @Override
  public CompletionStage<List<PoolState>> rows() {
    return PoolState.all(view);
  }
}
