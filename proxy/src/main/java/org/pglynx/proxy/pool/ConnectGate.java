package org.pglynx.proxy.pool;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/**
 * Decides when a pool may try to connect, over all its event loops. Any thread.
 *
 * <pre>
 *            attempt failed                    back-off over, somebody asks
 *   OPEN ──────────────────────► SHUT ─────────────────────────────────────► PROBING
 *    ▲  (up to {@link #ABREAST} at once)  ▲       failed: longer back-off             │
 *    │                            └──────────────────────────────────────────┤
 *    └──────────────────────────── connected ────────────────────────────────┘
 * </pre>
 *
 * <p>While shut, clients without any connection to wait for are told the server's own error at
 * once: a server that is down costs its clients no time and gets a single attempt in each back-off.
 * The longest one is short, as a server that is back should be used again soon: PgBouncer's 15
 * seconds are what its users complain about.
 */
final class ConnectGate {
  /** Attempts at once: opens a pool of 100 in 13 round trips and does not drown a fresh server. */
  static final int ABREAST = 8;

  static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A probe that takes longer finds a server that hangs: clients need not wait for it. */
  static final long PROBE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record State(
      int abreast, int failures, long reopens, long probedSince, @Nullable PgError error) {
    boolean failing() {
      return failures > 0;
    }

    State begun(long now) {
      return new State(abreast + 1, failures, reopens, failing() ? now : 0, error);
    }

    State with(int attempts) {
      return new State(attempts, failures, reopens, probedSince, error);
    }
  }

  private final AtomicReference<State> state = new AtomicReference<>(new State(0, 0, 0, 0, null));

  private final Timing timing;

  ConnectGate(Timing timing) {
    this.timing = timing;
  }

  private State seen() {
    return Objects.requireNonNull(state.get());
  }

  /** Begins an attempt, if there may be one now; its outcome must be told. */
  boolean tryBegin() {
    long now = timing.now();
    while (true) {
      State seen = seen();
      if (!admits(seen, now)) {
        return false;
      }
      if (state.compareAndSet(seen, seen.begun(now))) {
        return true;
      }
    }
  }

  private static boolean admits(State seen, long now) {
    return seen.failing() ? seen.abreast == 0 && now - seen.reopens >= 0 : seen.abreast < ABREAST;
  }

  /** An attempt is made in any case, as somebody gave up a connection for it. */
  void granted() {
    long now = timing.now();
    state.updateAndGet(seen -> seen.begun(now));
  }

  /** Whether an attempt may begin now. */
  boolean open() {
    return admits(seen(), timing.now());
  }

  /** The attempt was not made after all. */
  void abandoned() {
    state.updateAndGet(seen -> seen.with(seen.abreast - 1));
  }

  /** The attempt has succeeded: the server is well. */
  void succeeded() {
    state.updateAndGet(seen -> new State(seen.abreast - 1, 0, 0, 0, null));
  }

  /** The attempt has failed. */
  void failed(PgError error) {
    long now = timing.now();
    double jitter = timing.chance().get().nextDouble(0.75, 1.25);
    state.updateAndGet(seen -> {
      // Attempts that were made together fail together, and count once.
      boolean first = seen.failures == 0 || now - seen.reopens >= 0;
      int failures = first ? Math.min(seen.failures + 1, 16) : seen.failures;
      long pause = Math.min(FIRST_PAUSE_NANOS << (failures - 1), LONGEST_PAUSE_NANOS);
      long reopens = first ? now + (long) (pause * jitter) : seen.reopens;
      return new State(seen.abreast - 1, failures, reopens, seen.probedSince, error);
    });
  }

  /** Others have found that the server is well. */
  void forgive() {
    state.updateAndGet(seen -> new State(seen.abreast, 0, 0, 0, null));
  }

  /** Why a client without any connection to wait for should not wait; null if it should. */
  @Nullable PgError refusal() {
    long now = timing.now();
    State seen = seen();
    if (!seen.failing()) {
      return null;
    }
    boolean hopeful = seen.abreast > 0 && now - seen.probedSince < PROBE_PATIENCE_NANOS;
    boolean due = seen.abreast == 0 && now - seen.reopens >= 0;
    return hopeful || due ? null : seen.error;
  }

  /** What the last attempt failed with, if none has succeeded since. */
  @Nullable PgError lastError() {
    return seen().error;
  }

  /** How long until the state changes by the passing of time; 0 if it does not. */
  long nanosToChange() {
    long now = timing.now();
    State seen = seen();
    if (!seen.failing()) {
      return 0;
    }
    long at = seen.abreast > 0 ? seen.probedSince + PROBE_PATIENCE_NANOS : seen.reopens;
    return Math.max(at - now, 0);
  }

  /** Attempts under way. */
  int abreast() {
    return seen().abreast;
  }
}
