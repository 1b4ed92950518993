package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.backend.BackendOwner;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.relay.Mirroring;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * A pool's connections on one event loop. A freed connection goes straight to the oldest waiter;
 * without waiters the one used last is given first, so that surplus ones grow idle and are closed.
 *
 * <pre>
 *                 granted by gate and budget        connected, asked and answered, given back
 *   (nothing) ───────────────────────────► opening ──────────────────────────► waiter, or idle
 *       ▲                                     │ failed                           │  ▲   │ long
 *       └─────────────────────────────────────┴── too old, too many, broken ◄────┘  │   ▼
 *                                                                      checked ◄────┴─ stale
 * </pre>
 *
 * <p>What goes between loops is {@link LoopExchange}'s, what time brings to waiters is {@link
 * WaitTimer}'s and to connections {@link Retirement}'s.
 */
public final class LoopPool implements UpstreamProvider, BackendOwner {
  private static final long UPKEEP_MILLIS = 1_000;

  private final ConnectionPool pool;
  private final BackendTarget target;
  private final Connector connector;
  private final EventLoop loop;
  private final PoolCounters counters;
  private final LoopConnections connections = new LoopConnections();
  private final IdleConnections idle = connections.idle();
  private final WaitQueue waiters = new WaitQueue();
  private final LoopExchange exchange;
  private final WaitTimer waitTimer;
  private final Retirement retirement;
  private final @Nullable PeakEwma responseTimes;
  private final Mirroring mirroring;

  private @Nullable Future<?> retry;
  private volatile @Nullable Future<?> upkeep;
  private boolean admitting;
  private volatile int outdated;
  private long renewed;
  private boolean closing;

  LoopPool(
      ConnectionPool pool,
      BackendTarget target,
      Connector connector,
      EventLoop loop,
      PoolCounters counters) {
    this.pool = pool;
    this.counters = counters;
    this.target = target;
    this.connector = connector;
    this.loop = loop;
    this.exchange = new LoopExchange(this);
    this.waitTimer = new WaitTimer(pool, loop, waiters, counters, this::grow);
    this.retirement = new Retirement(pool);
    this.responseTimes = pool.watch().timed() ? new PeakEwma() : null;
    this.mirroring = pool.context().mirrors().apply(loop);
  }

  void start() {
    // Jittered, so that many pools do not do their upkeep in the same moment.
    long first = pool.timing().chance().get().nextLong(UPKEEP_MILLIS);
    upkeep = loop.scheduleAtFixedRate(this::upkeep, first, UPKEEP_MILLIS, TimeUnit.MILLISECONDS);
    loop.execute(this::warm);
  }

  ConnectionPool pool() {
    return pool;
  }

  EventLoop loop() {
    return loop;
  }

  LoopConnections connections() {
    return connections;
  }

  WaitQueue waiters() {
    return waiters;
  }

  /** What the sessions of this loop count into. */
  public PoolCounters counters() {
    return counters;
  }

  @Override
  public long nanoTime() {
    return pool.now();
  }

  // ---- sessions come and go --------------------------------------------------------------------

  @Override
  public boolean reachable() {
    if (pool.gate().lastError() == null) {
      return true;
    }
    // Whoever asks goes elsewhere now: nobody else might ever find that the server is back.
    if (!closing && pool.gate().tryBegin()) {
      connect(0);
    }
    return false;
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    Upstream free = takeIdle(waiter);
    if (free != null) {
      return free;
    }
    waiters.add(waiter, pool.now());
    admitting = true;
    grow();
    admitting = false;
    waitTimer.arm();
    return null;
  }

  /** An idle connection for the waiter, which does not begin to wait if there is none. */
  public @Nullable Upstream takeIdle(Waiter waiter) {
    BackendConnection free = waiters.isEmpty() ? idle.take(pool.settings().oldestFirst()) : null;
    return free == null ? null : give(free, waiter);
  }

  private Upstream give(BackendConnection free, Waiter waiter) {
    free.attach(waiter.downstream());
    if (responseTimes != null) {
      free.lifetime().usedSince(pool.now());
    }
    return mirroring.join(free, waiter.downstream());
  }

  /** How many sessions of this loop use a connection or wait for one. */
  public int outstanding() {
    return connections.inUse() + waiters.size();
  }

  /** How long a session may be expected to use a connection, in nanoseconds; 0 if unknown. */
  public double responseNanos() {
    return responseTimes == null ? 0 : responseTimes.nanos(pool.now());
  }

  @Override
  public void withdraw(Waiter waiter) {
    waiters.remove(waiter);
  }

  boolean mayHaveWaiters() {
    return waiters.size() > 0;
  }

  /** Whether more wait than connections are on their way. */
  boolean wantsMore() {
    return waiters.size() > connections.opening();
  }

  // ---- opening ---------------------------------------------------------------------------------

  /** Gets connections for waiters as far as gate and budget go, else asks the other loops. */
  void grow() {
    if (closing) {
      refuse(stopping());
      return;
    }
    askStale();
    while (waiters.size() > connections.coming()) {
      int reserve = waitTimer.reserve();
      if (hasAll(reserve)) {
        exchange.beg();
        return;
      }
      if (!pool.gate().tryBegin()) {
        onGateShut();
        return;
      }
      if (!connect(reserve)) {
        exchange.beg();
        return;
      }
    }
  }

  /**
   * Whether the pool has as many connections as it may, to a server that is well: nearly always so
   * where somebody waits, and an attempt that is begun and given up would be garbage of each wait.
   */
  private boolean hasAll(int reserve) {
    return pool.budget().own().taken(reserve) && pool.gate().lastError() == null;
  }

  private void askStale() {
    while (waiters.size() > connections.coming()) {
      BackendConnection stale = connections.takeToCheck();
      if (stale == null) {
        return;
      }
      PoolSettings.Check check = pool.settings().check();
      stale.check(check.sql(), check.timeoutNanos());
    }
  }

  /**
   * Makes the attempt that the gate has let through, if the budget allows it.
   *
   * @param reserve how many more than its size the pool may have
   */
  private boolean connect(int reserve) {
    if (!pool.budget().tryAcquire(reserve)) {
      pool.gate().abandoned();
      return false;
    }
    connections.expect();
    connector.connect(target, loop, this);
    return true;
  }

  private void onGateShut() {
    PgError refusal = refusal();
    if (refusal != null) {
      unreachable(refusal);
      return;
    }
    if (pool.gate().lastError() == null) {
      // As many attempts are under way as may be; the end of each wakes this loop.
      return;
    }
    exchange.beg();
    retryLater();
  }

  /** What waiters are told at once, because there is nothing to wait for. */
  private @Nullable PgError refusal() {
    PgError error = pool.gate().refusal();
    boolean others = pool.budget().used() > pool.gate().abreast();
    return others ? null : error;
  }

  private void retryLater() {
    if (retry != null || waiters.isEmpty()) {
      return;
    }
    long nanos = Math.max(pool.gate().nanosToChange(), 1_000_000);
    retry =
        loop.schedule(
            () -> {
              retry = null;
              grow();
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  private void warm() {
    while (!closing && !pool.resting() && pool.budget().used() < pool.settings().minimum()) {
      if (!pool.gate().tryBegin() || !connect(0)) {
        return;
      }
    }
  }

  /** Another loop has given up the right to a connection for this one. */
  void connectGranted() {
    pool.gate().granted();
    connector.connect(target, loop, this);
  }

  @Override
  public void onPrepared() {
    counters.serverParse();
  }

  @Override
  public void onConnected(BackendConnection connection) {
    pool.gate().succeeded();
    pool.watch().connected();
    settle(connection);
    List<String> prewarm = pool.context().prewarm();
    if (prewarm.isEmpty()) {
      onIdle(connection);
    } else {
      // Still on its way to who waits, or another one would be opened for them.
      connections.checking().add(connection);
      Prewarming.begin(connection, pool.settings().name(), prewarm);
    }
    // The gate may let more attempts through now.
    grow();
    warm();
    pool.roomAgain(this);
  }

  @Override
  public void onArrived(BackendConnection connection) {
    settle(connection);
    onIdle(connection);
  }

  private void settle(BackendConnection connection) {
    connections.arrived(connection);
    retirement.appoint(connection);
  }

  @Override
  public void onConnectFailed(PgError error) {
    pool.gate().failed(error);
    if (!closing) {
      pool.watch().failed(error);
    }
    lostOnTheWay();
  }

  @Override
  public void onArrivalFailed() {
    lostOnTheWay();
  }

  private void lostOnTheWay() {
    connections.expectOneLess();
    pool.budget().release();
    waiters.announceAgain();
    grow();
    pool.roomAgain(this);
  }

  // ---- connections are given away --------------------------------------------------------------

  /** Another loop has waiters and may not open connections. */
  void asked(LoopPool other) {
    exchange.asked(other);
  }

  /** Closes the connection that is missed least, if the limit has no room and nobody waits. */
  void spare(ConnectionLimit limit) {
    BackendConnection spare = limit.exhausted() && waiters.isEmpty() ? idle.takeOldest() : null;
    if (spare != null) {
      spare.close();
    }
  }

  @Override
  public void onIdle(BackendConnection connection) {
    connections.checked(connection);
    measured(connection);
    if (closing
        || retirement.due(
            connection, connection.lifetime().idleSinceNanos(), waiters.urgent() ? 1 : 0)) {
      connection.close();
      return;
    }
    if (exchange.passOn(connection)) {
      return;
    }
    Waiter next = waiters.poll();
    if (next == null) {
      idle.add(connection, pool.settings().check().asksAlways());
      return;
    }
    next.onUpstream(give(connection, next));
  }

  private void measured(BackendConnection connection) {
    long since = connection.lifetime().usedSinceNanos();
    if (responseTimes != null && since != 0) {
      long until = connection.lifetime().idleSinceNanos();
      responseTimes.observe(until - since, until);
      connection.lifetime().usedSince(0);
    }
  }

  @Override
  public void onClosed(BackendConnection connection) {
    boolean used = connections.uses(connection);
    if (connections.ended(connection)) {
      if (used && !closing && !connection.closedHere()) {
        pool.watch().lost();
      }
      countOutdated();
      retirement.gone(connection);
      grow();
      pool.roomAgain(this);
    }
  }

  // ---- time passes -----------------------------------------------------------------------------

  /** Closes what is too old or idle for too long, and opens what is missing. */
  void upkeep() {
    long now = pool.now();
    retirement.retireMoved(connections.live(), now);
    PoolSettings.Check check = pool.settings().check();
    if (check.asks()) {
      idle.ageBefore(now - check.afterNanos());
    }
    retirement.closeIdle(idle, now);
    // Asking anew once in a while is a net under all hand-overs between loops.
    waiters.announceAgain();
    grow();
    warm();
    waitTimer.arm();
  }

  /** Not while a session asks: it does not wait yet. */
  private void refuse(PgError error) {
    if (admitting) {
      loop.execute(this::grow);
    } else {
      refuseAll(error);
    }
  }

  /** As {@link #refuse}, where another server might do. */
  private void unreachable(PgError error) {
    if (admitting) {
      loop.execute(this::grow);
    } else {
      eject(error);
    }
  }

  /** The server is not to be used for now. */
  void eject(PgError error) {
    for (Waiter waiter : waiters.drain()) {
      counters.error();
      waiter.onUnreachable(error);
    }
  }

  /** The server is gone, or is no longer what it was. */
  void sever(PgError error) {
    for (BackendConnection connection : List.copyOf(connections.live())) {
      connection.giveUp(error);
    }
    eject(error);
  }

  private void refuseAll(PgError error) {
    for (Waiter waiter : waiters.drain()) {
      counters.error();
      waiter.onRefused(error);
    }
  }

  PoolSnapshot snapshot() {
    long now = pool.now();
    Waiter first = waiters.peek();
    long oldestWait = first == null ? 0 : now - first.waitingSinceNanos();
    return new PoolSnapshot(
        connections.views(now, closing),
        connections.opening(),
        waiters.size(),
        oldestWait,
        connections.work());
  }

  void close() {
    stop();
    refuseAll(stopping());
    closeUnused();
  }

  /** Another pool takes the place of this one; who waits here waits on at the door to it. */
  void retire(Doorway door) {
    stop();
    waiters.drain().forEach(door::admit);
    closeUnused();
  }

  private void stop() {
    closing = true;
    cancel(upkeep);
    cancel(retry);
    waitTimer.stop();
    exchange.stop();
  }

  private void closeUnused() {
    for (BackendConnection connection : idle.all()) {
      idle.remove(connection);
      connection.close();
    }
    List.copyOf(connections.checking()).forEach(BackendConnection::close);
  }

  /** No connection that is there now is used by another client than the present one. */
  void renew() {
    long now = pool.now();
    connections.live().forEach(connection -> connection.lifetime().endsAt(now));
    closeUnused();
    outdated = connections.live().size();
    renewed = now;
    upkeep();
  }

  /** How many are left of those that were there at the last {@link #renew}; any thread. */
  int outdated() {
    return outdated;
  }

  private void countOutdated() {
    if (outdated > 0) {
      int left = 0;
      for (BackendConnection connection : connections.live()) {
        left += connection.lifetime().createdNanos() - renewed <= 0 ? 1 : 0;
      }
      outdated = left;
    }
  }

  private static void cancel(@Nullable Future<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private static PgError stopping() {
    return PgError.fatal(SqlState.ADMIN_SHUTDOWN, "the proxy is shutting down");
  }
}
