package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * SHOW USERS, one row for each database and user: sizes are set for each. What is counted against
 * {@code max_user_connections} and {@code max_user_client_connections} (0 is no limit) is counted
 * for the user in all databases.
 */
final class ShowUsers implements Report<PoolState> {
  private final AdminView view;
  private final Layout<PoolState> layout;

  ShowUsers(AdminView view) {
    this.view = view;
    this.layout = layout(view);
  }

  private static Layout<PoolState> layout(AdminView view) {
    return Layout.<PoolState>empty()
        .text("name", PoolState::user)
        .text("pool_size", pool -> Integer.toString(pool.pool().user().poolSize()))
        .text("reserve_pool_size", pool -> Integer.toString(pool.supply().reserveSize()))
        .text("pool_mode", pool -> pool.pool().user().poolMode().configName())
        .number("max_user_connections", pool -> pool.supply().limits().user())
        .number("current_connections", PoolState::ofUser)
        .number("max_user_client_connections", pool -> pool.pool().user().maxClients())
        .number("current_client_connections", pool -> view.clientsOfUser(pool.user()))
        .text("database", PoolState::database);
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
