package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.stats.Distribution;
import org.pglynx.proxy.stats.Latencies;

/**
 * SHOW PERCENTILES: how long waits, queries and transactions of each database and user took, in
 * microseconds, during the last whole window of SHOW STATS and since the start.
 */
final class ShowPercentiles implements Report<ShowPercentiles.Row> {
  /** One kind of time in one period. */
  record Row(AdminPool.Key pool, String time, String period, Distribution distribution) {}

  private static final Layout<Row> LAYOUT =
      Percentiles.columns(
          Layout.<Row>empty()
              .text("database", row -> row.pool().database())
              .text("user", row -> row.pool().user())
              .text("time", Row::time)
              .text("period", Row::period)
              .number("count", row -> row.distribution().count()),
          "",
          Row::distribution);

  private final AdminView view;
  private final StatsWindow window;

  ShowPercentiles(AdminView view, StatsWindow window) {
    this.view = view;
    this.window = window;
  }

  @Override
  public Layout<Row> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<Row>> rows() {
    List<Row> rows = new ArrayList<>();
    for (AdminPool pool : view.pools()) {
      add(rows, pool.key(), "window", window.latencies(pool.key()));
      add(rows, pool.key(), "total", window.since(pool.key(), pool.latencies().get()));
    }
    return CompletableFuture.completedFuture(rows);
  }

  private static void add(List<Row> rows, AdminPool.Key pool, String period, Latencies took) {
    rows.add(new Row(pool, "wait", period, took.waits()));
    rows.add(new Row(pool, "query", period, took.queries()));
    rows.add(new Row(pool, "xact", period, took.transactions()));
  }
}
