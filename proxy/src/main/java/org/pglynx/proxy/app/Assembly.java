package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admission.Account;
import org.pglynx.proxy.admission.AuthQuery;
import org.pglynx.proxy.admission.AutoPools;
import org.pglynx.proxy.admission.Directory;
import org.pglynx.proxy.admission.KnownSecret;
import org.pglynx.proxy.admission.LocalNetworks;
import org.pglynx.proxy.admission.Reception;
import org.pglynx.proxy.admission.Secrets;
import org.pglynx.proxy.admission.SystemUsers;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.LearnedCredential;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.backend.BackendConnector;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.InternalSession;
import org.pglynx.proxy.cluster.ClusterPool;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.AuthType;
import org.pglynx.proxy.config.BalancingConfig;
import org.pglynx.proxy.config.CheckConfig;
import org.pglynx.proxy.config.DefaultRole;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.SupplyConfig;
import org.pglynx.proxy.config.TimeoutConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.config.WorkLimits;
import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.pool.ReplicationPool;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.route.RoutingPolicy;
import org.pglynx.proxy.session.ClientCounts;
import org.pglynx.proxy.session.SessionPolicy;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.SniRoutes;
import org.pglynx.proxy.session.StatementRegistry;
import org.pglynx.proxy.session.TimeLimits;
import org.pglynx.proxy.shard.ShardedDatabase;

/** Makes pools, profiles and accounts of the configuration. */
final class Assembly {
  /** With pgcat's value 0 (off) named statements would break in transaction pooling. */
  private static final int DEFAULT_STATEMENTS = 500;

  private static final long MAX_SWEEP_MILLIS = 10_000;
  private static final long MIN_SWEEP_MILLIS = 250;

  private final BackendConnector connector;
  private final List<EventLoop> loops;
  private final ClientAuthentication authentication;
  private final Interceptors interceptors;
  private final Map<String, KnownSecret> listed;
  private final UserQuestions questions;
  private final Directory directory;
  private final SharedLimits limits = new SharedLimits();
  private final Clusters clusters;
  private final SniRoutes.Builder sniRoutes = new SniRoutes.Builder();
  private final ClientCounts clients = new ClientCounts();
  private final List<ServerPool> configured = new ArrayList<>();
  private final AutoPools<ServerPool> onDemand;

  /** Gives the interceptor for a database, as clients name it, of a server. */
  interface Interceptors {
    @Nullable QueryInterceptor of(String database, String serverDatabase, NotificationHub hub);
  }

  Assembly(
      BackendConnector connector,
      List<EventLoop> loops,
      ClientAuthentication authentication,
      Interceptors interceptors,
      AuthConfig auth) {
    this.connector = connector;
    this.loops = loops;
    this.clusters = new Clusters(connector, loops);
    this.authentication = authentication;
    this.interceptors = interceptors;
    this.listed = Secrets.listed(auth.userlist());
    this.questions = new UserQuestions(connector, loops, auth.userlist());
    this.directory =
        new Directory(
            new Reception(auth, LocalNetworks.ofThisMachine(), SystemUsers.ofThisMachine()));
    this.onDemand = new AutoPools<>(auth.maxAutoPools(), auth.autoIdleMillis(), System::nanoTime);
    long pause = Math.clamp(auth.autoIdleMillis() / 4, MIN_SWEEP_MILLIS, MAX_SWEEP_MILLIS);
    Future<?> _ =
        loops.getFirst().scheduleAtFixedRate(onDemand::sweep, pause, pause, TimeUnit.MILLISECONDS);
  }

  Directory directory() {
    return directory;
  }

  /** All pools that are there now: first those of the configuration. */
  List<ServerPool> pools() {
    List<ServerPool> all = new ArrayList<>(configured);
    all.addAll(onDemand.all());
    return all;
  }

  /** The databases with several servers. */
  Clusters clusters() {
    return clusters;
  }

  /** How many clients have come in where. */
  ClientCounts clients() {
    return clients;
  }

  void close() {
    pools().forEach(ServerPool::close);
    questions.close();
    clusters.close();
  }

  /** Where host names lead, of all pools added so far. */
  SniRoutes sniRoutes() {
    return sniRoutes.build();
  }

  void add(PoolConfig pool) {
    pool.sniHosts().forEach(host -> sniRoutes.add(host, pool.shard().database(), pool.name()));
    directory.server(pool.name(), pool.shard().primary().toString());
    Shared shared = shared(pool);
    for (UserConfig user : pool.users().values()) {
      account(pool, user, door(pool, user, shared));
    }
  }

  private static int statementLimit(PoolConfig pool) {
    return pool.preparedStatementsCacheSize() == 0
        ? DEFAULT_STATEMENTS
        : pool.preparedStatementsCacheSize();
  }

  /**
   * What the users of a database share.
   *
   * @param statements gives equal statements of all clients one name
   * @param router says which of several servers statements go to
   */
  private record Shared(StatementRegistry statements, @Nullable Router router) {}

  private static Shared shared(PoolConfig pool) {
    StatementRegistry statements = new StatementRegistry(Math.max(statementLimit(pool) * 4, 1024));
    return new Shared(
        statements, pool.sharded() || pool.shard().single() ? null : new Router(routing(pool)));
  }

  private static RoutingPolicy routing(PoolConfig pool) {
    RoleSetting usual =
        switch (pool.balancing().defaultRole()) {
          case ANY -> RoleSetting.ANY;
          case PRIMARY -> RoleSetting.PRIMARY;
          case REPLICA -> RoleSetting.REPLICA;
        };
    return new RoutingPolicy(
        pool.routing().splitting() ? RoleSetting.AUTO : usual,
        pool.routing().primaryReads(),
        pool.routing().maxLength());
  }

  /** What the user's account opens: its own pool, or one that is made when it is first needed. */
  private Account.Door door(PoolConfig pool, UserConfig user, Shared shared) {
    boolean anyDatabase = pool.name().equals(PoolConfig.ANY);
    if (!anyDatabase && !user.username().equals(PoolConfig.ANY)) {
      ServerPool own = make(pool, pool.name(), user, shared);
      configured.add(own);
      return (database, name, secret, keys) -> {
        own.credential().learn(forServer(own.user(), secret), keys);
        own.profile().occupancy().enter();
        return own.profile();
      };
    }
    return (database, name, secret, keys) -> {
      ServerPool made =
          onDemand.enter(
              new AutoPools.Key(database, name),
              () -> {
                PoolConfig named = anyDatabase ? pool.named(database) : pool;
                return make(
                    named, pool.name(), user.named(name), anyDatabase ? shared(named) : shared);
              });
      made.credential().learn(forServer(made.user(), secret), keys);
      return made.profile();
    };
  }

  /** What a client has proved says nothing of the server where another login is configured. */
  private static @Nullable StoredSecret forServer(UserConfig user, @Nullable StoredSecret secret) {
    boolean sameLogin =
        user.serverUsername().equals(user.username())
            && (user.serverPassword().isEmpty() || user.serverPassword().equals(user.password()));
    return sameLogin ? secret : null;
  }

  /**
   * Makes one.
   *
   * @param name the pool's in the configuration
   */
  private ServerPool make(PoolConfig pool, String name, UserConfig user, Shared shared) {
    LearnedCredential credential = new LearnedCredential(configured(user));
    Servers servers = servers(pool, name, user, credential);
    SessionProfile profile =
        new SessionProfile(
            pool.name(),
            user.username(),
            policy(pool, user),
            new SessionProfile.Statements(
                interceptor(
                    target(pool, user, credential, pool.shard().primary()), pool, servers.hub()),
                shared.statements(),
                InternalSession::new,
                shared.router()),
            loop -> servers.place((EventLoop) loop),
            Map.of(),
            clients.quota(pool.name(), pool.maxClients(), user.username(), user.maxClients()));
    return new ServerPool(
        pool, user, servers, profile, credential, watch(shared.router(), servers, user));
  }

  private @Nullable CatalogWatch watch(@Nullable Router router, Servers servers, UserConfig user) {
    if (router == null) {
      return null;
    }
    EventLoop loop = loops.getFirst();
    return CatalogWatch.start(
        router, servers.place(loop).provider(), loop, user.timeouts().connectTimeoutMillis());
  }

  /** What would have to ask all shards is not served of several. */
  private @Nullable QueryInterceptor interceptor(
      BackendTarget target, PoolConfig pool, @Nullable NotificationHub hub) {
    return pool.sharded() || hub == null
        ? null
        : interceptors.of(pool.name(), target.describe(), hub);
  }

  private static SessionPolicy policy(PoolConfig pool, UserConfig user) {
    BalancingConfig balancing = pool.balancing();
    return new SessionPolicy(
        user.poolMode(),
        user.onSessionState(),
        user.deferredBegin(),
        timeLimits(user.timeouts().work()),
        new SessionPolicy.ServerUse(
            role(balancing.defaultRole()),
            !pool.shard().single() && balancing.readYourWrites(),
            balancing.checkoutFailureLimit()));
  }

  private static ServerRole role(DefaultRole configured) {
    return switch (configured) {
      case ANY -> ServerRole.ANY;
      case PRIMARY -> ServerRole.PRIMARY;
      case REPLICA -> ServerRole.REPLICA;
    };
  }

  private Servers servers(
      PoolConfig pool, String name, UserConfig user, LearnedCredential credential) {
    if (!pool.sharded()) {
      return shard(pool, name, user, credential);
    }
    List<Servers> shards =
        pool.shards().keySet().stream()
            .map(number -> shard(pool.only(number), name, user, credential))
            .toList();
    return new Servers.Sharded(shards, new ShardedDatabase(pool.sharding(), shards.size()));
  }

  private Servers shard(
      PoolConfig pool, String name, UserConfig user, LearnedCredential credential) {
    if (pool.shard().single()) {
      ServerConfig server = pool.shard().primary();
      BackendTarget target = target(pool, user, credential, server);
      ConnectionPool connections =
          new ConnectionPool(
              settings(pool, user), limits.of(pool, user, server), target, connector, loops);
      return new Servers.One(connections, new ReplicationPool(connections, target, connector));
    }
    List<ClusterPool.Member> members =
        pool.shard().servers().stream()
            .map(server ->
                new ClusterPool.Member(
                    target(pool, user, credential, server), limits.of(pool, user, server)))
            .toList();
    return new Servers.Several(
        new ClusterPool(
            clusters.of(pool, name), settings(pool, user), members, connector, connector, loops));
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
        parameters(timeouts.work()));
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

  private static TimeLimits timeLimits(WorkLimits work) {
    return TimeLimits.ofMillis(
        work.queryMillis(),
        work.transactionMillis(),
        work.idleTransactionMillis(),
        work.clientIdleMillis());
  }

  /** The server keeps statement_timeout itself, so a client may set another. */
  private static Map<String, String> parameters(WorkLimits work) {
    long millis = work.statementMillis();
    return millis == 0 ? Map.of() : Map.of("statement_timeout", String.valueOf(millis));
  }

  /** Opens a database without servers to a user. */
  void account(
      String database, String user, AuthType type, Secret password, SessionProfile profile) {
    Secrets secrets = new Secrets.Known(parsed(password), listed, null, true);
    prepare(type, user, parsed(password));
    directory.add(
        database,
        user,
        new Account(
            method(type),
            secrets,
            (named, name, secret, keys) -> {
              profile.occupancy().enter();
              return profile;
            }));
  }

  private void account(PoolConfig pool, UserConfig user, Account.Door door) {
    AuthQuery query = pool.authQuery().map(asked -> questions.of(pool, asked)).orElse(null);
    boolean named = !user.username().equals(PoolConfig.ANY);
    StoredSecret own = parsed(user.password());
    prepare(user.authType(), user.username(), own);
    directory.add(
        pool.name(),
        user.username(),
        new Account(method(user.authType()), new Secrets.Known(own, listed, query, named), door));
  }

  /** A password in clear is derived now, not at the first login. */
  private void prepare(AuthType type, String user, @Nullable StoredSecret secret) {
    if (type == AuthType.SCRAM_SHA_256) {
      authentication.prepare(AuthMethod.SCRAM_SHA_256, user, secret);
    }
  }

  private static @Nullable StoredSecret parsed(Secret secret) {
    return secret.isEmpty() ? null : StoredSecret.parse(secret.value());
  }

  private static HbaMethod method(AuthType type) {
    return switch (type) {
      case TRUST -> HbaMethod.TRUST;
      case MD5 -> HbaMethod.MD5;
      case SCRAM_SHA_256 -> HbaMethod.SCRAM_SHA_256;
      case PASSWORD -> HbaMethod.PASSWORD;
      case CERT -> HbaMethod.CERT;
    };
  }

  /** The server's user may be in auth_file too, as PgBouncer has it. */
  private @Nullable StoredSecret configured(UserConfig user) {
    KnownSecret inFile = listed.get(user.serverUsername());
    Secret own = user.serverPassword().isEmpty() ? user.password() : user.serverPassword();
    return own.isEmpty() && inFile != null ? inFile.secret() : parsed(own);
  }
}
