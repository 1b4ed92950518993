package org.pglynx.proxy.app.cli;

import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.reload.ConfigSource;

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

  /**
   * The same.
   *
   * @param source where a newer configuration can be had
   */
  default RunningProxy start(ProxyConfig config, ConfigSource source) {
    return start(config);
  }

  /** A proxy that accepts clients. */
  interface RunningProxy extends AutoCloseable {
    /** The TCP port it listens on. */
    int port();

    /** The port of HTTP; negative if there is none. */
    int httpPort();

    /** Returns when the proxy has stopped. */
    void awaitClosed();

    /**
     * Stops the proxy when the transactions under way have ended, or their time is over, and
     * returns when it has stopped; {@link #close} cuts it short.
     */
    void drain();

    /** Takes up the newest configuration; what comes of it is logged. Does not wait. */
    CompletionStage<?> reload();

    /** Lets nobody begin a transaction, in any pool, until {@link #resume}. */
    void pause();

    /** Lets those go on who were paused. */
    void resume();

    /** Stops the proxy and returns when it has stopped; a second call does nothing. */
    @Override
    void close();
  }
}
