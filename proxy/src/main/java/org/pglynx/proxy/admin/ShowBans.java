package org.pglynx.proxy.admin;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * SHOW BANS with pgcat's columns, and the answers of BAN and UNBAN. A ban holds for all users.
 *
 * <p>{@code ban_remaining_seconds} 0 is a ban that ends with the next probe that is answered.
 */
final class ShowBans implements Report<HostRow> {
  private final AdminView view;
  private final Layout<HostRow> layout;

  ShowBans(AdminView view, Clock clock) {
    this.view = view;
    this.layout =
        servers()
            .text("reason", row -> ban(row).reason())
            .text("ban_time", row -> Times.ago(clock, ban(row).ageNanos()))
            .number(
                "ban_duration_seconds",
                row -> Times.seconds(ban(row).ageNanos() + ban(row).leftNanos()))
            .number("ban_remaining_seconds", row -> Times.seconds(ban(row).leftNanos()))
            .number("port", row -> row.server().port())
            .text("why", row -> ban(row).why());
  }

  /** Which server it is. */
  static Layout<HostRow> servers() {
    return Layout.<HostRow>empty()
        .text("db", HostRow::database)
        .text("user", row -> "*")
        .text("role", HostRow::role)
        .text("host", row -> row.server().host());
  }

  private static HostRow.Ban ban(HostRow row) {
    return Objects.requireNonNull(row.ban());
  }

  @Override
  public Layout<HostRow> layout() {
    return layout;
  }

  @Override
  public CompletionStage<List<HostRow>> rows() {
    return view.hosts().thenApply(rows -> rows.stream().filter(row -> row.ban() != null).toList());
  }
}
