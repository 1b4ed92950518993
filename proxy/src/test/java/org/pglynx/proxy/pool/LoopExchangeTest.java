package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.backend.ScriptedServer;

/** Layer 2: what loops give to each other, in one pool and between pools under a shared limit. */
class LoopExchangeTest extends PoolRig {
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
    assertThat(b.upstream).isNotNull();
    assertThat(connector.attempts()).as("logins").isZero();
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
    comesBack(a, server);
    assertThat(order).containsExactly(a, b);
    assertThat(c.upstream).isNull();
    assertThat(connector.attempts()).as("logins").isZero();
    assertThat(pool.budget().used()).isEqualTo(1);
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
    comesBack(b, server);
    assertThat(order).containsExactly(a, b, c);
    assertThat(connector.attempts()).as("logins").isZero();
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
    comesBack(x, server);
    comesBack(q, server);
    comesBack(r, server);
    assertThat(order).containsExactly(a, x, q, r, y);
  }

  @Test
  void loops_with_equally_many_connections_do_not_exchange_them_for_a_short_wait() {
    ConnectionPool pool = pool(2);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    client(pool, two).asks();
    connector.accepts();
    Client waits = client(pool, two).asks();
    run();
    comesBack(a, server);
    assertThat(waits.upstream).isNull();
    assertThat(client(pool, one).asks().upstream).as("kept for its own loop").isNotNull();
  }

  @Test
  void an_idle_connection_goes_to_a_loop_with_equally_many_whose_waiter_is_a_millisecond_old() {
    ConnectionPool pool = pool(2);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    client(pool, two).asks();
    connector.accepts();
    Client waits = client(pool, two).asks();
    run();
    comesBack(a, server);
    passes(LoopExchange.PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    server.runTasks();
    run();
    assertThat(waits.upstream).isNotNull();
  }

  @Test
  void a_loop_that_has_given_nothing_yet_looks_again_when_the_others_turn_has_come() {
    ConnectionPool pool = pool(3, 3, 0, 0, 0);
    List<ScriptedServer> servers = new ArrayList<>();
    while (connector.attempts() > 0) {
      servers.add(connector.accepts());
    }
    Client first = client(pool, two).asks();
    Client second = client(pool, two).asks();
    settles(servers);
    assertThat(first.upstream).isNotNull();
    assertThat(second.upstream).as("no loop is poorer than the other now").isNull();
    passes(LoopExchange.PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    settles(servers);
    assertThat(second.upstream).isNotNull();
  }

  @Test
  void a_waiter_is_served_by_a_loop_with_as_many_connections_once_it_is_much_older() {
    ConnectionPool pool = pool(2);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    client(pool, two).asks();
    connector.accepts();
    Client old = client(pool, two).asks();
    passes(LoopExchange.EQUALS_PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    Client young = client(pool, one).asks();
    run();
    comesBack(a, server);
    assertThat(old.upstream).isNotNull();
    assertThat(young.upstream).isNull();
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
  void a_loop_with_several_waiters_gets_several_idle_connections_of_another() {
    ConnectionPool pool = pool(3, 3, 0, 0, 0);
    List<ScriptedServer> servers = new ArrayList<>();
    while (connector.attempts() > 0) {
      servers.add(connector.accepts());
    }
    Client a = client(pool, two).asks();
    Client b = client(pool, two).asks();
    Client c = client(pool, two).asks();
    settles(servers);
    passes(LoopExchange.PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    settles(servers);
    assertThat(order).containsExactly(a, b, c);
  }

  private void settles(List<ScriptedServer> servers) {
    run();
    servers.forEach(ScriptedServer::runTasks);
    run();
  }
}
