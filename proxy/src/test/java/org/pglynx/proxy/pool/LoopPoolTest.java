package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedConnector;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: the pool, with connections that come when the test says so. */
class LoopPoolTest {
  private static final PgError DOWN = PgError.error(SqlState.CANNOT_CONNECT, "connection refused");

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final Random random = new Random(7);
  private final MockTicker ticker = Ticker.newMockTicker();
  private final EmbeddedChannel one = loop();
  private final EmbeddedChannel two = loop();
  private final EmbeddedChannel three = loop();
  private final ScriptedConnector connector = new ScriptedConnector(buffers, ticker);

  private EmbeddedChannel loop() {
    return EmbeddedChannel.builder().ticker(ticker).build();
  }

  private static PoolSettings settings(int size, int minimum, long wait, long idle, long lifetime) {
    return new PoolSettings(
        "shop/app", size, minimum, 0, 0, wait, idle, lifetime, PoolSettings.Check.NONE, false);
  }

  private ConnectionPool pool(int size, int minimum, long wait, long idle, long lifetime) {
    return pool(settings(size, minimum, wait, idle, lifetime));
  }

  private ConnectionPool pool(PoolSettings settings, ConnectionLimit... shared) {
    ConnectionPool pool =
        new ConnectionPool(
            settings,
            List.of(shared),
            ScriptedServer.TARGET,
            connector,
            List.of(one.eventLoop(), two.eventLoop(), three.eventLoop()),
            new Timing(ticker::nanoTime, () -> random));
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
    passes(seconds, TimeUnit.SECONDS);
  }

  private void passes(long time, TimeUnit unit) {
    ticker.advance(time, unit);
    for (EmbeddedChannel loop : List.of(one, two, three)) {
      loop.runScheduledPendingTasks();
    }
    connector.runTimers();
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
  void a_login_that_fails_again_and_again_is_not_waited_for_beside_another_loops_connections() {
    ConnectionPool pool = pool(2);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, two).asks();
    connector.refuses(DOWN);
    run();
    assertThat(b.refusal).isNull();
    passes(1);
    connector.refuses(DOWN);
    passes(1);
    connector.refuses(DOWN);
    assertThat(b.refused()).isEqualTo(DOWN);
  }

  @Test
  void a_wait_that_takes_too_long_ends_with_the_numbers() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    passes(3);
    Client c = client(pool, one).asks();
    passes(3);
    assertThat(b.refused().code()).isEqualTo("53000");
    assertThat(b.refused().message()).contains("shop/app", "5000 ms");
    assertThat(b.refused().detail()).contains("1 of 1", "2 clients wait");
    assertThat(c.refusal).isNull();
    passes(3);
    assertThat(c.refused().code()).isEqualTo("53000");
  }

  @Test
  void an_expired_connection_is_closed_when_it_comes_back_and_replaced_for_a_waiter() {
    ConnectionPool pool = pool(1, 0, 0, 0, TimeUnit.SECONDS.toNanos(10));
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    Client b = client(pool, one).asks();
    passes(11);
    comesBack(a, server);
    assertThat(server.alive()).isFalse();
    connector.accepts();
    assertThat(b.upstream).isNotNull();
  }

  @Test
  void connections_opened_together_do_not_expire_together() {
    ConnectionPool pool = pool(20, 20, 0, 0, TimeUnit.SECONDS.toNanos(1000));
    List<ScriptedServer> servers = new ArrayList<>();
    while (connector.attempts() > 0) {
      servers.add(connector.accepts());
      run();
    }
    assertThat(servers).hasSize(20);
    long distinct =
        servers.stream().map(server -> server.connection().retireAtNanos()).distinct().count();
    assertThat(distinct).isGreaterThan(15);
    assertThat(servers)
        .allSatisfy(server ->
            assertThat(server.connection().retireAtNanos() - server.connection().createdNanos())
                .isBetween(TimeUnit.SECONDS.toNanos(900), TimeUnit.SECONDS.toNanos(1000)));
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

  @Test
  void a_closed_pool_cancels_what_it_had_planned_for_its_waiters() {
    ConnectionPool busy = pool(1);
    client(busy, one).asks();
    connector.accepts();
    client(busy, one).asks();
    ConnectionPool failing = pool(1);
    client(failing, two).asks();
    connector.refuses(DOWN);
    passes(1);
    client(failing, two).asks();
    client(failing, two).asks();
    run();
    busy.close();
    failing.close();
    run();
    passes(1);
    assertThat(List.of(one, two, three))
        .allSatisfy(loop -> assertThat(loop.runScheduledPendingTasks()).isEqualTo(-1));
  }

  @Test
  void a_closed_pool_is_forgotten_by_the_limits_it_shared() {
    ConnectionLimit shared = new ConnectionLimit("max_db_connections of shop", 1);
    ConnectionPool gone = pool(settings(5, 0, 0, 0, 0), shared);
    ConnectionPool other = pool(settings(5, 0, 0, 0, 0), shared);
    Client a = client(gone, one).asks();
    ScriptedServer server = connector.accepts();
    gone.close();
    run();
    assertThat(shared.sharers()).containsExactly(other);
    Client b = client(other, two).asks();
    run();
    comesBack(a, server);
    connector.accepts();
    assertThat(b.upstream).isNotNull();
    assertThat(shared.used()).isEqualTo(1);
  }

  // ---- limits of several pools -----------------------------------------------------------------

  private static final ConnectionLimit NO_LIMIT = new ConnectionLimit("none", 1000);

  @Test
  void an_idle_connection_of_another_pool_makes_room_under_a_shared_limit() {
    ConnectionLimit shared = new ConnectionLimit("max_db_connections of shop", 1);
    ConnectionPool shop = pool(settings(5, 0, 0, 0, 0), shared);
    ConnectionPool other = pool(settings(5, 0, 0, 0, 0), shared);
    Client a = client(shop, one).asks();
    ScriptedServer server = connector.accepts();
    a.gives();
    Client b = client(other, two).asks();
    run();
    server.runTasks();
    assertThat(server.alive()).isFalse();
    connector.accepts();
    assertThat(b.upstream).isNotNull();
    assertThat(shared.used()).isEqualTo(1);
    assertThat(shop.budget().used()).isZero();
  }

  @Test
  void a_connection_that_comes_back_makes_room_for_another_pool_that_waits_longer() {
    ConnectionLimit shared = new ConnectionLimit("max_user_connections of app", 1);
    ConnectionPool shop = pool(settings(5, 0, 0, 0, 0), shared);
    ConnectionPool other = pool(settings(5, 0, 0, 0, 0), shared);
    Client a = client(shop, one).asks();
    ScriptedServer server = connector.accepts();
    Client b = client(other, two).asks();
    run();
    passes(1);
    Client c = client(shop, one).asks();
    run();
    comesBack(a, server);
    server = connector.accepts();
    assertThat(b.upstream).isNotNull();
    assertThat(c.upstream).isNull();
    comesBack(b, server);
    connector.accepts();
    assertThat(order).containsExactly(a, b, c);
  }

  @Test
  void a_connection_that_would_not_help_another_pool_is_kept() {
    ConnectionLimit total = new ConnectionLimit("max_server_connections", 2);
    ConnectionLimit user = new ConnectionLimit("max_user_connections of bob", 1);
    ConnectionPool shop = pool(settings(5, 0, 0, 0, 0), total);
    ConnectionPool bobs = pool(settings(5, 0, 0, 0, 0), total, user);
    Client a = client(shop, one).asks();
    ScriptedServer server = connector.accepts();
    client(bobs, one).asks();
    connector.accepts();
    client(bobs, two).asks();
    run();
    comesBack(a, server);
    assertThat(server.alive()).isTrue();
    assertThat(connector.attempts()).isZero();
    assertThat(total.used()).isEqualTo(2);
  }

  @Test
  void the_refusal_names_the_shared_limit_that_is_used_up() {
    ConnectionLimit shared = new ConnectionLimit("max_db_connections of shop", 1);
    ConnectionPool pool = pool(settings(5, 0, TimeUnit.SECONDS.toNanos(5), 0, 0), shared, NO_LIMIT);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    passes(6);
    assertThat(b.refused().detail())
        .contains("1 of 5 connections", "max_db_connections of shop: 1 of 1")
        .doesNotContain("none");
    assertThat(b.refused().code()).isEqualTo("53300");
    assertThat(b.refused().hint()).startsWith("Raise max_db_connections or query_wait_timeout");
  }

  @Test
  void the_refusal_of_a_pool_that_is_used_up_itself_names_its_size() {
    ConnectionLimit shared = new ConnectionLimit("max_db_connections of shop", 1);
    ConnectionPool pool = pool(settings(1, 0, TimeUnit.SECONDS.toNanos(5), 0, 0), shared);
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    passes(6);
    assertThat(b.refused().code()).isEqualTo("53000");
    assertThat(b.refused().detail()).contains("1 of 1 connections are in use", "1 client waits");
    assertThat(b.refused().hint()).startsWith("Raise pool_size or query_wait_timeout");
  }

  @Test
  void a_limit_is_unused_once_its_pools_and_their_connections_have_gone() {
    ConnectionLimit shared = new ConnectionLimit("max_db_connections of shop", 1);
    ConnectionPool pool = pool(settings(1, 0, 0, 0, 0), shared);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    pool.close();
    run();
    assertThat(shared.unused()).as("a client still has its connection").isFalse();
    comesBack(a, server);
    assertThat(shared.unused()).isTrue();
  }

  @Test
  void the_reserve_is_opened_for_a_client_that_has_waited_long() {
    ConnectionPool pool =
        pool(
            new PoolSettings(
                "shop/app",
                1,
                0,
                1,
                TimeUnit.SECONDS.toNanos(5),
                TimeUnit.SECONDS.toNanos(60),
                0,
                0,
                PoolSettings.Check.NONE,
                false));
    client(pool, one).asks();
    connector.accepts();
    Client b = client(pool, one).asks();
    Client c = client(pool, one).asks();
    passes(4);
    assertThat(connector.attempts()).isZero();
    passes(2);
    connector.accepts();
    assertThat(b.upstream).isNotNull();
    passes(6);
    assertThat(connector.attempts()).as("the reserve is one").isZero();
    assertThat(c.upstream).isNull();
  }

  @Test
  void a_loop_with_several_waiters_gets_several_idle_connections_of_another() {
    ConnectionPool pool = pool(3, 3, 0, 0, 0);
    while (connector.attempts() > 0) {
      connector.accepts();
    }
    Client a = client(pool, two).asks();
    Client b = client(pool, two).asks();
    Client c = client(pool, two).asks();
    run();
    while (connector.attempts() > 0) {
      connector.accepts();
    }
    assertThat(order).containsExactly(a, b, c);
  }

  // ---- failing servers -------------------------------------------------------------------------

  @Test
  void while_a_server_fails_clients_are_told_at_once_and_one_attempt_is_made_in_each_pause() {
    ConnectionPool pool = pool(5);
    client(pool, one).asks();
    connector.refuses(DOWN);
    Client b = client(pool, one).asks();
    Client c = client(pool, two).asks();
    run();
    assertThat(b.refused()).isEqualTo(DOWN);
    assertThat(c.refused()).isEqualTo(DOWN);
    assertThat(connector.attempts()).isZero();
    passes(1);
    Client d = client(pool, one).asks();
    Client e = client(pool, two).asks();
    run();
    assertThat(connector.attempts()).as("a single probe").isEqualTo(1);
    connector.accepts();
    run();
    assertThat(d.upstream).isNotNull();
    connector.accepts();
    assertThat(e.upstream).isNotNull();
  }

  @Test
  void the_pauses_between_attempts_grow_and_stay_short() {
    ConnectionPool pool = pool(5);
    int attempts = 0;
    for (int tick = 0; tick < 600; tick++) {
      client(pool, one).asks();
      run();
      while (connector.attempts() > 0) {
        attempts++;
        connector.refuses(DOWN);
      }
      passes(100, TimeUnit.MILLISECONDS);
    }
    assertThat(attempts).as("in a minute").isBetween(25, 50);
  }

  @Test
  void clients_do_not_wait_for_a_server_that_hangs_at_the_probe() {
    ConnectionPool pool = pool(5);
    client(pool, one).asks();
    connector.refuses(DOWN);
    passes(1);
    Client b = client(pool, one).asks();
    run();
    passes(2);
    Client c = client(pool, one).asks();
    run();
    assertThat(connector.attempts()).as("the probe hangs").isEqualTo(1);
    assertThat(b.refused()).isEqualTo(DOWN);
    assertThat(c.refused()).isEqualTo(DOWN);
  }

  @Test
  void a_hanging_server_does_not_stop_attempts_beyond_a_bound() {
    ConnectionPool pool = pool(100);
    for (int i = 0; i < 50; i++) {
      client(pool, one).asks();
    }
    assertThat(connector.attempts()).isEqualTo(ConnectGate.ABREAST);
    connector.accepts();
    assertThat(connector.attempts()).isEqualTo(ConnectGate.ABREAST);
  }

  @Test
  void a_session_that_asks_is_never_refused_before_it_waits() {
    ConnectionPool pool = pool(5);
    client(pool, one).asks();
    connector.refuses(DOWN);
    Client b = client(pool, one);
    assertThat(pool.on(one.eventLoop()).open(b)).isNull();
    assertThat(b.refusal).isNull();
    run();
    assertThat(b.refused()).isEqualTo(DOWN);
  }

  @Test
  void a_client_of_a_closed_pool_is_refused() {
    ConnectionPool pool = pool(5);
    pool.close();
    run();
    Client late = client(pool, one).asks();
    run();
    assertThat(late.refused().code()).isEqualTo("57P01");
  }

  // ---- idle connections ------------------------------------------------------------------------

  private ConnectionPool checkingPool() {
    return pool(
        new PoolSettings(
            "shop/app",
            5,
            0,
            0,
            0,
            0,
            0,
            0,
            new PoolSettings.Check(
                "SELECT 1", TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(1)),
            false));
  }

  private static final byte[] OK =
      FrontendBytes.all(BackendBytes.complete("SELECT 1"), BackendBytes.ready('I'));

  @Test
  void a_connection_that_has_idled_long_is_asked_before_use() {
    ConnectionPool pool = checkingPool();
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    a.gives();
    passes(40);
    Client b = client(pool, one).asks();
    assertThat(b.upstream).isNull();
    assertThat(server.got()).containsExactly("Q SELECT 1");
    server.says(OK);
    assertThat(b.upstream).isNotNull();
    assertThat(connector.attempts()).isZero();
  }

  @Test
  void a_connection_that_has_idled_briefly_is_used_unasked() {
    ConnectionPool pool = checkingPool();
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    a.gives();
    passes(20);
    Client b = client(pool, one).asks();
    assertThat(b.upstream).isNotNull();
    assertThat(server.got()).isEmpty();
  }

  @Test
  void with_a_delay_of_0_each_idle_connection_is_asked() {
    PoolSettings.Check check = new PoolSettings.Check(";", 0, TimeUnit.SECONDS.toNanos(1));
    ConnectionPool pool = pool(new PoolSettings("shop/app", 5, 0, 0, 0, 0, 0, 0, check, false));
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    assertThat(server.got()).as("a fresh one has answered already").isEmpty();
    a.gives();
    Client b = client(pool, one).asks();
    assertThat(b.upstream).isNull();
    assertThat(server.got()).containsExactly("Q ;");
    server.says(OK);
    assertThat(b.upstream).isNotNull();
  }

  @Test
  void a_connection_that_does_not_answer_is_closed_and_replaced() {
    ConnectionPool pool = checkingPool();
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    a.gives();
    passes(40);
    Client b = client(pool, one).asks();
    passes(2);
    assertThat(server.alive()).isFalse();
    connector.accepts();
    assertThat(b.upstream).isNotNull();
    assertThat(pool.budget().used()).isEqualTo(1);
  }

  @Test
  void idle_connections_are_used_in_turn_if_so_configured() {
    ConnectionPool pool =
        pool(new PoolSettings("shop/app", 5, 2, 0, 0, 0, 0, 0, PoolSettings.Check.NONE, true));
    ScriptedServer first = connector.accepts();
    connector.accepts();
    Client a = client(pool, one).asks();
    assertThat(a.upstream).isSameAs(first.connection());
  }

  @Test
  void connections_to_a_server_whose_name_leads_elsewhere_are_closed_once_idle() {
    ConnectionPool pool = pool(5);
    Client a = client(pool, one).asks();
    ScriptedServer idle = connector.accepts();
    Client b = client(pool, one).asks();
    ScriptedServer used = connector.accepts();
    a.gives();
    idle.hasMoved();
    used.hasMoved();
    passes(2);
    assertThat(idle.alive()).isFalse();
    assertThat(used.alive()).as("its client goes on").isTrue();
    comesBack(b, used);
    assertThat(used.alive()).isFalse();
    Client c = client(pool, one).asks();
    ScriptedServer fresh = connector.accepts();
    passes(2);
    assertThat(c.upstream).isSameAs(fresh.connection());
    assertThat(fresh.alive()).isTrue();
  }

  @Test
  void a_pool_that_is_made_smaller_closes_what_comes_back() {
    ConnectionPool pool = pool(2);
    Client a = client(pool, one).asks();
    client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    connector.accepts();
    pool.apply(settings(1, 0, 0, 0, 0));
    run();
    comesBack(a, server);
    assertThat(server.alive()).isFalse();
    assertThat(pool.budget().used()).isEqualTo(1);
  }
}
