package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW PEERS: the proxies behind the same address, this one included. */
final class ShowPeers implements Report<PeerRow> {
  private static final Layout<PeerRow> LAYOUT =
      Layout.<PeerRow>empty()
          .number("peer_id", row -> row.peer().id())
          .text("host", row -> row.peer().host())
          .number("port", row -> row.peer().port())
          .number("pool_size", row -> row.peer().poolSize());

  private final AdminView view;

  ShowPeers(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<PeerRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<PeerRow>> rows() {
    return CompletableFuture.completedFuture(view.peers());
  }
}
