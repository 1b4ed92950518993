package org.pglynx.proxy.admin;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.session.SlowRow;

/**
 * SHOW SLOW: the kinds of statements that took {@code slow_query_ms} or longer, the one first that
 * took the most time. Times in microseconds, of the slow ones only.
 */
final class ShowSlow implements Report<SlowRow> {
  private static final Layout<SlowRow> LAYOUT = layoutOf();

  private final AdminView view;

  ShowSlow(AdminView view) {
    this.view = view;
  }

  private static Layout<SlowRow> layoutOf() {
    Layout<SlowRow> layout =
        Layout.<SlowRow>empty()
            .text("fingerprint", SlowRow::fingerprint)
            .text("database", SlowRow::database)
            .text("user", SlowRow::user)
            .number("count", SlowRow::count)
            .number("total_us", row -> Times.micros(row.totalNanos()));
    return Percentiles.columns(layout, "", SlowRow::times)
        .number("max_us", row -> Times.micros(row.maxNanos()))
        .text("last_seen", row -> Times.utc(Instant.ofEpochMilli(row.lastMillis())))
        .text("query", SlowRow::text);
  }

  @Override
  public Layout<SlowRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<SlowRow>> rows() {
    return CompletableFuture.completedFuture(view.slow());
  }
}
