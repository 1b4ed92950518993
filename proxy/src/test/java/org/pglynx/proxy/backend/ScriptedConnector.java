package org.pglynx.proxy.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;

/** Connects when a test says so. */
public final class ScriptedConnector implements Connector {
  private record Attempt(EventLoop loop, BackendOwner owner) {}

  private final LiveBuffers buffers;
  private final ArrayDeque<Attempt> attempts = new ArrayDeque<>();
  private final List<ScriptedServer> servers = new ArrayList<>();

  private final Ticker ticker;

  /**
   * A connector.
   *
   * @param ticker the clock of its servers
   */
  public ScriptedConnector(LiveBuffers buffers, Ticker ticker) {
    this.buffers = buffers;
    this.ticker = ticker;
  }

  /** Runs what is due on its servers. */
  public void runTimers() {
    List.copyOf(servers).forEach(ScriptedServer::runTimers);
  }

  /** How many connections are being opened. */
  public int attempts() {
    return attempts.size();
  }

  /** The oldest attempt succeeds. */
  public ScriptedServer accepts() {
    ScriptedServer server = new ScriptedServer(buffers, attempts.remove().owner(), ticker);
    servers.add(server);
    return server;
  }

  /** The oldest attempt fails. */
  public void refuses(PgError error) {
    attempts.remove().owner().onConnectFailed(error);
  }

  /** Ends the test's use of all servers. */
  public void finish() {
    servers.forEach(ScriptedServer::finish);
  }

  @Override
  public void connect(BackendTarget target, EventLoop loop, BackendOwner owner) {
    attempts.add(new Attempt(loop, owner));
  }

  @Override
  public CompletionStage<Void> cancel(
      BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key) {
    return CompletableFuture.completedFuture(null);
  }
}
