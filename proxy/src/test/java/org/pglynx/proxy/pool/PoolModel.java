package org.pglynx.proxy.pool;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.backend.BackendOwner;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Three pools over three event loops and one clock, real connections to scripted servers, and
 * clients that do anything a session may do. Everything happens on the test's thread in an order
 * that the seed decides; every step is checked against what a pool promises.
 */
final class PoolModel {
  private static final PgError DOWN = PgError.error(SqlState.CANNOT_CONNECT, "connection refused");
  private static final int CLIENTS = 60;

  private final Random random;
  private final LiveBuffers buffers = new LiveBuffers();
  private final MockTicker ticker = Ticker.newMockTicker();
  private final List<EmbeddedChannel> loops = new ArrayList<>();
  private final List<ConnectionPool> pools = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private final Map<BackendConnection, Server> servers = new IdentityHashMap<>();
  private final List<Server> alive = new ArrayList<>();
  private final Map<LoopPool, Deque<Client>> queues = new HashMap<>();
  private final ConnectionLimit database = new ConnectionLimit("max_db_connections of shop", 5);
  private final ConnectionLimit total = new ConnectionLimit("max_server_connections", 9);
  private final Map<ConnectionPool, Integer> ceilings = new IdentityHashMap<>();
  long served;
  long refused;
  long lost;

  private record Attempt(EventLoop loop, BackendOwner owner) {}

  PoolModel(long seed) {
    this.random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      loops.add(EmbeddedChannel.builder().ticker(ticker).build());
    }
    List<EventLoop> eventLoops = loops.stream().map(EmbeddedChannel::eventLoop).toList();
    pool(eventLoops, database, total);
    pool(eventLoops, database, total);
    pool(eventLoops, total);
    for (int i = 0; i < CLIENTS; i++) {
      ConnectionPool pool = pools.get(i % 3);
      clients.add(new Client(i, pool.on(eventLoops.get(random.nextInt(3)))));
    }
  }

  private void pool(List<EventLoop> eventLoops, ConnectionLimit... shared) {
    PoolSettings settings = settings();
    ConnectionPool pool =
        new ConnectionPool(
            settings,
            List.of(shared),
            ScriptedServer.TARGET,
            new Dialer(),
            eventLoops,
            PoolContext.ALONE,
            new Timing(ticker::nanoTime, () -> random));
    pools.add(pool);
    ceilings.put(pool, settings.size() + settings.reserve());
    eventLoops.forEach(loop -> queues.put(pool.on(loop), new ArrayDeque<>()));
  }

  private PoolSettings settings() {
    boolean checks = random.nextBoolean();
    return new PoolSettings(
        "shop/app",
        1 + random.nextInt(5),
        random.nextInt(2),
        random.nextInt(3),
        millis(random.nextInt(3000)),
        random.nextInt(3) == 0 ? 0 : millis(2000 + random.nextInt(20_000)),
        random.nextInt(3) == 0 ? 0 : millis(1000 + random.nextInt(10_000)),
        random.nextInt(3) == 0 ? 0 : millis(1000 + random.nextInt(30_000)),
        checks
            ? new PoolSettings.Check("SELECT 1", millis(1500 * random.nextInt(3)), millis(500))
            : PoolSettings.Check.NONE,
        random.nextBoolean());
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  // ---- the world
  // ---------------------------------------------------------------------------------

  private final class Dialer implements Connector {
    @Override
    public void connect(BackendTarget target, EventLoop loop, BackendOwner owner) {
      attempts.add(new Attempt(loop, owner));
    }

    @Override
    public CompletionStage<Void> cancel(
        BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key) {
      throw new AssertionError("cancels go to the scripted server");
    }
  }

  /** A server process: knows what it has been asked, and whether somebody's state is left on it. */
  private final class Server {
    final ScriptedServer wire;
    final Deque<String> unanswered = new ArrayDeque<>();
    boolean dirty;
    boolean moved;

    Server(ScriptedServer wire) {
      this.wire = wire;
    }

    void hears() {
      if (!wire.alive()) {
        return;
      }
      for (String frame : wire.got()) {
        char tag = frame.charAt(0);
        if (tag == 'Q' || tag == 'S') {
          unanswered.add(frame);
        }
      }
    }

    /** Answers the oldest question, if there is one. */
    boolean answers() {
      hears();
      String question = unanswered.poll();
      if (question == null || !wire.alive()) {
        return false;
      }
      if (question.equals("Q DISCARD ALL")) {
        dirty = false;
      }
      if (question.startsWith("Q")) {
        wire.says(BackendBytes.complete("OK"), BackendBytes.ready('I'));
      } else {
        wire.says(BackendBytes.ready('I'));
      }
      return true;
    }
  }

  private final class Client implements UpstreamProvider.Waiter, Downstream {
    final int id;
    final LoopPool part;
    @Nullable Upstream upstream;
    boolean waiting;
    boolean asked;
    long since;

    Client(int id, LoopPool part) {
      this.id = id;
      this.part = part;
    }

    Deque<Client> queue() {
      return Objects.requireNonNull(queues.get(part));
    }

    boolean free() {
      return upstream == null && !waiting;
    }

    void asks() {
      asked = true;
      Upstream given = part.open(this);
      asked = false;
      if (given == null) {
        waiting = true;
        queue().add(this);
      } else {
        require(queue().isEmpty(), "a newcomer came before those who wait");
        takes(given);
      }
    }

    private Server server(Upstream of) {
      return Objects.requireNonNull(servers.get((BackendConnection) of));
    }

    private void takes(Upstream given) {
      require(servers.containsKey((BackendConnection) given), "was given a dead connection");
      Server server = server(given);
      require(server.wire.alive(), "was given a dead connection");
      require(upstream == null, "was given a second connection");
      require(!server.dirty, "was given a connection with another's state");
      server.hears();
      require(server.unanswered.isEmpty(), "was given a connection amid another's replies");
      for (Client other : clients) {
        require(other.upstream != given, "two have the same connection");
      }
      upstream = given;
      served++;
    }

    /** Runs a statement; the reply comes when the server answers. */
    void queries() {
      Upstream held = Objects.requireNonNull(upstream);
      Server server = server(held);
      server.dirty = true;
      ByteBuf out = buffers.allocator().buffer();
      FrameWriter.query(out, "SET x = " + id);
      held.expect(FrontendTag.QUERY);
      held.send(out);
      held.flush();
    }

    void releases(Upstream.Release how) {
      Upstream held = Objects.requireNonNull(upstream);
      Server server = server(held);
      if (how == Upstream.Release.IDLE) {
        // The session's bookkeeping says that the connection is clean.
        server.dirty = false;
      }
      upstream = null;
      held.release(how);
    }

    void withdraws() {
      waiting = false;
      queue().remove(this);
      part.withdraw(this);
    }

    private void turn(String what) {
      require(waiting && !asked, what + " although it does not wait");
      require(queue().peek() == this, what + " before one that waited longer");
      queue().remove();
      waiting = false;
    }

    @Override
    public Downstream downstream() {
      return this;
    }

    @Override
    public void onUpstream(Upstream given) {
      turn("was given a connection");
      takes(given);
    }

    @Override
    public void onRefused(PgError error) {
      turn("was refused");
      refused++;
      if (random.nextInt(4) == 0) {
        // A pipelining client asks again at once.
        asks();
      }
    }

    @Override
    public long waitingSinceNanos() {
      return since;
    }

    @Override
    public void waitingSinceNanos(long nanos) {
      since = nanos;
    }

    @Override
    public void onReplies(ByteBuf run) {
      require(upstream != null, "got replies of a connection that it does not have");
      run.release();
    }

    @Override
    public void onReady(byte status) {
      require(upstream != null, "got a reply of a connection that it does not have");
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      require(upstream != null, "lost a connection that it does not have");
      upstream = null;
      lost++;
    }

    private void require(boolean holds, String what) {
      if (!holds) {
        throw new AssertionError("client " + id + " " + what);
      }
    }
  }

  // ---- what may happen -------------------------------------------------------------------------

  void step() {
    int dice = random.nextInt(100);
    if (dice < 38) {
      acts(somebody());
    } else if (dice < 62) {
      answers();
    } else if (dice < 72) {
      loops.get(random.nextInt(3)).runPendingTasks();
    } else if (dice < 86) {
      connects(random.nextInt(12) > 0);
    } else if (dice < 97) {
      passes(random.nextInt(random.nextInt(20) == 0 ? 3000 : 60));
    } else if (random.nextInt(8) == 0) {
      crashes();
    } else if (random.nextInt(12) == 0) {
      moves();
    } else if (random.nextInt(40) == 0) {
      reconfigures();
    }
    check();
  }

  /** One that has a server as often as one that has none. */
  private Client somebody() {
    Client any = clients.get(random.nextInt(clients.size()));
    boolean holder = random.nextBoolean();
    for (int i = 0; i < CLIENTS && (any.upstream != null) != holder; i++) {
      any = clients.get((any.id + 1) % CLIENTS);
    }
    return any;
  }

  private void acts(Client client) {
    if (client.free()) {
      client.asks();
    } else if (client.waiting) {
      if (random.nextInt(10) == 0) {
        client.withdraws();
      }
    } else {
      actsOnItsServer(client);
    }
  }

  private void actsOnItsServer(Client client) {
    switch (random.nextInt(8)) {
      case 0, 1 -> client.queries();
      case 2 -> client.releases(Upstream.Release.SESSION_ENDED);
      case 3 -> client.releases(Upstream.Release.ABANDONED);
      case 4 -> {
        if (random.nextInt(10) == 0) {
          client.releases(Upstream.Release.BROKEN);
        }
      }
      default -> {
        if (Objects.requireNonNull(client.upstream).drained()) {
          client.releases(Upstream.Release.IDLE);
        }
      }
    }
  }

  private void answers() {
    if (!alive.isEmpty()) {
      Server server = alive.get(random.nextInt(alive.size()));
      server.wire.takesCancels();
      server.answers();
      server.wire.runTasks();
    }
  }

  private void connects(boolean well) {
    if (attempts.isEmpty()) {
      return;
    }
    Attempt attempt = attempts.remove(random.nextInt(attempts.size()));
    if (well) {
      new ScriptedServer(
          buffers,
          attempt.owner(),
          ticker,
          wire -> {
            Server server = new Server(wire);
            servers.put(wire.connection(), server);
            alive.add(server);
          });
    } else {
      attempt.owner().onConnectFailed(DOWN);
    }
  }

  private void crashes() {
    if (!alive.isEmpty()) {
      alive.get(random.nextInt(alive.size())).wire.dies();
    }
  }

  /** The host name leads elsewhere. */
  private void moves() {
    if (!alive.isEmpty()) {
      Server server = alive.get(random.nextInt(alive.size()));
      server.wire.hasMoved();
      server.moved = true;
    }
  }

  private void passes(long millis) {
    ticker.advanceMillis(millis);
    loops.forEach(EmbeddedChannel::runScheduledPendingTasks);
    List.copyOf(alive).forEach(server -> server.wire.runTimers());
  }

  private void reconfigures() {
    ConnectionPool pool = pools.get(random.nextInt(3));
    PoolSettings changed = settings();
    pool.apply(changed);
    // What is open already may stay until it comes back.
    ceilings.put(pool, Math.max(changed.size() + changed.reserve(), pool.budget().used()));
  }

  // ---- what is promised ------------------------------------------------------------------------

  private void check() {
    alive.removeIf(server -> {
      if (!server.wire.alive()) {
        servers.remove(server.wire.connection());
        server.wire.finish();
        return true;
      }
      return false;
    });
    for (ConnectionPool pool : pools) {
      PoolSettings settings = pool.settings();
      int allowed =
          Math.max(
              settings.size() + settings.reserve(), Objects.requireNonNull(ceilings.get(pool)));
      expect(pool.budget().used() <= allowed, "pool_size exceeded: " + pool.budget().describe(0));
      ceilings.put(pool, Math.max(pool.budget().used(), settings.size() + settings.reserve()));
    }
    expect(database.used() <= 5, "exceeded " + database);
    expect(total.used() <= 9, "exceeded " + total);
    expect(total.used() == pools.stream().mapToInt(p -> p.budget().used()).sum(), "miscounted");
    expect(alive.size() + attempts.size() <= total.used(), "more connections than counted");
  }

  /** Clients stop asking for more and servers work: everybody who waits is served or refused. */
  void comesToRest() {
    for (int round = 0; round < 400 && !rests(); round++) {
      for (Client client : clients) {
        if (client.upstream != null && client.upstream.drained()) {
          client.releases(Upstream.Release.SESSION_ENDED);
        }
      }
      runAll();
      passes(round < 200 ? 50 : 500);
      check();
    }
    for (int upkeep = 0; upkeep < 3; upkeep++) {
      passes(1_000);
      runAll();
    }
    expect(alive.stream().noneMatch(server -> server.moved), "a moved server is still used");
    for (Client client : clients) {
      expect(
          client.free(), "client " + client.id + " starves: waits=" + client.waiting + describe());
    }
    expect(
        alive.size() + attempts.size() == total.used(),
        "connections lost count: "
            + total
            + ", alive "
            + alive.size()
            + ", attempts "
            + attempts.size());
  }

  private String describe() {
    StringBuilder out = new StringBuilder("\n" + total + ", " + database);
    for (ConnectionPool pool : pools) {
      out.append('\n').append(pool.budget().describe(0)).append(' ').append(pool.settings());
      for (EmbeddedChannel loop : loops) {
        LoopPool part = pool.on(loop.eventLoop());
        out.append("\n  ").append(part.waiters().size()).append(" wait; ").append(part.snapshot());
      }
    }
    return out.toString();
  }

  private boolean rests() {
    return attempts.isEmpty()
        && clients.stream().allMatch(Client::free)
        && alive.size() == total.used()
        && alive.stream().allMatch(server -> server.wire.connection().stateName().equals("idle"));
  }

  private void runAll() {
    for (int i = 0; i < 4; i++) {
      loops.forEach(EmbeddedChannel::runPendingTasks);
      while (!attempts.isEmpty()) {
        connects(true);
      }
      for (Server server : List.copyOf(alive)) {
        server.wire.takesCancels();
        while (server.answers()) {
          server.wire.runTasks();
        }
        server.wire.runTasks();
      }
      check();
    }
  }

  /** The pools are closed: nothing may be left. */
  void ends() {
    comesToRest();
    pools.forEach(ConnectionPool::close);
    runAll();
    check();
    expect(total.used() == 0, "left open: " + total);
    expect(database.used() == 0, "left open: " + database);
    for (ConnectionPool pool : pools) {
      expect(pool.gate().abreast() == 0, "attempts left: " + pool.gate().abreast());
    }
    loops.forEach(EmbeddedChannel::finishAndReleaseAll);
    expect(buffers.bytes() == 0, "buffers not released: " + buffers.bytes());
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
