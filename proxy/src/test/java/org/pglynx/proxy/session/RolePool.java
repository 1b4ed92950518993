package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.LiveBuffers;

/** A primary and a replica: whoever wants any server gets the replica. */
final class RolePool implements UpstreamProvider {
  final TestPool primary;
  final TestPool replica;

  /** All that the primary had committed by then, the replica has. */
  long replayedNanos = Long.MAX_VALUE;

  /** Whether that does for whoever has asked last. */
  boolean fresh = true;

  /** What was asked for last. */
  @Nullable ServerRole asked;

  RolePool(LiveBuffers buffers) {
    this.primary = new TestPool(buffers);
    this.replica = new TestPool(buffers);
  }

  ScriptedServer primaryServer() {
    return primary.server();
  }

  ScriptedServer replicaServer() {
    return replica.server();
  }

  private TestPool of(Waiter waiter) {
    return waiter.role() == ServerRole.PRIMARY ? primary : replica;
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    fresh = waiter.servedBy(replayedNanos);
    asked = waiter.role();
    return of(waiter).open(waiter);
  }

  @Override
  public void withdraw(Waiter waiter) {
    of(waiter).withdraw(waiter);
  }

  int leases() {
    return primary.leases() + replica.leases();
  }

  void finish() {
    primary.finish();
    replica.finish();
  }
}
