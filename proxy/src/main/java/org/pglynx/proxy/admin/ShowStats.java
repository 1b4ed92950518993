package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongBiFunction;
import java.util.function.ToLongFunction;
import org.pglynx.proxy.stats.PoolCounters.Totals;
import org.pglynx.proxy.stats.Uses;

/**
 * SHOW STATS, STATS_TOTALS and STATS_AVERAGES, one row for each database because exporters label
 * the counters with nothing else. Times in microseconds. The averages count events a second; {@code
 * xact_time} is for each transaction, {@code query_time} for each query, {@code wait_time}
 * microseconds waited a second. The percentiles are of the same window as the averages, and, as
 * {@code total_}, since the start. Parse and Bind are counted as clients send them, {@code
 * server_parse_count} where a server did not know the statement.
 */
final class ShowStats implements Report<DatabaseStats> {
  private static final Layout<DatabaseStats> DATABASE =
      Layout.<DatabaseStats>empty().text("database", DatabaseStats::database);

  /** SHOW STATS: everything. */
  static final Layout<DatabaseStats> ALL =
      percentiles(errors(averages(totals(DATABASE, Names.TOTAL), Names.AVERAGE)));

  /** SHOW STATS_TOTALS, with PgBouncer's other names. */
  static final Layout<DatabaseStats> TOTALS = totals(DATABASE, Names.PLAIN);

  /** SHOW STATS_AVERAGES, with PgBouncer's mixture of names. */
  static final Layout<DatabaseStats> AVERAGES = averages(DATABASE, Names.MIXED);

  private final AdminView view;
  private final StatsWindow window;
  private final Layout<DatabaseStats> layout;

  ShowStats(AdminView view, StatsWindow window, Layout<DatabaseStats> layout) {
    this.view = view;
    this.window = window;
    this.layout = layout;
  }

  /**
   * How PgBouncer calls the same columns in its tables.
   *
   * @param events before what happened
   * @param parses before what prepared statements and logins did
   * @param received bytes of clients
   * @param sent bytes of servers
   */
  private record Names(String events, String parses, String received, String sent) {
    static final Names TOTAL = new Names("total_", "total_", "received", "sent");
    static final Names AVERAGE = new Names("avg_", "avg_", "recv", "sent");
    static final Names PLAIN = new Names("", "", "bytes_received", "bytes_sent");
    static final Names MIXED = new Names("", "avg_", "bytes_received", "bytes_sent");
  }

  private static Layout<DatabaseStats> totals(Layout<DatabaseStats> layout, Names names) {
    return uses(
        layout
            .number(names.events + "server_assignment_count", row -> row.totals().waits())
            .number(names.events + "xact_count", row -> row.totals().transactions())
            .number(names.events + "query_count", row -> row.totals().queries())
            .number(names.events + names.received, row -> row.totals().clientBytes())
            .number(names.events + names.sent, row -> row.totals().serverBytes())
            .number(
                names.events + "xact_time", row -> Times.micros(row.totals().transactionNanos()))
            .number(names.events + "query_time", row -> Times.micros(row.totals().queryNanos()))
            .number(names.events + "wait_time", row -> Times.micros(row.totals().waitNanos())),
        names,
        (row, of) -> of.applyAsLong(row.totals().uses()));
  }

  private static Layout<DatabaseStats> averages(Layout<DatabaseStats> layout, Names names) {
    return uses(
        layout
            .number(
                names.events + "server_assignment_count",
                row -> row.rates().perSecond(Totals::waits))
            .number(names.events + "xact_count", row -> row.rates().perSecond(Totals::transactions))
            .number(names.events + "query_count", row -> row.rates().perSecond(Totals::queries))
            .number(
                names.events + names.received, row -> row.rates().perSecond(Totals::clientBytes))
            .number(names.events + names.sent, row -> row.rates().perSecond(Totals::serverBytes))
            .number(
                names.events + "xact_time",
                row -> row.rates().microsPer(Totals::transactionNanos, Totals::transactions))
            .number(
                names.events + "query_time",
                row -> row.rates().microsPer(Totals::queryNanos, Totals::queries))
            .number(names.events + "wait_time", row -> row.microsPerSecond(Totals::waitNanos)),
        names,
        (row, of) -> row.rates().perSecond(totals -> of.applyAsLong(totals.uses())));
  }

  private static Layout<DatabaseStats> uses(
      Layout<DatabaseStats> layout,
      Names names,
      ToLongBiFunction<DatabaseStats, ToLongFunction<Uses>> value) {
    return layout
        .number(
            names.parses + "client_parse_count", row -> value.applyAsLong(row, Uses::clientParses))
        .number(
            names.parses + "server_parse_count", row -> value.applyAsLong(row, Uses::serverParses))
        .number(names.parses + "bind_count", row -> value.applyAsLong(row, Uses::binds))
        .number(names.parses + "client_login_count", row -> value.applyAsLong(row, Uses::logins));
  }

  private static Layout<DatabaseStats> errors(Layout<DatabaseStats> layout) {
    return layout
        .number("total_errors", row -> row.totals().errors())
        .number("avg_errors", row -> row.rates().perSecond(Totals::errors));
  }

  private static Layout<DatabaseStats> percentiles(Layout<DatabaseStats> layout) {
    Layout<DatabaseStats> more = layout;
    more = Percentiles.columns(more, "wait_", row -> row.tookLately().waits());
    more = Percentiles.columns(more, "query_", row -> row.tookLately().queries());
    more = Percentiles.columns(more, "xact_", row -> row.tookLately().transactions());
    more = Percentiles.columns(more, "total_wait_", row -> row.took().waits());
    more = Percentiles.columns(more, "total_query_", row -> row.took().queries());
    return Percentiles.columns(more, "total_xact_", row -> row.took().transactions());
  }

  @Override
  public Layout<DatabaseStats> layout() {
    return layout;
  }

  @Override
  public CompletionStage<List<DatabaseStats>> rows() {
    return CompletableFuture.completedFuture(DatabaseStats.all(view, window));
  }
}
