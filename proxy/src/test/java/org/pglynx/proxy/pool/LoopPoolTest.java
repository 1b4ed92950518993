package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.wire.PgError;

/** Layer 2: one loop of a pool, with connections that come when the test says so. */
class LoopPoolTest extends PoolRig {
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
  void a_client_of_a_closed_pool_is_refused() {
    ConnectionPool pool = pool(5);
    pool.close();
    run();
    Client late = client(pool, one).asks();
    run();
    assertThat(late.refused().code()).isEqualTo("57P01");
  }

  @Test
  void for_what_its_clients_may_be_waiting_for_a_pool_has_one_connection_more() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    connector.accepts();
    Client waits = client(pool, one).asks();

    Client awaited = client(pool, one).isAwaited().asks();
    ScriptedServer more = connector.accepts();

    assertThat(awaited.upstream).isNotNull();
    assertThat(waits.upstream).isNull();
    comesBack(awaited, more);
    assertThat(more.alive()).isFalse();
    assertThat(pool.budget().used()).isEqualTo(1);
    assertThat(waits.upstream).isNull();
  }

  @Test
  void what_a_pools_clients_may_be_waiting_for_goes_before_them() {
    ConnectionPool pool = pool(1);
    Client has = client(pool, one).asks();
    connector.accepts();
    Client waits = client(pool, one).asks();
    Client awaited = client(pool, one).isAwaited().asks();

    has.gives();

    assertThat(order).containsExactly(has, awaited);
    assertThat(waits.upstream).isNull();
  }

  @Test
  void one_that_waits_is_refused_in_time_whatever_goes_before_it() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    connector.accepts();
    Client waits = client(pool, one).asks();
    passes(3);
    client(pool, one).isAwaited().asks();

    passes(2);

    assertThat(waits.refused().code()).isEqualTo("53000");
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
}
