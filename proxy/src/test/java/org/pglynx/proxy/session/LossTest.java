package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.fatal;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.copyData;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.flush;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;
import static org.pglynx.proxy.wire.FrontendBytes.terminate;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.ParameterSet;

/** Layer 2: what becomes of the one when the other is gone. */
class LossTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();
  private final Fakes.Local slow = Fakes.Local.slow();

  LossTest() {
    rig.interceptor.on("slow", new Decision.Answer(slow));
  }

  private void begin() {
    client.sends(query("begin"));
    server.says(complete("BEGIN"), ready('T'));
    assertThat(client.got()).containsExactly("C BEGIN", "Z T");
  }

  private void nextQueryWorks() {
    ScriptedServer next = rig.server();
    client.sends(query("select 1"));
    next.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  // ---- the server is lost --------------------------------------------------------------------

  @Test
  void a_server_lost_while_idle_is_nobodys_trouble() {
    server.dies();
    nextQueryWorks();
  }

  @Test
  void a_server_lost_amid_a_query_gives_08006_and_the_session_lives() {
    client.sends(query("select 1"));
    server.says(rowDescription("a"), row("1"));
    server.dies();
    assertThat(client.got()).containsExactly("T a", "D 1", "E 08006", "Z I");
    nextQueryWorks();
  }

  @Test
  void each_pipelined_query_gets_its_error() {
    client.sends(query("select 1"), query("select 2"));
    server.dies();
    assertThat(client.got()).containsExactly("E 08006", "Z I", "E 08006", "Z I");
    nextQueryWorks();
  }

  @Test
  void the_servers_last_words_are_told() {
    client.sends(query("select 1"));
    server.says(fatal("57P01", "terminating connection due to administrator command"));
    server.dies();
    assertThat(client.got()).containsExactly("E 57P01", "Z I");
    nextQueryWorks();
  }

  @ParameterizedTest
  @ValueSource(chars = {'C', 'S', 'Z'})
  void a_server_that_sends_a_message_without_end_is_closed_before_it_fills_the_memory(char tag) {
    client.sends(query("select 1"));
    server.says(new byte[] {(byte) tag, 0x20, 0, 0, 0, 'x', 'y'});
    assertThat(client.got()).containsExactly("E 08P01", "Z I");
    assertThat(server.alive()).isFalse();
    nextQueryWorks();
  }

  @Test
  void a_server_that_describes_a_statement_without_end_is_closed() {
    client.sends(parse("s", "select 1"), sync());
    server.says(parseComplete());
    server.says(new byte[] {'t', 0x20, 0, 0, 0, 'x', 'y'});
    assertThat(client.got()).containsExactly("1", "E 08P01", "Z I");
    assertThat(server.alive()).isFalse();
  }

  @Test
  void a_server_lost_amid_a_row_ends_the_session() {
    client.sends(query("select 1"));
    byte[] row = row("x".repeat(1000));
    server.says(Arrays.copyOf(row, 500));
    server.dies();
    assertThat(client.disconnected()).isTrue();
    assertThat(client.gotBytes()).hasSize(500);
    assertThat(rig.registry.views()).isEmpty();
  }

  @Test
  void a_server_lost_idle_in_a_transaction_fails_the_next_query_only() {
    begin();
    server.dies();
    assertThat(client.got()).isEmpty();
    client.sends(query("commit"));
    assertThat(client.got()).containsExactly("E 08006", "Z I");
    nextQueryWorks();
    ScriptedServer next = rig.server();
    client.sends(parse("", "select 1"), sync());
    assertThat(next.got()).containsExactly("P :select 1", "S");
  }

  @Test
  void a_server_lost_idle_in_a_transaction_fails_the_next_batch_without_a_server() {
    begin();
    server.dies();
    client.sends(parse("s", "select 1"), bind("", "s"), execute("", 0), sync());
    assertThat(client.got()).containsExactly("E 08006", "Z E");
    assertThat(rig.pool.waiting()).isZero();
    rollsBack();
  }

  @Test
  void what_follows_in_a_transaction_that_is_lost_is_not_run() {
    begin();
    client.sends(query("insert into t values (1)"));
    server.dies();
    assertThat(client.got()).containsExactly("E 08006", "Z E");
    ScriptedServer next = rig.server();
    client.sends(query("insert into t values (2)"));
    assertThat(next.got())
        .hasSize(7)
        .startsWith("P pglynx_begin:BEGIN")
        .endsWith("Q insert into t values (2)");
    next.says(parseComplete(), bindComplete(), complete("BEGIN"), closeComplete(), closeComplete());
    next.says(error("3B001", "no such savepoint"), ready('E'));
    next.says(error("25P02", "current transaction is aborted"), ready('E'));
    assertThat(client.got()).containsExactly("E 25P02", "Z E");
    client.sends(query("commit"));
    next.says(complete("ROLLBACK"), ready('I'));
    assertThat(client.got()).containsExactly("C ROLLBACK", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_commit_behind_a_loss_rolls_back_without_a_server() {
    begin();
    client.sends(query("insert into t values (1)"));
    server.dies();
    assertThat(client.got()).containsExactly("E 08006", "Z E");
    client.sends(query("commit"));
    assertThat(client.got()).containsExactly("C ROLLBACK", "Z I");
    nextQueryWorks();
  }

  @Test
  void a_rollback_of_a_transaction_that_is_lost_is_no_error() {
    begin();
    server.dies();
    rollsBack();
  }

  private void rollsBack() {
    client.sends(query("rollback"));
    assertThat(client.got()).containsExactly("C ROLLBACK", "Z I");
    nextQueryWorks();
  }

  @Test
  void a_server_lost_amid_a_batch_skips_to_sync() {
    client.sends(parse("", "insert"), bind("", ""), execute("", 0), flush());
    server.says(parseComplete());
    server.dies();
    client.sends(execute("", 0), sync());
    assertThat(client.got()).containsExactly("1", "E 08006", "Z I");
    nextQueryWorks();
  }

  @Test
  void a_server_lost_behind_an_error_is_not_a_second_error() {
    client.sends(parse("", "bad"), flush());
    server.says(error("42601", "syntax"));
    server.dies();
    client.sends(bind("", ""), sync());
    assertThat(client.got()).containsExactly("E 42601", "Z I");
    nextQueryWorks();
  }

  @Test
  void a_statement_lost_with_its_server_can_be_prepared_again() {
    client.sends(parse("s", "select 1"), sync());
    server.dies();
    assertThat(client.got()).containsExactly("E 08006", "Z I");
    ScriptedServer next = rig.server();
    client.sends(parse("s", "select 1"), sync());
    next.says(parseComplete(), parameterDescription(), noData(), ready('I'));
    assertThat(client.got()).containsExactly("1", "Z I");
  }

  @Test
  void the_rest_of_a_message_for_a_lost_server_does_not_reach_the_next_one() {
    TestClient plain = rig.client(rig.profile(false, null), ParameterSet.DEFAULTS);
    byte[] query = query("select '" + "x".repeat(400_000) + "'");
    plain.sends(Arrays.copyOf(query, 2000));
    server.dies();
    assertThat(plain.got()).containsExactly("E 08006", "Z I");
    ScriptedServer next = rig.server();
    plain.sends(Arrays.copyOfRange(query, 2000, query.length), query("select 2"));
    assertThat(next.got()).containsExactly("Q select 2");
  }

  @Test
  void a_server_lost_while_the_proxy_answers_in_its_transaction_fails_that_statement() {
    begin();
    client.sends(query("slow"));
    server.dies();
    slow.running().complete("SLOW");
    assertThat(client.got()).containsExactly("E 08006", "Z E");
    rollsBack();
  }

  @Test
  void a_server_lost_while_the_proxy_answers_amid_a_batch_fails_that_batch_once() {
    client.sends(parse("", "insert"), bind("", ""), execute("", 0));
    client.sends(parse("l", "slow"), bind("", "l"), execute("", 0), sync());
    server.says(parseComplete(), bindComplete(), complete("INSERT 0 1"));
    server.dies();
    slow.running().complete("SLOW");
    assertThat(client.got()).containsExactly("1", "2", "C INSERT 0 1", "1", "2", "E 08006", "Z I");
    nextQueryWorks();
  }

  @Test
  void with_session_pooling_the_session_ends_with_its_server() {
    TestClient keeping = rig.keepingClient();
    keeping.sends(query("select 1"));
    server.dies();
    assertThat(keeping.got()).containsExactly("E FATAL 08006");
    assertThat(keeping.disconnected()).isTrue();
  }

  @Test
  void a_malformed_reply_is_a_lost_server() {
    client.sends(query("select 1"));
    server.says(new byte[] {'D', 0, 0, 0, 3});
    assertThat(client.got()).containsExactly("E 08006", "Z I");
    assertThat(server.alive()).isFalse();
    nextQueryWorks();
  }

  // ---- the client is lost --------------------------------------------------------------------

  @Test
  void a_client_that_leaves_amid_a_query_has_it_cancelled_and_the_server_survives() {
    client.sends(query("select pg_sleep(100)"));
    client.leaves();
    assertThat(server.got())
        .containsExactly("Q select pg_sleep(100)", "f the client has left", "S");
    assertThat(server.cancels()).isEqualTo(1);
    server.takesCancels();
    server.says(error("57014", "canceled"), ready('I'), ready('I'));
    assertThat(server.got()).containsExactly("Q DISCARD ALL");
    server.says(complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
    assertThat(server.alive()).isTrue();
  }

  @Test
  void a_client_that_leaves_in_a_transaction_has_it_rolled_back() {
    begin();
    client.leaves();
    assertThat(server.cancels()).isZero();
    server.says(ready('T'), complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void the_next_client_starts_outside_of_the_last_ones_transaction() {
    begin();
    client.leaves();
    TestClient next = rig.client();
    next.sends(query("select 1"));
    server.says(ready('T'), complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(server.got()).endsWith("Q DISCARD ALL", "Q select 1");
    server.dies();
    assertThat(next.got()).containsExactly("E 08006", "Z I");
  }

  @Test
  void a_client_that_leaves_amid_a_message_costs_the_connection() {
    byte[] data = copyData("x".repeat(1000));
    client.sends(query("copy t from stdin"));
    server.says(new byte[] {'G', 0, 0, 0, 7, 0, 0, 0});
    client.sends(Arrays.copyOf(data, 500));
    client.leaves();
    assertThat(server.alive()).isFalse();
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_client_that_says_goodbye_in_a_transaction_has_it_rolled_back() {
    begin();
    client.sends(terminate());
    server.says(ready('T'), complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_client_that_leaves_amid_a_reply_gets_no_more_of_it() {
    client.sends(query("select 1"));
    server.says(Arrays.copyOf(row("x".repeat(1000)), 500));
    client.leaves();
    server.takesCancels();
    server.says(new byte[row("x".repeat(1000)).length - 500]);
    server.says(error("57014", "canceled"), ready('I'), ready('I'));
    server.says(complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_server_that_cannot_be_cleaned_in_time_is_closed() {
    begin();
    client.leaves();
    server.passes(11);
    assertThat(server.alive()).isFalse();
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_reset_that_fails_costs_the_connection() {
    begin();
    client.leaves();
    server.says(ready('T'), complete("ROLLBACK"), ready('I'), error("57014", "canceled"));
    assertThat(server.alive()).isFalse();
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void the_limit_of_one_reset_does_not_hit_the_next() {
    begin();
    client.leaves();
    server.says(ready('T'), complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    server.passes(9);
    TestClient next = rig.client();
    next.sends(query("prepare x as select 1"));
    server.says(complete("PREPARE"), ready('I'));
    server.passes(2);
    assertThat(server.alive()).isTrue();
    server.says(complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void with_session_pooling_a_goodbye_resets_the_server() {
    TestClient keeping = rig.keepingClient();
    keeping.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(rig.pool.leases()).isEqualTo(1);
    keeping.sends(terminate());
    assertThat(server.got()).containsExactly("Q select 1", "Q DISCARD ALL");
    server.says(complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  // ---- cancel --------------------------------------------------------------------------------

  @Test
  void a_cancel_request_reaches_the_running_query() {
    client.sends(query("select pg_sleep(100)"));
    int id = rig.registry.views().get(0).id();
    rig.registry.cancel(id, rig.cancelKey(id));
    rig.loop.run();
    assertThat(server.cancels()).isEqualTo(1);
    server.says(error("57014", "canceled"), ready('I'));
    assertThat(client.got()).containsExactly("E 57014", "Z I");
    assertThat(rig.pool.leases()).as("the request may still be on its way").isEqualTo(1);
    server.takesCancels();
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_cancel_request_with_a_wrong_key_does_nothing() {
    client.sends(query("select pg_sleep(100)"));
    int id = rig.registry.views().get(0).id();
    rig.registry.cancel(id, new byte[] {1, 2, 3, 4});
    rig.registry.cancel(id + 1, rig.cancelKey(id));
    rig.loop.run();
    assertThat(server.cancels()).isZero();
  }

  @Test
  void a_cancel_request_for_an_idle_session_does_nothing() {
    int id = rig.registry.views().get(0).id();
    rig.registry.cancel(id, rig.cancelKey(id));
    rig.loop.run();
    assertThat(server.cancels()).isZero();
    assertThat(client.got()).isEmpty();
  }
}
