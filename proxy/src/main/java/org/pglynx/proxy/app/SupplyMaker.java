package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.LearnedCredential;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.backend.BackendConnector;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.cluster.ClusterPool;
import org.pglynx.proxy.config.CheckConfig;
import org.pglynx.proxy.config.MirrorConfig;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ShardConfig;
import org.pglynx.proxy.config.SupplyConfig;
import org.pglynx.proxy.config.TimeoutConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.config.WorkLimits;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.mirror.Mirror;
import org.pglynx.proxy.plugin.PluginInterceptor;
import org.pglynx.proxy.pool.ConnectionLimit;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.OutageLog;
import org.pglynx.proxy.pool.PoolContext;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.pool.ReplicationPool;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.shard.ShardedDatabase;
import org.pglynx.proxy.shard.UniqueIds;

/** Makes server connections of the configuration. */
final class SupplyMaker {
  /** With pgcat's value 0 (off) named statements would break in transaction pooling. */
  private static final int DEFAULT_STATEMENTS = 500;

  private final BackendConnector connector;
  private final List<EventLoop> loops;
  private final Interceptors interceptors;
  private final SharedLimits limits = new SharedLimits();
  private final Clusters clusters;
  private final DeadlockWatches deadlocks = new DeadlockWatches();

  /** Pools of one node never give the same id, also when they are made anew. */
  private final Map<Integer, UniqueIds> uniqueIds = new ConcurrentHashMap<>();

  /**
   * Gives the interceptor for a database, as clients name it, of a server: the first, if there are
   * several shards, of which nobody listens.
   */
  interface Interceptors {
    @Nullable QueryInterceptor of(
        String database, String serverDatabase, @Nullable NotificationHub hub);
  }

  SupplyMaker(BackendConnector connector, List<EventLoop> loops, Interceptors interceptors) {
    this.connector = connector;
    this.loops = loops;
    this.interceptors = interceptors;
    this.clusters = new Clusters(connector, loops);
  }

  List<EventLoop> loops() {
    return loops;
  }

  SharedLimits limits() {
    return limits;
  }

  /** The databases with several servers. */
  Clusters clusters() {
    return clusters;
  }

  /**
   * The first connections of a pool.
   *
   * @param name the pool's in the configuration
   */
  Supply make(PoolConfig pool, String name, UserConfig user, Map<String, Secret> userlist) {
    StoredSecret configured = configured(user, userlist);
    Supply.Login login = login(pool, user, configured, new LearnedCredential(configured));
    return supply(pool, user, login, servers(pool, name, user, login.credential(), null));
  }

  /** Others in their place; the same where only numbers differ. */
  Supply change(
      Supply before, PoolConfig pool, String name, UserConfig user, Map<String, Secret> userlist) {
    StoredSecret configured = configured(user, userlist);
    Supply.Login login = login(pool, user, configured, credential(before, user, configured));
    if (login.same(before.login())
        && pool.plugins().equals(before.database().plugins())
        && pool.balancing().equals(before.database().balancing())
        && sameMirrors(pool, before.database())) {
      before.servers().apply(settings(pool, user));
      return before.under(pool, user);
    }
    return supply(
        pool, user, login, servers(pool, name, user, login.credential(), before.servers()));
  }

  private static boolean sameMirrors(PoolConfig one, PoolConfig other) {
    return one.mirroring().equals(other.mirroring())
        && one.shards().values().stream()
            .map(ShardConfig::mirrors)
            .toList()
            .equals(other.shards().values().stream().map(ShardConfig::mirrors).toList());
  }

  private Supply supply(PoolConfig pool, UserConfig user, Supply.Login login, Servers servers) {
    String server = target(pool, user, login.credential(), pool.shard().primary()).describe();
    QueryInterceptor own = interceptors.of(pool.name(), server, servers.hub());
    return new Supply(pool, user, login, servers, PluginInterceptor.of(pool.plugins(), own));
  }

  private Servers servers(
      PoolConfig pool,
      String name,
      UserConfig user,
      LearnedCredential credential,
      @Nullable Servers before) {
    if (!pool.sharded()) {
      return shard(pool, name, user, credential, before);
    }
    List<Servers> shards = new ArrayList<>();
    for (int number : pool.shards().keySet()) {
      Servers earlier =
          before instanceof Servers.Sharded sharded ? sharded.shards().get(shards.size()) : null;
      shards.add(shard(pool.only(number), name, user, credential, earlier));
    }
    UniqueIds ids =
        uniqueIds.computeIfAbsent(
            pool.sharding().uniqueIdNode(), node -> new UniqueIds(node, System::currentTimeMillis));
    return new Servers.Sharded(
        shards,
        new ShardedDatabase(pool.sharding(), shards.size(), ids, deadlocks.of(pool.shards())));
  }

  private Servers shard(
      PoolConfig pool,
      String name,
      UserConfig user,
      LearnedCredential credential,
      @Nullable Servers before) {
    return pool.shard().single()
        ? one(pool, user, credential, before)
        : several(pool, name, user, credential);
  }

  private Servers one(
      PoolConfig pool, UserConfig user, LearnedCredential credential, @Nullable Servers before) {
    ServerConfig server = pool.shard().primary();
    BackendTarget target = target(pool, user, credential, server);
    List<ConnectionLimit> shared = limits.of(pool, user, server);
    List<MirrorPool> mirrors = mirrors(pool, user, credential, server);
    PoolContext context =
        new PoolContext(
            new OutageLog(pool.name() + "/" + user.username(), target.describe(), System::nanoTime),
            loop -> MirrorPool.all(mirrors, loop),
            pool.plugins().prewarm());
    ConnectionPool connections =
        before instanceof Servers.One one
            ? one.connections().successor(settings(pool, user), shared, target, context)
            : new ConnectionPool(settings(pool, user), shared, target, connector, loops, context);
    return new Servers.One(
        connections, new ReplicationPool(connections, target, connector), mirrors);
  }

  private Servers several(
      PoolConfig pool, String name, UserConfig user, LearnedCredential credential) {
    List<MirrorPool> all = new ArrayList<>();
    List<ClusterPool.Member> members = new ArrayList<>();
    for (ServerConfig server : pool.shard().servers()) {
      List<MirrorPool> mirrors = mirrors(pool, user, credential, server);
      all.addAll(mirrors);
      members.add(
          new ClusterPool.Member(
              target(pool, user, credential, server),
              limits.of(pool, user, server),
              loop -> MirrorPool.all(mirrors, loop),
              pool.plugins().prewarm()));
    }
    return new Servers.Several(
        new ClusterPool(
            clusters.of(pool, name), settings(pool, user), members, connector, connector, loops),
        List.copyOf(all));
  }

  /** What mirrors a server: pools of their own, which take nothing from those of the servers. */
  private List<MirrorPool> mirrors(
      PoolConfig pool, UserConfig user, LearnedCredential credential, ServerConfig server) {
    int index = pool.shard().servers().indexOf(server);
    return pool.shard().mirrors().stream()
        .filter(mirror -> mirror.of() == index)
        .map(mirror -> mirror(pool, user, credential, server, mirror))
        .toList();
  }

  private MirrorPool mirror(
      PoolConfig pool,
      UserConfig user,
      LearnedCredential credential,
      ServerConfig server,
      MirrorConfig mirror) {
    String name = pool.name() + "/" + user.username() + " at " + mirror;
    BackendTarget target =
        target(pool, user, credential, new ServerConfig(mirror.host(), mirror.port()));
    PoolSettings settings = settings(pool, user).named(name).withoutMinimum();
    return new MirrorPool(
        mirror,
        server,
        new Mirror(name, pool.mirroring().percent(), pool.mirroring().queueBytes()),
        new ConnectionPool(settings, List.of(), target, connector, loops));
  }

  /** Sessions that are there do not log in again: what they have taught stays for their user. */
  private static LearnedCredential credential(
      Supply before, UserConfig user, @Nullable StoredSecret configured) {
    boolean same =
        Objects.equals(configured, before.login().configured())
            && user.serverUsername().equals(before.user().serverUsername());
    return same ? before.login().credential() : new LearnedCredential(configured);
  }

  private static Supply.Login login(
      PoolConfig pool,
      UserConfig user,
      @Nullable StoredSecret configured,
      LearnedCredential credential) {
    List<BackendTarget> targets = new ArrayList<>();
    for (int number : pool.shards().keySet()) {
      PoolConfig shard = pool.only(number);
      shard
          .shard()
          .servers()
          .forEach(server -> targets.add(target(shard, user, credential, server)));
    }
    return new Supply.Login(credential, configured, targets);
  }

  private static BackendTarget target(
      PoolConfig pool, UserConfig user, LearnedCredential credential, ServerConfig server) {
    TimeoutConfig timeouts = user.timeouts();
    return new BackendTarget(
        server.host(),
        server.port(),
        pool.shard().database(),
        user.serverUsername(),
        credential,
        Math.toIntExact(timeouts.connectTimeoutMillis()),
        statementLimit(pool),
        pool.cleanupServerConnections(),
        pool.serverTls(),
        parameters(pool, timeouts.work()));
  }

  /** The server's user may be in auth_file too, as PgBouncer has it. */
  private static @Nullable StoredSecret configured(UserConfig user, Map<String, Secret> userlist) {
    Secret own = user.serverPassword().isEmpty() ? user.password() : user.serverPassword();
    return Accounts.parsed(
        own.isEmpty() ? userlist.getOrDefault(user.serverUsername(), Secret.NONE) : own);
  }

  /** How many prepared statements a connection may hold. */
  static int statementLimit(PoolConfig pool) {
    return pool.preparedStatementsCacheSize() == 0
        ? DEFAULT_STATEMENTS
        : pool.preparedStatementsCacheSize();
  }

  private static PoolSettings settings(PoolConfig pool, UserConfig user) {
    TimeoutConfig timeouts = user.timeouts();
    SupplyConfig supply = user.supply();
    return new PoolSettings(
        pool.name() + "/" + user.username(),
        user.poolSize(),
        user.minPoolSize(),
        supply.reserveSize(),
        TimeUnit.MILLISECONDS.toNanos(supply.reserveAfterMillis()),
        TimeUnit.MILLISECONDS.toNanos(timeouts.queryWaitTimeoutMillis()),
        TimeUnit.MILLISECONDS.toNanos(timeouts.idleTimeoutMillis()),
        TimeUnit.MILLISECONDS.toNanos(timeouts.serverLifetimeMillis()),
        check(supply.check()),
        supply.roundRobin());
  }

  private static PoolSettings.Check check(CheckConfig check) {
    return new PoolSettings.Check(
        check.query().equals(CheckConfig.EMPTY_QUERY) ? ";" : check.query(),
        TimeUnit.MILLISECONDS.toNanos(check.delayMillis()),
        TimeUnit.MILLISECONDS.toNanos(check.timeoutMillis()));
  }

  /** The server keeps them itself, so a client may set others. */
  private static Map<String, String> parameters(PoolConfig pool, WorkLimits work) {
    Map<String, String> parameters = new HashMap<>(pool.parameters());
    if (work.statementMillis() != 0) {
      parameters.put("statement_timeout", String.valueOf(work.statementMillis()));
    }
    return parameters;
  }
}
