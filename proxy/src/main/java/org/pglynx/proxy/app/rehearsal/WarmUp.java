package org.pglynx.proxy.app.rehearsal;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.app.cli.ProxyLauncher;
import org.pglynx.proxy.app.cli.ProxyLauncher.RunningProxy;
import org.pglynx.proxy.app.rehearsal.CannedClient.Way;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.ProxyConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards queries for a moment before the first client comes: through a whole proxy of its own on
 * the loopback interface, between a canned client and a canned server. What a first query has to
 * wait for (classes, their initialisation, the interpreter, the compiler's threads that want the
 * same cores) is over then; docs/adr/0161-warm-up-before-listening.md has the figures.
 */
public final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /** Queries between two looks at the clock. */
  private static final int AT_A_TIME = 10;

  /** As many frames again for each that has been waited for: what a frame takes is warm sooner. */
  private static final int DEPTH = 40;

  private static final int ANSWER_MILLIS = 1_000;

  private WarmUp() {}

  /**
   * Warms for {@code general.warm_up}. A warm-up that fails is logged, and the start goes on.
   *
   * @param launcher of a proxy that is not warm
   * @param config of the proxy that is to be warm
   */
  public static void run(ProxyLauncher launcher, ProxyConfig config) {
    long millis = config.general().warmUpMillis();
    if (millis > 0) {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      try (CannedServer server = CannedServer.start()) {
        warm(launcher.start(config(config, server.port())), deadline);
      } catch (IOException | RuntimeException e) {
        LOG.warn("the warm-up failed, so first queries take longer: {}", e.toString());
      }
    }
  }

  private static void warm(RunningProxy proxy, long deadline) throws IOException {
    try (CannedClient client =
        CannedClient.login(
            proxy.port(), RehearsalConfig.USER, RehearsalConfig.PLAIN, ANSWER_MILLIS)) {
      client.prepare();
      while (System.nanoTime() < deadline) {
        for (Way way : Way.values()) {
          client.ask(way, AT_A_TIME);
          client.pipeline(way, DEPTH);
        }
      }
    } finally {
      // Its event loops take a tenth of a second to end: the real ones need not wait for that.
      Thread.ofPlatform().daemon().name("warm-up-end").start(proxy::close);
    }
  }

  /** Only what decides which code carries a query is as in the real one. */
  private static ProxyConfig config(ProxyConfig real, int serverPort) {
    return ConfigLoader.parse(
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 1
        transport = "%s"
        [ml]
        enabled = %s
        threads = 1
        memory_budget_mb = 16
        [pools.plain]
        pool_mode = "transaction"
        [pools.plain.users.0]
        username = "rehearsal"
        auth_type = "trust"
        pool_size = 1
        [pools.plain.shards.0]
        database = "plain"
        servers = [["127.0.0.1", %d, "primary"]]
        """
            .formatted(
                real.general().transport().name().toLowerCase(Locale.ROOT),
                real.ml().enabled(),
                serverPort),
        "warm-up");
  }
}
