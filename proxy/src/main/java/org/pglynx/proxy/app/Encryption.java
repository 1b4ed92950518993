package org.pglynx.proxy.app;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.TlsConfig;
import org.pglynx.proxy.transport.TlsAcceptor;

/** The TLS contexts of the process. */
final class Encryption {
  private static final long WATCH_SECONDS = 5;

  private final @Nullable TlsAcceptor clients;

  Encryption(TlsConfig config) {
    clients = config.clients().map(TlsAcceptor::new).orElse(null);
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
    TlsAcceptor accepting = clients;
    if (accepting != null) {
      accepting.refresh();
    }
  }
}
