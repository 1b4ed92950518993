package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW MIRRORS: what mirrors have got, and missed. */
final class ShowMirrors implements Report<MirrorRow> {
  private static final Layout<MirrorRow> LAYOUT =
      Layout.<MirrorRow>empty()
          .text("database", MirrorRow::database)
          .text("user", MirrorRow::user)
          .text("host", MirrorRow::host)
          .number("port", MirrorRow::port)
          .text("mirrors", MirrorRow::of)
          .number("begun", MirrorRow::begun)
          .number("done", MirrorRow::done)
          .number("dropped", MirrorRow::dropped)
          .number("waiting_bytes", MirrorRow::waitingBytes);

  private final AdminView view;

  ShowMirrors(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<MirrorRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<MirrorRow>> rows() {
    return CompletableFuture.completedFuture(view.mirrors());
  }
}
