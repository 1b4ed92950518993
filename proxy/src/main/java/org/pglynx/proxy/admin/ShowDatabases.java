package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.UserConfig;

/**
 * SHOW DATABASES, one row for each database, user and server as in pgcat: {@code force_user} is the
 * user that clients log in as, since sizes are set for each. {@code max_connections} is
 * max_db_connections, {@code max_client_connections} is max_db_client_connections (0 is no limit);
 * what is counted against them is counted for all users of the database. SHOW POOLS has the clients
 * by user. {@code disabled} says that the server is banned, or drained.
 */
final class ShowDatabases implements Report<ShowDatabases.Row> {
  /** A server as a user of a database has it. */
  record Row(PoolState pool, ServerConfig server, boolean banned) {}

  private final AdminView view;
  private final Layout<Row> layout;

  ShowDatabases(AdminView view) {
    this.view = view;
    this.layout = layout(view);
  }

  private static Layout<Row> layout(AdminView view) {
    return Layout.<Row>empty()
        .text("name", row -> row.pool().database())
        .text("host", row -> row.server().host())
        .number("port", row -> row.server().port())
        .text("database", row -> row.pool().pool().database().shard().database())
        .text("force_user", row -> row.pool().user())
        .number("pool_size", row -> user(row).poolSize())
        .number("min_pool_size", row -> user(row).minPoolSize())
        .number("reserve_pool_size", row -> row.pool().supply().reserveSize())
        .number("server_lifetime", ShowDatabases::lifetimeSeconds)
        .text("pool_mode", row -> user(row).poolMode().configName())
        .text("load_balance_hosts", ShowDatabases::balancing)
        .number("max_connections", row -> row.pool().supply().limits().database())
        .number("current_connections", row -> row.pool().ofDatabase())
        .number("max_client_connections", row -> row.pool().pool().database().maxClients())
        .number("current_client_connections", row -> view.clientsOfDatabase(row.pool().database()))
        .number("paused", row -> row.pool().pool().paused() ? 1 : 0)
        .number("disabled", row -> row.banned() || row.pool().pool().disabled() ? 1 : 0)
        .number("reserve_pool", row -> row.pool().supply().reserveSize())
        .text("server_user", row -> user(row).serverUsername());
  }

  private static UserConfig user(Row row) {
    return row.pool().pool().user();
  }

  private static @Nullable String balancing(Row row) {
    PoolConfig pool = row.pool().pool().database();
    return pool.shard().single() ? null : pool.balancing().mode().configName();
  }

  private static long lifetimeSeconds(Row row) {
    return TimeUnit.MILLISECONDS.toSeconds(user(row).timeouts().serverLifetimeMillis());
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
            (pools, hosts) -> pools.stream().flatMap(pool -> rowsOf(pool, hosts)).toList());
  }

  private static Stream<Row> rowsOf(PoolState pool, List<HostRow> hosts) {
    return pool.pool().database().shard().servers().stream()
        .map(server -> new Row(pool, server, banned(pool, server, hosts)));
  }

  private static boolean banned(PoolState pool, ServerConfig server, List<HostRow> hosts) {
    return hosts.stream()
        .anyMatch(host ->
            (host.ban() != null || host.state().equals("draining"))
                && host.database().equals(pool.database())
                && host.server().equals(server));
  }
}
