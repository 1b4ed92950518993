package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.UpstreamProvider.Waiter;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgError;

/**
 * What the passing of time brings to the first who waits on a loop: a connection of the reserve,
 * and at last a refusal. One timer, for the first alone: the others came later. Confined to the
 * loop.
 */
final class WaitTimer {
  private static final long LEAST_NANOS = 1_000_000;

  private final ConnectionPool pool;
  private final EventLoop loop;
  private final WaitQueue waiters;
  private final PoolCounters counters;
  private final Runnable grow;
  private @Nullable Future<?> late;
  private boolean stopped;

  /**
   * Not armed.
   *
   * @param grow gets more connections, as far as the reserve now allows
   */
  WaitTimer(
      ConnectionPool pool,
      EventLoop loop,
      WaitQueue waiters,
      PoolCounters counters,
      Runnable grow) {
    this.pool = pool;
    this.loop = loop;
    this.waiters = waiters;
    this.counters = counters;
    this.grow = grow;
  }

  /** Rings when something is to be done for the first waiter, if ever. */
  void arm() {
    Waiter first = waiters.peek();
    long limit = nextLimit(first);
    if (first == null || late != null || limit == 0 || stopped) {
      return;
    }
    long left = first.waitingSinceNanos() + limit - pool.now();
    late = loop.schedule(this::onLate, Math.max(left, LEAST_NANOS), TimeUnit.NANOSECONDS);
  }

  /** Does not ring any more. */
  void stop() {
    stopped = true;
    if (late != null) {
      late.cancel(false);
    }
  }

  /**
   * How many more than its size the pool may have, because somebody has waited for long, or because
   * those who have its connections may be waiting for the first.
   */
  int reserve() {
    return lateReserve() + (waiters.urgent() ? 1 : 0);
  }

  private int lateReserve() {
    PoolSettings settings = pool.settings();
    Waiter first = waiters.peek();
    boolean due =
        settings.reserve() > 0
            && first != null
            && pool.now() - first.waitingSinceNanos() >= settings.reserveAfterNanos();
    return due ? settings.reserve() : 0;
  }

  /** The wait after which something is to be done for the first waiter; 0 for nothing. */
  private long nextLimit(@Nullable Waiter first) {
    PoolSettings settings = pool.settings();
    if (first == null) {
      return 0;
    }
    boolean reserves = settings.reserve() > 0 && lateReserve() == 0;
    long limit = settings.waitTimeoutNanos();
    if (reserves && (limit == 0 || settings.reserveAfterNanos() < limit)) {
      return Math.max(settings.reserveAfterNanos(), 1);
    }
    return limit;
  }

  private void onLate() {
    late = null;
    refuseLate();
    grow.run();
    arm();
  }

  private void refuseLate() {
    long limit = pool.settings().waitTimeoutNanos();
    long now = pool.now();
    Waiter first = waiters.peek();
    while (limit > 0 && first != null && now - first.waitingSinceNanos() >= limit) {
      PgError error = exhausted();
      waiters.poll();
      counters.error();
      first.onRefused(error);
      first = waiters.peek();
    }
  }

  private PgError exhausted() {
    return Shortage.error(pool.settings(), pool.budget(), waiters.size(), pool.gate().lastError());
  }
}
