package org.pglynx.proxy.backend;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionStage;

/** Opens connections to servers. */
public interface Connector {
  /** Whether {@link BackendConnection#migrate} works with the transport in use. */
  boolean channelsMove();

  /** Connects and logs in; the owner hears the outcome on the loop. */
  void connect(BackendTarget target, EventLoop loop, BackendOwner owner);

  /**
   * Asks a server to cancel what its process runs; completes on the loop once the request has been
   * taken: a statement sent later is safe from it.
   */
  CompletionStage<Void> cancel(BackendTarget target, EventLoop loop, int pid, byte[] key);
}
