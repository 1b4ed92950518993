package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admission.AuthQuery;
import org.pglynx.proxy.auth.CredentialSource;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.backend.BackendConnector;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.OneQuestion;
import org.pglynx.proxy.config.AuthQueryConfig;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.config.TimeoutConfig;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.LoopPool;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.relay.ParameterSet;

/**
 * Puts auth_query to servers, over connections of its own that no client's parameters ever reach
 * (CVE-2025-12819), one pool for each server, database and query. All servers of a database know
 * its users: if one cannot be asked, the next one is.
 */
final class UserQuestions {
  /** All databases of a server have the same users; this one is always there. */
  private static final String ANY_DATABASE = "postgres";

  /** Logins under way may still ask over connections that nobody else needs. */
  private static final long LEAVING_SECONDS = 60;

  private static final ParameterSet PINNED =
      ParameterSet.of(Map.of("search_path", "pg_catalog", "client_encoding", "UTF8"));

  /** The secret as well: with another one the same question is asked over other connections. */
  private record Place(
      List<ServerConfig> servers,
      ServerTlsConfig tls,
      String database,
      AuthQueryConfig query,
      Secret secret) {}

  private final BackendConnector connector;
  private final List<EventLoop> loops;
  private final Map<Place, AuthQuery> queries = new LinkedHashMap<>();
  private final Map<Place, List<ConnectionPool>> pools = new LinkedHashMap<>();
  private final Set<Place> used = new HashSet<>();
  private Map<String, Secret> userlist = Map.of();

  UserQuestions(BackendConnector connector, List<EventLoop> loops) {
    this.connector = connector;
    this.loops = loops;
  }

  /** Another configuration is asked about from now on, with the secrets of this auth_file. */
  void begin(Map<String, Secret> secrets) {
    userlist = secrets;
    used.clear();
  }

  /** Closes what nobody has asked about since {@link #begin}. */
  void end() {
    for (Map.Entry<Place, List<ConnectionPool>> asked : List.copyOf(pools.entrySet())) {
      if (!used.contains(asked.getKey())) {
        queries.remove(asked.getKey());
        pools.remove(asked.getKey());
        List<ConnectionPool> unused = asked.getValue();
        Future<?> _ =
            loops
                .getFirst()
                .schedule(
                    () -> unused.forEach(ConnectionPool::close), LEAVING_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  /** Who knows the users of a pool. */
  AuthQuery of(PoolConfig pool, AuthQueryConfig query) {
    String named = query.database().isEmpty() ? pool.shard().database() : query.database();
    String database = named.equals(PoolConfig.ANY) ? ANY_DATABASE : named;
    Secret secret =
        query.password().isEmpty()
            ? userlist.getOrDefault(query.user(), Secret.NONE)
            : query.password();
    Place place = new Place(primaryFirst(pool), pool.serverTls(), database, query, secret);
    used.add(place);
    return queries.computeIfAbsent(place, fresh -> make(fresh, pool));
  }

  private static List<ServerConfig> primaryFirst(PoolConfig pool) {
    List<ServerConfig> servers = new ArrayList<>(pool.shard().servers());
    servers.remove(pool.shard().primary());
    servers.addFirst(pool.shard().primary());
    return List.copyOf(servers);
  }

  private AuthQuery make(Place place, PoolConfig pool) {
    AuthQueryConfig query = place.query();
    TimeoutConfig timeouts = pool.timeouts();
    EventLoop loop = loops.get(queries.size() % loops.size());
    long limit = timeouts.connectTimeoutMillis();
    PoolSettings settings =
        new PoolSettings(
            "auth_query of " + pool.name(),
            query.connections(),
            0,
            0,
            0,
            TimeUnit.MILLISECONDS.toNanos(limit),
            TimeUnit.MILLISECONDS.toNanos(timeouts.idleTimeoutMillis()),
            TimeUnit.MILLISECONDS.toNanos(timeouts.serverLifetimeMillis()),
            PoolSettings.Check.NONE,
            false);
    List<LoopPool> parts = new ArrayList<>();
    List<ConnectionPool> made = new ArrayList<>();
    for (ServerConfig server : place.servers()) {
      ConnectionPool connections =
          new ConnectionPool(
              settings, List.of(), target(server, place, pool), connector, List.of(loop));
      made.add(connections);
      parts.add(connections.on(loop));
    }
    pools.put(place, List.copyOf(made));
    return new AuthQuery(
        user -> ask(parts, 0, loop, query.sql(), user, limit),
        loop,
        System::nanoTime,
        query.cacheTtlMillis(),
        query.connections());
  }

  private static CompletableFuture<List<@Nullable String[]>> ask(
      List<LoopPool> parts, int server, EventLoop loop, String sql, String user, long limit) {
    CompletableFuture<List<@Nullable String[]>> answer =
        OneQuestion.ask(parts.get(server), loop, PINNED, sql, user, limit);
    return server + 1 == parts.size()
        ? answer
        : answer.exceptionallyComposeAsync(
            failure -> ask(parts, server + 1, loop, sql, user, limit), loop);
  }

  private BackendTarget target(ServerConfig server, Place place, PoolConfig pool) {
    return new BackendTarget(
        server.host(),
        server.port(),
        place.database(),
        place.query().user(),
        credential(place.secret()),
        Math.toIntExact(pool.timeouts().connectTimeoutMillis()),
        1,
        true,
        place.tls(),
        Map.of());
  }

  private static CredentialSource credential(Secret secret) {
    return secret.isEmpty()
        ? new ServerCredential.None()
        : new ServerCredential.Secret(StoredSecret.parse(secret.value()));
  }

  void close() {
    pools.values().forEach(each -> each.forEach(ConnectionPool::close));
  }
}
