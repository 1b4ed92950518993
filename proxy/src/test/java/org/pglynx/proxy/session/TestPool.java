package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.backend.BackendOwner;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;

/** A pool of scripted servers that counts its leases. */
final class TestPool implements UpstreamProvider, BackendOwner {
  private final LiveBuffers buffers;
  private final ArrayDeque<BackendConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private final List<ScriptedServer> servers = new ArrayList<>();
  private int live;

  TestPool(LiveBuffers buffers) {
    this.buffers = buffers;
  }

  /** One more server, idle. */
  ScriptedServer server() {
    return server(ScriptedServer.TARGET);
  }

  ScriptedServer server(BackendTarget target) {
    ScriptedServer server = new ScriptedServer(buffers, this, target);
    servers.add(server);
    return server;
  }

  /** How many connections sessions have, or have left behind unclean. */
  int leases() {
    return live - idle.size();
  }

  int waiting() {
    return waiters.size();
  }

  /** Refuses the oldest waiter. */
  void refuse(PgError error) {
    waiters.removeFirst().onRefused(error);
  }

  void finish() {
    servers.forEach(ScriptedServer::finish);
    assertThat(live).isZero();
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    BackendConnection free = idle.pollLast();
    if (free == null) {
      waiter.waitingSinceNanos(System.nanoTime());
      waiters.add(waiter);
      return null;
    }
    free.attach(waiter.downstream());
    return free;
  }

  @Override
  public void withdraw(Waiter waiter) {
    waiters.remove(waiter);
  }

  @Override
  public void onConnected(BackendConnection connection) {
    live++;
    onIdle(connection);
  }

  @Override
  public void onConnectFailed(PgError error) {
    throw new AssertionError(error);
  }

  @Override
  public void onIdle(BackendConnection connection) {
    assertThat(idle).doesNotContain(connection);
    Waiter next = waiters.poll();
    if (next == null) {
      idle.add(connection);
    } else {
      connection.attach(next.downstream());
      next.onUpstream(connection);
    }
  }

  @Override
  public void onClosed(BackendConnection connection) {
    live--;
    idle.remove(connection);
  }
}
