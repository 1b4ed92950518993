package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ShardConfig;

/**
 * SHOW DATABASES, one row for each database and user as in pgcat: {@code force_user} is the user
 * that clients log in as, since sizes are set for each. {@code max_connections} is
 * max_db_connections (0 is no limit), which the {@code current_connections} of all users count
 * against.
 */
final class ShowDatabases implements Report<PoolState> {
  private static final Layout<PoolState> LAYOUT =
      Layout.<PoolState>empty()
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
          .none("max_client_connections")
          .number("current_client_connections", pool -> pool.clients().size())
          .none("paused")
          .none("disabled")
          .number("reserve_pool", pool -> pool.supply().reserveSize())
          .text("server_user", pool -> pool.pool().user().serverUsername());

  private final AdminView view;

  ShowDatabases(AdminView view) {
    this.view = view;
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
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<PoolState>> rows() {
    return PoolState.all(view);
  }
}
