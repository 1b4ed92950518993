package org.pglynx.proxy.pool;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedConnector;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Pools over three event loops and one clock, with connections that come when the test says so, and
 * clients that want them.
 */
abstract class PoolRig {
  static final PgError DOWN = PgError.error(SqlState.CANNOT_CONNECT, "connection refused");

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final Random random = new Random(7);
  private final MockTicker ticker = Ticker.newMockTicker();
  final EmbeddedChannel one = loop();
  final EmbeddedChannel two = loop();
  final EmbeddedChannel three = loop();
  final ScriptedConnector connector = new ScriptedConnector(buffers, ticker);

  /** How many connections the servers are said to have ended. */
  int lost;

  /** Who has got a connection, in turn. */
  final List<Client> order = new ArrayList<>();

  private EmbeddedChannel loop() {
    return EmbeddedChannel.builder().ticker(ticker).build();
  }

  static PoolSettings settings(int size, int minimum, long wait, long idle, long lifetime) {
    return new PoolSettings(
        "shop/app", size, minimum, 0, 0, wait, idle, lifetime, PoolSettings.Check.NONE, false);
  }

  final ConnectionPool pool(int size, int minimum, long wait, long idle, long lifetime) {
    return pool(settings(size, minimum, wait, idle, lifetime));
  }

  final ConnectionPool pool(PoolSettings settings, ConnectionLimit... shared) {
    return pool(settings, PoolContext.watchedBy(new LossCount()), shared);
  }

  /** One of two connections. */
  final ConnectionPool pool(PoolContext context) {
    return pool(settings(2, 0, TimeUnit.SECONDS.toNanos(5), 0, 0), context);
  }

  private ConnectionPool pool(
      PoolSettings settings, PoolContext context, ConnectionLimit... shared) {
    ConnectionPool pool =
        new ConnectionPool(
            settings,
            List.of(shared),
            ScriptedServer.TARGET,
            connector,
            List.of(one.eventLoop(), two.eventLoop(), three.eventLoop()),
            context,
            new Timing(ticker::nanoTime, () -> random));
    run();
    return pool;
  }

  final ConnectionPool pool(int size) {
    return pool(size, 0, TimeUnit.SECONDS.toNanos(5), 0, 0);
  }

  final void run() {
    for (int round = 0; round < 4; round++) {
      one.runPendingTasks();
      two.runPendingTasks();
      three.runPendingTasks();
      connector.runTimers();
    }
  }

  final void passes(long seconds) {
    passes(seconds, TimeUnit.SECONDS);
  }

  final void passes(long time, TimeUnit unit) {
    ticker.advance(time, unit);
    for (EmbeddedChannel loop : List.of(one, two, three)) {
      loop.runScheduledPendingTasks();
    }
    connector.runTimers();
    run();
  }

  /** One on the loop, that has not asked yet. */
  final Client client(ConnectionPool pool, EmbeddedChannel loop) {
    return new Client(pool.on(loop.eventLoop()), order);
  }

  /** The client gives its connection back, and all that follows from it happens. */
  final void comesBack(Client from, ScriptedServer server) {
    from.gives();
    server.runTasks();
    run();
  }

  @AfterEach
  void finish() {
    connector.finish();
    one.finishAndReleaseAll();
    two.finishAndReleaseAll();
    three.finishAndReleaseAll();
  }

  private final class LossCount implements ServerWatch {
    @Override
    public void connected() {
      // Of no concern here.
    }

    @Override
    public void failed(PgError error) {
      // The clients tell.
    }

    @Override
    public void lost() {
      lost++;
    }
  }

  /** A session that wants a server. */
  static final class Client implements UpstreamProvider.Waiter, Downstream {
    private final UpstreamProvider pool;
    private final List<Client> order;
    @Nullable Upstream upstream;
    @Nullable PgError refusal;
    private long since;
    private long earlier;
    private boolean urgent;

    Client(UpstreamProvider pool, List<Client> order) {
      this.pool = pool;
      this.order = order;
    }

    Client asks() {
      Upstream given = pool.open(this);
      if (given != null) {
        onUpstream(given);
      }
      return this;
    }

    Client hasWaited(long seconds) {
      earlier = TimeUnit.SECONDS.toNanos(seconds);
      return this;
    }

    /** Those who have the connections may be waiting for it. */
    Client isAwaited() {
      urgent = true;
      return this;
    }

    void gives() {
      Upstream held = Objects.requireNonNull(upstream);
      upstream = null;
      held.release(Upstream.Release.IDLE);
    }

    PgError refused() {
      return Objects.requireNonNull(refusal);
    }

    @Override
    public Downstream downstream() {
      return this;
    }

    @Override
    public void onUpstream(Upstream given) {
      upstream = given;
      order.add(this);
    }

    @Override
    public void onRefused(PgError error) {
      refusal = error;
    }

    @Override
    public boolean urgent() {
      return urgent;
    }

    @Override
    public long waitingSinceNanos() {
      return since - earlier;
    }

    @Override
    public void waitingSinceNanos(long nanos) {
      since = nanos;
    }

    @Override
    public void onReplies(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      upstream = null;
      refusal = error;
    }
  }
}
