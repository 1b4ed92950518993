package org.pglynx.proxy.commit;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/** Asks a server something whose answer is one text a row. On the event loop of the pool. */
public final class PooledQuestion {
  private final PooledQuery query;

  private PooledQuestion(PooledQuery query) {
    this.query = query;
  }

  /** Asks it, as soon as the pool gives a connection. */
  public static PooledQuestion ask(UpstreamProvider pool, String sql) {
    return new PooledQuestion(PooledQuery.begin(pool, sql));
  }

  /** What has been answered; an error in words of the server or the pool is an exception. */
  public CompletableFuture<List<String>> answer() {
    return query
        .answer()
        .thenCompose(answer -> {
          PgError error = answer.error();
          return error == null
              ? CompletableFuture.completedFuture(answer.values())
              : CompletableFuture.failedFuture(error.toException());
        });
  }

  /** Nobody wants to know any longer: it is not asked any more if it has no connection yet. */
  public void withdraw() {
    query.withdraw();
  }
}
