package org.pglynx.proxy.cluster;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.pool.LoopPool;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider.Waiter;
import org.pglynx.proxy.wire.PgError;

/**
 * Waits in one server's queue in the place of a session, and in another's when that server cannot
 * be used. Confined to the session's event loop.
 */
final class RoutedWaiter implements Waiter {
  private final ClusterPart part;
  private final Waiter session;
  private @Nullable LoopPool queue;
  private int host = View.NONE;
  private long tried;
  private boolean waits;
  private long waitingSinceNanos;

  RoutedWaiter(ClusterPart part, Waiter session) {
    this.part = part;
    this.session = session;
  }

  Waiter session() {
    return session;
  }

  /** Servers that could not be used, one bit for each. */
  long tried() {
    return tried;
  }

  /** All servers may be tried again: something has changed. */
  void tryAllAgain() {
    tried = 0;
  }

  /** It waits for this server from now on. */
  void waitsFor(int index, @Nullable LoopPool pool) {
    host = index;
    queue = pool;
  }

  /** Whether it waits for another server than this one. */
  boolean waitsElsewhere(int index) {
    return queue != null && host != index;
  }

  /** It waits for no server. */
  void leaveQueue() {
    LoopPool waited = queue;
    queue = null;
    if (waited != null) {
      waited.withdraw(this);
    }
  }

  @Override
  public void onUpstream(Upstream upstream) {
    queue = null;
    part.served(this, host);
    session.onUpstream(upstream);
  }

  @Override
  public void onRefused(PgError error) {
    queue = null;
    part.refused(this);
    session.onRefused(error);
  }

  @Override
  public void onUnreachable(PgError error) {
    queue = null;
    tried |= 1L << host;
    part.goElsewhere(this, error);
  }

  @Override
  public Downstream downstream() {
    return session.downstream();
  }

  @Override
  public ServerRole role() {
    return session.role();
  }

  @Override
  public boolean urgent() {
    return session.urgent();
  }

  @Override
  public long waitingSinceNanos() {
    return waitingSinceNanos;
  }

  /** The time in all queues together counts. */
  @Override
  public void waitingSinceNanos(long nanos) {
    if (!waits) {
      waits = true;
      waitingSinceNanos = nanos;
      session.waitingSinceNanos(nanos);
    }
  }
}
