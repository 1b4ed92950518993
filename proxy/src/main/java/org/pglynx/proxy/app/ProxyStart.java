package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
import org.pglynx.proxy.config.MlConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.ml.MachineMemory;
import org.pglynx.proxy.ml.MlService;
import org.pglynx.proxy.ml.MlSettings;
import org.pglynx.proxy.reload.ConfigSource;
import org.pglynx.proxy.reload.Reloader;
import org.pglynx.proxy.session.LoginMemory;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.telemetry.Traces;
import org.pglynx.proxy.transport.HostAddresses;
import org.pglynx.proxy.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Makes the parts of a proxy and joins them; listening begins with {@link #run}. */
final class ProxyStart {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
  private static final int KEYS_REMEMBERED = 1024;
  private static final int VERIFIERS_REMEMBERED = 65_536;

  /** Bound of the model cache; a model of 100 trees of depth 6 takes about 200 KB. */
  private static final long MODEL_BYTES = 256L << 20;

  private final ProxyConfig config;
  private final GeneralConfig general;
  private final Encryption encryption;
  private final Transport transport;
  private final Workers workers;
  private final Commits commits;
  private final List<EventLoop> loops;
  private final ClientAuthentication authentication;
  private final HostAddresses hosts;
  private final BackendConnector connector;
  private final MlService ml;
  private final Peers peers;
  private final SessionRegistry registry;
  private final Traces traces = new Traces(ProductVersion.text());
  private final Assembly assembly;
  private final AdminDatabases admin;
  private final UserQuestions questions;

  ProxyStart(
      ProxyConfig config,
      Encryption encryption,
      Transport transport,
      Workers workers,
      Commits commits) {
    this.config = config;
    this.general = config.general();
    this.encryption = encryption;
    this.transport = transport;
    this.workers = workers;
    this.commits = commits;
    this.loops = transport.loopList();
    NonceSource nonces = NonceSource.secure();
    this.authentication = authentication(nonces);
    this.hosts = HostAddresses.ofThisMachine(general.dnsMaxTtlSeconds());
    this.connector = connector(nonces);
    this.ml = new MlService(settings(config.ml()));
    this.peers = new Peers(config, connector);
    this.registry = registry();
    this.assembly = new Assembly(supplies(), registry, general.auth(), commits);
    this.admin = admin();
    this.questions = new UserQuestions(connector, loops);
  }

  private static ClientAuthentication authentication(NonceSource nonces) {
    ProcessSecret process = ProcessSecret.random(nonces);
    VerifierCache verifiers =
        new VerifierCache(process, ScramVerifier.DEFAULT_ITERATIONS, VERIFIERS_REMEMBERED);
    return new ClientAuthentication(process, verifiers, nonces);
  }

  private BackendConnector connector(NonceSource nonces) {
    return new BackendConnector(
        transport,
        transport.socketOptions(general.tcp()),
        hosts,
        encryption.servers(),
        workers.compute(),
        workers.logins(),
        new ScramKeyCache(KEYS_REMEMBERED),
        nonces);
  }

  private SessionRegistry registry() {
    SessionRegistry made =
        new SessionRegistry(
            Reconfiguration.clientLimit(general.clients().process()),
            general.clients().reservedForAdmin(),
            new LoginMemory((long) general.clients().loginMegabytes() << 20),
            config.peers().own(),
            peers);
    made.statements(general.log().statements());
    return made;
  }

  private SupplyMaker supplies() {
    return new SupplyMaker(
        connector,
        loops,
        config.ml().enabled() ? ml::interceptor : (database, server, hub) -> null);
  }

  private AdminDatabases admin() {
    return new AdminDatabases(
        config, assembly, registry, new MlFacts(ml), commits, traces, peers, loops.getFirst());
  }

  /**
   * Opens the databases, and listens.
   *
   * @param source where a newer configuration can be had
   * @param made sockets to listen on in place of those of the configuration
   */
  ProxyServer run(ConfigSource source, ActivatedSockets made) {
    config.pools().values().forEach(assembly::add);
    Function<ProxyConfig, Accounts> accountsOf = this::accounts;
    Accounts accounts = accountsOf.apply(config);
    Entry entry =
        new Entry(authentication, registry, workers.logins(), encryption, general, accounts);
    ListeningSockets sockets = ListeningSockets.open(transport, general, entry, made);
    encryption.watch(loops.getFirst(), workers.compute());
    Reconfiguration changes =
        new Reconfiguration(assembly, encryption, registry, traces, entry, accounts, accountsOf);
    Reloads reloads = new Reloads(new Reloader(config, source, changes));
    HttpPages pages = general.http().enabled() ? pages(entry, reloads) : null;
    ProxyServer server = server(sockets, pages, reloads);
    traces.become(general.log().traces());
    registry.traces(traces);
    admin.ready(reloads, sockets.rows(), server::stop);
    return server;
  }

  private HttpPages pages(Entry entry, Reloads reloads) {
    Board board = Board.open(transport, general, entry, reloads, ml);
    return HttpPages.open(transport, general, admin, board, encryption::clients);
  }

  private ProxyServer server(ListeningSockets sockets, @Nullable HttpPages pages, Reloads reloads) {
    return new ProxyServer(
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
        pages,
        reloads);
  }

  private Accounts accounts(ProxyConfig effective) {
    AuthConfig auth = effective.general().auth();
    questions.begin(auth.userlist());
    Accounts accounts = new Accounts(auth, authentication, questions);
    assembly.open(effective, accounts);
    effective.general().admins().forEach(account -> admin.open(account, accounts));
    questions.end();
    return accounts;
  }

  private static MlSettings settings(MlConfig ml) {
    long budget = (long) ml.memoryBudgetMb() << 20;
    MlSettings configured =
        new MlSettings(ProxyServer.threads(ml), ml.queue(), budget, budget, MODEL_BYTES);
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
}
