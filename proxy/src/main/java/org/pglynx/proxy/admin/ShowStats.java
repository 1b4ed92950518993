package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.pglynx.proxy.stats.PoolCounters.Totals;

/**
 * SHOW STATS, one row for each database because exporters label the counters with nothing else.
 * Times in microseconds. The {@code avg_} columns count events a second; {@code avg_xact_time} is
 * for each transaction, {@code avg_wait_time} microseconds waited a second. What is NULL, pglynx
 * does not count.
 */
final class ShowStats implements Report<ShowStats.Row> {
  /** A database with what it counted. */
  record Row(String database, Totals totals, Rates rates) {
    long waitedMicros(ToLongFunction<Totals> nanos) {
      return rates.perSecond(totals -> Times.micros(nanos.applyAsLong(totals)));
    }
  }

  private static final Layout<Row> LAYOUT = averages(totals());

  private final AdminView view;
  private final StatsWindow window;

  ShowStats(AdminView view, StatsWindow window) {
    this.view = view;
    this.window = window;
  }

  private static Layout<Row> totals() {
    return Layout.<Row>empty()
        .text("database", Row::database)
        .number("total_server_assignment_count", row -> row.totals().waits())
        .number("total_xact_count", row -> row.totals().transactions())
        .number("total_query_count", row -> row.totals().queries())
        .number("total_received", row -> row.totals().clientBytes())
        .number("total_sent", row -> row.totals().serverBytes())
        .number("total_xact_time", row -> Times.micros(row.totals().transactionNanos()))
        .unknownNumber("total_query_time")
        .number("total_wait_time", row -> Times.micros(row.totals().waitNanos()))
        .unknownNumber("total_client_parse_count")
        .unknownNumber("total_server_parse_count")
        .unknownNumber("total_bind_count")
        .unknownNumber("total_client_login_count");
  }

  private static Layout<Row> averages(Layout<Row> layout) {
    return layout
        .number("avg_server_assignment_count", row -> row.rates().perSecond(Totals::waits))
        .number("avg_xact_count", row -> row.rates().perSecond(Totals::transactions))
        .number("avg_query_count", row -> row.rates().perSecond(Totals::queries))
        .number("avg_recv", row -> row.rates().perSecond(Totals::clientBytes))
        .number("avg_sent", row -> row.rates().perSecond(Totals::serverBytes))
        .number(
            "avg_xact_time",
            row -> row.rates().microsPer(Totals::transactionNanos, Totals::transactions))
        .unknownNumber("avg_query_time")
        .number("avg_wait_time", row -> row.waitedMicros(Totals::waitNanos))
        .unknownNumber("avg_client_parse_count")
        .unknownNumber("avg_server_parse_count")
        .unknownNumber("avg_bind_count")
        .unknownNumber("avg_client_login_count")
        .number("total_errors", row -> row.totals().errors())
        .number("avg_errors", row -> row.rates().perSecond(Totals::errors));
  }

  @Override
  public Layout<Row> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<Row>> rows() {
    List<Row> rows = new ArrayList<>();
    StatsWindow.totals(view)
        .forEach((name, totals) -> rows.add(new Row(name, totals, window.rates(name))));
    return CompletableFuture.completedFuture(rows);
  }
}
