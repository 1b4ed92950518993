package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.backend.BackendConnector;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.InternalSession;
import org.pglynx.proxy.config.AuthType;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.TimeoutConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.LoopPool;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.SniRoutes;
import org.pglynx.proxy.session.StatementRegistry;

/** Makes pools, profiles and accounts of the configuration. */
final class Assembly {
  /** With pgcat's value 0 (off) named statements would break in transaction pooling. */
  private static final int DEFAULT_STATEMENTS = 500;

  private final BackendConnector connector;
  private final List<EventLoop> loops;
  private final ClientAuthentication authentication;
  private final Interceptors interceptors;
  private final Directory directory = new Directory();
  private final SniRoutes.Builder sniRoutes = new SniRoutes.Builder();
  private final Map<PoolKey, ConnectionPool> pools = new LinkedHashMap<>();

  /** Gives the interceptor for a database of a server. */
  interface Interceptors {
    @Nullable QueryInterceptor of(String serverDatabase);
  }

  /** A pool's name: database and user as clients name them. */
  record PoolKey(String database, String user) {}

  Assembly(
      BackendConnector connector,
      List<EventLoop> loops,
      ClientAuthentication authentication,
      Interceptors interceptors) {
    this.connector = connector;
    this.loops = loops;
    this.authentication = authentication;
    this.interceptors = interceptors;
  }

  Directory directory() {
    return directory;
  }

  Map<PoolKey, ConnectionPool> pools() {
    return pools;
  }

  /** Where host names lead, of all pools added so far. */
  SniRoutes sniRoutes() {
    return sniRoutes.build();
  }

  void add(PoolConfig pool) {
    pool.sniHosts().forEach(host -> sniRoutes.add(host, pool.shard().database(), pool.name()));
    int statementLimit =
        pool.preparedStatementsCacheSize() == 0
            ? DEFAULT_STATEMENTS
            : pool.preparedStatementsCacheSize();
    StatementRegistry statements = new StatementRegistry(Math.max(statementLimit * 4, 1024));
    for (UserConfig user : pool.users().values()) {
      add(pool, user, statementLimit, statements);
    }
  }

  private void add(
      PoolConfig pool, UserConfig user, int statementLimit, StatementRegistry statements) {
    ServerConfig server = pool.shard().primary();
    TimeoutConfig timeouts = user.timeouts();
    BackendTarget target =
        new BackendTarget(
            server.host(),
            server.port(),
            pool.shard().database(),
            user.serverUsername(),
            credential(user),
            Math.toIntExact(timeouts.connectTimeoutMillis()),
            statementLimit,
            pool.cleanupServerConnections());
    PoolSettings settings =
        new PoolSettings(
            pool.name() + "/" + user.username(),
            user.poolSize(),
            user.minPoolSize(),
            TimeUnit.MILLISECONDS.toNanos(timeouts.queryWaitTimeoutMillis()),
            TimeUnit.MILLISECONDS.toNanos(timeouts.idleTimeoutMillis()),
            TimeUnit.MILLISECONDS.toNanos(timeouts.serverLifetimeMillis()));
    ConnectionPool connections = new ConnectionPool(settings, target, connector, loops);
    pools.put(new PoolKey(pool.name(), user.username()), connections);
    SessionProfile profile =
        new SessionProfile(
            pool.name(),
            user.username(),
            user.poolMode() == PoolMode.SESSION,
            interceptors.of(target.describe()),
            statements,
            InternalSession::new,
            loop -> place(connections, (EventLoop) loop),
            Map.of());
    account(pool.name(), user.username(), user.authType(), user.password(), profile);
  }

  private static SessionProfile.Place place(ConnectionPool connections, EventLoop loop) {
    LoopPool part = connections.on(loop);
    return new SessionProfile.Place(part, part.counters());
  }

  /** Opens a database to a user; a password in clear is derived now, not at the first login. */
  void account(
      String database, String user, AuthType type, Secret password, SessionProfile profile) {
    AuthMethod method = method(type);
    StoredSecret secret = password.isEmpty() ? null : StoredSecret.parse(password.value());
    authentication.prepare(method, user, secret);
    directory.add(database, user, new Directory.Account(method, secret, profile));
  }

  private static AuthMethod method(AuthType type) {
    return switch (type) {
      case TRUST -> AuthMethod.TRUST;
      case MD5 -> AuthMethod.MD5;
      case SCRAM_SHA_256 -> AuthMethod.SCRAM_SHA_256;
    };
  }

  private static ServerCredential credential(UserConfig user) {
    Secret secret = user.serverPassword().isEmpty() ? user.password() : user.serverPassword();
    return secret.isEmpty()
        ? new ServerCredential.None()
        : new ServerCredential.Secret(StoredSecret.parse(secret.value()));
  }
}
