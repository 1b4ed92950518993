package org.pglynx.proxy.transport;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pglynx.proxy.config.ServerTlsConfig;

/** One {@link TlsDialer} for each way of speaking TLS with servers. */
public final class TlsDialers implements AutoCloseable {
  private final Map<ServerTlsConfig, TlsDialer> dialers = new ConcurrentHashMap<>();

  /**
   * Reads the files of a configuration; blocks, so never on an event loop.
   *
   * @throws TlsFileException if they cannot be used
   */
  public void prepare(ServerTlsConfig config) {
    dialers.computeIfAbsent(config, TlsDialer::new);
  }

  /**
   * The dialer of a configuration.
   *
   * @throws IllegalStateException if it was not {@linkplain #prepare prepared}
   */
  public TlsDialer of(ServerTlsConfig config) {
    TlsDialer found = dialers.get(config);
    if (found == null) {
      throw new IllegalStateException("TLS with servers was not prepared: " + config);
    }
    return found;
  }

  /** Takes up changed files; blocks, so never on an event loop. */
  public void refresh() {
    dialers.values().forEach(TlsDialer::refresh);
  }

  @Override
  public void close() {
    dialers.values().forEach(TlsDialer::close);
    dialers.clear();
  }
}
