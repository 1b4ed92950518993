package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW MEM, with PgBouncer's columns: here of the heap and of buffers, each one piece. */
final class ShowMem implements Report<MemoryRow> {
  private static final Layout<MemoryRow> LAYOUT =
      Layout.<MemoryRow>empty()
          .text("name", MemoryRow::name)
          .number("size", row -> 1)
          .number("used", MemoryRow::used)
          .number("free", row -> row.taken() - row.used())
          .number("memtotal", MemoryRow::taken)
          .number("most", MemoryRow::most);

  private final AdminView view;

  ShowMem(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<MemoryRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<MemoryRow>> rows() {
    return CompletableFuture.completedFuture(view.memory());
  }
}
