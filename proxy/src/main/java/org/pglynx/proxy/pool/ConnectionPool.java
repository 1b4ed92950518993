package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.stats.PoolCounters;

/**
 * The server connections of one database and user: one {@link LoopPool} per event loop, so that a
 * query never changes threads, under one budget for all of them.
 */
public final class ConnectionPool {
  private final PoolSettings settings;
  private final PoolBudget budget;
  private final List<LoopPool> parts = new ArrayList<>();

  /** An empty pool over the given loops. */
  public ConnectionPool(
      PoolSettings settings, BackendTarget target, Connector connector, List<EventLoop> loops) {
    this.settings = settings;
    this.budget = new PoolBudget(settings.size());
    for (EventLoop loop : loops) {
      parts.add(new LoopPool(this, target, connector, loop));
    }
    parts.forEach(LoopPool::start);
  }

  PoolBudget budget() {
    return budget;
  }

  /** The limits. */
  public PoolSettings settings() {
    return settings;
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

  /** Asks the other loops for a connection that they can spare. */
  void beg(LoopPool hungry) {
    for (LoopPool part : parts) {
      if (part != hungry) {
        part.loop().execute(() -> part.asked(hungry));
      }
    }
  }

  /** Tells the other loops that the budget has room again. */
  void roomAgain(LoopPool from) {
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

  /** Connections and waiters of all loops, asked on each loop. */
  public CompletionStage<PoolSnapshot> snapshot() {
    List<CompletableFuture<PoolSnapshot>> answers = new ArrayList<>();
    for (LoopPool part : parts) {
      answers.add(CompletableFuture.supplyAsync(part::snapshot, part.loop()));
    }
    CompletableFuture<PoolSnapshot> sum = CompletableFuture.completedFuture(PoolSnapshot.EMPTY);
    for (CompletableFuture<PoolSnapshot> answer : answers) {
      sum = sum.thenCombine(answer, PoolSnapshot::plus);
    }
    return sum;
  }

  /** Closes all idle connections, and used ones when they come back. */
  public void close() {
    parts.forEach(part -> part.loop().execute(part::close));
  }
}
