package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW ROUTING: where statements went, and how often their texts were known. */
final class ShowRouting implements Report<RoutingRow> {
  private static final Layout<RoutingRow> LAYOUT =
      Layout.<RoutingRow>empty()
          .text("database", RoutingRow::database)
          .text("server_role", RoutingRow::role)
          .number("replica", RoutingRow::replica)
          .number("primary", RoutingRow::primary)
          .number("retried", RoutingRow::retried)
          .number("plans", RoutingRow::plans)
          .number("plan_hits", RoutingRow::planHits)
          .number("plan_misses", RoutingRow::planMisses)
          .number("hit_percent", RoutingRow::hitPercent)
          .number("parse_failures_total", RoutingRow::parseFailures)
          .number("functions", RoutingRow::functions)
          .number("suspects", RoutingRow::suspects);

  private final AdminView view;

  ShowRouting(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<RoutingRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<RoutingRow>> rows() {
    return CompletableFuture.completedFuture(view.routing());
  }
}
