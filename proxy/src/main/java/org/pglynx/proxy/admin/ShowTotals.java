package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.pglynx.proxy.stats.PoolCounters.Totals;

/** SHOW TOTALS: all databases together, a line for each counter. */
final class ShowTotals implements Report<ShowTotals.Item> {
  /** One line. */
  record Item(String name, long value) {}

  private static final Layout<Item> LAYOUT =
      Layout.<Item>empty().text("name", Item::name).number("value", Item::value);

  private final AdminView view;
  private final StatsWindow window;

  ShowTotals(AdminView view, StatsWindow window) {
    this.view = view;
    this.window = window;
  }

  @Override
  public Layout<Item> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<Item>> rows() {
    List<DatabaseStats> databases = DatabaseStats.all(view, window);
    List<Item> items = new ArrayList<>();
    totals(items, databases);
    averages(items, databases);
    return CompletableFuture.completedFuture(items);
  }

  private static void totals(List<Item> items, List<DatabaseStats> databases) {
    Totals sum = Totals.ZERO;
    for (DatabaseStats database : databases) {
      sum = sum.plus(database.totals());
    }
    items.add(new Item("total_server_assignment_count", sum.waits()));
    items.add(new Item("total_xact_count", sum.transactions()));
    items.add(new Item("total_query_count", sum.queries()));
    items.add(new Item("total_client_bytes", sum.clientBytes()));
    items.add(new Item("total_server_bytes", sum.serverBytes()));
    items.add(new Item("total_xact_time", Times.micros(sum.transactionNanos())));
    items.add(new Item("total_query_time", Times.micros(sum.queryNanos())));
    items.add(new Item("total_wait_time", Times.micros(sum.waitNanos())));
    items.add(new Item("total_ps_client_parse_count", sum.uses().clientParses()));
    items.add(new Item("total_ps_server_parse_count", sum.uses().serverParses()));
    items.add(new Item("total_ps_bind_count", sum.uses().binds()));
    items.add(new Item("total_client_login_count", sum.uses().logins()));
    items.add(new Item("total_errors", sum.errors()));
  }

  private static void averages(List<Item> items, List<DatabaseStats> databases) {
    Rates rates = Rates.sum(databases.stream().map(DatabaseStats::rates).toList());
    average(items, "server_assignment_count", rates, Totals::waits);
    average(items, "xact_count", rates, Totals::transactions);
    average(items, "query_count", rates, Totals::queries);
    average(items, "client_bytes", rates, Totals::clientBytes);
    average(items, "server_bytes", rates, Totals::serverBytes);
    items.add(
        new Item("avg_xact_time", rates.microsPer(Totals::transactionNanos, Totals::transactions)));
    items.add(new Item("avg_query_time", rates.microsPer(Totals::queryNanos, Totals::queries)));
    average(items, "wait_time", rates, totals -> Times.micros(totals.waitNanos()));
    average(items, "ps_client_parse_count", rates, totals -> totals.uses().clientParses());
    average(items, "ps_server_parse_count", rates, totals -> totals.uses().serverParses());
    average(items, "ps_bind_count", rates, totals -> totals.uses().binds());
    average(items, "client_login_count", rates, totals -> totals.uses().logins());
    average(items, "errors", rates, Totals::errors);
  }

  private static void average(
      List<Item> items, String name, Rates rates, ToLongFunction<Totals> counter) {
    items.add(new Item("avg_" + name, rates.perSecond(counter)));
  }
}
