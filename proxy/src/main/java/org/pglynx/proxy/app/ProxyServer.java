package org.pglynx.proxy.app;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.StopHow;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.HttpConfig;
import org.pglynx.proxy.config.MlConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.StopConfig;
import org.pglynx.proxy.ml.MlService;
import org.pglynx.proxy.reload.ConfigSource;
import org.pglynx.proxy.reload.ReloadPlan;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.telemetry.Traces;
import org.pglynx.proxy.transport.HostAddresses;
import org.pglynx.proxy.transport.TlsFileException;
import org.pglynx.proxy.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running proxy. */
public final class ProxyServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
  private static final long STOP_SECONDS = 5;
  private static final long LOOK_MILLIS = 20;

  /** A client is given a second to close its end. */
  private static final long PARTING_MILLIS = 1_500;

  private final Transport transport;
  private final Encryption encryption;
  private final Workers workers;
  private final HostAddresses hosts;
  private final MlService ml;
  private final Assembly assembly;
  private final Commits commits;
  private final SessionRegistry registry;
  private final Traces traces;
  private final ListeningSockets sockets;
  private final @Nullable HttpPages http;
  private final Reloads reloads;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> cutShort = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  ProxyServer(
      Transport transport,
      Encryption encryption,
      Workers workers,
      HostAddresses hosts,
      MlService ml,
      Assembly assembly,
      Commits commits,
      SessionRegistry registry,
      Traces traces,
      ListeningSockets sockets,
      @Nullable HttpPages http,
      Reloads reloads) {
    this.transport = transport;
    this.encryption = encryption;
    this.workers = workers;
    this.hosts = hosts;
    this.ml = ml;
    this.assembly = assembly;
    this.commits = commits;
    this.registry = registry;
    this.traces = traces;
    this.sockets = sockets;
    this.http = http;
    this.reloads = reloads;
  }

  /**
   * Starts event loops and pools, and listens.
   *
   * @throws UncheckedIOException if the address cannot be bound
   * @throws TlsFileException if a certificate or a key cannot be used
   * @throws IllegalStateException if the configured transport is not available
   */
  public static ProxyServer start(ProxyConfig config) {
    return start(config, () -> config);
  }

  /**
   * The same.
   *
   * @param source where a newer configuration can be had
   */
  public static ProxyServer start(ProxyConfig config, ConfigSource source) {
    return start(config, source, ActivatedSockets.NONE);
  }

  /**
   * The same.
   *
   * @param made sockets to listen on in place of those of the configuration
   */
  static ProxyServer start(ProxyConfig config, ConfigSource source, ActivatedSockets made) {
    GeneralConfig general = config.general();
    Encryption encryption = new Encryption(config);
    try {
      return start(
          config,
          source,
          made,
          encryption,
          Transport.start(made.transport(general.transport()), loops(general)));
    } catch (RuntimeException e) {
      encryption.close();
      throw e;
    }
  }

  private static ProxyServer start(
      ProxyConfig config,
      ConfigSource source,
      ActivatedSockets made,
      Encryption encryption,
      Transport transport) {
    Workers workers = Workers.start(threads(config.ml()));
    Commits commits = null;
    try {
      commits = Commits.in(config.general().twoPhaseCommitDir());
      return new ProxyStart(config, encryption, transport, workers, commits).run(source, made);
    } catch (RuntimeException e) {
      workers.stop();
      stop(transport);
      if (commits != null) {
        commits.close();
      }
      throw e;
    }
  }

  /** Stops, on a thread of its own: whoever asks is answered first. */
  void stop(StopHow how) {
    Runnable stopping =
        switch (how) {
          case NOW -> this::close;
          case WAIT_FOR_CLIENTS -> this::drain;
          case WAIT_FOR_SERVERS -> this::drainServers;
        };
    Thread.ofPlatform().name("pglynx-stop").start(stopping);
  }

  /**
   * Accepts no more clients, lets nobody begin a transaction, and closes when every server
   * connection has been given back or {@code shutdown_timeout} is over.
   */
  public void drainServers() {
    registry.leave();
    sockets.leave();
    long limit = reloads.config().general().stop().timeoutMillis();
    LOG.info("stopping when servers are free: clients={} limit={} ms", registry.clients(), limit);
    List<ServerPool> pools = assembly.pools();
    assembly.pause();
    await(() -> pools.stream().noneMatch(ServerPool::connected), limit);
    close();
  }

  /** Returns when it holds, the time is over, or the stop is cut short. */
  private void await(BooleanSupplier holds, long millis) {
    CompletableFuture<Void> met = new CompletableFuture<>();
    Future<?> looks =
        transport
            .loopList()
            .getFirst()
            .scheduleAtFixedRate(
                () -> {
                  if (holds.getAsBoolean()) {
                    met.complete(null);
                  }
                },
                0,
                LOOK_MILLIS,
                TimeUnit.MILLISECONDS);
    CompletableFuture.anyOf(met, cutShort)
        .completeOnTimeout(null, millis, TimeUnit.MILLISECONDS)
        .join();
    looks.cancel(false);
  }

  private static int loops(GeneralConfig general) {
    return orOnePerCore(general.workerThreads());
  }

  static int threads(MlConfig ml) {
    return orOnePerCore(ml.threads());
  }

  private static int orOnePerCore(int configured) {
    return configured == 0 ? Runtime.getRuntime().availableProcessors() : configured;
  }

  /** The port it listens on, also if the configuration says 0. */
  public int port() {
    return sockets.port();
  }

  /** The TCP port of a further listener, also if the configuration says 0. */
  public int port(String listener) {
    return sockets.port(listener);
  }

  /** The port of HTTP, also if the configuration says 0; -1 if there is none. */
  public int httpPort() {
    HttpPages pages = http;
    return pages == null ? HttpConfig.OFF : pages.port();
  }

  /** The name of the transport that carries the sockets. */
  public String transport() {
    return transport.name();
  }

  /** How many event loops there are. */
  public int loops() {
    return transport.loopList().size();
  }

  /**
   * Takes up the newest configuration.
   *
   * @return fails with a {@link org.pglynx.proxy.reload.ReloadException} that says why it cannot be
   *     used
   */
  public CompletionStage<ReloadPlan> reload() {
    return reloads.reload();
  }

  /** Lets nobody begin a transaction, in any pool; server connections end as they come back. */
  public void pause() {
    LOG.info("paused: no transaction begins until SIGUSR2, or RESUME in the console");
    assembly.pause();
  }

  /** Lets those go on who were paused. */
  public void resume() {
    LOG.info("resumed: transactions begin again");
    assembly.resume();
  }

  /** Blocks until {@link #close} is done. */
  public void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Accepts no more clients. Lets clients leave by themselves for {@code
   * shutdown_wait_for_clients}; then ends each session when it is between two transactions, and all
   * when {@code shutdown_timeout} is over; then closes. Returns when it has closed; {@link #close},
   * called by another thread meanwhile, cuts it short.
   */
  public void drain() {
    StopConfig stop = reloads.config().general().stop();
    registry.leave();
    sockets.leave();
    LOG.info(
        "stopping: clients={} shutdown_wait_for_clients={} ms shutdown_timeout={} ms",
        registry.clients(),
        stop.patienceMillis(),
        stop.timeoutMillis());
    if (stop.patienceMillis() > 0) {
      await(() -> registry.clients() == 0, stop.patienceMillis());
    }
    if (stop.timeoutMillis() > 0) {
      CompletableFuture.anyOf(registry.drain().toCompletableFuture(), cutShort)
          .completeOnTimeout(null, stop.timeoutMillis(), TimeUnit.MILLISECONDS)
          .join();
    }
    int left = registry.clients();
    if (left > 0) {
      LOG.warn("stopping with transactions that have not ended: clients={}", left);
    }
    close();
  }

  /** Accepts no more clients, ends all sessions, closes all server connections. */
  @Override
  public void close() {
    cutShort.complete(null);
    if (!closing.compareAndSet(false, true)) {
      awaitClosed();
      return;
    }
    sockets.close();
    reloads.close();
    ml.stopTrainings();
    partFromClients();
    HttpPages pages = http;
    if (pages != null) {
      pages.close();
    }
    assembly.close();
    ml.close();
    stop(transport);
    registry.statementLog().close();
    traces.close();
    commits.close();
    encryption.close();
    workers.stop();
    hosts.close();
    closed.countDown();
  }

  /** An event loop that stops drops what it has not written yet: the word why a session ends. */
  private void partFromClients() {
    registry
        .shutdown()
        .toCompletableFuture()
        .completeOnTimeout(null, PARTING_MILLIS, TimeUnit.MILLISECONDS)
        .join();
  }

  /** An io_uring loop waits in its last call for all that it has begun, and without a bound. */
  private static void stop(Transport transport) {
    boolean stopped =
        transport
            .loops()
            .shutdownGracefully(100, TimeUnit.SECONDS.toMillis(STOP_SECONDS), TimeUnit.MILLISECONDS)
            .awaitUninterruptibly(STOP_SECONDS + 2, TimeUnit.SECONDS);
    if (!stopped) {
      LOG.warn("an event loop has not ended in time: transport={}", transport.name());
    }
  }
}
