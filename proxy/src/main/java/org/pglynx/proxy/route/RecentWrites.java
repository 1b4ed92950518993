package org.pglynx.proxy.route;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * pgcat's routing by a database's activity, as far as this process sees it: who reads a table that
 * was written a moment ago is served by the primary, and so is everybody when the database comes
 * into use again. Safe for many threads.
 *
 * <p>What cannot be told (functions that write, views, other clients of the servers) is not seen:
 * that is what {@code read_your_writes} is for.
 */
final class RecentWrites {
  /** So many tables are told apart; of more, all count as written. */
  private static final int MAX_TABLES = 4_096;

  private final ActivityPolicy policy;
  private final Map<String, Long> writes = new ConcurrentHashMap<>();
  private final AtomicLong lastNanos;
  private volatile long warmUntilNanos;
  private volatile long allNanos;

  RecentWrites(ActivityPolicy policy, long now) {
    this.policy = policy;
    this.lastNanos = new AtomicLong(now - policy.idleNanos() - 1);
    this.warmUntilNanos = now;
    this.allNanos = now - policy.writeNanos() - 1;
  }

  /** A statement is about to run. */
  private void used(long now) {
    long last = lastNanos.get();
    // Looked at by all threads for each statement: written once in a while only.
    if (now - last > policy.idleNanos() / 16 && lastNanos.compareAndSet(last, now)) {
      if (now - last > policy.idleNanos()) {
        warmUntilNanos = now + policy.delayNanos();
      }
    }
  }

  /** Tables are written. */
  void wrote(Set<String> tables, long now) {
    used(now);
    if (writes.size() + tables.size() > MAX_TABLES) {
      forget(now);
    }
    for (String table : tables) {
      writes.put(table, now);
    }
  }

  private void forget(long now) {
    for (Iterator<Long> each = writes.values().iterator(); each.hasNext(); ) {
      if (now - each.next() > policy.writeNanos()) {
        each.remove();
      }
    }
    if (writes.size() >= MAX_TABLES) {
      allNanos = now;
      writes.clear();
    }
  }

  /** Whether the primary is to serve who reads these tables. */
  boolean concern(Set<String> tables, long now) {
    used(now);
    if (now - warmUntilNanos < 0 || now - allNanos <= policy.writeNanos()) {
      return true;
    }
    for (String table : tables) {
      Long wrote = writes.get(table);
      if (wrote != null && now - wrote <= policy.writeNanos()) {
        return true;
      }
    }
    return false;
  }
}
