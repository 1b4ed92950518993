package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.CredentialSource;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.backend.BackendConnector;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.OneQuestion;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.relay.ParameterSet;

/**
 * One login to one database of one server, to ask it what it is.
 *
 * @param pool the pool that is about it
 * @param shard the shard's number
 * @param server the server
 * @param database the database's name there
 * @param user the role
 * @param secret its secret; may be empty
 */
record Probe(
    PoolConfig pool, int shard, ServerConfig server, String database, String user, Secret secret) {
  /** A query that takes longer has no answer that anybody waits for. */
  private static final int ANSWER_MILLIS = 5_000;

  private static final ParameterSet PINNED =
      ParameterSet.of(Map.of("search_path", "pg_catalog", "client_encoding", "UTF8"));

  /** Whether another asks the same server as the same user. */
  boolean same(Probe other) {
    return server.sameAddress(other.server)
        && database.equals(other.database)
        && user.equals(other.user)
        && secret.equals(other.secret);
  }

  /** For messages. */
  String where() {
    String place = pool.sharded() ? pool.name() + ".shards." + shard : pool.name();
    return place + ": " + server + "/" + database + " as " + user;
  }

  /** Connections for its questions; to be closed. */
  ConnectionPool connect(BackendConnector connector, EventLoop loop) {
    int limit = Math.toIntExact(pool.timeouts().connectTimeoutMillis());
    PoolSettings settings =
        new PoolSettings(
            "check of " + pool.name(),
            1,
            0,
            0,
            0,
            TimeUnit.MILLISECONDS.toNanos(limit),
            0,
            0,
            PoolSettings.Check.NONE,
            false);
    CredentialSource credential =
        secret.isEmpty()
            ? new ServerCredential.None()
            : new ServerCredential.Secret(StoredSecret.parse(secret.value()));
    BackendTarget target =
        new BackendTarget(
            server.host(),
            server.port(),
            database,
            user,
            credential,
            limit,
            1,
            true,
            pool.serverTls(),
            pool.parameters());
    return new ConnectionPool(settings, List.of(), target, connector, List.of(loop));
  }

  /** Asks; the statement has one parameter. */
  CompletableFuture<List<@Nullable String[]>> ask(
      ConnectionPool connections, EventLoop loop, String sql, String value) {
    long limit = pool.timeouts().connectTimeoutMillis() + ANSWER_MILLIS;
    return CompletableFuture.supplyAsync(
            () -> OneQuestion.ask(connections.on(loop), loop, PINNED, sql, value, limit), loop)
        .thenCompose(answer -> answer);
  }
}
