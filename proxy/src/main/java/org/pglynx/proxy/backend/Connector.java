package org.pglynx.proxy.backend;

import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Opens connections to servers. */
public interface Connector {
  /** Connects and logs in; the owner hears the outcome on the loop. */
  void connect(BackendTarget target, EventLoop loop, BackendOwner owner);

  /**
   * Asks a server to cancel what its process runs; completes on the loop once the request has been
   * taken: a statement sent later is safe from it. Completes exceptionally if the server has not
   * said so in time: then it may take the request at any later moment.
   *
   * @param server the remote address of the connection, as the name may lead elsewhere by now; null
   *     for wherever it leads
   */
  CompletionStage<Void> cancel(
      BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key);

  /** Whether the target's host still has the address; if not, it has moved. */
  default boolean lists(BackendTarget target, @Nullable SocketAddress server) {
    return true;
  }
}
