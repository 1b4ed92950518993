package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** SHOW REPLICATION: the servers of each database that has several, and how they fare. */
final class ShowReplication implements Report<HostRow> {
  private static final Layout<HostRow> LAYOUT =
      Layout.<HostRow>empty()
          .text("database", HostRow::database)
          .text("host", row -> row.server().host())
          .number("port", row -> row.server().port())
          .text("configured_role", row -> row.server().kind().configName())
          .text("role", HostRow::role)
          .text("state", HostRow::state)
          .text("lsn", HostRow::lsn)
          .number("timeline", HostRow::timeline)
          .number("lag_bytes", HostRow::lagBytes)
          .number("lag_ms", row -> TimeUnit.NANOSECONDS.toMillis(row.lagNanos()))
          .number("assignment_count", HostRow::given)
          .number("weight", row -> row.server().weight())
          .text("zone", row -> row.server().zone());

  private final AdminView view;

  ShowReplication(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<HostRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<HostRow>> rows() {
    return view.hosts();
  }
}
