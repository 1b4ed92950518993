package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.cluster.Cluster;
import org.pglynx.proxy.config.BalancingConfig;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ServerConfig;

/**
 * Watches the servers of databases that have several. All users of a database see them in the same
 * state, and so do all databases that {@code [pools."*"]} makes.
 */
final class Clusters {
  /** What tells them apart. */
  private record Key(List<ServerConfig> servers, BalancingConfig config, String database) {}

  private final Connector connector;
  private final List<EventLoop> loops;
  private final Map<Key, Cluster> clusters = new LinkedHashMap<>();

  Clusters(Connector connector, List<EventLoop> loops) {
    this.connector = connector;
    this.loops = loops;
  }

  /**
   * The servers of the pool.
   *
   * @param configured the pool's name in the configuration
   */
  synchronized Cluster of(PoolConfig pool, String configured) {
    Key key = new Key(pool.shard().servers(), pool.balancing(), configured);
    Cluster present = clusters.get(key);
    if (present != null) {
      return present;
    }
    Cluster made =
        new Cluster(
            key.database(),
            key.servers(),
            key.config(),
            connector,
            loops.get(clusters.size() % loops.size()));
    clusters.forEach((other, earlier) -> {
      if (other.database().equals(configured)) {
        made.orders().inherit(earlier.orders());
      }
    });
    clusters.put(key, made);
    return made;
  }

  /** Those of others are watched no more. */
  synchronized void keep(Collection<Cluster> used) {
    for (Map.Entry<Key, Cluster> entry : List.copyOf(clusters.entrySet())) {
      if (!used.contains(entry.getValue())) {
        clusters.remove(entry.getKey());
        entry.getValue().close();
      }
    }
  }

  /** All of them. */
  synchronized List<Cluster> all() {
    return new ArrayList<>(clusters.values());
  }

  synchronized void close() {
    clusters.values().forEach(Cluster::close);
  }
}
