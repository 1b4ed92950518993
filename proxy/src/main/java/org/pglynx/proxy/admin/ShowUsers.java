package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * SHOW USERS, one row for each database and user: sizes are set for each. {@code
 * max_user_connections} (0 is no limit) is what the {@code current_connections} of the user in all
 * databases count against.
 */
final class ShowUsers implements Report<PoolState> {
  private static final Layout<PoolState> LAYOUT =
      Layout.<PoolState>empty()
          .text("name", PoolState::user)
          .text("pool_size", pool -> Integer.toString(pool.pool().user().poolSize()))
          .text("reserve_pool_size", pool -> Integer.toString(pool.supply().reserveSize()))
          .text("pool_mode", pool -> pool.pool().user().poolMode().configName())
          .number("max_user_connections", pool -> pool.supply().limits().user())
          .number("current_connections", PoolState::ofUser)
          .none("max_user_client_connections")
          .number("current_client_connections", pool -> pool.clients().size())
          .text("database", PoolState::database);

  private final AdminView view;

  ShowUsers(AdminView view) {
    this.view = view;
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
