package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.ready;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.Mirroring;

/** Layer 2: what new connections run before they are used. */
class PrewarmingTest extends PoolRig {
  private ConnectionPool warmed(String... queries) {
    return pool(new PoolContext(ServerWatch.NONE, loop -> Mirroring.NONE, List.of(queries)));
  }

  @Test
  void a_new_connection_runs_the_queries_before_anybody_gets_it() {
    Client client = client(warmed("SELECT 1", "SELECT 2"), one).asks();
    ScriptedServer server = connector.accepts();
    run();
    assertThat(server.got()).containsExactly("Q SELECT 1", "Q SELECT 2");
    server.says(complete("SELECT 1"), ready('I'));
    run();
    assertThat(client.upstream).isNull();

    server.says(complete("SELECT 1"), ready('I'));
    run();

    assertThat(client.upstream).isNotNull();
  }

  @Test
  void nobody_else_is_sent_for_meanwhile() {
    Client client = client(warmed("SELECT 1"), one).asks();
    ScriptedServer server = connector.accepts();
    run();

    assertThat(connector.attempts()).isZero();
    server.says(complete("SELECT 1"), ready('I'));
    run();
    assertThat(client.upstream).isNotNull();
  }

  @Test
  void however_many_answers_come_at_once() {
    Client client = client(warmed("SELECT 1", "SELECT 2"), one).asks();
    connector.accepts().says(complete("SELECT 1"), ready('I'), complete("SELECT 1"), ready('I'));
    run();

    assertThat(client.upstream).isNotNull();
  }

  @Test
  void only_once() {
    Client client = client(warmed("SELECT 1"), one).asks();
    ScriptedServer server = connector.accepts();
    server.says(complete("SELECT 1"), ready('I'));
    run();
    server.got();
    comesBack(client, server);

    client.asks();
    run();

    assertThat(client.upstream).isNotNull();
    assertThat(server.got()).doesNotContain("Q SELECT 1");
  }

  @Test
  void a_query_that_fails_holds_nothing_up() {
    Client client = client(warmed("SELECT x", "SELECT 2"), one).asks();
    ScriptedServer server = connector.accepts();
    server.says(error("42703", "column x does not exist"), ready('I'));
    server.says(complete("SELECT 1"), ready('I'));
    run();

    assertThat(client.upstream).isNotNull();
  }

  @Test
  void a_connection_that_is_lost_in_it_makes_room_for_another_one() {
    Client client = client(warmed("SELECT 1"), one).asks();
    connector.accepts().dies();
    run();
    passes(1);

    ScriptedServer next = connector.accepts();
    next.says(complete("SELECT 1"), ready('I'));
    run();

    assertThat(client.upstream).isNotNull();
  }
}
