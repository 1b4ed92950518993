package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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
 * <p>When the budget is spent on other loops, a hungry loop asks the others (HikariCP's bag does
 * the same between threads). They remember it until its waiters are served: one that has an idle
 * connection sends it over at once, a busy one sends the next that comes free, if the hungry loop's
 * oldest waiter has waited longer than its own and the hungry loop has fewer connections.
 */
public final class LoopPool implements UpstreamProvider, BackendOwner {
  private static final long RETRY_MILLIS = 200;
  private static final long UPKEEP_SECONDS = 10;

  /** How much older another loop's waiter must be to go first: a move costs some microseconds. */
  private static final long MOVE_PATIENCE_NANOS = 1_000_000;

  /** The same, where moving means to log in anew. */
  private static final long RECONNECT_PATIENCE_NANOS = 100_000_000;

  private final ConnectionPool pool;
  private final BackendTarget target;
  private final Connector connector;
  private final EventLoop loop;
  private final PoolCounters counters = new PoolCounters();
  private final ArrayDeque<BackendConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private final List<BackendConnection> live = new ArrayList<>();
  private int connecting;
  private boolean retryScheduled;
  private boolean timerArmed;
  private boolean closing;
  private volatile @Nullable Future<?> upkeep;
  private final List<LoopPool> hungry = new ArrayList<>();
  private boolean begged;

  /**
   * How many wait, since when the oldest does, and what there is to serve them; for other loops.
   */
  private volatile int waiting;

  private volatile long oldest;
  private volatile int connections;

  LoopPool(ConnectionPool pool, BackendTarget target, Connector connector, EventLoop loop) {
    this.pool = pool;
    this.target = target;
    this.connector = connector;
    this.loop = loop;
  }

  void start() {
    // Jittered, so that many pools do not do their upkeep in the same moment.
    long first = ThreadLocalRandom.current().nextLong(UPKEEP_SECONDS * 1000);
    upkeep =
        loop.scheduleAtFixedRate(this::upkeep, first, UPKEEP_SECONDS * 1000, TimeUnit.MILLISECONDS);
    loop.execute(this::warm);
  }

  EventLoop loop() {
    return loop;
  }

  /** What the sessions of this loop count into. */
  public PoolCounters counters() {
    return counters;
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    BackendConnection free = waiters.isEmpty() ? idle.pollLast() : null;
    if (free != null) {
      free.attach(waiter.downstream());
      return free;
    }
    waiter.waitingSinceNanos(System.nanoTime());
    waiters.addLast(waiter);
    waitersChanged();
    grow();
    armTimer();
    return null;
  }

  @Override
  public void withdraw(Waiter waiter) {
    waiters.remove(waiter);
    waitersChanged();
  }

  private void waitersChanged() {
    Waiter first = waiters.peekFirst();
    if (first == null) {
      begged = false;
    } else {
      oldest = first.waitingSinceNanos();
    }
    waiting = waiters.size();
  }

  private void connectionsChanged() {
    connections = live.size() + connecting;
  }

  boolean mayHaveWaiters() {
    return waiting > 0;
  }

  /** Opens connections for waiters as far as the budget goes, else asks the other loops. */
  void grow() {
    while (!closing && !retryScheduled && connecting < waiters.size()) {
      if (!pool.budget().tryAcquire()) {
        if (connecting == 0) {
          beg();
        }
        return;
      }
      connect();
    }
  }

  /** Once is enough: the others remember until nobody waits here. */
  private void beg() {
    if (!begged && !waiters.isEmpty()) {
      begged = true;
      pool.beg(this);
    }
  }

  private void connect() {
    connecting++;
    connectionsChanged();
    connector.connect(target, loop, this);
  }

  private void warm() {
    // Each loop opens its share; the first ones open the remainder.
    while (!closing && pool.budget().used() < pool.settings().minimum()) {
      if (!pool.budget().tryAcquire()) {
        return;
      }
      connect();
    }
  }

  /** Another loop has waiters and may not open connections: give it one that can be spared. */
  void asked(LoopPool other) {
    if (!other.mayHaveWaiters()) {
      return;
    }
    BackendConnection spare = waiters.isEmpty() ? idle.pollFirst() : null;
    if (spare != null) {
      send(spare, other);
    }
    if (!hungry.contains(other)) {
      hungry.add(other);
    }
  }

  private void send(BackendConnection connection, LoopPool to) {
    live.remove(connection);
    connectionsChanged();
    if (connector.channelsMove()) {
      to.loop().execute(to::expectArrival);
      connection.migrate(to.loop(), to);
    } else {
      // Only the right to a connection moves.
      connection.close();
      to.loop().execute(to::connect);
    }
    beg();
  }

  private void expectArrival() {
    connecting++;
    connectionsChanged();
  }

  @Override
  public void onConnected(BackendConnection connection) {
    connecting--;
    live.add(connection);
    connectionsChanged();
    onIdle(connection);
  }

  @Override
  public void onConnectFailed(PgError error) {
    connecting--;
    connectionsChanged();
    pool.budget().release();
    pool.roomAgain(this);
    if (live.isEmpty() && connecting == 0) {
      refuseAll(error);
    } else {
      retryLater();
    }
  }

  private void refuseAll(PgError error) {
    counters.error();
    List<Waiter> refused = new ArrayList<>(waiters);
    waiters.clear();
    waitersChanged();
    refused.forEach(waiter -> waiter.onRefused(error));
  }

  private void retryLater() {
    if (retryScheduled || waiters.isEmpty()) {
      return;
    }
    retryScheduled = true;
    long millis = RETRY_MILLIS + ThreadLocalRandom.current().nextLong(RETRY_MILLIS);
    loop.schedule(
        () -> {
          retryScheduled = false;
          grow();
        },
        millis,
        TimeUnit.MILLISECONDS);
  }

  @Override
  public void onIdle(BackendConnection connection) {
    if (closing || expired(connection, System.nanoTime())) {
      connection.close();
      return;
    }
    LoopPool other = hungriest();
    if (other != null && yieldsTo(other)) {
      send(connection, other);
      return;
    }
    Waiter next = waiters.pollFirst();
    if (next == null) {
      idle.addLast(connection);
      return;
    }
    waitersChanged();
    connection.attach(next.downstream());
    next.onUpstream(connection);
  }

  private @Nullable LoopPool hungriest() {
    if (hungry.isEmpty()) {
      return null;
    }
    hungry.removeIf(other -> !other.mayHaveWaiters());
    LoopPool found = null;
    for (LoopPool other : hungry) {
      if (found == null || other.oldest - found.oldest < 0) {
        found = other;
      }
    }
    return found;
  }

  /**
   * Whether the other loop's waiters come first. A loop without connections is served in turn; one
   * that has some, until it has as many as this.
   */
  private boolean yieldsTo(LoopPool other) {
    Waiter first = waiters.peekFirst();
    if (first == null) {
      return true;
    }
    int theirs = other.connections;
    long patience = connector.channelsMove() ? MOVE_PATIENCE_NANOS : RECONNECT_PATIENCE_NANOS;
    return (theirs == 0 || theirs + 1 < connections)
        && first.waitingSinceNanos() - other.oldest > patience;
  }

  @Override
  public void onClosed(BackendConnection connection) {
    if (live.remove(connection)) {
      connectionsChanged();
      idle.remove(connection);
      pool.budget().release();
      grow();
      pool.roomAgain(this);
    }
  }

  private void armTimer() {
    Waiter first = waiters.peekFirst();
    long limit = pool.settings().waitTimeoutNanos();
    if (first == null) {
      return;
    }
    if (timerArmed || limit == 0) {
      return;
    }
    timerArmed = true;
    long left = first.waitingSinceNanos() + limit - System.nanoTime();
    loop.schedule(this::refuseLate, Math.max(left, 1_000_000), TimeUnit.NANOSECONDS);
  }

  private void refuseLate() {
    timerArmed = false;
    long limit = pool.settings().waitTimeoutNanos();
    long now = System.nanoTime();
    Waiter first = waiters.peekFirst();
    while (first != null && now - first.waitingSinceNanos() >= limit) {
      waiters.removeFirst();
      counters.error();
      first.onRefused(exhausted());
      first = waiters.peekFirst();
    }
    waitersChanged();
    armTimer();
  }

  private PgError exhausted() {
    PoolBudget budget = pool.budget();
    return PgError.error(
            SqlState.INSUFFICIENT_RESOURCES,
            "no server connection came free for "
                + pool.settings().name()
                + " within "
                + TimeUnit.NANOSECONDS.toMillis(pool.settings().waitTimeoutNanos())
                + " ms")
        .withDetail(
            budget.used()
                + " of "
                + budget.limit()
                + " connections are in use, "
                + (waiters.size() + 1)
                + " clients wait on this event loop.")
        .withHint("Raise pool_size or query_wait_timeout, or look for long transactions.");
  }

  private boolean expired(BackendConnection connection, long now) {
    long limit = pool.settings().lifetimeNanos();
    return limit > 0 && now - connection.createdNanos() > limit;
  }

  private void upkeep() {
    long now = System.nanoTime();
    long idleLimit = pool.settings().idleTimeoutNanos();
    int spare = pool.budget().used() - pool.settings().minimum();
    for (BackendConnection connection : new ArrayList<>(idle)) {
      boolean surplus = idleLimit > 0 && spare > 0 && now - connection.idleSinceNanos() > idleLimit;
      if (surplus || expired(connection, now)) {
        spare--;
        idle.remove(connection);
        connection.close();
      }
    }
    grow();
    warm();
  }

  PoolSnapshot snapshot() {
    long now = System.nanoTime();
    List<PoolSnapshot.ServerView> servers = new ArrayList<>();
    for (BackendConnection server : live) {
      servers.add(
          new PoolSnapshot.ServerView(
              server.pid(),
              server.stateName(),
              now - server.createdNanos(),
              server.attachments(),
              server.preparedStatements()));
    }
    Waiter first = waiters.peekFirst();
    long oldestWait = first == null ? 0 : now - first.waitingSinceNanos();
    return new PoolSnapshot(servers, connecting, waiters.size(), oldestWait);
  }

  void close() {
    closing = true;
    Future<?> running = upkeep;
    if (running != null) {
      running.cancel(false);
    }
    refuseAll(PgError.fatal(SqlState.ADMIN_SHUTDOWN, "the proxy is shutting down"));
    for (BackendConnection connection : new ArrayList<>(idle)) {
      connection.close();
    }
  }
}
