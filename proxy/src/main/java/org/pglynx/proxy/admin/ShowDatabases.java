package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ShardConfig;

/**
 * SHOW DATABASES, one row for each database and user as in pgcat: {@code force_user} is the user
 * that clients log in as, since sizes are set for each. {@code max_connections} is
 * max_db_connections, {@code max_client_connections} is max_db_client_connections (0 is no limit);
 * what is counted against them is counted for all users of the database. SHOW POOLS has the clients
 * by user.
 */
final class ShowDatabases implements Report<PoolState> {
  private final AdminView view;
  private final Layout<PoolState> layout;

  ShowDatabases(AdminView view) {
    this.view = view;
    this.layout = layout(view);
  }

  private static Layout<PoolState> layout(AdminView view) {
    return Layout.<PoolState>empty()
        .text("name", PoolState::database)
        .text("host", pool -> primary(pool).host())
        .number("port", pool -> primary(pool).port())
        .text("database", pool -> shard(pool).database())
        .text("force_user", PoolState::user)
        .number("pool_size", pool -> pool.pool().user().poolSize())
        .number("min_pool_size", pool -> pool.pool().user().minPoolSize())
        .number("reserve_pool_size", pool -> pool.supply().reserveSize())
        .number("server_lifetime", ShowDatabases::lifetimeSeconds)
        .text("pool_mode", pool -> pool.pool().user().poolMode().configName())
        .unknownText("load_balance_hosts")
        .number("max_connections", pool -> pool.supply().limits().database())
        .number("current_connections", PoolState::ofDatabase)
        .number("max_client_connections", pool -> pool.pool().database().maxClients())
        .number("current_client_connections", pool -> view.clientsOfDatabase(pool.database()))
        .none("paused")
        .none("disabled")
        .number("reserve_pool", pool -> pool.supply().reserveSize())
        .text("server_user", pool -> pool.pool().user().serverUsername());
  }

  private static ShardConfig shard(PoolState pool) {
    return pool.pool().database().shard();
  }

  private static ServerConfig primary(PoolState pool) {
    return shard(pool).primary();
  }

  private static long lifetimeSeconds(PoolState pool) {
    return TimeUnit.MILLISECONDS.toSeconds(pool.pool().user().timeouts().serverLifetimeMillis());
  }

  @Override
  public Layout<PoolState> layout() {
    return layout;
  }

  @Override
  public CompletionStage<List<PoolState>> rows() {
    return PoolState.all(view);
  }
}
