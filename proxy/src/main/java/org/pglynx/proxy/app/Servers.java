package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.cluster.Cluster;
import org.pglynx.proxy.cluster.ClusterPool;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.Doorway;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.pool.ReplicationPool;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.shard.ShardedDatabase;
import org.pglynx.proxy.stats.PoolCounters;

/** The connections of one user to the server, or the servers, of a database. */
sealed interface Servers {
  /** Who gives connections to the sessions of the loop, one for each shard. */
  List<UpstreamProvider> providers(EventLoop loop);

  /** Who opens connections for replication on the loop; null if nothing can be replicated. */
  ServerPipe.@Nullable Provider pipes(EventLoop loop);

  /** Who listens for the sessions; null if nobody can. */
  @Nullable NotificationHub hub();

  /** Knows where statements go, of several shards; null of one. */
  @Nullable ShardedDatabase sharding();

  /** The pool of each server. */
  List<ConnectionPool> pools();

  /** All server connections at about the same moment. */
  CompletionStage<PoolSnapshot> snapshot();

  /** What gets the same statements. */
  List<MirrorPool> mirrors();

  /** What the pools themselves have counted. */
  PoolCounters.Totals totals();

  /** The watched servers, where there are several. */
  List<Cluster> clusters();

  /** Other numbers from now on. */
  void apply(PoolSettings settings);

  /** Others take their place; who waits on the loop waits on behind its doors. On the loop. */
  void retireOn(EventLoop loop, List<Doorway> doors);

  /** Others have taken their place. */
  void retired(Servers successor);

  /** Closes all idle connections, and used ones when they come back. */
  void close();

  /** A primary alone. */
  record One(ConnectionPool connections, ReplicationPool replication, List<MirrorPool> mirrors)
      implements Servers {
    @Override
    public List<UpstreamProvider> providers(EventLoop loop) {
      return List.of(connections.on(loop));
    }

    @Override
    public ServerPipe.Provider pipes(EventLoop loop) {
      return replication.on(loop);
    }

    @Override
    public NotificationHub hub() {
      return connections.hub();
    }

    @Override
    public @Nullable ShardedDatabase sharding() {
      return null;
    }

    @Override
    public List<ConnectionPool> pools() {
      return List.of(connections);
    }

    @Override
    public CompletionStage<PoolSnapshot> snapshot() {
      return connections.snapshot().thenApply(pooled -> pooled.plus(replication.snapshot()));
    }

    @Override
    public PoolCounters.Totals totals() {
      return connections.totals();
    }

    @Override
    public List<Cluster> clusters() {
      return List.of();
    }

    @Override
    public void apply(PoolSettings settings) {
      connections.apply(settings);
      mirrors.forEach(mirror -> mirror.apply(settings));
    }

    @Override
    public void retireOn(EventLoop loop, List<Doorway> doors) {
      connections.retireOn(loop, doors.getFirst());
    }

    @Override
    public void retired(Servers successor) {
      connections.retired(successor.hub() != hub());
      mirrors.forEach(MirrorPool::close);
    }

    @Override
    public void close() {
      connections.close();
      mirrors.forEach(MirrorPool::close);
    }
  }

  /** Several, of which one may be the primary. */
  record Several(ClusterPool pool, List<MirrorPool> mirrors) implements Servers {
    @Override
    public List<UpstreamProvider> providers(EventLoop loop) {
      return List.of(pool.on(loop));
    }

    @Override
    public ServerPipe.Provider pipes(EventLoop loop) {
      return pool.replication(loop);
    }

    @Override
    public NotificationHub hub() {
      return pool.hub();
    }

    @Override
    public @Nullable ShardedDatabase sharding() {
      return null;
    }

    @Override
    public List<ConnectionPool> pools() {
      return pool.pools();
    }

    @Override
    public CompletionStage<PoolSnapshot> snapshot() {
      return pool.snapshot();
    }

    @Override
    public PoolCounters.Totals totals() {
      return pool.totals();
    }

    @Override
    public List<Cluster> clusters() {
      return List.of(pool.cluster());
    }

    @Override
    public void apply(PoolSettings settings) {
      pool.apply(settings);
      mirrors.forEach(mirror -> mirror.apply(settings));
    }

    @Override
    public void retireOn(EventLoop loop, List<Doorway> doors) {
      pool.retireOn(loop, doors.getFirst());
    }

    @Override
    public void retired(Servers successor) {
      pool.retired();
      mirrors.forEach(MirrorPool::close);
    }

    @Override
    public void close() {
      pool.close();
      mirrors.forEach(MirrorPool::close);
    }
  }

  /**
   * Those of several shards. Neither streams nor notifications of several shards would be one.
   *
   * @param shards in order
   * @param sharding knows where statements go
   */
  record Sharded(List<Servers> shards, ShardedDatabase sharding) implements Servers {
    public Sharded {
      shards = List.copyOf(shards);
    }

    @Override
    public List<UpstreamProvider> providers(EventLoop loop) {
      return shards.stream().flatMap(shard -> shard.providers(loop).stream()).toList();
    }

    @Override
    public ServerPipe.@Nullable Provider pipes(EventLoop loop) {
      return null;
    }

    @Override
    public @Nullable NotificationHub hub() {
      return null;
    }

    @Override
    public List<ConnectionPool> pools() {
      return shards.stream().flatMap(shard -> shard.pools().stream()).toList();
    }

    @Override
    public List<MirrorPool> mirrors() {
      return shards.stream().flatMap(shard -> shard.mirrors().stream()).toList();
    }

    @Override
    public CompletionStage<PoolSnapshot> snapshot() {
      return shards.stream()
          .map(Servers::snapshot)
          .reduce((one, other) -> one.thenCombine(other, PoolSnapshot::plus))
          .orElseThrow();
    }

    @Override
    public PoolCounters.Totals totals() {
      return shards.stream()
          .map(Servers::totals)
          .reduce(PoolCounters.Totals.ZERO, PoolCounters.Totals::plus);
    }

    @Override
    public List<Cluster> clusters() {
      return shards.stream().flatMap(shard -> shard.clusters().stream()).toList();
    }

    @Override
    public void apply(PoolSettings settings) {
      shards.forEach(shard -> shard.apply(settings));
    }

    @Override
    public void retireOn(EventLoop loop, List<Doorway> doors) {
      for (int i = 0; i < shards.size(); i++) {
        shards.get(i).retireOn(loop, doors.subList(i, i + 1));
      }
    }

    @Override
    public void retired(Servers successor) {
      shards.forEach(shard -> shard.retired(successor));
    }

    @Override
    public void close() {
      shards.forEach(Servers::close);
    }
  }

  /** Of both, for who iterates. */
  static Stream<ConnectionPool> pools(List<Servers> all) {
    return all.stream().flatMap(servers -> servers.pools().stream());
  }
}
