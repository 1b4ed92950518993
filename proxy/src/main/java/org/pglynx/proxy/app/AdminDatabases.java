package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.AdminInterceptor;
import org.pglynx.proxy.admin.AdminPool;
import org.pglynx.proxy.admin.AdminView;
import org.pglynx.proxy.admin.HostRow;
import org.pglynx.proxy.admin.ListenerRow;
import org.pglynx.proxy.admin.LoopRow;
import org.pglynx.proxy.admin.MemoryRow;
import org.pglynx.proxy.admin.MetricsPage;
import org.pglynx.proxy.admin.MirrorRow;
import org.pglynx.proxy.admin.ModelRow;
import org.pglynx.proxy.admin.PeerRow;
import org.pglynx.proxy.admin.PredictionRow;
import org.pglynx.proxy.admin.PreparedRow;
import org.pglynx.proxy.admin.RoutingRow;
import org.pglynx.proxy.admin.SessionParameters;
import org.pglynx.proxy.admin.StateRow;
import org.pglynx.proxy.admin.StatsWindow;
import org.pglynx.proxy.admin.StopHow;
import org.pglynx.proxy.admin.TlsRow;
import org.pglynx.proxy.admin.ToldRow;
import org.pglynx.proxy.admin.TrainingRow;
import org.pglynx.proxy.admin.TrainingTotals;
import org.pglynx.proxy.admin.TransactionRow;
import org.pglynx.proxy.app.cli.ProductVersion;
import org.pglynx.proxy.backend.InternalSession;
import org.pglynx.proxy.cluster.Cluster;
import org.pglynx.proxy.cluster.HostState;
import org.pglynx.proxy.config.AdminConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.mirror.MirrorCounts;
import org.pglynx.proxy.reload.Reloader;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.session.ClientQuota;
import org.pglynx.proxy.session.ClientView;
import org.pglynx.proxy.session.RunningView;
import org.pglynx.proxy.session.SessionPolicy;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.session.SlowRow;
import org.pglynx.proxy.session.StatementRegistry;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.telemetry.TraceCounts;
import org.pglynx.proxy.telemetry.Traces;

/** Opens the admin databases to the admin, and shows them the process as it is wired. */
final class AdminDatabases {
  private static final int STATEMENTS = 256;

  private final ProxyConfig first;
  private final Assembly assembly;
  private final SessionRegistry registry;
  private final MlFacts ml;
  private final Commits commits;
  private final Traces traces;
  private final Peers peers;
  private final String version = ProductVersion.text();
  private final AdminInterceptor admins;
  private final AdminInterceptor watchers;
  private final ConsoleActions actions;
  private final AdminView view;
  private final StatsWindow window;
  private volatile @Nullable Reloads reloads;
  private volatile List<ListenerRow> listeners = List.of();

  /** One of the loops keeps the averages, so they end with it. */
  AdminDatabases(
      ProxyConfig first,
      Assembly assembly,
      SessionRegistry registry,
      MlFacts ml,
      Commits commits,
      Traces traces,
      Peers peers,
      EventLoop loop) {
    this.first = first;
    this.assembly = assembly;
    this.registry = registry;
    this.ml = ml;
    this.commits = commits;
    this.traces = traces;
    this.peers = peers;
    this.actions = new ConsoleActions(assembly, registry, loop);
    this.view = new View();
    this.window = new StatsWindow(view, System::nanoTime);
    Future<?> _ =
        loop.scheduleAtFixedRate(
            window::tick, StatsWindow.SECONDS, StatsWindow.SECONDS, TimeUnit.SECONDS);
    this.admins = new AdminInterceptor(view, actions, version, window, true);
    this.watchers = new AdminInterceptor(view, actions, version, window, false);
  }

  /** The process is there whole. */
  void ready(Reloads asked, List<ListenerRow> sockets, Consumer<StopHow> stops) {
    reloads = asked;
    listeners = List.copyOf(sockets);
    actions.ready(asked, stops);
  }

  /**
   * The same figures as the console's, for Prometheus.
   *
   * @param loops how late event loops are
   * @param thread makes the page
   */
  MetricsPage metrics(Supplier<List<LoopRow>> loops, Executor thread) {
    return new MetricsPage(view, window, loops, version, thread);
  }

  /** What the process does. */
  StateRow state() {
    return view.state();
  }

  /** Adds the accounts of one who may use the console. */
  void open(AdminConfig admin, Accounts accounts) {
    for (String database : ProxyConfig.ADMIN_DATABASES) {
      SessionProfile profile =
          new SessionProfile(
              database,
              admin.username(),
              SessionPolicy.TRANSACTIONS,
              new SessionProfile.Statements(
                  admin.changes() ? admins : watchers,
                  new StatementRegistry(STATEMENTS),
                  InternalSession::new),
              place -> new SessionProfile.Place(null, new PoolCounters()),
              new SessionParameters(version).reported(),
              ClientQuota.ADMIN);
      accounts.add(database, admin.username(), admin.authType(), admin.password(), profile);
    }
  }

  private final class View implements AdminView {
    @Override
    public ProxyConfig config() {
      Reloads present = reloads;
      return present == null ? first : present.config();
    }

    @Override
    public boolean changeable(String key) {
      return Reloader.changeable(key);
    }

    @Override
    public List<AdminPool> pools() {
      return assembly.pools().stream().map(this::pool).toList();
    }

    private AdminPool pool(ServerPool pool) {
      return new AdminPool(
          pool.database(),
          pool.user(),
          pool::snapshot,
          pool::totals,
          pool::latencies,
          pool::widths,
          pool.servers(),
          pool.paused(),
          !assembly.enabled(pool.database().name()));
    }

    @Override
    public List<ClientView> clients() {
      return registry.views();
    }

    @Override
    public int loginClients() {
      return registry.logins().connections();
    }

    @Override
    public long loginBytes() {
      return registry.logins().bytes();
    }

    @Override
    public int clientsOfDatabase(String database) {
      return assembly.clients().ofDatabase(database);
    }

    @Override
    public int clientsOfUser(String user) {
      return assembly.clients().ofUser(user);
    }

    @Override
    public List<RoutingRow> routing() {
      Map<Router, RoutingRow> rows = new LinkedHashMap<>();
      for (ServerPool pool : assembly.pools()) {
        Router router = pool.profile().router();
        if (router != null) {
          rows.computeIfAbsent(router, known -> row(pool.database().name(), known));
        }
      }
      return List.copyOf(rows.values());
    }

    private static RoutingRow row(String database, Router router) {
      Router.Counts counts = router.counts();
      return new RoutingRow(
          database,
          router.policy().role().word(),
          counts.replicas(),
          counts.primaries(),
          counts.retries(),
          counts.plans(),
          counts.hits(),
          counts.misses(),
          counts.failures(),
          router.catalog().harmless(),
          router.catalog().suspect());
    }

    @Override
    public List<MirrorRow> mirrors() {
      return assembly.pools().stream()
          .flatMap(
              pool -> pool.supply().servers().mirrors().stream().map(mirror -> row(pool, mirror)))
          .toList();
    }

    private static MirrorRow row(ServerPool pool, MirrorPool mirror) {
      MirrorCounts counts = mirror.mirror().counts();
      return new MirrorRow(
          pool.database().name(),
          pool.user().username(),
          mirror.config().host(),
          mirror.config().port(),
          mirror.of().toString(),
          counts.begun(),
          counts.done(),
          counts.dropped(),
          counts.waitingBytes());
    }

    @Override
    public List<ModelRow> models() {
      return ml.models();
    }

    @Override
    public List<PredictionRow> predictions() {
      return ml.predictions();
    }

    @Override
    public List<TrainingRow> trainings() {
      return ml.trainings();
    }

    @Override
    public List<TransactionRow> transactions() {
      return commits.rows();
    }

    @Override
    public TrainingTotals trainingTotals() {
      return ml.totals();
    }

    @Override
    public CompletionStage<List<HostRow>> hosts() {
      return of(Cluster::states);
    }

    @Override
    public CompletionStage<List<HostRow>> ban(String host, long seconds) {
      return of(cluster -> cluster.orders().ban(host, seconds));
    }

    @Override
    public CompletionStage<List<HostRow>> unban(String host) {
      return of(cluster -> cluster.orders().unban(host));
    }

    @Override
    public CompletionStage<List<HostRow>> drain(String host) {
      return of(cluster -> cluster.orders().drain(host));
    }

    @Override
    public CompletionStage<List<HostRow>> undrain(String host) {
      return of(cluster -> cluster.orders().undrain(host));
    }

    private CompletionStage<List<HostRow>> of(
        Function<Cluster, CompletionStage<List<HostState>>> question) {
      CompletionStage<List<HostRow>> rows = CompletableFuture.completedFuture(List.of());
      for (Cluster cluster : assembly.clusters().all()) {
        rows =
            rows.thenCombine(
                question.apply(cluster),
                (before, states) ->
                    Stream.concat(
                            before.stream(), states.stream().map(state -> row(cluster, state)))
                        .toList());
      }
      return rows;
    }

    private static HostRow row(Cluster cluster, HostState state) {
      HostState.Ban ban = state.ban();
      return new HostRow(
          cluster.name(),
          state.config(),
          state.role(),
          state.state(),
          ban == null
              ? null
              : new HostRow.Ban(
                  ban.reason().word() + (ban.byOperator() ? operatorSeconds(ban) : ""),
                  ban.why(),
                  ban.ageNanos(),
                  ban.leftNanos()),
          state.position(),
          state.timeline(),
          state.lagBytes(),
          state.lagNanos(),
          state.given());
    }

    /** pgcat names the seconds that the operator has given. */
    private static String operatorSeconds(HostState.Ban ban) {
      return "(" + TimeUnit.NANOSECONDS.toSeconds(ban.ageNanos() + ban.leftNanos()) + ")";
    }

    @Override
    public List<ListenerRow> listeners() {
      return listeners;
    }

    @Override
    public List<TlsRow> encryption() {
      return TlsRows.of(config());
    }

    @Override
    public ToldRow told() {
      TraceCounts counts = traces.counts();
      return new ToldRow(
          counts.exported(), counts.failed(), counts.dropped(), LogSetup.droppedLines());
    }

    @Override
    public List<MemoryRow> memory() {
      return MemoryRows.now();
    }

    @Override
    public CompletionStage<List<RunningView>> running() {
      return registry.running();
    }

    @Override
    public List<SlowRow> slow() {
      return registry.statementLog().rows();
    }

    @Override
    public long unloggedQueries() {
      return registry.statementLog().queries().dropped();
    }

    @Override
    public void forgetSlow() {
      registry.statementLog().forget();
    }

    @Override
    public List<PreparedRow> prepared() {
      return assembly.prepared();
    }

    @Override
    public StateRow state() {
      Pauses pauses = assembly.pauses();
      return new StateRow(pauses.all(), pauses.maintenance(), registry.leaving());
    }

    @Override
    public List<PeerRow> peers() {
      return peers.rows();
    }
  }
}
