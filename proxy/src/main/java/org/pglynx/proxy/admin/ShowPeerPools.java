package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * SHOW PEER_POOLS: cancel requests on their way to the other proxies. Each under way has one
 * connection, which is its own until the other proxy closes it.
 */
final class ShowPeerPools implements Report<PeerRow> {
  private static final Layout<PeerRow> LAYOUT =
      Layout.<PeerRow>empty()
          .number("peer_id", row -> row.peer().id())
          .number("cl_active_cancel_req", PeerRow::underWay)
          .number("cl_waiting_cancel_req", PeerRow::waiting)
          .number("sv_active_cancel", PeerRow::underWay)
          .none("sv_login");

  private final AdminView view;

  ShowPeerPools(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<PeerRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<PeerRow>> rows() {
    int own = view.config().peers().own();
    return CompletableFuture.completedFuture(
        view.peers().stream().filter(row -> row.peer().id() != own).toList());
  }
}
