package org.pglynx.proxy.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerLimitConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.pool.ConnectionLimit;

/**
 * The limits that pools share, by whom they hold for. One that no pool and no connection counts
 * against any more is forgotten, so that pools made on demand leave nothing behind. Used by one
 * thread at a time, and a pool is made of the answer before the next question.
 */
final class SharedLimits {
  private final Map<String, ConnectionLimit> limits = new HashMap<>();

  /** Those that hold for a user's connections to a server of a pool. */
  synchronized List<ConnectionLimit> of(PoolConfig pool, UserConfig user, ServerConfig server) {
    limits.values().removeIf(ConnectionLimit::unused);
    ServerLimitConfig config = user.supply().limits();
    List<ConnectionLimit> found = new ArrayList<>();
    add(found, "max_db_connections of " + pool.name(), config.database());
    add(found, "max_user_connections of " + user.username(), config.user());
    add(found, "max_server_connections of " + server, config.server());
    return found;
  }

  private void add(List<ConnectionLimit> found, String name, int max) {
    if (max > 0) {
      ConnectionLimit limit =
          limits.computeIfAbsent(name, fresh -> new ConnectionLimit(fresh, max));
      // A user may be named in one pool and be one of any users in another.
      limit.max(Math.min(max, limit.max()));
      found.add(limit);
    }
  }
}
