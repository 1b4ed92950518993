package org.pglynx.proxy.cluster;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.backend.PipeConnector;
import org.pglynx.proxy.config.BalancingMode;
import org.pglynx.proxy.pool.ConnectionLimit;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.Doorway;
import org.pglynx.proxy.pool.PoolContext;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.pool.ReplicationPool;
import org.pglynx.proxy.relay.Mirroring;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgError;

/**
 * The connections of one user to the servers of a database: a pool of {@code pool_size} for each
 * server, as in pgcat.
 */
public final class ClusterPool implements Cluster.User {
  /**
   * One server as this user reaches it.
   *
   * @param limits that other pools count against as well
   * @param mirrors who gets what sessions do there as well
   * @param prewarm what each new connection runs before it is used
   */
  public record Member(
      BackendTarget target,
      List<ConnectionLimit> limits,
      Function<EventLoop, Mirroring> mirrors,
      List<String> prewarm) {}

  private final Cluster cluster;
  private final List<ConnectionPool> pools = new ArrayList<>();
  private final List<ReplicationPool> replications = new ArrayList<>();
  private final List<ClusterPart> parts = new ArrayList<>();
  private final PrimaryHub hub;

  /**
   * Pools without connections yet.
   *
   * @param settings of each of them
   * @param members in the cluster's order
   * @param pipes opens connections for replication
   */
  public ClusterPool(
      Cluster cluster,
      PoolSettings settings,
      List<Member> members,
      Connector connector,
      PipeConnector pipes,
      List<EventLoop> loops) {
    this.cluster = cluster;
    boolean timed = cluster.config().mode() == BalancingMode.PEAK_EWMA;
    for (Member member : members) {
      ConnectionPool pool =
          new ConnectionPool(
              settings.named(settings.name() + " at " + cluster.host(pools.size())),
              member.limits(),
              member.target(),
              connector,
              loops,
              new PoolContext(
                  cluster.watch(pools.size(), timed), member.mirrors(), member.prewarm()));
      pools.add(pool);
      replications.add(new ReplicationPool(pool, member.target(), pipes));
    }
    for (EventLoop loop : loops) {
      parts.add(
          new ClusterPart(
              cluster,
              loop,
              pools.stream().map(pool -> pool.on(loop)).toList(),
              settings.waitTimeoutNanos()));
    }
    this.hub =
        new PrimaryHub(
            cluster,
            pools.stream().map(ConnectionPool::hub).toList(),
            loops.getFirst(),
            settings.waitTimeoutNanos());
    cluster.add(this, members.stream().map(Member::target).toList());
  }

  // ---- sessions --------------------------------------------------------------------------------

  /** Gives connections to the sessions of the loop. */
  public UpstreamProvider on(EventLoop loop) {
    return part(loop);
  }

  /** What the sessions of the loop count into. */
  public PoolCounters counters(EventLoop loop) {
    return part(loop).counters();
  }

  private ClusterPart part(EventLoop loop) {
    for (ClusterPart part : parts) {
      if (part.loop() == loop) {
        return part;
      }
    }
    throw new IllegalArgumentException("not an event loop of this pool");
  }

  /** Opens connections for replication, to the primary. */
  public ServerPipe.Provider replication(EventLoop loop) {
    return (startup, receiver) ->
        replications.get(primaryOrFirst()).on(loop).open(startup, receiver);
  }

  private int primaryOrFirst() {
    return Math.max(cluster.view().primary(), 0);
  }

  /** Listens at the primary for the sessions of the pool. */
  public NotificationHub hub() {
    return hub;
  }

  // ---- what the cluster finds ------------------------------------------------------------------

  @Override
  public void eject(int host, PgError error) {
    pools.get(host).eject(error);
  }

  @Override
  public void sever(int host, PgError error) {
    pools.get(host).sever(error);
  }

  @Override
  public void reachable(int host) {
    pools.get(host).reachable();
  }

  @Override
  public void drain(int host, boolean on) {
    pools.get(host).drain(on);
  }

  @Override
  public void changed() {
    for (ClusterPart part : parts) {
      part.loop().execute(part::reroute);
    }
    hub.changed();
  }

  // ---- what operators see ----------------------------------------------------------------------

  /** The cluster whose servers these are. */
  public Cluster cluster() {
    return cluster;
  }

  /** All connections at about the same moment. */
  public CompletionStage<PoolSnapshot> snapshot() {
    CompletionStage<PoolSnapshot> sum = CompletableFuture.completedFuture(PoolSnapshot.EMPTY);
    for (int i = 0; i < pools.size(); i++) {
      PoolSnapshot replicating = replications.get(i).snapshot();
      sum = sum.thenCombine(pools.get(i).snapshot(), (all, one) -> all.plus(one).plus(replicating));
    }
    for (ClusterPart part : parts) {
      sum =
          sum.thenCombine(
              CompletableFuture.supplyAsync(part::parkedSnapshot, part.loop()), PoolSnapshot::plus);
    }
    return sum;
  }

  @Override
  public CompletionStage<long[]> given() {
    CompletionStage<long[]> sum = CompletableFuture.completedFuture(new long[pools.size()]);
    for (ClusterPart part : parts) {
      sum =
          sum.thenApplyAsync(
              sums -> {
                part.addGiven(sums);
                return sums;
              },
              part.loop());
    }
    return sum;
  }

  /**
   * What all sessions have counted so far. What the pools count are refusals, also of those who
   * then found another server.
   */
  public PoolCounters.Totals totals() {
    PoolCounters.Totals sum = PoolCounters.Totals.ZERO;
    for (ClusterPart part : parts) {
      sum = sum.plus(part.counters().totals());
    }
    return sum;
  }

  /** How long things took. */
  public Latencies latencies() {
    Latencies sum = Latencies.NONE;
    for (ClusterPart part : parts) {
      sum = sum.plus(part.counters().latencies());
    }
    return sum;
  }

  /** The pool of each server. */
  public List<ConnectionPool> pools() {
    return List.copyOf(pools);
  }

  /** Other numbers from now on. */
  public void apply(PoolSettings settings) {
    for (int i = 0; i < pools.size(); i++) {
      pools.get(i).apply(settings.named(settings.name() + " at " + cluster.host(i)));
    }
    parts.forEach(part -> part.waitLimit(settings.waitTimeoutNanos()));
    hub.waitLimit(settings.waitTimeoutNanos());
  }

  /**
   * Others take the place of these; who waits on the loop waits on behind the door. On the loop.
   */
  public void retireOn(EventLoop loop, Doorway door) {
    part(loop).retire(door);
  }

  /** Others have taken the place of these: as {@link #close}, once nobody waits here. */
  public void retired() {
    cluster.remove(this);
    hub.close();
    for (ClusterPart part : parts) {
      // Behind what its loop is asked to do for those who wait.
      part.loop().execute(() -> pools.forEach(pool -> pool.closeOn(part.loop())));
    }
    pools.forEach(pool -> pool.retired(true));
  }

  /** Closes all idle connections, and used ones when they come back. */
  public void close() {
    cluster.remove(this);
    hub.close();
    pools.forEach(ConnectionPool::close);
  }
}
