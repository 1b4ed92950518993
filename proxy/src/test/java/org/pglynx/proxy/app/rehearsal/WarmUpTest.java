package org.pglynx.proxy.app.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.app.cli.ProxyLauncher;
import org.pglynx.proxy.app.cli.ProxyLauncher.RunningProxy;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.ProxyConfig;

/** Layer 2: a warm-up by a real proxy, and by none. */
class WarmUpTest {
  private final List<ProxyConfig> started = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  private static ProxyConfig config(String... general) {
    return ConfigLoader.parse(
        """
        [general]
        host = "192.0.2.1"
        port = 6432
        transport = "nio"
        %s
        [ml]
        enabled = false
        [pools.shop.users.0]
        username = "anna"
        auth_type = "trust"
        pool_size = 1
        [pools.shop.shards.0]
        database = "shop"
        servers = [["192.0.2.2", 5432, "primary"]]
        """
            .formatted(String.join("\n", general)),
        "test");
  }

  /** A proxy that tells when it has been closed. */
  private RunningProxy real(ProxyConfig config) {
    started.add(config);
    ProxyServer server = ProxyServer.start(config);
    return new RunningProxy() {
      @Override
      public int httpPort() {
        return -1;
      }

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
      public CompletionStage<?> reload() {
        // Nobody reads this one's configuration again.
        return CompletableFuture.completedStage(null);
      }

      @Override
      public void pause() {
        server.pause();
      }

      @Override
      public void resume() {
        server.resume();
      }

      @Override
      public void close() {
        server.close();
        ended.countDown();
      }
    };
  }

  @Test
  void it_has_a_proxy_like_the_real_one_that_meets_nobody_and_ends() throws Exception {
    WarmUp.run(this::real, config("warm_up = 300"));

    assertThat(started).hasSize(1);
    ProxyConfig warm = started.getFirst();
    assertThat(warm.general().host()).isEqualTo("127.0.0.1");
    assertThat(warm.general().port()).isZero();
    assertThat(warm.general().transport()).isEqualTo(config().general().transport());
    assertThat(warm.ml().enabled()).isFalse();
    assertThat(warm.pools()).containsOnlyKeys(RehearsalConfig.PLAIN);
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void none_is_asked_for() {
    WarmUp.run(this::real, config());

    assertThat(started).isEmpty();
  }

  @Test
  void one_that_fails_does_not_fail_the_start() {
    ProxyLauncher failing =
        config -> {
          started.add(config);
          throw new IllegalStateException("no event loop for you");
        };

    WarmUp.run(failing, config("warm_up = 150"));

    assertThat(started).hasSize(1);
  }
}
