package org.pglynx.proxy.cluster;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.backend.BackendOwner;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.backend.PipeConnection;
import org.pglynx.proxy.backend.PipeConnector;
import org.pglynx.proxy.backend.ScriptedConnector;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.BalancingConfig;
import org.pglynx.proxy.config.BalancingMode;
import org.pglynx.proxy.config.DefaultRole;
import org.pglynx.proxy.config.HealthConfig;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerKind;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Mirroring;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** A cluster on one event loop, whose servers connect and answer probes as the test says. */
abstract class ClusterRig {
  static final PgError DOWN = PgError.error(SqlState.CANNOT_CONNECT, "connection refused");

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final MockTicker ticker = Ticker.newMockTicker();
  private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(ticker).build();
  final EventLoop loop = channel.eventLoop();
  final List<ScriptedConnector> hosts = new ArrayList<>();
  final List<Deque<CompletableFuture<Prober.Answer>>> questions = new ArrayList<>();

  /** Whether the primary serves reads, too, if no replica will do. */
  boolean primaryReads = true;

  /** The servers that were made last. */
  @Nullable Cluster cluster;

  /** How long sessions wait, by the machine's own clock. */
  long waitMillis = 60_000;

  /** Servers of these kinds, and a pool of the size for each. */
  final UpstreamProvider servers(int size, ServerKind... kinds) {
    List<ServerConfig> servers = new ArrayList<>();
    List<ClusterPool.Member> members = new ArrayList<>();
    for (ServerKind kind : kinds) {
      ServerConfig server = new ServerConfig("db" + servers.size(), 5432, kind, 1, "");
      servers.add(server);
      members.add(
          new ClusterPool.Member(target(server), List.of(), on -> Mirroring.NONE, List.of()));
      hosts.add(new ScriptedConnector(buffers, ticker));
      questions.add(new ArrayDeque<>());
    }
    BalancingConfig config =
        new BalancingConfig(
            BalancingMode.ROUND_ROBIN,
            DefaultRole.ANY,
            primaryReads,
            true,
            0,
            0,
            0,
            "",
            new HealthConfig(1_000, 1_000, 60));
    Cluster made = new Cluster("shop", servers, config, new Probes(), loop, ticker::nanoTime);
    cluster = made;
    PoolSettings settings =
        new PoolSettings(
            "shop/app",
            size,
            0,
            0,
            0,
            TimeUnit.MILLISECONDS.toNanos(waitMillis),
            0,
            0,
            PoolSettings.Check.NONE,
            false);
    ClusterPool pool =
        new ClusterPool(made, settings, members, new ByHost(), new NoPipes(), List.of(loop));
    run();
    return pool.on(loop);
  }

  private static BackendTarget target(ServerConfig server) {
    return new BackendTarget(
        server.host(),
        server.port(),
        "shop",
        "app",
        new ServerCredential.None(),
        1000,
        100,
        true,
        ServerTlsConfig.NONE,
        Map.of());
  }

  final void run() {
    for (int round = 0; round < 4; round++) {
      channel.runPendingTasks();
      hosts.forEach(ScriptedConnector::runTimers);
    }
  }

  final void passes(long millis) {
    ticker.advance(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    run();
  }

  /** The server answers the oldest question. */
  final void answers(int host, Prober.Answer answer) {
    questions.get(host).remove().complete(answer);
    run();
  }

  static Prober.Answer leads(int timeline, long position) {
    return new Prober.Answer.Facts(ServerFacts.writing(position, timeline));
  }

  static Prober.Answer follows(long position) {
    return new Prober.Answer.Facts(ServerFacts.replaying(position));
  }

  static Prober.Answer refuses() {
    return new Prober.Answer.None(Failing.UNREACHABLE, "connection refused");
  }

  @AfterEach
  void finish() {
    hosts.forEach(ScriptedConnector::finish);
    channel.finishAndReleaseAll();
  }

  private final class Probes implements Prober {
    @Override
    public CompletionStage<Answer> ask(int host) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      questions.get(host).add(answer);
      return answer;
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private static final class NoPipes implements PipeConnector {
    @Override
    public PipeConnection pipe(
        BackendTarget target,
        EventLoop on,
        Map<String, String> startup,
        ServerPipe.Receiver receiver,
        Consumer<PipeConnection> gone) {
      throw new IllegalStateException("nobody replicates");
    }

    @Override
    public void login(PipeConnection pipe, EventLoop on) {
      throw new IllegalStateException("nobody replicates");
    }
  }

  private final class ByHost implements Connector {
    @Override
    public void connect(BackendTarget target, EventLoop on, BackendOwner owner) {
      hosts.get(target.host().charAt(2) - '0').connect(target, on, owner);
    }

    @Override
    public CompletionStage<Void> cancel(
        BackendTarget target, @Nullable SocketAddress server, EventLoop on, int pid, byte[] key) {
      return CompletableFuture.completedFuture(null);
    }
  }

  /** A session that wants a server. */
  static final class Client implements UpstreamProvider.Waiter, Downstream {
    private final UpstreamProvider provider;
    private final ServerRole role;
    private long since;
    private boolean wrote;
    private long wroteNanos;
    @Nullable Upstream upstream;
    @Nullable PgError refusal;

    Client(UpstreamProvider provider, ServerRole role) {
      this.provider = provider;
      this.role = role;
    }

    Client asks() {
      refusal = null;
      Upstream given = provider.open(this);
      if (given != null) {
        onUpstream(given);
      }
      return this;
    }

    void wrote(long nanos) {
      wrote = true;
      wroteNanos = nanos;
    }

    void hasWrittenNothing() {
      wrote = false;
    }

    void gives() {
      Upstream held = Objects.requireNonNull(upstream);
      upstream = null;
      held.release(Upstream.Release.IDLE);
    }

    boolean served() {
      return upstream != null;
    }

    String refused() {
      return Objects.requireNonNull(refusal).message();
    }

    @Override
    public ServerRole role() {
      return role;
    }

    @Override
    public boolean servedBy(long replayedNanos) {
      return !wrote || replayedNanos - wroteNanos >= 0;
    }

    @Override
    public Downstream downstream() {
      return this;
    }

    @Override
    public void onUpstream(Upstream given) {
      upstream = given;
    }

    @Override
    public void onRefused(PgError error) {
      refusal = error;
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
    public void onReplies(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      upstream = null;
      refusal = error;
    }
  }

  /** What the server whose turn it is has been asked to do. */
  final ScriptedServer accepts(int host) {
    ScriptedServer server = hosts.get(host).accepts();
    run();
    return server;
  }
}
