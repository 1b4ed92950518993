package org.pglynx.proxy.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/**
 * What sessions of one event loop ask for server connections: it stays the same while the pool
 * behind it is replaced, and lets nobody through while it is shut. Confined to the loop.
 *
 * <pre>
 *             shut()
 *   OPEN ──────────────► SHUT: who asks waits here, without a limit of time
 *    ▲  leadTo() any     │
 *    └──────────────────┘ open(): those who waited ask behind it, in their order
 * </pre>
 *
 * <p>The door of a pool that is given up while it is shut is never opened: {@link #dismiss} sends
 * away who waits at it.
 *
 * <p>It costs an open door's visitor one call; nobody else pays for reload and PAUSE.
 */
public final class Doorway implements UpstreamProvider {
  private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
  private UpstreamProvider behind;
  private boolean shut;

  /** An open door to the given provider. */
  public Doorway(UpstreamProvider behind) {
    this.behind = behind;
  }

  /** Leads to another provider from now on. */
  public void leadTo(UpstreamProvider other) {
    behind = other;
  }

  /** Lets nobody through any more. */
  public void shut() {
    shut = true;
  }

  /** Lets those through who wait, and everybody who comes later. */
  public void open() {
    shut = false;
    List<Waiter> all = new ArrayList<>(waiting);
    waiting.clear();
    all.forEach(this::admit);
  }

  /** Nobody is ever let through again: those who wait are told why. */
  public void dismiss(PgError why) {
    List<Waiter> all = new ArrayList<>(waiting);
    waiting.clear();
    all.forEach(waiter -> waiter.onRefused(why));
  }

  /** Somebody who has waited behind this door waits on: here if it is shut. */
  public void admit(Waiter waiter) {
    Upstream given = open(waiter);
    if (given != null) {
      waiter.onUpstream(given);
    }
  }

  /** How many wait because it is shut. */
  public int waiting() {
    return waiting.size();
  }

  @Override
  public boolean reachable() {
    return behind.reachable();
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    if (!shut) {
      return behind.open(waiter);
    }
    waiter.waitingSinceNanos(System.nanoTime());
    waiting.addLast(waiter);
    return null;
  }

  @Override
  public void withdraw(Waiter waiter) {
    if (!waiting.remove(waiter)) {
      behind.withdraw(waiter);
    }
  }
}
