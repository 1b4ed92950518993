package org.pglynx.proxy.commit;

import java.util.concurrent.CompletableFuture;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/** One statement of the proxy's own on whichever connection of a pool; on its event loop. */
final class PooledQuery implements UpstreamProvider.Waiter, Downstream {
  private final String sql;
  private final CompletableFuture<ServerQuery.Answer> answer = new CompletableFuture<>();
  private final UpstreamProvider pool;
  private final boolean urgent;
  private boolean waits = true;
  private long since;

  private PooledQuery(UpstreamProvider pool, String sql, boolean urgent) {
    this.pool = pool;
    this.sql = sql;
    this.urgent = urgent;
  }

  /**
   * Runs one for which those may be waiting who have the pool's connections; what the pool says is
   * an answer, too.
   */
  static CompletableFuture<ServerQuery.Answer> runUrgently(UpstreamProvider pool, String sql) {
    return begin(new PooledQuery(pool, sql, true)).answer;
  }

  /** Begins one that waits its turn, and may be withdrawn. */
  static PooledQuery begin(UpstreamProvider pool, String sql) {
    return begin(new PooledQuery(pool, sql, false));
  }

  private static PooledQuery begin(PooledQuery query) {
    Upstream given = query.pool.open(query);
    if (given != null) {
      query.onUpstream(given);
    }
    return query;
  }

  /** What comes of it. */
  CompletableFuture<ServerQuery.Answer> answer() {
    return answer;
  }

  /** It does not wait for a connection any longer; once it has one, it runs to its end. */
  void withdraw() {
    if (waits) {
      waits = false;
      pool.withdraw(this);
    }
  }

  @Override
  public void onUpstream(Upstream server) {
    waits = false;
    server.apply(ParameterSet.DEFAULTS);
    ServerQuery.run(
        server,
        sql,
        null,
        found -> {
          if (!found.lost()) {
            server.release(Upstream.Release.IDLE);
          }
          answer.complete(found);
        },
        () -> {
          // It has been given back.
        });
  }

  @Override
  public void onRefused(PgError error) {
    waits = false;
    answer.complete(new ServerQuery.Answer(error, true, false, java.util.List.of()));
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    onRefused(error);
  }

  @Override
  public void onReplies(io.netty.buffer.ByteBuf run) {
    run.release();
  }

  @Override
  public Downstream downstream() {
    return this;
  }

  @Override
  public boolean urgent() {
    return urgent;
  }

  @Override
  public long waitingSinceNanos() {
    return since;
  }

  @Override
  public void waitingSinceNanos(long nanos) {
    since = nanos;
  }
}
