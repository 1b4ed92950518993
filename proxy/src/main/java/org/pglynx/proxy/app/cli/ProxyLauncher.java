package org.pglynx.proxy.app.cli;

import org.pglynx.proxy.config.ProxyConfig;

/** Starts the proxy; the seam between the command line and the server. */
@FunctionalInterface
public interface ProxyLauncher {
  /**
   * Starts a proxy and returns once it accepts clients.
   *
   * @throws RuntimeException with an {@link java.io.IOException} among its causes if it cannot
   *     listen
   */
  RunningProxy start(ProxyConfig config);

  /** A proxy that accepts clients. */
  interface RunningProxy extends AutoCloseable {
    /** The TCP port it listens on. */
    int port();

    /** Returns when the proxy has stopped. */
    void awaitClosed();

    /**
     * Stops the proxy when the transactions under way have ended, or their time is over, and
     * returns when it has stopped; {@link #close} cuts it short.
     */
    void drain();

    /** Stops the proxy and returns when it has stopped; a second call does nothing. */
    @Override
    void close();
  }
}
