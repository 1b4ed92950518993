package org.pglynx.proxy.app;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.RoutingConfig;
import org.pglynx.proxy.route.ActivityPolicy;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.route.RoutingPolicy;

/**
 * The routers of databases with several servers: the pools of a database's users share one, which
 * is forgotten with the last of them. Safe for many threads.
 */
final class Routers {
  private record Key(String database, RoutingPolicy policy) {}

  /** A pool's share in a router. */
  final class Share {
    private final Key key;
    private final Router router;
    private int pools;

    private Share(Key key) {
      this.key = key;
      this.router = new Router(key.policy());
    }

    Router router() {
      return router;
    }

    /** The pool is closed. */
    void end() {
      Routers.this.end(this);
    }
  }

  private final Map<Key, Share> shares = new HashMap<>();

  /** One more pool of the database wants to know where statements go. */
  synchronized Share of(PoolConfig pool) {
    Share share = shares.computeIfAbsent(new Key(pool.name(), policy(pool)), Share::new);
    share.pools++;
    return share;
  }

  private synchronized void end(Share share) {
    if (--share.pools == 0) {
      shares.remove(share.key, share);
    }
  }

  /** How many there are. */
  synchronized int size() {
    return shares.size();
  }

  private static ActivityPolicy activity(RoutingConfig.Activity configured) {
    return new ActivityPolicy(
        TimeUnit.MILLISECONDS.toNanos(configured.delayMillis()),
        TimeUnit.SECONDS.toNanos(configured.idleSeconds()),
        TimeUnit.MILLISECONDS.toNanos(configured.writeMillis()));
  }

  /** How the statements of a pool are routed. */
  static RoutingPolicy policy(PoolConfig pool) {
    RoleSetting usual =
        switch (pool.balancing().defaultRole()) {
          case ANY -> RoleSetting.ANY;
          case PRIMARY -> RoleSetting.PRIMARY;
          case REPLICA -> RoleSetting.REPLICA;
        };
    return new RoutingPolicy(
        pool.routing().splitting() ? RoleSetting.AUTO : usual,
        pool.routing().primaryReads(),
        pool.routing().maxLength(),
        pool.routing().activity().map(Routers::activity).orElse(null));
  }
}
