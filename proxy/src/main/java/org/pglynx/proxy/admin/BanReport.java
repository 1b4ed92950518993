package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** BAN, UNBAN, DRAIN or UNDRAIN: does it, and tells which servers it has concerned. */
record BanReport(Supplier<CompletionStage<List<HostRow>>> act) implements Report<HostRow> {
  private static final Layout<HostRow> LAYOUT =
      ShowBans.servers().number("port", row -> row.server().port());

  @Override
  public Layout<HostRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<HostRow>> rows() {
    return act.get();
  }
}
