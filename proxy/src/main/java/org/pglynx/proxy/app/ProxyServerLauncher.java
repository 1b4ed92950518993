package org.pglynx.proxy.app;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.app.cli.ProxyLauncher;
import org.pglynx.proxy.app.rehearsal.WarmUp;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.reload.ConfigSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Starts real servers for the command line, warm ones. */
public final class ProxyServerLauncher implements ProxyLauncher {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyServerLauncher.class);

  @Override
  public RunningProxy start(ProxyConfig config) {
    return start(config, () -> config);
  }

  @Override
  public RunningProxy start(ProxyConfig config, ConfigSource source) {
    LogSetup.become(config.general().log());
    WarmUp.run(like -> new Running(ProxyServer.start(like)), config);
    ProxyServer server =
        ProxyServer.start(
            config, source, ActivatedSockets.of(System.getenv(), ProcessHandle.current().pid()));
    LOG.info("event loops: {} with {}", server.loops(), server.transport());
    if (config.general().validates()) {
      Thread.ofPlatform().name("pglynx-validate").daemon().start(() -> validate(config));
    }
    return new Running(server);
  }

  /** pgcat's validate_config; but a server that is down keeps nobody from the others. */
  private static void validate(ProxyConfig config) {
    List<Finding> findings = Inspection.of(config);
    findings.forEach(finding ->
        LOG.atLevel(finding.kind().isGrave() ? Level.WARN : Level.INFO)
            .log("validate_config: {}", finding));
    LOG.info("validate_config: done, {} findings", findings.size());
  }

  /** What the command line sees of a server. */
  private record Running(ProxyServer server) implements RunningProxy {
    @Override
    public int port() {
      return server.port();
    }

    @Override
    public int httpPort() {
      return server.httpPort();
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
      return server.reload();
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
    }
  }
}
