package org.pglynx.proxy.commit;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/** Asks a server something whose answer is one text a row. */
public final class PooledQuestion {
  private PooledQuestion() {}

  /** What has been answered; an error in words of the server or the pool is an exception. */
  public static CompletableFuture<List<String>> ask(UpstreamProvider pool, String sql) {
    return PooledQuery.run(pool, sql)
        .thenCompose(answer -> {
          PgError error = answer.error();
          return error == null
              ? CompletableFuture.completedFuture(answer.values())
              : CompletableFuture.failedFuture(error.toException());
        });
  }
}
