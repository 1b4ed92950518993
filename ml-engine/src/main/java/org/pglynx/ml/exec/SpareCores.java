package org.pglynx.ml.exec;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many threads a native library computes with: as many as it may, but one core is left to the
 * others while they want some. Its threads leave a core at once when somebody of their own group of
 * processes wants it; a server's process is of another group, and waits for up to a slice of time
 * where each core is taken.
 *
 * <pre>
 *   ALL ──its thread waited for a core──▶ ONE LEFT
 *    └◀──────── not for two seconds ─────────┘
 * </pre>
 */
public final class SpareCores {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * Of the time that has passed. Alone on a machine it is less than a thousandth, but housekeeping
   * of the system makes it some hundredths of a moment now and then, and 0.02 of 50 ms kept a
   * training on one of two idle cores for good.
   */
  private static final double WANTED = 0.1;

  private final int all;
  private final LongSupplier waited;
  private final LongSupplier nanos;
  private int threads;
  private long lookedAt;
  private long waitedThen;
  private long leftAt;

  /** As many threads as a library may have, the thread that calls it among them. */
  public SpareCores(int all, SpareThread library) {
    this(all, library::waitedNanos, System::nanoTime);
  }

  SpareCores(int all, LongSupplier waited, LongSupplier nanos) {
    this.all = all;
    this.waited = waited;
    this.nanos = nanos;
    this.threads = all;
    this.lookedAt = nanos.getAsLong();
    this.waitedThen = waited.getAsLong();
  }

  /** For the next call. */
  public int threads() {
    if (all == 1) {
      return all;
    }
    long now = nanos.getAsLong();
    if (now - lookedAt >= LOOK_NANOS) {
      look(now);
    }
    return threads;
  }

  private void look(long now) {
    long before = waitedThen;
    waitedThen = waited.getAsLong();
    if (waitedThen - before > WANTED * (now - lookedAt)) {
      threads = all - 1;
      leftAt = now;
    } else if (threads < all && now - leftAt >= LEAVE_NANOS) {
      threads = all;
    }
    lookedAt = now;
  }
}
