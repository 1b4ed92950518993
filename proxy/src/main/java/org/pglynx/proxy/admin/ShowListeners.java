package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW LISTENERS. */
final class ShowListeners implements Report<ListenerRow> {
  private static final Layout<ListenerRow> LAYOUT =
      Layout.<ListenerRow>empty()
          .text("type", ListenerRow::type)
          .text("address", ListenerRow::address)
          .number("port", ListenerRow::port)
          .text("tls", ListenerRow::tls)
          .text("target_session_attrs", ListenerRow::target);

  private final AdminView view;

  ShowListeners(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<ListenerRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<ListenerRow>> rows() {
    return CompletableFuture.completedFuture(view.listeners());
  }
}
