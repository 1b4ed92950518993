package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.stats.ServerWork;

/**
 * SHOW SHARDS: each server of each shard, as each database and user uses it. {@code cl_waiting} are
 * those that wait for this very server; who may use several waits for the first that has room.
 */
final class ShowShards implements Report<ShowShards.Row> {
  /** A pool and one of its servers. */
  record Row(PoolState pool, PoolState.Server each) {
    PoolSnapshot connections() {
      return each.snapshot();
    }

    ServerWork work() {
      return each.snapshot().work();
    }
  }

  private static final Layout<Row> LAYOUT =
      Layout.<Row>empty()
          .text("database", row -> row.pool().database())
          .text("user", row -> row.pool().user())
          .number("shard", row -> row.each().state().shard())
          .text("server_database", row -> row.each().state().database())
          .text("server", row -> row.each().state().server().toString())
          .text("role", row -> row.each().state().server().kind().configName())
          .number("banned", row -> row.each().banned() ? 1 : 0)
          .number("pool_size", row -> row.pool().pool().user().poolSize())
          .number("sv_active", row -> row.connections().count("active"))
          .number("sv_idle", row -> row.connections().count("idle"))
          .number("sv_used", row -> row.connections().count("used"))
          .number("sv_tested", row -> row.connections().count("tested"))
          .number("sv_login", row -> row.connections().connecting())
          .number("cl_waiting", row -> row.connections().waiting())
          .number("maxwait_us", row -> Times.micros(row.connections().oldestWaitNanos()))
          .number("transaction_count", row -> row.work().transactions())
          .number("query_count", row -> row.work().statements())
          .number("bytes_sent", row -> row.work().sent())
          .number("bytes_received", row -> row.work().received());

  private final AdminView view;

  ShowShards(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<Row> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<Row>> rows() {
    return PoolState.withServers(view)
        .thenApply(pools -> pools.stream().flatMap(ShowShards::rowsOf).toList());
  }

  private static Stream<Row> rowsOf(PoolState pool) {
    return pool.each().stream().map(each -> new Row(pool, each));
  }
}
