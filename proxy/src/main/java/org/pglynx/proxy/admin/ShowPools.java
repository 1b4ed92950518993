package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * SHOW POOLS. As in PgBouncer, {@code cl_active} counts clients that are linked to a server or have
 * nothing to ask; pgcat's {@code cl_idle} tells the latter. A cancel request is passed on at once,
 * so none waits; {@code cl_active_cancel_req} and {@code sv_active_cancel} are those on their way,
 * {@code sv_being_canceled} servers that are kept back until they have arrived.
 */
final class ShowPools implements Report<PoolState> {
  static final Layout<PoolState> LAYOUT =
      Layout.<PoolState>empty()
          .text("database", PoolState::database)
          .text("user", PoolState::user)
          .number("cl_active", pool -> pool.clients().size() - pool.clients("waiting"))
          .number("cl_waiting", pool -> pool.clients("waiting"))
          .number("cl_active_cancel_req", pool -> pool.servers().cancels())
          .none("cl_waiting_cancel_req")
          .number("sv_active", pool -> pool.servers("active"))
          .number("sv_active_cancel", pool -> pool.servers().cancels())
          .number("sv_being_canceled", pool -> pool.servers("being_canceled"))
          .number("sv_idle", pool -> pool.servers("idle"))
          .number("sv_used", pool -> pool.servers("used"))
          .number("sv_tested", pool -> pool.servers("tested"))
          .number("sv_login", pool -> pool.servers().connecting())
          .number("maxwait", pool -> Times.seconds(pool.servers().oldestWaitNanos()))
          .number("maxwait_us", pool -> Times.microsOfSecond(pool.servers().oldestWaitNanos()))
          .text("pool_mode", pool -> pool.pool().user().poolMode().configName())
          .unknownText("load_balance_hosts")
          .number("cl_idle", pool -> pool.clients("idle"))
          .none("cl_cancel_req")
          .number("pool_size", pool -> pool.pool().user().poolSize())
          .number("cl_pinned", PoolState::pinned);

  private final AdminView view;

  ShowPools(AdminView view) {
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
