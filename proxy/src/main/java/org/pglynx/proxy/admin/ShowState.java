package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW STATE: PgBouncer's three keys, and ours. */
final class ShowState implements Report<ShowState.Item> {
  /** One line. */
  record Item(String key, boolean value) {}

  private static final Layout<Item> LAYOUT =
      Layout.<Item>empty()
          .text("key", Item::key)
          .text("value", item -> item.value() ? "yes" : "no");

  private final AdminView view;

  ShowState(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<Item> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<Item>> rows() {
    StateRow state = view.state();
    return CompletableFuture.completedFuture(
        List.of(
            new Item("active", !state.paused() && !state.stopping()),
            new Item("paused", state.paused()),
            new Item("suspended", false),
            new Item("maintenance", state.maintenance()),
            new Item("stopping", state.stopping())));
  }
}
