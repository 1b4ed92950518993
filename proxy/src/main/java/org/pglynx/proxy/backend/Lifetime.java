package org.pglynx.proxy.backend;

/**
 * When a connection to a server was made, used, and is too old, by the clock of its owner, whose
 * origin has no meaning. Confined to the connection's event loop.
 *
 * <pre>
 *   created ─► idle since ◄─► used since          its end: not said yet, at a time, or never
 * </pre>
 */
public final class Lifetime {
  /** Nobody has said yet when it ends. */
  private static final long OPEN = 0;

  private static final long NEVER = Long.MAX_VALUE;

  private long createdNanos;
  private long idleSinceNanos;
  private long usedSinceNanos;
  private long endNanos = OPEN;

  /** It has been made, and is idle. */
  void created(long now) {
    createdNanos = now;
    idleSinceNanos = now;
  }

  /** Since when it is there: the end of its login. */
  public long createdNanos() {
    return createdNanos;
  }

  /** It has become idle. */
  void idle(long now) {
    idleSinceNanos = now;
  }

  /** Since when it is idle, or was last. */
  public long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** Says when it was given to a session, if anybody wants to know; else 0. */
  public void usedSince(long nanos) {
    usedSinceNanos = nanos;
  }

  /** What was last said with {@link #usedSince}. */
  public long usedSinceNanos() {
    return usedSinceNanos;
  }

  /** Whether anybody has said when it ends. */
  public boolean limited() {
    return endNanos != OPEN;
  }

  /** From then on it is not to be used again; at the time that is none, from just before. */
  public void endsAt(long nanos) {
    endNanos = nanos == OPEN || nanos == NEVER ? nanos - 1 : nanos;
  }

  /** What was last said with {@link #endsAt}. */
  public long endNanos() {
    return endNanos;
  }

  /** It does not get too old. */
  public void neverEnds() {
    endNanos = NEVER;
  }

  /** Whether it is not to be used again. */
  public boolean over(long now) {
    return endNanos != OPEN && endNanos != NEVER && now - endNanos >= 0;
  }
}
