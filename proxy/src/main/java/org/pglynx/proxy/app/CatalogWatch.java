package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.OneQuestion;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.route.FunctionQuestion;
import org.pglynx.proxy.route.Router;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a database about its functions when its router wants to know, over a pooled connection of a
 * user; of several users' watches one asks. Confined to its event loop.
 */
final class CatalogWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogWatch.class);
  private static final long TICK_MILLIS = 200;

  private static final ParameterSet PINNED =
      ParameterSet.of(Map.of("search_path", "pg_catalog", "client_encoding", "UTF8"));

  private final Routers.Share share;
  private final Router router;
  private final UpstreamProvider pool;
  private final EventLoop loop;
  private final long timeoutMillis;
  private final Future<?> ticks;
  private boolean toldOfFailure;

  private CatalogWatch(
      Routers.Share share, UpstreamProvider pool, EventLoop loop, long timeoutMillis) {
    this.share = share;
    this.router = share.router();
    this.pool = pool;
    this.loop = loop;
    this.timeoutMillis = timeoutMillis;
    this.ticks =
        loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Begins, and gives the share back in the end. */
  static CatalogWatch start(
      Routers.Share share, UpstreamProvider pool, EventLoop loop, long timeoutMillis) {
    return new CatalogWatch(share, pool, loop, timeoutMillis);
  }

  private void tick() {
    if (!router.due(System.nanoTime())) {
      return;
    }
    OneQuestion.ask(
            pool, loop, PINNED, FunctionQuestion.SQL, FunctionQuestion.TRUSTED, timeoutMillis)
        .whenComplete(this::answered);
  }

  private void answered(@Nullable List<@Nullable String[]> rows, @Nullable Throwable failure) {
    if (rows != null) {
      toldOfFailure = false;
      router.knows(FunctionQuestion.read(rows));
      return;
    }
    router.unanswered(System.nanoTime());
    if (!toldOfFailure) {
      toldOfFailure = true;
      LOG.warn(
          "the database has not said which of its functions only read, so statements that call any"
              + " go to the primary: {}",
          String.valueOf(failure));
    }
  }

  @Override
  public void close() {
    ticks.cancel(false);
    share.end();
  }
}
