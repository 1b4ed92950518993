package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.AuthType;
import org.pglynx.proxy.config.BalancingConfig;
import org.pglynx.proxy.config.CheckConfig;
import org.pglynx.proxy.config.ClientLimitConfig;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.HttpConfig;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.MirroringConfig;
import org.pglynx.proxy.config.MlConfig;
import org.pglynx.proxy.config.PeersConfig;
import org.pglynx.proxy.config.PluginsConfig;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.RoutingConfig;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerLimitConfig;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.config.Setting;
import org.pglynx.proxy.config.ShardConfig;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.config.StopConfig;
import org.pglynx.proxy.config.SupplyConfig;
import org.pglynx.proxy.config.TargetSessionAttrs;
import org.pglynx.proxy.config.TcpConfig;
import org.pglynx.proxy.config.TimeoutConfig;
import org.pglynx.proxy.config.TlsConfig;
import org.pglynx.proxy.config.TransportKind;
import org.pglynx.proxy.config.UnixSocketConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.config.WelcomeConfig;
import org.pglynx.proxy.config.WorkLimits;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.pool.PoolSnapshot.ServerView;
import org.pglynx.proxy.session.ClientView;
import org.pglynx.proxy.session.RunningView;
import org.pglynx.proxy.session.SlowRow;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters.Totals;
import org.pglynx.proxy.stats.ServerWork;
import org.pglynx.proxy.stats.Socket;
import org.pglynx.proxy.stats.Widths;

/** A process with the database shop, its users anna and ben, and whatever a test adds. */
final class FakeView implements AdminView {
  private static final long SECOND = 1_000_000_000L;
  private static final TimeoutConfig TIMEOUTS =
      new TimeoutConfig(5000, 1000, 30_000, 3_600_000, WorkLimits.NONE);

  private static final SupplyConfig SUPPLY =
      new SupplyConfig(
          2,
          5_000,
          false,
          new CheckConfig(CheckConfig.EMPTY_QUERY, 30_000, 1_000),
          new ServerLimitConfig(15, 30, 40));

  final List<ClientView> clients = new ArrayList<>();
  final List<ModelRow> models = new ArrayList<>();
  final List<TrainingRow> trainings = new ArrayList<>();
  final List<TransactionRow> transactions = new ArrayList<>();
  final List<PredictionRow> predictions = new ArrayList<>();
  final List<HostRow> hosts = new ArrayList<>();
  final List<RunningView> running = new ArrayList<>();
  final List<SlowRow> slow = new ArrayList<>();
  final List<String> orders = new ArrayList<>();
  final List<PeerRow> peers = new ArrayList<>();
  PoolSnapshot anna = new PoolSnapshot(List.of(), 0, 0, 0);
  PoolSnapshot ben = new PoolSnapshot(List.of(), 0, 0, 0);
  Totals annaTotals = Totals.ZERO;
  Totals benTotals = Totals.ZERO;
  Latencies annaLatencies = Latencies.NONE;
  Latencies benLatencies = Latencies.NONE;
  int loginClients;

  static ServerView server(int pid, String state) {
    return new ServerView(
        pid,
        state,
        90 * SECOND,
        12,
        3,
        state.equals("active") ? 2 : 0,
        "none",
        "TLSv1.3/TLS_AES_256_GCM_SHA384",
        "psql",
        "db1",
        5433,
        "shop_db",
        new ServerWork(5, 9, 1000, 2000, new ServerWork.Prepared(40, 4, 2)),
        new Socket("0x5e" + pid, "10.0.0.1:5" + pid),
        state.equals("used"));
  }

  static ClientView client(int id, String user, String state, long waitNanos) {
    return new ClientView(
        id,
        "shop",
        user,
        "psql",
        "10.0.0.7:40123",
        "TLSv1.3/TLS_AES_256_GCM_SHA384",
        state,
        5,
        9,
        1,
        61 * SECOND,
        waitNanos,
        SECOND,
        3,
        "",
        "none",
        new Socket("0xc1" + id, "10.0.0.1:6432"),
        state.equals("active") ? "0x5e11" : "");
  }

  private static UserConfig user(String name, int poolSize, PoolMode mode) {
    Secret secret = new Secret("hidden");
    return new UserConfig(
        name,
        secret,
        AuthType.TRUST,
        "app",
        secret,
        poolSize,
        1,
        mode,
        org.pglynx.proxy.config.OnSessionState.PIN,
        true,
        TIMEOUTS,
        SUPPLY,
        30);
  }

  private static final Map<String, UserConfig> USERS =
      Map.of(
          "anna", user("anna", 20, PoolMode.TRANSACTION), "ben", user("ben", 5, PoolMode.SESSION));

  private static final PoolConfig SHOP =
      new PoolConfig(
          "shop",
          PoolMode.TRANSACTION,
          500,
          true,
          Map.of(),
          TIMEOUTS,
          ServerTlsConfig.NONE,
          Set.of(),
          Map.of(0, new ShardConfig(0, "shop_db", List.of(new ServerConfig("db1", 5433)))),
          USERS,
          100,
          Optional.empty(),
          BalancingConfig.ONE_SERVER,
          ShardingConfig.NONE,
          RoutingConfig.NONE,
          MirroringConfig.NONE,
          PluginsConfig.NONE);

  @Override
  public ProxyConfig config() {
    GeneralConfig general =
        new GeneralConfig(
            "127.0.0.1",
            6432,
            false,
            new UnixSocketConfig("", 0777, ""),
            TransportKind.NIO,
            1,
            0,
            new ClientLimitConfig(0, 100, 30, 3, 128),
            1000,
            new StopConfig(0, 1000),
            0,
            TIMEOUTS,
            SUPPLY,
            15,
            new TcpConfig(true, 1, 1, 1, 1),
            new LogConfig(false, false),
            new AuthConfig(
                AuthType.TRUST,
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.empty(),
                false,
                1,
                0),
            List.of(),
            TlsConfig.NONE,
            60,
            false,
            "",
            HttpConfig.NONE,
            TargetSessionAttrs.ANY,
            List.of(),
            "",
            WelcomeConfig.NONE);
    return new ProxyConfig(
        general,
        new MlConfig(true, 1, 1, 1),
        new PeersConfig(1, peers.stream().map(PeerRow::peer).toList()),
        Map.of("shop", SHOP),
        List.of(
            new Setting("general.port", "6432", "6432"),
            new Setting("pools.shop.pool_mode", "transaction", "transaction")),
        List.of());
  }

  @Override
  public List<AdminPool> pools() {
    return List.of(
        new AdminPool(
            SHOP,
            user("anna", 20, PoolMode.TRANSACTION),
            () -> CompletableFuture.completedFuture(anna),
            () -> annaTotals,
            () -> annaLatencies,
            () -> new Widths(new long[] {3, 0, 2, 0, 0, 0, 0, 1}, 111),
            servers(anna),
            false,
            false),
        new AdminPool(
            SHOP,
            user("ben", 5, PoolMode.SESSION),
            () -> CompletableFuture.completedFuture(ben),
            () -> benTotals,
            () -> benLatencies,
            () -> Widths.NONE,
            servers(ben),
            true,
            false));
  }

  private static List<ServerState> servers(PoolSnapshot all) {
    return List.of(
        new ServerState(
            0,
            0,
            new ServerConfig("db1", 5433),
            "shop_db",
            () -> CompletableFuture.completedFuture(all)));
  }

  @Override
  public List<ClientView> clients() {
    return clients;
  }

  @Override
  public int loginClients() {
    return loginClients;
  }

  @Override
  public int clientsOfDatabase(String database) {
    return database.equals("shop") ? 40 : 0;
  }

  @Override
  public int clientsOfUser(String user) {
    return user.equals("anna") ? 29 : 11;
  }

  @Override
  public long loginBytes() {
    return 4096;
  }

  @Override
  public List<MirrorRow> mirrors() {
    return List.of(new MirrorRow("shop", "anna", "new1", 5432, "db1:5433", 12, 9, 2, 640));
  }

  @Override
  public List<RoutingRow> routing() {
    return List.of(new RoutingRow("shop", "auto", 30, 10, 1, 5, 75, 25, 2, 2448, 8));
  }

  @Override
  public List<ModelRow> models() {
    return models;
  }

  @Override
  public List<PredictionRow> predictions() {
    return predictions;
  }

  @Override
  public List<TrainingRow> trainings() {
    return trainings;
  }

  @Override
  public List<TransactionRow> transactions() {
    return transactions;
  }

  @Override
  public TrainingTotals trainingTotals() {
    return new TrainingTotals(3, 1);
  }

  @Override
  public long unloggedQueries() {
    return 0;
  }

  @Override
  public void forgetSlow() {
    slow.clear();
  }

  @Override
  public CompletionStage<List<HostRow>> hosts() {
    return CompletableFuture.completedFuture(hosts);
  }

  @Override
  public CompletionStage<List<HostRow>> ban(String host, long seconds) {
    orders.add("ban " + host + " " + seconds);
    return CompletableFuture.completedFuture(hosts);
  }

  @Override
  public CompletionStage<List<HostRow>> unban(String host) {
    orders.add("unban " + host);
    return CompletableFuture.completedFuture(hosts);
  }

  @Override
  public CompletionStage<List<HostRow>> drain(String host) {
    orders.add("drain " + host);
    return CompletableFuture.completedFuture(hosts);
  }

  @Override
  public CompletionStage<List<HostRow>> undrain(String host) {
    orders.add("undrain " + host);
    return CompletableFuture.completedFuture(hosts);
  }

  @Override
  public List<ListenerRow> listeners() {
    return List.of(new ListenerRow("tcp", "127.0.0.1", 6432, "disable", "any"));
  }

  @Override
  public List<TlsRow> encryption() {
    return List.of(
        new TlsRow("clients", "", "prefer", "/c.pem", null, "CN=a", "2030-01-01 00:00:00 UTC", 7L),
        new TlsRow("servers", "shop", "verify-full", null, "/ca.pem", null, null, null));
  }

  @Override
  public boolean changeable(String key) {
    return !key.equals("general.port");
  }

  @Override
  public ToldRow told() {
    return new ToldRow(5, 2, 1, 3);
  }

  @Override
  public List<MemoryRow> memory() {
    return List.of(new MemoryRow("heap", 10, 30, 100));
  }

  @Override
  public CompletionStage<List<RunningView>> running() {
    return CompletableFuture.completedFuture(running);
  }

  @Override
  public List<SlowRow> slow() {
    return slow;
  }

  @Override
  public List<PreparedRow> prepared() {
    return List.of(new PreparedRow("shop", "", "pglynx_1", "SELECT 1"));
  }

  @Override
  public StateRow state() {
    return new StateRow(false, true, false);
  }

  @Override
  public List<PeerRow> peers() {
    return peers;
  }
}
