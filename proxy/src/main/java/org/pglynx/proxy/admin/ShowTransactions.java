package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW TRANSACTIONS: those over several shards that have not ended on all of them. */
final class ShowTransactions implements Report<TransactionRow> {
  private static final Layout<TransactionRow> LAYOUT =
      Layout.<TransactionRow>empty()
          .text("name", TransactionRow::name)
          .text("database", TransactionRow::database)
          .text("user", TransactionRow::user)
          .text("state", TransactionRow::state)
          .text("shards", TransactionRow::shards)
          .number("seconds", TransactionRow::seconds);

  private final AdminView view;

  ShowTransactions(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<TransactionRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<TransactionRow>> rows() {
    return CompletableFuture.completedFuture(view.transactions());
  }
}
