package org.pglynx.proxy.session;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many sessions use a profile. What was made for them on demand may be dropped once nobody is
 * inside, and nobody comes in after that. Safe for many threads.
 *
 * <pre>
 *   0 ── enter ──► 1 ── enter ──► 2 …      0 ── retire ──► retired: nobody enters any more
 *   0 ◄── leave ── 1 ◄── leave ── 2 …
 * </pre>
 */
public final class Occupancy {
  private static final int RETIRED = Integer.MIN_VALUE;

  private final AtomicInteger inside = new AtomicInteger();
  private volatile long emptySinceNanos = System.nanoTime();

  /** Comes in; false if this has been retired. */
  public boolean enter() {
    return inside.getAndUpdate(now -> now == RETIRED ? now : now + 1) != RETIRED;
  }

  /** Goes out again; once for each {@link #enter} that succeeded. */
  public void leave() {
    emptySinceNanos = System.nanoTime();
    inside.decrementAndGet();
  }

  /** How many are inside. */
  public int count() {
    return Math.max(0, inside.get());
  }

  /** How long nobody has been inside; 0 if somebody is. */
  public long emptyNanos(long nowNanos) {
    return inside.get() == 0 ? nowNanos - emptySinceNanos : 0;
  }

  /** Lets nobody in any more; false if somebody is inside. */
  public boolean retire() {
    return inside.compareAndSet(0, RETIRED);
  }
}
