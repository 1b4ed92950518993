package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * SHOW LISTS. In PgBouncer {@code free_} counts memory kept for later ones; pglynx keeps none for
 * clients, and a free server here is an idle one, as in pgcat.
 */
final class ShowLists implements Report<ShowLists.Item> {
  /** One line. */
  record Item(String list, long items) {}

  private static final Layout<Item> LAYOUT =
      Layout.<Item>empty().text("list", Item::list).number("items", Item::items);

  private final AdminView view;

  ShowLists(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<Item> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<Item>> rows() {
    return PoolState.all(view).thenApply(this::items);
  }

  private List<Item> items(List<PoolState> pools) {
    long idle = pools.stream().mapToLong(pool -> pool.servers("idle") + pool.servers("used")).sum();
    ToldRow told = view.told();
    long servers = pools.stream().mapToLong(PoolState::connections).sum();
    return List.of(
        new Item("databases", pools.stream().map(PoolState::database).distinct().count()),
        new Item("users", pools.stream().map(PoolState::user).distinct().count()),
        new Item("peers", view.peers().size()),
        new Item("pools", pools.size()),
        new Item("peer_pools", Math.max(0, view.peers().size() - 1)),
        new Item("free_clients", 0),
        new Item("used_clients", view.clients().size()),
        new Item("login_clients", view.loginClients()),
        new Item("free_servers", idle),
        new Item("used_servers", servers - idle),
        new Item("dns_names", 0),
        new Item("dns_zones", 0),
        new Item("dns_queries", 0),
        new Item("dns_pending", 0),
        new Item("models", view.models().size()),
        new Item("login_bytes", view.loginBytes()),
        new Item("dropped_log_lines", told.droppedLines()),
        new Item("trace_spans", told.spans()),
        new Item("failed_trace_spans", told.failedSpans()),
        new Item("dropped_trace_spans", told.droppedSpans()));
  }
}
