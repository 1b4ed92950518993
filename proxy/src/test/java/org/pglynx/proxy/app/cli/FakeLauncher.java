package org.pglynx.proxy.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.config.ProxyConfig;

/** A launcher whose proxies stop at once; it remembers what it was asked to start. */
final class FakeLauncher implements ProxyLauncher {
  final List<ProxyConfig> started = new ArrayList<>();
  int reloads;
  int closed;

  @Override
  public RunningProxy start(ProxyConfig config) {
    started.add(config);
    return new RunningProxy() {
      @Override
      public int port() {
        return config.general().port();
      }

      @Override
      public int httpPort() {
        return -1;
      }

      @Override
      public void awaitClosed() {}

      @Override
      public void drain() {
        close();
      }

      @Override
      public CompletionStage<?> reload() {
        reloads++;
        return CompletableFuture.completedStage(null);
      }

      @Override
      public void pause() {}

      @Override
      public void resume() {}

      @Override
      public void close() {
        closed++;
      }
    };
  }
}
