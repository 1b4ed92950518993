package org.pglynx.proxy.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the prewarmer's queries on a new connection, which is given back, and so comes into use,
 * with the last answer. One that fails is logged, and holds up nothing: a database without some
 * table would otherwise have no connections at all.
 */
final class Prewarming implements Downstream {
  private static final Logger LOG = LoggerFactory.getLogger(Prewarming.class);

  /** Whoever waits for the connection has other limits; this one is for queries that never end. */
  private static final long LIMIT_SECONDS = 60;

  private final BackendConnection connection;
  private final String pool;
  private final FrameScanner scanner = new FrameScanner(new Errors());
  private @Nullable Future<?> limit;

  private Prewarming(BackendConnection connection, String pool) {
    this.connection = connection;
    this.pool = pool;
  }

  /** Begins, on an idle connection. */
  static void begin(BackendConnection connection, String pool, List<String> queries) {
    Prewarming warming = new Prewarming(connection, pool);
    connection.attach(warming);
    ByteBuf out = Unpooled.buffer(256);
    for (String query : queries) {
      FrameWriter.query(out, query);
      connection.expect(FrontendTag.QUERY);
    }
    connection.send(out);
    connection.flush();
    warming.limit = connection.loop().schedule(warming::tooLate, LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private void tooLate() {
    connection.giveUp(
        PgError.error(
            SqlState.QUERY_CANCELED, "plugins.prewarmer took longer than " + LIMIT_SECONDS + " s"));
  }

  @Override
  public void onReplies(ByteBuf run) {
    scanner.feed(run);
  }

  @Override
  public void onReady(byte status) {
    // Several answers may have come at once.
    if (connection.drained()) {
      end();
      connection.release(status == 'I' ? Upstream.Release.IDLE : Upstream.Release.ABANDONED);
    }
  }

  private void end() {
    scanner.stop();
    Future<?> running = limit;
    if (running != null) {
      running.cancel(false);
    }
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    end();
    LOG.warn("pool={} a new connection was lost in plugins.prewarmer: {}", pool, error.message());
  }

  private final class Errors implements FrameScanner.Visitor {
    @Override
    public int wanted(byte tag, int length) {
      return tag == BackendTag.ERROR ? length : 0;
    }

    @Override
    public FrameScanner.Verdict onFrame(
        byte tag, ByteBuf buffer, int offset, int available, int length) {
      if (tag == BackendTag.ERROR) {
        PgError error = ErrorFields.read(buffer, offset, length);
        LOG.warn(
            "pool={} a query of plugins.prewarmer has failed: {} {}",
            pool,
            error.code(),
            error.message());
      }
      return FrameScanner.Verdict.DROP;
    }

    @Override
    public void onRun(ByteBuf run) {
      run.release();
    }
  }
}
