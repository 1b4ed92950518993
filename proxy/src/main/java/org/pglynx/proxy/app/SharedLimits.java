package org.pglynx.proxy.app;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerLimitConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.pool.ConnectionLimit;

/**
 * The limits that pools share, by whom they hold for. Every pool has them, so that a limit can be
 * set later; one that no pool and no connection counts against any more is forgotten, so that pools
 * made on demand leave nothing behind. Pools are made at the same time: what has been asked for is
 * kept until the pool is there.
 */
final class SharedLimits {
  private final Map<String, ConnectionLimit> limits = new HashMap<>();
  private final Map<String, Integer> wanted = new HashMap<>();

  /** Those that hold for a user's connections to a server of a pool. */
  synchronized List<ConnectionLimit> of(PoolConfig pool, UserConfig user, ServerConfig server) {
    limits.values().removeIf(ConnectionLimit::unused);
    want(pool, user);
    List<ConnectionLimit> found =
        List.of(limit(ofDatabase(pool)), limit(ofUser(user)), limit(ofServer(server)));
    found.forEach(this::set);
    found.forEach(ConnectionLimit::promise);
    return found;
  }

  /** Another configuration: all limits are what it says, those of pools that follow included. */
  synchronized void become(ProxyConfig config, List<ServerPool> onDemand) {
    Map<String, Integer> former = Map.copyOf(wanted);
    wanted.clear();
    config
        .pools()
        .values()
        .forEach(pool -> pool.users().values().forEach(user -> want(pool, user)));
    onDemand.forEach(pool -> want(pool.database(), pool.user()));
    // Of those that are made in this moment nobody else knows.
    limits.values().stream()
        .filter(ConnectionLimit::promised)
        .forEach(limit -> want(limit.name(), former.getOrDefault(limit.name(), 0)));
    limits.values().forEach(this::set);
  }

  /** A user may be named in one pool and be one of any users in another: the smaller one holds. */
  private void want(PoolConfig pool, UserConfig user) {
    ServerLimitConfig config = user.supply().limits();
    want(ofDatabase(pool), config.database());
    want(ofUser(user), config.user());
    pool.shards().values().stream()
        .flatMap(shard -> shard.servers().stream())
        .forEach(server -> want(ofServer(server), config.server()));
  }

  private void want(String name, int max) {
    if (max > 0) {
      wanted.merge(name, max, Math::min);
    }
  }

  private ConnectionLimit limit(String name) {
    return limits.computeIfAbsent(
        name, fresh -> new ConnectionLimit(fresh, ConnectionLimit.UNBOUNDED));
  }

  private void set(ConnectionLimit limit) {
    limit.max(wanted.getOrDefault(limit.name(), ConnectionLimit.UNBOUNDED));
  }

  private static String ofDatabase(PoolConfig pool) {
    return "max_db_connections of " + pool.name();
  }

  private static String ofUser(UserConfig user) {
    return "max_user_connections of " + user.username();
  }

  private static String ofServer(ServerConfig server) {
    return "max_server_connections of " + server;
  }
}
