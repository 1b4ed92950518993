package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.sql.ShownText;

/**
 * SHOW PREPARED: the texts of statements, with question marks for values that clients put in them.
 */
final class ShowPrepared implements Report<PreparedRow> {
  private static final Layout<PreparedRow> LAYOUT =
      Layout.<PreparedRow>empty()
          .text("database", PreparedRow::database)
          .text("user", PreparedRow::user)
          .text("name", PreparedRow::name)
          .text("query", row -> ShownText.of(row.query()));

  private final AdminView view;

  ShowPrepared(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<PreparedRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<PreparedRow>> rows() {
    return CompletableFuture.completedFuture(view.prepared());
  }
}
