package org.pglynx.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.stats.PoolCounters.Totals;

class StatsWindowTest {
  private final AtomicLong clock = new AtomicLong();
  private final FakeView view = new FakeView();
  private final StatsWindow window = new StatsWindow(view, clock::get);
  private final Console console = new Console(view, window);

  private void tick() {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(StatsWindow.SECONDS));
    window.tick();
  }

  @Test
  void averagesAreZeroBeforeTheFirstWindowEnds() {
    view.annaTotals = new Totals(150, 30, 0, 0, 0, 0, 0, 0, 0);

    assertThat(console.ask("SHOW STATS").row(0))
        .containsEntry("avg_query_count", "0")
        .containsEntry("avg_xact_time", "0");
  }

  @Test
  void averagesAreASecondAndForEachTransaction() {
    view.annaTotals = new Totals(150, 30, 1500, 3000, 15, 45_000_000, 60_000_000, 0, 15);

    tick();

    assertThat(console.ask("SHOW STATS").row(0))
        .containsEntry("avg_query_count", "10")
        .containsEntry("avg_xact_count", "2")
        .containsEntry("avg_recv", "100")
        .containsEntry("avg_sent", "200")
        .containsEntry("avg_xact_time", "2000")
        .containsEntry("avg_wait_time", "3000")
        .containsEntry("avg_errors", "1");
  }

  @Test
  void percentilesAreOfTheLastWindowAndOfAllTime() {
    PoolCounters counters = new PoolCounters();
    counters.answered(TimeUnit.MILLISECONDS.toNanos(100));
    view.annaLatencies = counters.latencies();
    tick();
    counters.answered(TimeUnit.MILLISECONDS.toNanos(2));
    counters.waited(0);
    view.annaLatencies = counters.latencies();
    tick();

    assertThat(console.ask("SHOW STATS").row(0))
        .containsEntry("query_p50", "1998")
        .containsEntry("query_p999", "1998")
        .containsEntry("total_query_p50", "1998")
        .containsEntry("total_query_p99", "98566")
        .containsEntry("wait_p99", "0")
        .containsEntry("xact_p99", "0");
    assertThat(console.ask("SHOW PERCENTILES").rows()).hasSize(12);
    assertThat(console.ask("SHOW PERCENTILES").row(1))
        .containsEntry("database", "shop")
        .containsEntry("user", "anna")
        .containsEntry("time", "query")
        .containsEntry("period", "window")
        .containsEntry("count", "1")
        .containsEntry("p95", "1998");
  }

  @Test
  void onlyTheLastWindowCounts() {
    view.annaTotals = new Totals(150, 0, 0, 0, 0, 0, 0, 0, 0);
    tick();
    view.annaTotals = new Totals(180, 0, 0, 0, 0, 0, 0, 0, 0);
    tick();

    assertThat(console.ask("SHOW STATS").row(0))
        .containsEntry("avg_query_count", "2")
        .containsEntry("total_query_count", "180");
  }
}
