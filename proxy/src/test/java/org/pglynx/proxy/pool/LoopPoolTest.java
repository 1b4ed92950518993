package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedConnector;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: the pool, with connections that come when the test says so. */
class LoopPoolTest {
  private static final PgError DOWN = PgError.error(SqlState.CANNOT_CONNECT, "connection refused");

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final EmbeddedChannel one = loop();
  private final EmbeddedChannel two = loop();
  private final EmbeddedChannel three = loop();
  private final ScriptedConnector connector = new ScriptedConnector(buffers);

  private static EmbeddedChannel loop() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    return channel;
  }

  private ConnectionPool pool(int size, int minimum, long wait, long idle, long lifetime) {
    ConnectionPool pool =
        new ConnectionPool(
            new PoolSettings("shop/app", size, minimum, wait, idle, lifetime),
            ScriptedServer.TARGET,
            connector,
            List.of(one.eventLoop(), two.eventLoop(), three.eventLoop()));
    run();
    return pool;
  }

  private ConnectionPool pool(int size) {
    return pool(size, 0, TimeUnit.SECONDS.toNanos(5), 0, 0);
  }

  private void run() {
    for (int round = 0; round < 4; round++) {
      one.runPendingTasks();
      two.runPendingTasks();
      three.runPendingTasks();
    }
  }

  private void passes(long seconds) {
    for (EmbeddedChannel loop : List.of(one, two, three)) {
      loop.advanceTimeBy(seconds, TimeUnit.SECONDS);
      loop.runScheduledPendingTasks();
    }
    run();
  }

  @AfterEach
  void finish() {
    connector.finish();
    one.finishAndReleaseAll();
    two.finishAndReleaseAll();
    three.finishAndReleaseAll();
  }

  /** A session that wants a server. */
  private static final class Client implements UpstreamProvider.Waiter, Downstream {
    private final LoopPool pool;
    private final List<Client> order;
    @Nullable Upstream upstream;
    @Nullable PgError refusal;
    private long since;
    private long earlier;

    Client(LoopPool pool, List<Client> order) {
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
    public void onRepliesRead() {}

    @Override
    public void onReady(byte status) {}

    @Override
    public void onParseFailed() {}

    @Override
    public void onDrained() {}

    @Override
    public void onParameter(String name, String value) {}

    @Override
    public void onServerWritable() {}

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      upstream = null;
      refusal = error;
    }
  }

  private final List<Client> order = new ArrayList<>();

  private Client client(ConnectionPool pool, EmbeddedChannel loop) {
    return new Client(pool.on(loop.eventLoop()), order);
  }

  @Test
  void a_connection_is_opened_for_the_first_client_and_kept_for_the_next() {
    ConnectionPool pool = pool(5);
    Client first = client(pool, one).asks();
    assertThat(connector.attempts()).isEqualTo(1);
    connector.accepts();
    assertThat(first.upstream).isNotNull();
    first.gives();
    Client second = client(pool, one).asks();
    assertThat(second.upstream).isNotNull();
    assertThat(connector.attempts()).isZero();
  }

  @Test
  void several_waiters_have_several_connections_opened_at_once() {
    ConnectionPool pool = pool(2);
    client(pool, one).asks();
    client(pool, one).asks();
    client(pool, one).asks();
    assertThat(connector.attempts()).isEqualTo(2);
    assertThat(pool.budget().used()).isEqualTo(2);
  }

  @Test
  void waiters_are_served_first_come_first_served() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    Client b = client(pool, one).asks();
    Client c = client(pool, one).asks();
    connector.accepts();
    a.gives();
    b.gives();
    c.gives();
    assertThat(order).containsExactly(a, b, c);
  }

  @Test
  void a_client_that_gives_up_waiting_is_passed_over() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    Client b = client(pool, one).asks();
    Client c = client(pool, one).asks();
    connector.accepts();
    pool.on(one.eventLoop()).withdraw(b);
    a.gives();
    assertThat(order).containsExactly(a, c);
  }

  @Test
  void a_waiter_comes_before_a_new_client_that_asks_at_the_same_moment() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    Client b = client(pool, one).asks();
    connector.accepts();
    a.gives();
    Client late = client(pool, one).asks();
    assertThat(b.upstream).isNotNull();
    assertThat(late.upstream).isNull();
  }

  @Test
  void the_budget_is_one_for_all_loops() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    connector.accepts();
    client(pool, two).asks();
    run();
    assertThat(connector.attempts()).isZero();
    assertThat(pool.budget().used()).isEqualTo(1);
  }

  @Test
  void an_idle_connection_of_one_loop_goes_to_a_waiter_of_another() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    connector.accepts();
    a.gives();
    Client b = client(pool, two).asks();
    run();
    connector.accepts();
    assertThat(b.upstream).isNotNull();
    assertThat(pool.budget().used()).isEqualTo(1);
  }

  @Test
  void a_connection_that_comes_free_goes_to_a_waiter_of_another_loop_that_waits_longer() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client b = client(pool, two).hasWaited(10).asks();
    run();
    Client c = client(pool, one).asks();
    a.gives();
    server.runTasks();
    run();
    connector.accepts();
    assertThat(order).containsExactly(a, b);
    assertThat(c.upstream).isNull();
    assertThat(pool.budget().used()).isEqualTo(1);
  }

  private void comesBack(Client from, ScriptedServer server) {
    from.gives();
    server.runTasks();
    run();
  }

  @Test
  void a_single_connection_goes_round_all_loops_that_wait() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client b = client(pool, two).hasWaited(10).asks();
    run();
    Client c = client(pool, three).asks();
    run();
    comesBack(a, server);
    ScriptedServer second = connector.accepts();
    comesBack(b, second);
    connector.accepts();
    assertThat(order).containsExactly(a, b, c);
  }

  @Test
  void a_loop_whose_turn_it_is_not_yet_is_not_forgotten() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client earlier = client(pool, one).asks();
    Client later = client(pool, two).asks();
    run();
    a.gives();
    assertThat(earlier.upstream).isNotNull();
    comesBack(earlier, server);
    connector.accepts();
    assertThat(order).containsExactly(a, earlier, later);
  }

  @Test
  void waiters_of_different_loops_take_turns_by_their_age() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client x = client(pool, two).hasWaited(40).asks();
    run();
    Client q = client(pool, one).hasWaited(30).asks();
    Client r = client(pool, one).hasWaited(20).asks();
    Client y = client(pool, two).hasWaited(10).asks();
    run();
    comesBack(a, server);
    server = connector.accepts();
    comesBack(x, server);
    server = connector.accepts();
    comesBack(q, server);
    comesBack(r, server);
    connector.accepts();
    assertThat(order).containsExactly(a, x, q, r, y);
  }

  @Test
  void a_lost_connection_makes_room_for_another() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client b = client(pool, one).asks();
    server.dies();
    assertThat(a.refused().code()).isEqualTo("08006");
    connector.accepts();
    assertThat(b.upstream).isNotNull();
  }

  @Test
  void a_lost_connection_makes_room_on_another_loop() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client b = client(pool, two).asks();
    run();
    server.dies();
    run();
    connector.accepts();
    assertThat(b.upstream).isNotNull();
  }

  @Test
  void a_failing_server_tells_its_real_error_to_all_who_wait() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    Client b = client(pool, one).asks();
    connector.refuses(DOWN);
    assertThat(a.refused()).isEqualTo(DOWN);
    assertThat(b.refused()).isEqualTo(DOWN);
    assertThat(pool.budget().used()).isZero();
  }

  @Test
  void a_failed_attempt_beside_live_connections_is_tried_again_later() {
    ConnectionPool pool = pool(2);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    connector.refuses(DOWN);
    assertThat(b.refusal).isNull();
    assertThat(connector.attempts()).isZero();
    passes(1);
    connector.accepts();
    assertThat(b.upstream).isNotNull();
  }

  @Test
  void a_wait_that_takes_too_long_ends_with_the_numbers() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    Client c = client(pool, one).asks();
    b.hasWaited(6);
    passes(6);
    assertThat(b.refused().code()).isEqualTo("53000");
    assertThat(b.refused().message()).contains("shop/app", "5000 ms");
    assertThat(b.refused().detail()).contains("1 of 1", "2 clients wait");
    assertThat(c.refusal).isNull();
    c.hasWaited(6);
    passes(6);
    assertThat(c.refused().code()).isEqualTo("53000");
  }

  @Test
  void an_expired_connection_is_closed_when_it_comes_back_and_replaced_for_a_waiter() {
    ConnectionPool pool = pool(1, 0, 0, 0, 1);
    LoopPool part = pool.on(one.eventLoop());
    Client a = client(pool, one);
    part.open(a);
    ScriptedServer server = connector.accepts();
    server.runTasks();
    assertThat(server.alive()).isFalse();
    assertThat(connector.attempts()).as("its waiter is served still").isEqualTo(1);
  }

  @Test
  void surplus_idle_connections_are_closed_down_to_the_minimum() {
    ConnectionPool pool = pool(5, 1, 0, 1, 0);
    assertThat(connector.attempts()).as("the minimum is opened at start").isEqualTo(1);
    List<ScriptedServer> servers = new ArrayList<>(List.of(connector.accepts()));
    Client a = client(pool, one).asks();
    Client b = client(pool, one).asks();
    while (connector.attempts() > 0) {
      servers.add(connector.accepts());
    }
    a.gives();
    b.gives();
    passes(30);
    servers.forEach(ScriptedServer::runTasks);
    run();
    assertThat(servers.stream().filter(ScriptedServer::alive).count()).isEqualTo(1);
    assertThat(pool.budget().used()).isEqualTo(1);
  }

  @Test
  void a_closed_pool_refuses_its_waiters_and_closes_what_comes_back() {
    ConnectionPool pool = pool(1);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client b = client(pool, one).asks();
    pool.close();
    run();
    assertThat(b.refused().severity()).isEqualTo(PgError.Severity.FATAL);
    assertThat(server.alive()).isTrue();
    a.gives();
    server.runTasks();
    assertThat(server.alive()).isFalse();
    assertThat(pool.budget().used()).isZero();
  }

  @Test
  void a_snapshot_adds_up_all_loops() {
    ConnectionPool pool = pool(2);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, two).asks();
    connector.accepts();
    b.gives();
    client(pool, one).asks();
    List<PoolSnapshot> seen = new ArrayList<>();
    pool.snapshot().thenAccept(seen::add);
    run();
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).count("active")).isEqualTo(1);
    assertThat(seen.get(0).waiting() + seen.get(0).connecting()).isPositive();
  }

  @Test
  void a_closed_pool_leaves_no_timer_behind() {
    ConnectionPool pool = pool(1);
    pool.close();
    run();
    passes(1);
    assertThat(List.of(one, two, three))
        .allSatisfy(loop -> assertThat(loop.runScheduledPendingTasks()).isEqualTo(-1));
  }
}
