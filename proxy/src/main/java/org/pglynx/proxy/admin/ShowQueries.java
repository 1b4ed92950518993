package org.pglynx.proxy.admin;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.session.RunningView;

/**
 * SHOW QUERIES: what sessions are at, the oldest transaction first. Texts have question marks for
 * values; they are NULL where {@code track_queries} is off.
 */
final class ShowQueries implements Report<RunningView> {
  private static final Layout<RunningView> LAYOUT =
      Layout.<RunningView>empty()
          .number("id", RunningView::id)
          .text("database", RunningView::database)
          .text("user", RunningView::user)
          .text("application_name", RunningView::applicationName)
          .text("addr", row -> Address.of(row.address()).host())
          .number("port", row -> Address.of(row.address()).port())
          .text("state", RunningView::state)
          .number("query_us", row -> Times.micros(row.statementNanos()))
          .number("xact_us", row -> Times.micros(row.transactionNanos()))
          .number("wait_us", row -> Times.micros(row.waitNanos()))
          .text("server", row -> row.serverPid() == 0 ? null : row.server())
          .knownNumber("server_pid", row -> row.serverPid() == 0 ? null : (long) row.serverPid())
          .text("query", ShowQueries::query);

  private final AdminView view;

  ShowQueries(AdminView view) {
    this.view = view;
  }

  private static @Nullable String query(RunningView row) {
    RunningView.Text text = row.text();
    return text == null ? null : text.shown();
  }

  @Override
  public Layout<RunningView> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<RunningView>> rows() {
    Comparator<RunningView> oldest =
        Comparator.comparingLong(row -> Math.max(row.transactionNanos(), row.statementNanos()));
    return view.running().thenApply(rows -> rows.stream().sorted(oldest.reversed()).toList());
  }
}
