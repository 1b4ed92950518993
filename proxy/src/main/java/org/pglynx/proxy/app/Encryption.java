package org.pglynx.proxy.app;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ClientTlsConfig;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.transport.TlsAcceptor;
import org.pglynx.proxy.transport.TlsDialers;

/** The TLS contexts of the process. */
final class Encryption implements AutoCloseable {
  private static final long WATCH_SECONDS = 5;

  private final Map<ClientTlsConfig, TlsAcceptor> acceptors = new ConcurrentHashMap<>();
  private final TlsDialers servers = new TlsDialers();
  private volatile @Nullable TlsAcceptor clients;

  /** Reads all files that the configuration names. */
  Encryption(ProxyConfig config) {
    prepare(config);
    become(config);
  }

  /**
   * Reads the files that a configuration names and that were not known before. What was known
   * before stays: connections may be beginning with it.
   */
  void prepare(ProxyConfig config) {
    config
        .general()
        .tls()
        .clients()
        .ifPresent(tls -> acceptors.computeIfAbsent(tls, TlsAcceptor::new));
    Stream<ServerTlsConfig> ofPools = config.pools().values().stream().map(PoolConfig::serverTls);
    Stream<ServerTlsConfig> ofPeers =
        config.peers().all().stream().map(peer -> config.general().tls().servers()).limit(1);
    Stream.concat(ofPools, ofPeers)
        .filter(tls -> tls.mode() != TlsMode.DISABLE)
        .forEach(servers::prepare);
  }

  /** Clients get TLS from now on as a configuration says for which this is prepared. */
  void become(ProxyConfig config) {
    clients = config.general().tls().clients().map(acceptors::get).orElse(null);
  }

  /** With servers. */
  TlsDialers servers() {
    return servers;
  }

  /** With clients; null if nobody gets TLS. */
  @Nullable TlsAcceptor clients() {
    return clients;
  }

  /** Takes up changed files until the loop ends; the files are looked at on the other executor. */
  void watch(ScheduledExecutorService loop, Executor offload) {
    Future<?> _ =
        loop.scheduleWithFixedDelay(
            () -> offload.execute(this::refresh), WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
  }

  /** Looks at all files; blocks. */
  void refresh() {
    acceptors.values().forEach(TlsAcceptor::refresh);
    servers.refresh();
  }

  /** Gives the contexts back, once no connection begins any more. */
  @Override
  public void close() {
    acceptors.values().forEach(TlsAcceptor::close);
    acceptors.clear();
    servers.close();
  }
}
