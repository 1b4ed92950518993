package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pglynx.proxy.admin.AdminInterceptor;
import org.pglynx.proxy.admin.AdminPool;
import org.pglynx.proxy.admin.AdminView;
import org.pglynx.proxy.admin.ModelRow;
import org.pglynx.proxy.admin.PeerRow;
import org.pglynx.proxy.admin.SessionParameters;
import org.pglynx.proxy.admin.StatsWindow;
import org.pglynx.proxy.admin.TrainingRow;
import org.pglynx.proxy.app.cli.ProductVersion;
import org.pglynx.proxy.backend.InternalSession;
import org.pglynx.proxy.config.AdminConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.session.ClientQuota;
import org.pglynx.proxy.session.ClientView;
import org.pglynx.proxy.session.SessionPolicy;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.session.StatementRegistry;
import org.pglynx.proxy.stats.PoolCounters;

/** Opens the admin databases to the admin, and shows them the process as it is wired. */
final class AdminDatabases {
  private static final int STATEMENTS = 256;

  private final ProxyConfig config;
  private final Assembly assembly;
  private final SessionRegistry registry;
  private final Supplier<List<ModelRow>> models;
  private final Supplier<List<TrainingRow>> trainings;
  private final Peers peers;

  AdminDatabases(
      ProxyConfig config,
      Assembly assembly,
      SessionRegistry registry,
      Supplier<List<ModelRow>> models,
      Supplier<List<TrainingRow>> trainings,
      Peers peers) {
    this.config = config;
    this.assembly = assembly;
    this.registry = registry;
    this.models = models;
    this.trainings = trainings;
    this.peers = peers;
  }

  /** Adds the accounts; one of the loops keeps the averages, so they end with it. */
  void open(AdminConfig admin, EventLoop loop) {
    String version = ProductVersion.text();
    AdminView view = new View();
    StatsWindow window = new StatsWindow(view, System::nanoTime);
    Future<?> _ =
        loop.scheduleAtFixedRate(
            window::tick, StatsWindow.SECONDS, StatsWindow.SECONDS, TimeUnit.SECONDS);
    AdminInterceptor console = new AdminInterceptor(view, version, window);
    for (String database : ProxyConfig.ADMIN_DATABASES) {
      SessionProfile profile =
          new SessionProfile(
              database,
              admin.username(),
              SessionPolicy.TRANSACTIONS,
              new SessionProfile.Statements(
                  console, new StatementRegistry(STATEMENTS), InternalSession::new),
              place -> new SessionProfile.Place(null, new PoolCounters()),
              new SessionParameters(version).reported(),
              ClientQuota.ADMIN);
      assembly.account(database, admin.username(), admin.authType(), admin.password(), profile);
    }
  }

  private final class View implements AdminView {
    @Override
    public ProxyConfig config() {
      return config;
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
          pool.connections()::totals,
          pool.connections()::latencies);
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
    public List<ModelRow> models() {
      return models.get();
    }

    @Override
    public List<TrainingRow> trainings() {
      return trainings.get();
    }

    @Override
    public List<PeerRow> peers() {
      return peers.rows();
    }
  }
}
