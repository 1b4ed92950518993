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
 *   ALL ──its thread waited for a core, twice in a row──▶ ONE LEFT
 *    └◀────────── not for two seconds, or longer ───────────┘
 * </pre>
 *
 * <p>Twice, as one moment says nothing: on an idle machine some housekeeping of the system's, or
 * the JVM's own compiler, takes a tenth of a fifth of a second now and then, and a core that is
 * left for two seconds because of it made a training of six seconds take eight. Whoever wants a
 * core for good gets it 0.2 s later. If it is wanted again as soon as it has been taken back, it is
 * left for twice as long.
 */
public final class SpareCores {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Of the time that has passed since the last look. */
  private static final double WANTED = 0.1;

  /** Looks in a row. */
  private static final int PROOF = 2;

  private final int all;
  private final LongSupplier waited;
  private final LongSupplier nanos;
  private int threads;
  private long lookedAt;
  private long waitedThen;
  private long leftAt;
  private long takenAt;
  private long leaveNanos = LEAVE_NANOS;
  private int wantedInARow;

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
    boolean wanted = waitedThen - before > WANTED * (now - lookedAt);
    wantedInARow = wanted ? wantedInARow + 1 : 0;
    lookedAt = now;
    if (threads == all) {
      if (wantedInARow >= PROOF) {
        leave(now);
      }
    } else if (wanted) {
      leftAt = now;
    } else if (now - leftAt >= leaveNanos) {
      threads = all;
      takenAt = now;
    }
  }

  private void leave(long now) {
    boolean again = takenAt != 0 && now - takenAt < LEAVE_NANOS;
    leaveNanos = again ? Math.min(2 * leaveNanos, LONGEST_NANOS) : LEAVE_NANOS;
    threads = all - 1;
    leftAt = now;
  }
}
