package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: which connections go, and when. */
class RetirementTest extends PoolRig {
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
        servers.stream()
            .map(server -> server.connection().lifetime().endNanos())
            .distinct()
            .count();
    assertThat(distinct).isGreaterThan(15);
    assertThat(servers)
        .allSatisfy(server ->
            assertThat(
                    server.connection().lifetime().endNanos()
                        - server.connection().lifetime().createdNanos())
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

  @Test
  void a_connection_that_has_idled_for_too_long_is_not_held_against_the_server() {
    ConnectionPool pool = pool(1, 0, 0, 1, 0);
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    comesBack(a, server);
    passes(30);
    assertThat(server.alive()).isFalse();
    assertThat(lost).isZero();
  }

  @Test
  void nor_is_one_that_has_become_too_old_in_use() {
    ConnectionPool pool = pool(1, 0, 0, 0, TimeUnit.SECONDS.toNanos(10));
    Client a = client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    passes(11);
    comesBack(a, server);
    assertThat(server.alive()).isFalse();
    assertThat(lost).isZero();
  }

  @Test
  void nor_are_those_that_an_operator_wants_renewed() {
    ConnectionPool pool = pool(2);
    Client a = client(pool, one).asks();
    Client b = client(pool, one).asks();
    ScriptedServer idle = connector.accepts();
    ScriptedServer used = connector.accepts();
    comesBack(a, idle);
    pool.reconnect();
    run();
    comesBack(b, used);
    assertThat(idle.alive()).isFalse();
    assertThat(used.alive()).isFalse();
    assertThat(lost).isZero();
  }

  @Test
  void nor_is_one_that_the_proxy_gives_up() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    ScriptedServer server = connector.accepts();
    server.connection().giveUp(PgError.error(SqlState.CONNECTION_FAILURE, "another shard is lost"));
    server.runTasks();
    run();
    assertThat(server.alive()).isFalse();
    assertThat(lost).isZero();
  }

  @Test
  void one_that_ends_in_use_is_lost() {
    ConnectionPool pool = pool(1);
    client(pool, one).asks();
    connector.accepts().dies();
    assertThat(lost).isEqualTo(1);
  }

  /** So many connections, with the clients that use them; the loops take turns. */
  private List<ScriptedServer> used(ConnectionPool pool, int count, List<Client> clients) {
    List<ScriptedServer> servers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(client(pool, List.of(one, two, three).get(i % 3)).asks());
      servers.add(connector.accepts());
      run();
    }
    return servers;
  }

  private void settles(List<ScriptedServer> servers) {
    servers.forEach(ScriptedServer::runTasks);
    run();
  }

  private static long alive(List<ScriptedServer> servers) {
    return servers.stream().filter(ScriptedServer::alive).count();
  }

  @Test
  void of_idle_connections_only_those_go_that_a_smaller_pool_has_too_many() {
    ConnectionPool pool = pool(6);
    List<Client> clients = new ArrayList<>();
    List<ScriptedServer> servers = used(pool, 6, clients);
    clients.forEach(Client::gives);
    settles(servers);

    pool.apply(settings(4, 0, 0, 0, 0));
    run();
    passes(2);
    settles(servers);

    assertThat(alive(servers)).isEqualTo(4);
    assertThat(pool.budget().used()).isEqualTo(4);
  }

  @Test
  void used_connections_beyond_a_lowered_shared_limit_go_as_they_come_back() {
    ConnectionLimit shared = new ConnectionLimit("max_server_connections of db:5432", 5);
    ConnectionPool pool = pool(settings(5, 0, 0, 0, 0), shared);
    ConnectionPool other = pool(settings(5, 0, 0, 0, 0), shared);
    List<Client> clients = new ArrayList<>();
    List<ScriptedServer> servers = used(pool, 3, clients);
    servers.addAll(used(other, 2, clients));

    shared.max(2);
    for (int i = 0; i < 5; i++) {
      comesBack(clients.get(i), servers.get(i));
    }

    assertThat(alive(servers)).isEqualTo(2);
    assertThat(shared.used()).isEqualTo(2);
  }

  @Test
  void idle_connections_beyond_a_lowered_shared_limit_go_and_no_more_than_those() {
    ConnectionLimit shared = new ConnectionLimit("max_user_connections of app", 6);
    ConnectionPool pool = pool(settings(5, 0, 0, 0, 0), shared);
    ConnectionPool other = pool(settings(5, 0, 0, 0, 0), shared);
    List<Client> clients = new ArrayList<>();
    List<ScriptedServer> servers = used(pool, 3, clients);
    servers.addAll(used(other, 3, clients));
    clients.forEach(Client::gives);
    settles(servers);

    shared.max(4);
    passes(2);
    settles(servers);

    assertThat(alive(servers)).isEqualTo(4);
    assertThat(shared.used()).isEqualTo(4);
    Client next = client(pool, one).asks();
    run();
    assertThat(next.upstream).isNotNull();
  }
}
