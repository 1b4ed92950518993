package org.pglynx.proxy.admin;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.pool.PoolSnapshot.ServerView;
import org.pglynx.proxy.session.ClientView;

/** SHOW SERVERS. The time of a request is known while a client has the connection. */
final class ShowServers implements Report<ShowServers.Row> {
  /**
   * A connection.
   *
   * @param pool that it belongs to
   * @param server what it is at
   * @param client who has it; null if nobody does
   * @param drains whether its server takes no more work, or the connection at least is to end
   */
  record Row(PoolState pool, ServerView server, @Nullable ClientView client, boolean drains) {}

  private final AdminView view;
  private final Layout<Row> layout;

  ShowServers(AdminView view, Clock clock) {
    this.view = view;
    this.layout = further(pgbouncer(clock));
  }

  private static Layout<Row> pgbouncer(Clock clock) {
    return Layout.<Row>empty()
        .text("type", row -> "S")
        .text("user", row -> row.pool().user())
        .text("database", row -> row.pool().database())
        .text("replication", row -> row.server().replication())
        .text("state", row -> row.server().state())
        .text("addr", row -> row.server().host())
        .number("port", row -> row.server().port())
        .text("local_addr", row -> Address.of(row.server().socket().local()).host())
        .number("local_port", row -> Address.of(row.server().socket().local()).port())
        .text("connect_time", row -> Times.ago(clock, row.server().ageNanos()))
        .text("request_time", row -> requestTime(row.client(), clock))
        .none("wait")
        .none("wait_us")
        .number("close_needed", row -> row.server().retires() ? 1 : 0)
        .text("ptr", row -> row.server().socket().ptr())
        .text("link", row -> row.client() == null ? "" : row.client().socket().ptr())
        .number("remote_pid", row -> row.server().pid())
        .text("tls", row -> row.server().tls())
        .text("application_name", row -> row.server().applicationName())
        .number("prepared_statements", row -> row.server().prepared())
        .number("id", row -> row.server().pid());
  }

  /** pgcat's that are not PgBouncer's under another name, and ours. */
  private static Layout<Row> further(Layout<Row> layout) {
    return layout
        .text("server_id", row -> String.format("0x%08X", row.server().pid()))
        .text("database_name", row -> row.server().database())
        .text("address_id", row -> row.server().host() + ":" + row.server().port())
        .number("age_seconds", row -> Times.seconds(row.server().ageNanos()))
        .number("transaction_count", row -> row.server().work().transactions())
        .number("query_count", row -> row.server().work().statements())
        .number("bytes_sent", row -> row.server().work().sent())
        .number("bytes_received", row -> row.server().work().received())
        .number("prepare_cache_hit", row -> row.server().work().prepared().hits())
        .number("prepare_cache_miss", row -> row.server().work().prepared().misses())
        .number("prepare_cache_eviction", row -> row.server().work().prepared().evictions())
        .number("prepare_cache_size", row -> row.server().prepared())
        .number("assignment_count", row -> row.server().attachments())
        .number("draining", row -> row.drains() ? 1 : 0);
  }

  @Override
  public Layout<Row> layout() {
    return layout;
  }

  @Override
  public CompletionStage<List<Row>> rows() {
    return PoolState.all(view)
        .thenCombine(
            view.hosts(),
            (pools, hosts) -> {
              Links links = new Links(view.clients());
              return pools.stream().flatMap(pool -> rowsOf(pool, links, hosts)).toList();
            });
  }

  private static Stream<Row> rowsOf(PoolState pool, Links links, List<HostRow> hosts) {
    return pool.servers().servers().stream()
        .map(server -> new Row(pool, server, links.clientOf(server), drains(pool, server, hosts)));
  }

  /** When the client last sent a statement; null if it has sent none, or there is none. */
  static @Nullable String requestTime(@Nullable ClientView client, Clock clock) {
    return client == null || client.requestNanos() < 0
        ? null
        : Times.ago(clock, client.requestNanos());
  }

  private static boolean drains(PoolState pool, ServerView server, List<HostRow> hosts) {
    return server.retires()
        || hosts.stream()
            .anyMatch(host -> host.drains(pool.database(), server.host(), server.port()));
  }
}
