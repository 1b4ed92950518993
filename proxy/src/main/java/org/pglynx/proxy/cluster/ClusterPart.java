package org.pglynx.proxy.cluster;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.pool.Doorway;
import org.pglynx.proxy.pool.LoopPool;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgError;

/**
 * Gives the sessions of one event loop connections of whichever server their statements are for.
 *
 * <pre>
 *              chosen one has none idle            unreachable, another will do
 *   open() ──────────────────────────────► WAITING ──┐◄──┘      none, or no primary, is known
 *     │                                     │  ▲      └────────────────────────► PARKED
 *     │ one is idle                         │  └──── other servers are to be used ──┘ │
 *     ▼                                     ▼                                         ▼ too late
 *   given                                 given, or refused                         refused
 * </pre>
 */
final class ClusterPart implements UpstreamProvider, Balancer.Load {
  /** A net under the news of a new primary, which come as soon as it is known. */
  private static final long LOOK_MILLIS = 250;

  private final Cluster cluster;
  private final EventLoop loop;
  private final LoopPool[] pools;
  private final Balancer balancer;
  private volatile long waitLimitNanos;
  private final PoolCounters counters = new PoolCounters();
  private final Map<Waiter, RoutedWaiter> waiting = new IdentityHashMap<>();
  private final List<RoutedWaiter> parked = new ArrayList<>();
  private final long[] given;
  private @Nullable Future<?> look;

  // What the choice under way is for.
  private @Nullable Waiter chooser;
  private long excluded;
  private boolean stale;

  /**
   * A part.
   *
   * @param pools one for each server
   * @param waitLimitNanos how long a session waits; 0 is without end
   */
  ClusterPart(Cluster cluster, EventLoop loop, List<LoopPool> pools, long waitLimitNanos) {
    this.cluster = cluster;
    this.loop = loop;
    this.pools = pools.toArray(LoopPool[]::new);
    this.balancer = Balancer.of(cluster.config().mode(), pools.size());
    this.waitLimitNanos = waitLimitNanos;
    this.given = new long[pools.size()];
  }

  EventLoop loop() {
    return loop;
  }

  /** What the sessions of this loop count into. */
  PoolCounters counters() {
    return counters;
  }

  /** How often each server was given to a session, added to the sums. */
  void addGiven(long[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += given[i];
    }
  }

  /** Sessions that wait for a primary; the others are in the queues of the pools. */
  PoolSnapshot parkedSnapshot() {
    long oldest = parked.isEmpty() ? 0 : System.nanoTime() - parked.getFirst().waitingSinceNanos();
    return new PoolSnapshot(List.of(), 0, parked.size(), oldest);
  }

  /** Sessions wait so long from now on. */
  void waitLimit(long nanos) {
    waitLimitNanos = nanos;
  }

  /** Other servers take the place of these: who waits here waits on behind the door. */
  void retire(Doorway door) {
    Future<?> looking = look;
    if (looking != null) {
      looking.cancel(false);
    }
    List<RoutedWaiter> all = new ArrayList<>(waiting.values());
    all.sort((one, other) -> Long.signum(one.waitingSinceNanos() - other.waitingSinceNanos()));
    waiting.clear();
    parked.clear();
    for (RoutedWaiter routed : all) {
      routed.leaveQueue();
      door.admit(routed.session());
    }
  }

  // ---- sessions come and go --------------------------------------------------------------------

  @Override
  public boolean reachable() {
    int primary = cluster.view().primary();
    return primary != View.NONE && pools[primary].reachable();
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    int host = choose(cluster.view(), waiter, 0);
    if (host != View.NONE) {
      Upstream idle = pools[host].takeIdle(waiter);
      if (idle != null) {
        given[host]++;
        return idle;
      }
    }
    RoutedWaiter routed = new RoutedWaiter(this, waiter);
    waiting.put(waiter, routed);
    return enqueue(routed, host, null);
  }

  @Override
  public void withdraw(Waiter waiter) {
    RoutedWaiter routed = waiting.remove(waiter);
    if (routed != null) {
      parked.remove(routed);
      routed.leaveQueue();
    }
  }

  private boolean waits(RoutedWaiter routed) {
    return waiting.get(routed.session()) == routed;
  }

  void served(RoutedWaiter routed, int host) {
    given[host]++;
    waiting.remove(routed.session());
  }

  void refused(RoutedWaiter routed) {
    counters.error();
    waiting.remove(routed.session());
  }

  /** The server that it waited for cannot be used. */
  void goElsewhere(RoutedWaiter routed, PgError error) {
    if (!waits(routed)) {
      // Withdrawn meanwhile, by what another one was told.
      return;
    }
    int host = choose(cluster.view(), routed.session(), routed.tried());
    Upstream free = enqueue(routed, host, error);
    if (free != null) {
      routed.session().onUpstream(free);
    }
  }

  /**
   * Lets it wait for the server.
   *
   * @param error why another one could not be used
   * @return a connection, if one is there at once
   */
  private @Nullable Upstream enqueue(RoutedWaiter routed, int host, @Nullable PgError error) {
    if (host == View.NONE) {
      noServer(routed, error);
      return null;
    }
    routed.waitsFor(host, pools[host]);
    Upstream free = pools[host].open(routed);
    if (free != null) {
      routed.waitsFor(host, null);
      served(routed, host);
    }
    return free;
  }

  private void noServer(RoutedWaiter routed, @Nullable PgError error) {
    boolean hopes = !cluster.view().settled() || awaitsPrimary(routed);
    if (hopes && (error == null || Cluster.blamesServer(error))) {
      park(routed);
    } else {
      PgError told = error == null ? NoServer.now(cluster, routed.role()) : error;
      // Not from within open(): the session does not wait yet.
      loop.execute(() -> refuse(routed, told));
    }
  }

  /** Whether a primary would do that may yet come; just after it was chosen for the waiter. */
  private boolean awaitsPrimary(RoutedWaiter routed) {
    return cluster.elects()
        && routed.role() != ServerRole.STANDBY
        && (routed.role() == ServerRole.PRIMARY
            || routed.role() == ServerRole.PREFER_STANDBY
            || routed.role() == ServerRole.PREFER_PRIMARY
            || stale
            || cluster.config().primaryReads());
  }

  private void refuse(RoutedWaiter routed, PgError error) {
    if (waits(routed)) {
      waiting.remove(routed.session());
      counters.error();
      routed.session().onRefused(error);
    }
  }

  // ---- waiting until it is known who is what ---------------------------------------------------

  private void park(RoutedWaiter routed) {
    routed.waitingSinceNanos(System.nanoTime());
    parked.add(routed);
    lookLater();
  }

  private void lookLater() {
    if (look == null && !parked.isEmpty()) {
      look = loop.schedule(this::lookNow, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void lookNow() {
    look = null;
    refuseLate();
    reroute();
    lookLater();
  }

  private void refuseLate() {
    long now = System.nanoTime();
    for (RoutedWaiter routed : List.copyOf(parked)) {
      long waited = now - routed.waitingSinceNanos();
      if (waitLimitNanos > 0 && waited >= waitLimitNanos) {
        parked.remove(routed);
        refuse(routed, NoServer.since(cluster, routed.role(), waited));
      }
    }
  }

  /** Other servers are to be used than before. */
  void reroute() {
    List<RoutedWaiter> all = new ArrayList<>(parked);
    parked.clear();
    for (RoutedWaiter routed : waiting.values()) {
      if (misplaced(routed)) {
        routed.leaveQueue();
        all.add(routed);
      }
    }
    for (RoutedWaiter routed : all) {
      if (waits(routed)) {
        reroute(routed);
      }
    }
  }

  /** A primary that has become a standby may be read from, but a writer would wait for an error. */
  private boolean misplaced(RoutedWaiter routed) {
    return routed.role() == ServerRole.PRIMARY && routed.waitsElsewhere(cluster.view().primary());
  }

  private void reroute(RoutedWaiter routed) {
    routed.tryAllAgain();
    Upstream free = enqueue(routed, choose(cluster.view(), routed.session(), 0), null);
    if (free != null) {
      routed.session().onUpstream(free);
    }
  }

  // ---- choosing --------------------------------------------------------------------------------

  private int choose(View view, Waiter waiter, long tried) {
    chooser = waiter;
    excluded = tried;
    stale = false;
    int chosen =
        switch (waiter.role()) {
          case PRIMARY -> untried(view.primary());
          case REPLICA -> read(view, view.replicas());
          case ANY -> read(view, view.any());
          case STANDBY -> standby(view);
          case PREFER_STANDBY -> {
            int standby = standby(view);
            yield standby == View.NONE ? untried(view.primary()) : standby;
          }
          case PREFER_PRIMARY -> {
            int primary = untried(view.primary());
            yield primary == View.NONE ? standby(view) : primary;
          }
        };
    chooser = null;
    return chosen;
  }

  private int standby(View view) {
    int[] candidates = view.replicas();
    // Where it stands in for the replicas, it does so alone.
    return candidates.length == 1 && candidates[0] == view.primary() ? View.NONE : pick(candidates);
  }

  private int read(View view, int[] candidates) {
    int chosen = pick(candidates);
    // Whoever has written and would not find it there is served by the primary, whatever it may.
    return chosen == View.NONE && (stale || cluster.config().primaryReads())
        ? untried(view.primary())
        : chosen;
  }

  private int pick(int[] candidates) {
    if (candidates.length > 1) {
      return balancer.pick(candidates, this);
    }
    return candidates.length == 1 && fits(candidates[0]) ? candidates[0] : View.NONE;
  }

  private int untried(int host) {
    return host != View.NONE && (excluded & 1L << host) == 0 ? host : View.NONE;
  }

  @Override
  public boolean fits(int host) {
    Waiter waiter = chooser;
    if (waiter == null || (excluded & 1L << host) != 0) {
      return false;
    }
    boolean has =
        host == cluster.view().primary() || waiter.servedBy(cluster.host(host).replayedNanos());
    stale |= !has;
    return has;
  }

  @Override
  public int outstanding(int host) {
    return pools[host].outstanding();
  }

  @Override
  public double responseNanos(int host) {
    return pools[host].responseNanos();
  }

  @Override
  public int weight(int host) {
    return cluster.host(host).config().weight();
  }
}
