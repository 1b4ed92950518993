package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.backend.ListeningConnection;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgError;

/**
 * The server connections of one database and user: one {@link LoopPool} per event loop, so that a
 * query never changes threads, under one budget for all of them.
 */
public final class ConnectionPool {
  private final PoolBudget budget;
  private final ConnectGate gate;
  private final Timing timing;
  private final PoolContext context;
  private final ListeningConnection hub;
  private final Connector connector;
  private final List<LoopPool> parts = new ArrayList<>();
  private volatile PoolSettings settings;
  private volatile @Nullable ConnectionPool heir;
  private final AtomicInteger renewals = new AtomicInteger();
  private volatile boolean resting;
  private volatile boolean draining;

  /**
   * An empty pool over the given loops.
   *
   * @param shared limits that other pools count against as well
   */
  public ConnectionPool(
      PoolSettings settings,
      List<ConnectionLimit> shared,
      BackendTarget target,
      Connector connector,
      List<EventLoop> loops) {
    this(settings, shared, target, connector, loops, PoolContext.ALONE);
  }

  /**
   * An empty pool that others have to do with.
   *
   * @param context who else has to do with it
   */
  public ConnectionPool(
      PoolSettings settings,
      List<ConnectionLimit> shared,
      BackendTarget target,
      Connector connector,
      List<EventLoop> loops,
      PoolContext context) {
    this(settings, shared, target, connector, loops, context, Timing.REAL);
  }

  ConnectionPool(
      PoolSettings settings,
      List<ConnectionLimit> shared,
      BackendTarget target,
      Connector connector,
      List<EventLoop> loops,
      PoolContext context,
      Timing timing) {
    this.settings = settings;
    this.context = context;
    this.timing = timing;
    this.connector = connector;
    this.gate = new ConnectGate(timing);
    ConnectionLimit own = new ConnectionLimit("pool_size of " + settings.name(), settings.size());
    this.budget = new PoolBudget(own, shared);
    int any = Math.floorMod(settings.name().hashCode(), loops.size());
    this.hub = new ListeningConnection(target, connector, loops.get(any));
    for (EventLoop loop : loops) {
      parts.add(new LoopPool(this, target, connector, loop, new PoolCounters()));
    }
    begin();
  }

  /** See {@link #successor}. */
  private ConnectionPool(
      ConnectionPool before,
      PoolSettings settings,
      List<ConnectionLimit> shared,
      BackendTarget target,
      PoolContext context) {
    this.settings = settings;
    this.timing = before.timing;
    this.context = context;
    this.connector = before.connector;
    this.gate = new ConnectGate(timing);
    before.budget.own().max(settings.size());
    this.budget = new PoolBudget(before.budget.own(), shared);
    this.hub = before.hub;
    for (LoopPool part : before.parts) {
      parts.add(new LoopPool(this, target, connector, part.loop(), new PoolCounters()));
    }
    begin();
  }

  private void begin() {
    for (ConnectionLimit limit : budget.shared()) {
      limit.sharedBy(this);
    }
    parts.forEach(LoopPool::start);
  }

  PoolBudget budget() {
    return budget;
  }

  ConnectGate gate() {
    return gate;
  }

  Timing timing() {
    return timing;
  }

  PoolContext context() {
    return context;
  }

  ServerWatch watch() {
    return context.watch();
  }

  long now() {
    return timing.now();
  }

  /** The limits. */
  public PoolSettings settings() {
    return settings;
  }

  /** Other limits from now on; connections beyond them are closed as they come back. */
  public void apply(PoolSettings changed) {
    settings = changed;
    budget.own().max(changed.size());
    parts.forEach(part -> part.loop().execute(part::upkeep));
  }

  /**
   * A pool that takes the place of this one, to another server or with another login. {@code
   * pool_size} holds for the connections of both, and the same connection listens. {@link
   * #retireOn} is next, on each loop.
   */
  public ConnectionPool successor(
      PoolSettings changed,
      List<ConnectionLimit> shared,
      BackendTarget target,
      PoolContext surroundings) {
    hub.redirect(target);
    ConnectionPool next = new ConnectionPool(this, changed, shared, target, surroundings);
    heir = next;
    return next;
  }

  /**
   * Opens no more connections on the loop, closes idle ones at once and used ones when they come
   * back. Who waits here waits on behind the door, which leads elsewhere by now. On the loop.
   */
  public void retireOn(EventLoop loop, Doorway door) {
    on(loop).retire(door);
  }

  /**
   * Others have taken the place of this one.
   *
   * @param silent whether nobody listens here any more; who does is told
   */
  public void retired(boolean silent) {
    budget.shared().forEach(limit -> limit.leftBy(this));
    if (silent) {
      hub.close();
    }
  }

  /** Closes idle connections now and used ones when they come back, and opens others. */
  public void reconnect() {
    renewals.addAndGet(parts.size());
    parts.forEach(part ->
        part.loop()
            .execute(() -> {
              part.renew();
              renewals.decrementAndGet();
            }));
  }

  /** Whether connections are left that {@link #reconnect} has given notice to. */
  public boolean renewing() {
    return renewals.get() > 0 || parts.stream().anyMatch(part -> part.outdated() > 0);
  }

  /** Keeps no connections while nobody may use them: not even {@code min_pool_size}. */
  public void rest(boolean on) {
    resting = on;
    if (on) {
      reconnect();
    } else {
      parts.forEach(part -> part.loop().execute(part::upkeep));
    }
  }

  boolean resting() {
    return resting || draining;
  }

  /** Its server is to be free of work: nothing idle is kept, and what is used goes when it is. */
  public void drain(boolean on) {
    draining = on;
    if (on) {
      reconnect();
    } else {
      parts.forEach(part -> part.loop().execute(part::upkeep));
    }
  }

  /** Whether there are connections, or some on their way. */
  public boolean connected() {
    return parts.stream().anyMatch(part -> part.connections().total() > 0);
  }

  /** The connection that listens for all sessions of the pool; it has a place of its own. */
  public NotificationHub hub() {
    return hub;
  }

  /** The part on the given loop. */
  public LoopPool on(EventLoop loop) {
    for (LoopPool part : parts) {
      if (part.loop() == loop) {
        return part;
      }
    }
    throw new IllegalArgumentException("not an event loop of this pool");
  }

  /** Asks the other loops, of pools that share a limit as well, for a connection to spare. */
  void beg(LoopPool hungry) {
    ask(hungry);
    for (ConnectionLimit limit : budget.shared()) {
      if (limit.bounded()) {
        askSharers(limit, hungry);
      }
    }
  }

  private void askSharers(ConnectionLimit limit, LoopPool hungry) {
    for (ConnectionPool sharer : limit.sharers()) {
      if (sharer != this) {
        sharer.ask(hungry);
      }
    }
  }

  /** Whether there is any other loop or pool that may have what a loop lacks. */
  boolean hasOthersToAsk() {
    if (parts.size() > 1) {
      return true;
    }
    List<ConnectionLimit> limits = budget.shared();
    for (int i = 0; i < limits.size(); i++) {
      if (limits.get(i).bounded()) {
        return true;
      }
    }
    return false;
  }

  /** Whether another loop has more connections than so many, which are the caller's or more. */
  boolean someLoopHasMoreThan(int connections) {
    if (parts.size() == 1) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).connections().total() > connections) {
        return true;
      }
    }
    return false;
  }

  private void ask(LoopPool hungry) {
    for (LoopPool part : parts) {
      if (part != hungry) {
        part.loop().execute(() -> part.asked(hungry));
      }
    }
  }

  /** Something that is no pool needs room under the limit: an idle connection makes it. */
  void spare(ConnectionLimit limit) {
    for (LoopPool part : parts) {
      part.loop().execute(() -> part.spare(limit));
    }
  }

  /** Tells all loops that the limits have room again. */
  void roomAgain() {
    roomAgain(parts.getFirst());
    parts.getFirst().loop().execute(parts.getFirst()::grow);
  }

  /** Tells all other loops that the limits, or the gate, may have room again. */
  void roomAgain(LoopPool from) {
    wake(from);
    for (ConnectionPool next = heir; next != null; next = next.heir) {
      next.wake(from);
    }
    for (ConnectionLimit limit : budget.shared()) {
      if (limit.bounded()) {
        wakeSharers(limit, from);
      }
    }
  }

  private void wakeSharers(ConnectionLimit limit, LoopPool from) {
    for (ConnectionPool sharer : limit.sharers()) {
      if (sharer != this) {
        sharer.wake(from);
      }
    }
  }

  private void wake(LoopPool from) {
    for (LoopPool part : parts) {
      if (part != from && part.mayHaveWaiters()) {
        part.loop().execute(part::grow);
      }
    }
  }

  /** What all loops have counted so far. */
  public PoolCounters.Totals totals() {
    PoolCounters.Totals sum = PoolCounters.Totals.ZERO;
    for (LoopPool part : parts) {
      sum = sum.plus(part.counters().totals());
    }
    return sum;
  }

  /** How long things took on all loops. */
  public Latencies latencies() {
    Latencies sum = Latencies.NONE;
    for (LoopPool part : parts) {
      sum = sum.plus(part.counters().latencies());
    }
    return sum;
  }

  /** Connections and waiters of all loops, asked on each loop. */
  public CompletionStage<PoolSnapshot> snapshot() {
    CompletionStage<PoolSnapshot> listening =
        CompletableFuture.supplyAsync(this::listening, hub.loop());
    return pooled().thenCombine(listening, PoolSnapshot::plus);
  }

  /** The same without the connection that listens. */
  public CompletionStage<PoolSnapshot> pooled() {
    CompletionStage<PoolSnapshot> sum = CompletableFuture.completedFuture(PoolSnapshot.EMPTY);
    for (LoopPool part : parts) {
      sum =
          sum.thenCombine(
              CompletableFuture.supplyAsync(part::snapshot, part.loop()), PoolSnapshot::plus);
    }
    return sum;
  }

  private PoolSnapshot listening() {
    BackendConnection open = hub.connection();
    if (open == null) {
      return PoolSnapshot.EMPTY;
    }
    PoolSnapshot.ServerView view =
        new PoolSnapshot.ServerView(
            open.pid(),
            "listen",
            now() - open.lifetime().createdNanos(),
            1,
            0,
            0,
            "none",
            open.tls(),
            "",
            open.target().host(),
            open.target().port(),
            open.target().database(),
            open.work(),
            open.socket(),
            false);
    return new PoolSnapshot(List.of(view), 0, 0, 0);
  }

  /** The server is known to be there again: no need to wait until the next attempt is due. */
  public void reachable() {
    gate.forgive();
    roomAgain();
  }

  /** The server is not to be used for now: who waits for it is told so. */
  public void eject(PgError error) {
    for (LoopPool part : parts) {
      part.loop().execute(() -> part.eject(error));
    }
  }

  /** The server is gone, or is no longer what it was: all its connections end now. */
  public void sever(PgError error) {
    for (LoopPool part : parts) {
      part.loop().execute(() -> part.sever(error));
    }
    hub.sever(error);
  }

  /** Closes what nobody uses on the loop, and the rest when it comes back. On the loop. */
  public void closeOn(EventLoop loop) {
    on(loop).close();
  }

  /** Closes all idle connections, and used ones when they come back. */
  public void close() {
    budget.shared().forEach(limit -> limit.leftBy(this));
    parts.forEach(part -> part.loop().execute(part::close));
    hub.close();
  }
}
