package org.pglynx.proxy.pool;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections a pool may have over all event loops, and how many it has. */
final class PoolBudget {
  private final int limit;
  private final AtomicInteger used = new AtomicInteger();

  PoolBudget(int limit) {
    this.limit = limit;
  }

  /** Takes the right to one connection, unless all are taken. */
  boolean tryAcquire() {
    int now = used.get();
    while (now < limit) {
      if (used.compareAndSet(now, now + 1)) {
        return true;
      }
      now = used.get();
    }
    return false;
  }

  void release() {
    used.decrementAndGet();
  }

  int used() {
    return used.get();
  }

  int limit() {
    return limit;
  }
}
