package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.backend.BackendOwner;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
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
 * <p>When the budget is spent on other loops, or on other pools under the same limit, a hungry loop
 * asks the others (HikariCP's bag does the same between threads). They remember it until its
 * waiters are served: one that has an idle connection sends it over at once, a busy one sends the
 * next that comes free, if the hungry loop's oldest waiter has waited longer than its own.
 */
public final class LoopPool implements UpstreamProvider, BackendOwner {
  private static final long UPKEEP_MILLIS = 1_000;

  /** How much older another loop's waiter must be to go first: a move costs some microseconds. */
  private static final long MOVE_PATIENCE_NANOS = 1_000_000;

  /** The same, where moving means to log in anew. */
  private static final long RECONNECT_PATIENCE_NANOS = 100_000_000;

  private final ConnectionPool pool;
  private final BackendTarget target;
  private final Connector connector;
  private final EventLoop loop;
  private final PoolCounters counters = new PoolCounters();
  private final IdleConnections idle = new IdleConnections();
  private final WaitQueue waiters = new WaitQueue();
  private final HungryLoops hungry = new HungryLoops();
  private final Predicate<LoopPool> mayGoFirst = this::yieldsTo;
  private final List<BackendConnection> live = new ArrayList<>();
  private final List<BackendConnection> checking = new ArrayList<>();

  /** Connections that are on their way to this loop, whoever sent for them. */
  private final AtomicInteger opening = new AtomicInteger();

  private @Nullable Future<?> retry;
  private @Nullable Future<?> late;
  private volatile @Nullable Future<?> upkeep;
  private boolean begged;
  private boolean admitting;
  private boolean closing;

  /** Live ones, for other loops. */
  private volatile int connections;

  LoopPool(ConnectionPool pool, BackendTarget target, Connector connector, EventLoop loop) {
    this.pool = pool;
    this.target = target;
    this.connector = connector;
    this.loop = loop;
  }

  void start() {
    // Jittered, so that many pools do not do their upkeep in the same moment.
    long first = pool.timing().chance().get().nextLong(UPKEEP_MILLIS);
    upkeep = loop.scheduleAtFixedRate(this::upkeep, first, UPKEEP_MILLIS, TimeUnit.MILLISECONDS);
    loop.execute(this::warm);
  }

  EventLoop loop() {
    return loop;
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
  public @Nullable Upstream open(Waiter waiter) {
    BackendConnection free = waiters.isEmpty() ? idle.take(pool.settings().oldestFirst()) : null;
    if (free != null) {
      free.attach(waiter.downstream());
      return free;
    }
    waiters.add(waiter, pool.now());
    admitting = true;
    grow();
    admitting = false;
    armTimer();
    return null;
  }

  @Override
  public void withdraw(Waiter waiter) {
    waiters.remove(waiter);
    fed();
  }

  /** Who needs no more forgets that it has asked. */
  private void fed() {
    if (waiters.isEmpty()) {
      begged = false;
    }
  }

  boolean mayHaveWaiters() {
    return waiters.size() > 0;
  }

  /** Whether more wait than connections are on their way. */
  private boolean wantsMore() {
    return waiters.size() > opening.get();
  }

  // ---- opening ---------------------------------------------------------------------------------

  /** Gets connections for waiters as far as gate and budget go, else asks the other loops. */
  void grow() {
    if (closing) {
      refuse(stopping());
      return;
    }
    askStale();
    while (waiters.size() > opening.get() + checking.size()) {
      if (!pool.gate().tryBegin()) {
        onGateShut();
        return;
      }
      if (!pool.budget().tryAcquire(reserve())) {
        pool.gate().abandoned();
        beg();
        return;
      }
      opening.incrementAndGet();
      connector.connect(target, loop, this);
    }
  }

  private void askStale() {
    while (waiters.size() > opening.get() + checking.size()) {
      BackendConnection stale = idle.takeStale();
      if (stale == null) {
        return;
      }
      checking.add(stale);
      PoolSettings.Check check = pool.settings().check();
      stale.check(check.sql(), check.timeoutNanos());
    }
  }

  /** How many more than its size the pool may have, because somebody has waited for long. */
  private int reserve() {
    PoolSettings settings = pool.settings();
    Waiter first = waiters.peek();
    boolean late =
        settings.reserve() > 0
            && first != null
            && pool.now() - first.waitingSinceNanos() >= settings.reserveAfterNanos();
    return late ? settings.reserve() : 0;
  }

  private void onGateShut() {
    PgError refusal = refusal();
    if (refusal != null) {
      refuse(refusal);
      return;
    }
    if (pool.gate().lastError() == null) {
      // As many attempts are under way as may be; the end of each wakes this loop.
      return;
    }
    beg();
    retryLater();
  }

  /** What waiters are told at once, because there is nothing to wait for. */
  private @Nullable PgError refusal() {
    PgError error = pool.gate().refusal();
    boolean others = pool.budget().used() > pool.gate().abreast();
    return error == null || (others && !outOfReach()) ? null : error;
  }

  /**
   * Whether no connection will come from elsewhere: this loop has none, and the right to one of
   * another loop is of no use to a login that the server has refused time and again.
   */
  private boolean outOfReach() {
    return !connector.channelsMove() && live.isEmpty() && pool.gate().hopeless();
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
    while (!closing && pool.budget().used() < pool.settings().minimum()) {
      if (!pool.gate().tryBegin()) {
        return;
      }
      if (!pool.budget().tryAcquire(0)) {
        pool.gate().abandoned();
        return;
      }
      opening.incrementAndGet();
      connector.connect(target, loop, this);
    }
  }

  @Override
  public void onConnected(BackendConnection connection) {
    pool.gate().succeeded();
    settle(connection);
    // The gate may let more attempts through now.
    grow();
    warm();
    pool.roomAgain(this);
  }

  @Override
  public void onArrived(BackendConnection connection) {
    settle(connection);
  }

  private void settle(BackendConnection connection) {
    opening.decrementAndGet();
    live.add(connection);
    connections = live.size();
    if (connection.retireAtNanos() == 0) {
      connection.retireAt(retirement(connection));
    }
    onIdle(connection);
  }

  private long retirement(BackendConnection connection) {
    long limit = pool.settings().lifetimeNanos();
    if (limit == 0) {
      return BackendConnection.NEVER;
    }
    long early = pool.timing().chance().get().nextLong(limit / 10 + 1);
    return connection.createdNanos() + limit - early;
  }

  @Override
  public void onConnectFailed(PgError error) {
    pool.gate().failed(error);
    lostOnTheWay();
  }

  @Override
  public void onArrivalFailed() {
    lostOnTheWay();
  }

  private void lostOnTheWay() {
    opening.decrementAndGet();
    pool.budget().release();
    begged = false;
    grow();
    pool.roomAgain(this);
  }

  // ---- other loops -----------------------------------------------------------------------------

  /** Once is enough: the others remember until nobody waits here. */
  private void beg() {
    if (!begged && !waiters.isEmpty()) {
      begged = true;
      pool.beg(this);
    }
  }

  /** Another loop has waiters and may not open connections: give it one that can be spared. */
  void asked(LoopPool other) {
    if (!other.mayHaveWaiters()) {
      return;
    }
    hungry.add(other);
    while (waiters.isEmpty() && other.wantsMore() && mayHave(other)) {
      BackendConnection spare = idle.takeOldest();
      if (spare == null) {
        return;
      }
      if (!send(spare, other)) {
        idle.putBack(spare);
        return;
      }
    }
  }

  /** Whether a connection of this loop is of any use to the other. */
  private boolean mayHave(LoopPool other) {
    if (other.pool == pool) {
      return connector.channelsMove() || pool.gate().open();
    }
    return pool.budget().contends(other.pool.budget()) && other.pool.gate().open();
  }

  /** Closes the connection that is missed least, if the limit has no room and nobody waits. */
  void spare(ConnectionLimit limit) {
    BackendConnection spare = limit.exhausted() && waiters.isEmpty() ? idle.takeOldest() : null;
    if (spare != null) {
      spare.close();
    }
  }

  private boolean send(BackendConnection connection, LoopPool to) {
    if (to.pool != pool && !pool.budget().transferTo(to.pool.budget())) {
      return false;
    }
    to.opening.incrementAndGet();
    live.remove(connection);
    connections = live.size();
    if (to.pool == pool && connector.channelsMove()) {
      connection.migrate(to.loop(), to);
    } else {
      // Only the right to a connection moves.
      connection.close();
      to.loop().execute(to::connectGranted);
    }
    return true;
  }

  private void connectGranted() {
    pool.gate().granted();
    connector.connect(target, loop, this);
  }

  /**
   * Whether the other loop's waiters come first. A loop without connections is served in turn; one
   * that has some, until it has as many as this. Between pools the age alone decides.
   */
  private boolean yieldsTo(LoopPool other) {
    if (!other.wantsMore() || !mayHave(other)) {
      return false;
    }
    Waiter first = waiters.peek();
    if (first == null) {
      return true;
    }
    boolean same = other.pool == pool;
    int theirs = other.connections + other.opening.get();
    long patience =
        same && connector.channelsMove() ? MOVE_PATIENCE_NANOS : RECONNECT_PATIENCE_NANOS;
    return (!same || theirs == 0 || theirs + 1 < connections + opening.get())
        && first.waitingSinceNanos() - other.waiters.oldestSince() > patience;
  }

  // ---- connections come back -------------------------------------------------------------------

  @Override
  public void onIdle(BackendConnection connection) {
    checking.remove(connection);
    if (closing || surplus() || expired(connection, connection.idleSinceNanos())) {
      connection.close();
      return;
    }
    LoopPool other = hungry.first(mayGoFirst);
    if (other != null && send(connection, other)) {
      return;
    }
    Waiter next = waiters.poll();
    if (next == null) {
      idle.add(connection, pool.settings().check().asksAlways());
      return;
    }
    fed();
    connection.attach(next.downstream());
    next.onUpstream(connection);
  }

  /** The pool has been made smaller. */
  private boolean surplus() {
    PoolSettings settings = pool.settings();
    return pool.budget().used() > settings.size() + settings.reserve();
  }

  private boolean expired(BackendConnection connection, long now) {
    return now - connection.retireAtNanos() >= 0
        && connection.retireAtNanos() != BackendConnection.NEVER;
  }

  @Override
  public void onClosed(BackendConnection connection) {
    if (live.remove(connection)) {
      connections = live.size();
      idle.remove(connection);
      checking.remove(connection);
      pool.budget().release();
      grow();
      pool.roomAgain(this);
    }
  }

  // ---- time passes -----------------------------------------------------------------------------

  private void armTimer() {
    Waiter first = waiters.peek();
    long limit = nextLimit(first);
    if (first == null || late != null || limit == 0 || closing) {
      return;
    }
    long left = first.waitingSinceNanos() + limit - pool.now();
    late = loop.schedule(this::onLate, Math.max(left, 1_000_000), TimeUnit.NANOSECONDS);
  }

  /** The wait after which something is to be done for the first waiter; 0 for nothing. */
  private long nextLimit(@Nullable Waiter first) {
    PoolSettings settings = pool.settings();
    if (first == null) {
      return 0;
    }
    boolean reserves = settings.reserve() > 0 && reserve() == 0;
    long limit = settings.waitTimeoutNanos();
    if (reserves && (limit == 0 || settings.reserveAfterNanos() < limit)) {
      return Math.max(settings.reserveAfterNanos(), 1);
    }
    return limit;
  }

  private void onLate() {
    late = null;
    refuseLate();
    grow();
    armTimer();
  }

  private void refuseLate() {
    long limit = pool.settings().waitTimeoutNanos();
    long now = pool.now();
    Waiter first = waiters.peek();
    while (limit > 0 && first != null && now - first.waitingSinceNanos() >= limit) {
      PgError error = exhausted();
      waiters.poll();
      fed();
      counters.error();
      first.onRefused(error);
      first = waiters.peek();
    }
  }

  private PgError exhausted() {
    return Shortage.error(pool.settings(), pool.budget(), waiters.size(), pool.gate().lastError());
  }

  /** Closes what is too old or idle for too long, and opens what is missing. */
  void upkeep() {
    long now = pool.now();
    PoolSettings settings = pool.settings();
    retireMoved(now);
    if (settings.check().asks()) {
      idle.ageBefore(now - settings.check().afterNanos());
    }
    long idleLimit = settings.idleTimeoutNanos();
    int spare = pool.budget().used() - settings.minimum();
    for (BackendConnection connection : idle.all()) {
      boolean tired = idleLimit > 0 && spare > 0 && now - connection.idleSinceNanos() > idleLimit;
      if (tired || surplus() || expired(connection, now)) {
        spare--;
        idle.remove(connection);
        connection.close();
      }
    }
    // Asking anew once in a while is a net under all hand-overs between loops.
    begged = false;
    grow();
    warm();
    armTimer();
  }

  /** The host name leads elsewhere: those to its former addresses end as soon as they are idle. */
  private void retireMoved(long now) {
    for (BackendConnection connection : live) {
      if (connection.outdated()) {
        connection.retireAt(now);
      }
    }
  }

  /** Not while a session asks: it does not wait yet. */
  private void refuse(PgError error) {
    if (admitting) {
      loop.execute(this::grow);
    } else {
      refuseAll(error);
    }
  }

  private void refuseAll(PgError error) {
    if (waiters.isEmpty()) {
      return;
    }
    List<Waiter> refused = waiters.drain();
    fed();
    for (Waiter waiter : refused) {
      counters.error();
      waiter.onRefused(error);
    }
  }

  PoolSnapshot snapshot() {
    long now = pool.now();
    List<PoolSnapshot.ServerView> servers = new ArrayList<>();
    for (BackendConnection server : live) {
      servers.add(
          new PoolSnapshot.ServerView(
              server.pid(),
              idle.isStale(server) ? "used" : server.stateName(),
              now - server.createdNanos(),
              server.attachments(),
              server.preparedStatements(),
              "none",
              server.tls(),
              server.reported().getOrDefault("application_name", "")));
    }
    Waiter first = waiters.peek();
    long oldestWait = first == null ? 0 : now - first.waitingSinceNanos();
    return new PoolSnapshot(servers, opening.get(), waiters.size(), oldestWait);
  }

  void close() {
    closing = true;
    cancel(upkeep);
    cancel(retry);
    cancel(late);
    refuseAll(stopping());
    for (BackendConnection connection : idle.all()) {
      idle.remove(connection);
      connection.close();
    }
    List.copyOf(checking).forEach(BackendConnection::close);
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
