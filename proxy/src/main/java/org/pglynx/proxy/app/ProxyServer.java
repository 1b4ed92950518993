package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.ModelRow;
import org.pglynx.proxy.admin.PredictionRow;
import org.pglynx.proxy.admin.StopHow;
import org.pglynx.proxy.admin.TrainingRow;
import org.pglynx.proxy.admin.TrainingTotals;
import org.pglynx.proxy.app.cli.ProductVersion;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ProcessSecret;
import org.pglynx.proxy.auth.ScramKeyCache;
import org.pglynx.proxy.auth.ScramVerifier;
import org.pglynx.proxy.auth.VerifierCache;
import org.pglynx.proxy.backend.BackendConnector;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.HttpConfig;
import org.pglynx.proxy.config.MlConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.StopConfig;
import org.pglynx.proxy.ml.MachineMemory;
import org.pglynx.proxy.ml.MlService;
import org.pglynx.proxy.ml.MlSettings;
import org.pglynx.proxy.reload.ConfigSource;
import org.pglynx.proxy.reload.ReloadPlan;
import org.pglynx.proxy.reload.Reloader;
import org.pglynx.proxy.session.LoginMemory;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.telemetry.Traces;
import org.pglynx.proxy.transport.HostAddresses;
import org.pglynx.proxy.transport.TlsFileException;
import org.pglynx.proxy.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A running proxy. */
public final class ProxyServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
  private static final int KEYS_REMEMBERED = 1024;
  private static final int VERIFIERS_REMEMBERED = 65_536;
  private static final long STOP_SECONDS = 5;
  private static final long LOOK_MILLIS = 20;

  /** A client is given a second to close its end. */
  private static final long PARTING_MILLIS = 1_500;

  /** Bound of the model cache; a model of 100 trees of depth 6 takes about 200 KB. */
  private static final long MODEL_BYTES = 256L << 20;

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

  private ProxyServer(
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
      return start(config, source, made, encryption, transport, workers, commits);
    } catch (RuntimeException e) {
      workers.stop();
      stop(transport);
      if (commits != null) {
        commits.close();
      }
      throw e;
    }
  }

  private static ProxyServer start(
      ProxyConfig config,
      ConfigSource source,
      ActivatedSockets made,
      Encryption encryption,
      Transport transport,
      Workers workers,
      Commits commits) {
    GeneralConfig general = config.general();
    List<EventLoop> loops = transport.loopList();
    NonceSource nonces = NonceSource.secure();
    ProcessSecret process = ProcessSecret.random(nonces);
    ClientAuthentication authentication =
        new ClientAuthentication(
            process,
            new VerifierCache(process, ScramVerifier.DEFAULT_ITERATIONS, VERIFIERS_REMEMBERED),
            nonces);
    HostAddresses hosts = HostAddresses.ofThisMachine(general.dnsMaxTtlSeconds());
    BackendConnector connector =
        new BackendConnector(
            transport,
            transport.socketOptions(general.tcp()),
            hosts,
            encryption.servers(),
            workers.compute(),
            workers.logins(),
            new ScramKeyCache(KEYS_REMEMBERED),
            nonces);
    MlService ml = new MlService(settings(config.ml()));
    Peers peers = new Peers(config, connector);
    SessionRegistry registry =
        new SessionRegistry(
            Reconfiguration.clientLimit(general.clients().process()),
            general.clients().reservedForAdmin(),
            new LoginMemory((long) general.clients().loginMegabytes() << 20),
            config.peers().own(),
            peers);
    Traces traces = new Traces(ProductVersion.text());
    registry.statements(general.log().statements());
    SupplyMaker supplies =
        new SupplyMaker(
            connector,
            loops,
            config.ml().enabled() ? ml::interceptor : (database, server, hub) -> null);
    Assembly assembly = new Assembly(supplies, registry, general.auth(), commits);
    AdminDatabases admin =
        new AdminDatabases(
            config,
            assembly,
            registry,
            () -> models(ml),
            () -> trainings(ml),
            commits,
            traces,
            () -> new TrainingTotals(ml.trainingsDone(), ml.trainingsFailed()),
            () -> predictions(ml),
            peers,
            loops.getFirst());
    UserQuestions questions = new UserQuestions(connector, loops);
    Function<ProxyConfig, Accounts> accountsOf =
        effective -> accounts(effective, authentication, questions, assembly, admin);
    config.pools().values().forEach(assembly::add);
    Accounts accounts = accountsOf.apply(config);
    Entry entry =
        new Entry(authentication, registry, workers.logins(), encryption, general, accounts);
    ListeningSockets sockets = ListeningSockets.open(transport, general, entry, made);
    encryption.watch(loops.getFirst(), workers.compute());
    Reloads reloads =
        new Reloads(
            new Reloader(
                config,
                source,
                new Reconfiguration(
                    assembly, encryption, registry, traces, entry, accounts, accountsOf)));
    ProxyServer server =
        new ProxyServer(
            transport,
            encryption,
            workers,
            hosts,
            ml,
            assembly,
            commits,
            registry,
            traces,
            sockets,
            general.http().enabled()
                ? HttpPages.open(
                    transport,
                    general,
                    admin,
                    Board.open(transport, general, entry, reloads, ml),
                    encryption::clients)
                : null,
            reloads);
    traces.become(general.log().traces());
    registry.traces(traces);
    admin.ready(reloads, sockets.rows(), server::stop);
    return server;
  }

  /** Stops, on a thread of its own: whoever asks is answered first. */
  private void stop(StopHow how) {
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

  private static Accounts accounts(
      ProxyConfig config,
      ClientAuthentication authentication,
      UserQuestions questions,
      Assembly assembly,
      AdminDatabases admin) {
    AuthConfig auth = config.general().auth();
    questions.begin(auth.userlist());
    Accounts accounts = new Accounts(auth, authentication, questions);
    assembly.open(config, accounts);
    config.general().admins().forEach(account -> admin.open(account, accounts));
    questions.end();
    return accounts;
  }

  private static List<ModelRow> models(MlService ml) {
    return ml.models().stream()
        .map(model ->
            new ModelRow(
                model.database(),
                model.project(),
                model.modelId(),
                model.algorithm(),
                model.bytes(),
                model.predictions(),
                model.cluster()))
        .toList();
  }

  private static List<PredictionRow> predictions(MlService ml) {
    return ml.predictions().stream()
        .map(row ->
            new PredictionRow(
                row.database(),
                row.project(),
                row.way(),
                row.calls(),
                row.rows(),
                row.nanos(),
                row.times(),
                row.cluster()))
        .toList();
  }

  private static List<TrainingRow> trainings(MlService ml) {
    return ml.trainings().stream()
        .map(training ->
            new TrainingRow(
                training.id(),
                training.database(),
                training.user(),
                training.project(),
                training.modelId(),
                training.algorithm(),
                training.state(),
                training.rows(),
                training.rounds(),
                training.seconds(),
                training.bytes(),
                training.cluster()))
        .toList();
  }

  private static int loops(GeneralConfig general) {
    return orOnePerCore(general.workerThreads());
  }

  private static int threads(MlConfig ml) {
    return orOnePerCore(ml.threads());
  }

  private static int orOnePerCore(int configured) {
    return configured == 0 ? Runtime.getRuntime().availableProcessors() : configured;
  }

  private static MlSettings settings(MlConfig ml) {
    long budget = (long) ml.memoryBudgetMb() << 20;
    MlSettings configured = new MlSettings(threads(ml), ml.queue(), budget, budget, MODEL_BYTES);
    MlSettings kept = configured.within(Runtime.getRuntime().maxMemory(), MachineMemory.bytes());
    if (kept.memoryBudgetBytes() < configured.memoryBudgetBytes()) {
      // The default fits into few machines; who has said a number wants to know.
      boolean said = ml.memoryBudgetMb() != MlConfig.DEFAULT_MEMORY_BUDGET_MB;
      LOG.atLevel(said ? Level.INFO : Level.DEBUG)
          .log(
              "trainings may take {} MB, half of the machine: ml.memory_budget_mb = {} does not fit"
                  + " into it",
              kept.memoryBudgetBytes() >> 20,
              ml.memoryBudgetMb());
    }
    return kept;
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
