package org.pglynx.proxy.app;

import org.pglynx.proxy.app.cli.ProxyLauncher;
import org.pglynx.proxy.config.ProxyConfig;

/** Starts real servers for the command line. */
public final class ProxyServerLauncher implements ProxyLauncher {
  @Override
  public RunningProxy start(ProxyConfig config) {
    ProxyServer server = ProxyServer.start(config);
    return new RunningProxy() {
      @Override
      public int port() {
        return server.port();
      }

      @Override
      public void awaitClosed() {
        server.awaitClosed();
      }

      @Override
      public void drain() {
        server.drain();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
