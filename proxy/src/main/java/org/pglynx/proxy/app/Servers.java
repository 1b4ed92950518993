package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.cluster.Cluster;
import org.pglynx.proxy.cluster.ClusterPool;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.LoopPool;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.pool.ReplicationPool;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.shard.ShardedDatabase;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters;

/** The connections of one user to the server, or the servers, of a database. */
sealed interface Servers {
  /** What sessions use on the loop. */
  SessionProfile.Place place(EventLoop loop);

  /** What listens for all of them; null if nothing can. */
  @Nullable NotificationHub hub();

  /** All server connections at about the same moment. */
  CompletionStage<PoolSnapshot> snapshot();

  /** What has been counted so far. */
  PoolCounters.Totals totals();

  /** How long things took. */
  Latencies latencies();

  /** The servers, if there are several. */
  @Nullable Cluster cluster();

  /** Closes all idle connections, and used ones when they come back. */
  void close();

  /** A primary alone. */
  record One(ConnectionPool connections, ReplicationPool replication) implements Servers {
    @Override
    public SessionProfile.Place place(EventLoop loop) {
      LoopPool part = connections.on(loop);
      return new SessionProfile.Place(
          part, replication.on(loop), part.counters(), connections.hub());
    }

    @Override
    public NotificationHub hub() {
      return connections.hub();
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
    public Latencies latencies() {
      return connections.latencies();
    }

    @Override
    public @Nullable Cluster cluster() {
      return null;
    }

    @Override
    public void close() {
      connections.close();
    }
  }

  /**
   * Those of several shards.
   *
   * @param shards in order
   * @param database knows where statements go
   */
  record Sharded(List<Servers> shards, ShardedDatabase database) implements Servers {
    public Sharded {
      shards = List.copyOf(shards);
    }

    /** Neither streams nor notifications of several shards would be one. */
    @Override
    public SessionProfile.Place place(EventLoop loop) {
      List<SessionProfile.Place> places = shards.stream().map(each -> each.place(loop)).toList();
      SessionProfile.Place first = places.getFirst();
      List<UpstreamProvider> servers =
          places.stream().map(place -> Objects.requireNonNull(place.provider())).toList();
      return new SessionProfile.Place(
          first.provider(), null, first.counters(), null, database.on(servers));
    }

    @Override
    public @Nullable NotificationHub hub() {
      return null;
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
    public Latencies latencies() {
      return shards.stream().map(Servers::latencies).reduce(Latencies.NONE, Latencies::plus);
    }

    /** Each shard has its own. */
    @Override
    public @Nullable Cluster cluster() {
      return null;
    }

    @Override
    public void close() {
      shards.forEach(Servers::close);
    }
  }

  /** Several, of which one may be the primary. */
  record Several(ClusterPool pool) implements Servers {
    @Override
    public SessionProfile.Place place(EventLoop loop) {
      return new SessionProfile.Place(
          pool.on(loop), pool.replication(loop), pool.counters(loop), pool.hub());
    }

    @Override
    public NotificationHub hub() {
      return pool.hub();
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
    public Latencies latencies() {
      return pool.latencies();
    }

    @Override
    public Cluster cluster() {
      return pool.cluster();
    }

    @Override
    public void close() {
      pool.close();
    }
  }
}
