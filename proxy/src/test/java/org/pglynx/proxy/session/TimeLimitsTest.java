package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.copyIn;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.copyData;
import static org.pglynx.proxy.wire.FrontendBytes.copyDone;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.flush;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Layer 2: what becomes of sessions that take too long; limits of 800 ms are looked at each 100.
 */
class TimeLimitsTest {
  private static final TimeLimits QUERY = TimeLimits.ofMillis(800, 0, 0, 0);
  private static final TimeLimits TRANSACTION = TimeLimits.ofMillis(0, 800, 0, 0);
  private static final TimeLimits IDLE_IN_TRANSACTION = TimeLimits.ofMillis(0, 0, 800, 0);
  private static final TimeLimits IDLE = TimeLimits.ofMillis(0, 0, 0, 800);

  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final Fakes.Local slow = Fakes.Local.slow();

  TimeLimitsTest() {
    rig.interceptor.on("slow", new Decision.Answer(slow));
  }

  private TestClient client(TimeLimits limits) {
    return rig.client(rig.profile(false, limits, rig.interceptor, false), ParameterSet.DEFAULTS);
  }

  private TestClient deferringClient(TimeLimits limits) {
    return rig.client(rig.profile(false, limits, rig.interceptor, true), ParameterSet.DEFAULTS);
  }

  private TestClient keepingClient(TimeLimits limits) {
    return rig.client(rig.profile(true, limits, null, false), ParameterSet.DEFAULTS);
  }

  /** Lets so many milliseconds pass, one by one. */
  private void pass(int millis) {
    for (int i = 0; i < millis; i++) {
      rig.loop.pass(1);
    }
  }

  private void begin(TestClient client) {
    client.sends(query("begin"));
    server.says(complete("BEGIN"), ready('T'));
    assertThat(client.got()).containsExactly("C BEGIN", "Z T");
    server.got();
  }

  private void rolledBack() {
    server.says(ready('T'));
    assertThat(server.got()).contains("Q ROLLBACK", "Q DISCARD ALL");
    server.says(complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
    assertThat(server.alive()).isTrue();
  }

  private static String told(TestClient client) {
    return new String(client.gotBytes(), StandardCharsets.UTF_8);
  }

  // ---- nothing to keep -----------------------------------------------------------------------

  @Test
  void without_limits_nothing_is_scheduled() {
    TestClient client = client(TimeLimits.NONE);
    client.sends(query("select 1"));
    assertThat(rig.loop.timers()).isZero();
    server.dies();
    client.got();
  }

  @Test
  void all_sessions_of_a_loop_share_one_timer_that_ends_with_the_last() {
    TestClient first = client(QUERY);
    TestClient second = client(IDLE);
    assertThat(rig.loop.timers()).isEqualTo(1);
    first.leaves();
    second.leaves();
    pass(100);
    assertThat(rig.loop.timers()).isZero();
  }

  @Test
  void the_shortest_limit_decides_how_often_is_looked() {
    client(TimeLimits.ofMillis(0, 0, 0, 60_000));
    TestClient hasty = client(TimeLimits.ofMillis(0, 0, 0, 40));
    pass(50);
    assertThat(hasty.got()).containsExactly("E FATAL 57P05");
  }

  // ---- query_timeout -------------------------------------------------------------------------

  @Test
  void a_statement_that_takes_too_long_is_cancelled_and_the_session_lives() {
    TestClient client = client(QUERY);
    client.sends(query("select pg_sleep(100)"));
    pass(800);
    assertThat(server.cancels()).isZero();
    pass(200);
    assertThat(server.cancels()).isEqualTo(1);
    server.takesCancels();
    server.says(error("57014", "canceling statement due to user request"), ready('I'));
    assertThat(told(client)).contains("canceling statement due to query timeout", "C57014");
    assertThat(rig.pool.leases()).isZero();
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
  }

  @Test
  void statements_that_take_long_together_are_not_cancelled() {
    TestClient client = client(QUERY);
    client.sends(query("one"), query("two"), query("three"));
    pass(700);
    server.says(complete("ONE"), ready('I'));
    pass(700);
    server.says(complete("TWO"), ready('I'));
    pass(700);
    server.says(complete("THREE"), ready('I'));
    assertThat(server.cancels()).isZero();
    assertThat(client.got()).containsExactly("C ONE", "Z I", "C TWO", "Z I", "C THREE", "Z I");
  }

  @Test
  void each_execute_of_a_batch_has_its_own_time() {
    TestClient client = client(QUERY);
    client.sends(parse("", "one"), bind("", ""), execute("", 0), execute("", 0), sync());
    server.says(parseComplete(), bindComplete());
    pass(700);
    server.says(complete("ONE"));
    pass(700);
    assertThat(server.cancels()).isZero();
    pass(300);
    assertThat(server.cancels()).isEqualTo(1);
    server.takesCancels();
    server.says(error("57014", "canceling statement due to user request"), ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "C ONE", "E 57014", "Z I");
  }

  @Test
  void statements_sent_behind_it_do_not_prolong_the_time_of_one() {
    TestClient client = client(QUERY);
    client.sends(query("one"));
    for (int i = 0; i < 10; i++) {
      pass(100);
      client.sends(query("more"));
    }
    assertThat(server.cancels()).isEqualTo(1);
    server.dies();
    server.takesCancels();
    client.got();
  }

  @Test
  void rows_that_come_do_not_prolong_it_either() {
    TestClient client = client(QUERY);
    client.sends(query("one"));
    for (int i = 0; i < 10; i++) {
      pass(100);
      server.says(row("1"));
    }
    assertThat(server.cancels()).isEqualTo(1);
    server.takesCancels();
    server.says(error("57014", "canceling statement due to user request"), ready('I'));
    assertThat(client.got()).endsWith("D 1", "E 57014", "Z I");
  }

  @Test
  void a_request_that_is_ignored_is_repeated_ever_more_slowly() {
    TestClient client = client(QUERY);
    client.sends(query("one"));
    pass(1000);
    server.takesCancels();
    pass(100);
    server.takesCancels();
    assertThat(server.cancels()).isEqualTo(2);
    for (int i = 0; i < 80; i++) {
      pass(100);
      server.takesCancels();
    }
    assertThat(server.cancels()).isBetween(6, 8);
    server.says(error("57014", "canceling statement due to user request"), ready('I'));
    assertThat(client.got()).containsExactly("E 57014", "Z I");
  }

  @Test
  void a_server_that_does_not_obey_is_given_up_and_the_session_lives() {
    TestClient client = client(QUERY);
    client.sends(query("one"));
    pass(11_000);
    assertThat(server.alive()).isFalse();
    server.takesCancels();
    assertThat(client.got()).containsExactly("E 08006", "Z I");
    ScriptedServer next = rig.server();
    client.sends(query("two"));
    next.says(complete("TWO"), ready('I'));
    assertThat(client.got()).containsExactly("C TWO", "Z I");
  }

  @Test
  void a_client_that_does_not_read_its_result_does_not_keep_the_server_at_work() {
    TestClient client = client(QUERY);
    client.sends(query("one"));
    client.takes(false);
    server.says(row("1"));
    assertThat(server.read()).isFalse();
    pass(11_000);
    assertThat(server.alive()).isFalse();
    server.takesCancels();
    assertThat(client.got()).containsExactly("D 1", "E 08006", "Z I");
  }

  @Test
  void with_session_pooling_a_server_given_up_ends_its_session() {
    TestClient client = keepingClient(QUERY);
    client.sends(query("one"));
    pass(11_000);
    server.takesCancels();
    assertThat(client.got()).containsExactly("E FATAL 08006");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_statement_that_ends_before_the_request_arrives_ends_well() {
    TestClient client = client(QUERY);
    client.sends(query("one"));
    pass(1000);
    server.says(complete("ONE"), ready('I'));
    assertThat(client.got()).containsExactly("C ONE", "Z I");
    assertThat(rig.pool.leases()).as("the request may still be on its way").isEqualTo(1);
    server.takesCancels();
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void the_words_for_one_statement_are_not_those_of_a_later_one() {
    TestClient client = client(QUERY);
    client.sends(query("begin"));
    pass(1000);
    server.takesCancels();
    server.says(complete("BEGIN"), ready('T'));
    client.sends(query("two"));
    server.says(error("57014", "canceling statement due to lock timeout"), ready('E'));
    assertThat(told(client)).contains("canceling statement due to lock timeout");
  }

  @Test
  void the_words_for_one_client_are_not_those_of_the_next() {
    TestClient client = client(QUERY);
    client.sends(query("one"));
    pass(1000);
    server.says(complete("ONE"), ready('I'));
    server.takesCancels();
    client.got();
    TestClient next = client(TimeLimits.NONE);
    next.sends(query("two"));
    server.says(error("57014", "canceling statement due to statement timeout"), ready('I'));
    assertThat(told(next)).contains("canceling statement due to statement timeout");
  }

  @Test
  void waiting_for_a_server_is_not_counted() {
    TestClient other = client(TimeLimits.NONE);
    other.sends(query("busy"));
    TestClient client = client(QUERY);
    client.sends(query("one"));
    pass(2000);
    server.says(complete("BUSY"), ready('I'));
    pass(700);
    assertThat(server.cancels()).isZero();
    server.says(complete("ONE"), ready('I'));
    assertThat(client.got()).containsExactly("C ONE", "Z I");
    other.got();
  }

  @Test
  void a_copy_whose_data_does_not_come_is_failed() {
    TestClient client = client(QUERY);
    client.sends(query("copy t from stdin"));
    server.says(copyIn());
    client.sends(copyData("1"));
    pass(1000);
    assertThat(server.got())
        .containsExactly(
            "Q copy t from stdin", "d 1", "f canceling statement due to query timeout");
    server.takesCancels();
    server.says(
        error("57014", "COPY from stdin failed: canceling statement due to query timeout"),
        ready('I'));
    assertThat(client.got()).containsExactly("G", "E 57014", "Z I");
    client.sends(copyData("2"), copyDone(), query("two"));
    assertThat(server.got()).endsWith("Q two");
    server.says(complete("TWO"), ready('I'));
    assertThat(client.got()).containsExactly("C TWO", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void an_extended_copy_whose_data_does_not_come_is_failed_up_to_sync() {
    TestClient client = client(QUERY);
    client.sends(parse("", "copy"), bind("", ""), execute("", 0), flush());
    server.says(parseComplete(), bindComplete(), copyIn());
    pass(1000);
    server.takesCancels();
    server.says(error("57014", "canceling statement due to user request"));
    assertThat(client.got()).containsExactly("1", "2", "G", "E 57014");
    client.sends(copyData("2"), copyDone(), sync());
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_copy_that_stands_amid_a_frame_is_cancelled_only() {
    TestClient client = client(QUERY);
    client.sends(query("copy t from stdin"));
    server.says(copyIn());
    byte[] data = copyData("x".repeat(100));
    client.sends(Arrays.copyOf(data, 50));
    pass(1000);
    assertThat(server.cancels()).isEqualTo(1);
    server.takesCancels();
    client.sends(Arrays.copyOfRange(data, 50, data.length));
    assertThat(server.got()).containsExactly("Q copy t from stdin", "d " + "x".repeat(100));
    server.says(error("57014", "canceling statement due to user request"), ready('I'));
    assertThat(client.got()).containsExactly("G", "E 57014", "Z I");
  }

  @Test
  void a_local_answer_that_takes_too_long_is_cancelled() {
    TestClient client = client(QUERY);
    client.sends(query("slow"));
    pass(2000);
    assertThat(slow.cancels).isEqualTo(1);
    slow.running()
        .fail(PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
    assertThat(told(client)).contains("C57014", "canceling statement due to query timeout");
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
  }

  @Test
  void a_local_answer_that_does_not_obey_ends_the_session() {
    TestClient client = client(QUERY);
    client.sends(query("slow"));
    pass(11_500);
    assertThat(client.got()).containsExactly("E FATAL 57014");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void the_users_own_cancel_keeps_its_words() {
    TestClient client = client(QUERY);
    client.sends(query("slow"));
    int id = rig.registry.views().getFirst().id();
    rig.registry.cancel(id, rig.cancelKey(id));
    rig.loop.run();
    slow.running()
        .fail(PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
    assertThat(told(client)).contains("canceling statement due to user request");
  }

  // ---- transaction_timeout -------------------------------------------------------------------

  @Test
  void a_transaction_that_takes_too_long_ends_its_session_and_keeps_its_server() {
    TestClient client = client(TRANSACTION);
    begin(client);
    for (int i = 0; i < 7; i++) {
      client.sends(query("one"));
      server.says(complete("ONE"), ready('T'));
      client.got();
      pass(100);
    }
    client.sends(query("two"));
    pass(200);
    assertThat(client.got()).containsExactly("E FATAL 25P04");
    assertThat(client.disconnected()).isTrue();
    assertThat(server.cancels()).isEqualTo(1);
    server.takesCancels();
    server.says(error("57014", "canceling statement due to user request"), ready('E'));
    rolledBack();
  }

  @Test
  void transactions_that_take_long_together_are_left_alone() {
    TestClient client = client(TRANSACTION);
    for (int i = 0; i < 10; i++) {
      begin(client);
      pass(250);
      client.sends(query("commit"), query("begin"));
      server.says(complete("COMMIT"), ready('I'), complete("BEGIN"), ready('T'));
      pass(250);
      client.sends(query("commit and chain"));
      server.says(complete("COMMIT"), ready('T'));
      pass(250);
      client.sends(query("rollback"));
      server.says(complete("ROLLBACK"), ready('I'));
      client.got();
    }
    assertThat(client.disconnected()).isFalse();
  }

  @Test
  void a_transaction_counts_from_its_begin_also_if_a_server_hears_of_it_later() {
    TestClient client = deferringClient(TRANSACTION);
    client.sends(query("begin"));
    pass(500);
    client.sends(query("one"));
    server.says(
        parseComplete(), bindComplete(), complete("BEGIN"), closeComplete(), closeComplete());
    pass(500);
    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "E FATAL 25P04");
    server.takesCancels();
    server.says(error("57014", "canceling statement due to user request"), ready('E'));
    rolledBack();
  }

  @Test
  void transactions_that_no_server_hears_of_are_many() {
    TestClient client = deferringClient(TRANSACTION);
    for (int i = 0; i < 4; i++) {
      client.sends(query("begin"));
      pass(500);
      client.sends(query("commit"));
    }
    assertThat(client.got()).hasSize(16).doesNotContain("E FATAL 25P04");
  }

  @Test
  void a_rollback_to_a_savepoint_does_not_prolong_a_transaction() {
    TestClient client = client(TRANSACTION);
    begin(client);
    pass(500);
    client.sends(query("rollback to s"));
    server.says(complete("ROLLBACK"), ready('T'));
    client.got();
    pass(500);
    assertThat(client.got()).containsExactly("E FATAL 25P04");
    rolledBack();
  }

  @Test
  void a_statement_outside_of_a_block_is_a_transaction_too() {
    TestClient client = client(TRANSACTION);
    client.sends(query("select pg_sleep(100)"));
    pass(1000);
    assertThat(client.got()).containsExactly("E FATAL 25P04");
    server.takesCancels();
    server.says(error("57014", "canceling statement due to user request"), ready('I'));
    rolledBack();
  }

  @Test
  void within_a_reply_the_error_waits_for_its_end() {
    TestClient client = client(TRANSACTION);
    client.sends(query("one"));
    byte[] row = row("x".repeat(100));
    server.says(Arrays.copyOf(row, 50));
    pass(1100);
    assertThat(client.disconnected()).isFalse();
    assertThat(server.cancels()).isEqualTo(1);
    server.says(Arrays.copyOfRange(row, 50, row.length));
    pass(100);
    assertThat(client.got()).containsExactly("D " + "x".repeat(100), "E FATAL 25P04");
    server.takesCancels();
    server.says(error("57014", "canceling statement due to user request"), ready('I'));
    rolledBack();
  }

  @Test
  void a_reply_that_does_not_end_is_broken_off() {
    TestClient client = client(TRANSACTION);
    client.sends(query("one"));
    server.says(Arrays.copyOf(row("x".repeat(100)), 50));
    pass(3100);
    assertThat(client.disconnected()).isTrue();
    assertThat(client.gotBytes()).hasSize(50);
    server.dies();
    server.takesCancels();
  }

  @Test
  void a_local_answer_in_a_transaction_that_takes_too_long_is_stopped() {
    TestClient client = client(TRANSACTION);
    begin(client);
    client.sends(query("slow"));
    pass(1000);
    assertThat(client.got()).containsExactly("E FATAL 25P04");
    assertThat(slow.cancels).isEqualTo(1);
    rolledBack();
  }

  @Test
  void a_local_answer_outside_of_a_transaction_is_none() {
    TestClient client = client(TRANSACTION);
    client.sends(query("slow"));
    pass(2000);
    slow.running().complete("SLOW");
    assertThat(client.got()).containsExactly("T local", "C SLOW", "Z I");
  }

  // ---- idle_transaction_timeout --------------------------------------------------------------

  @Test
  void a_transaction_left_idle_ends_its_session_and_keeps_its_server_pgcat_26() {
    TestClient client = client(IDLE_IN_TRANSACTION);
    begin(client);
    pass(800);
    assertThat(client.got()).isEmpty();
    pass(200);
    assertThat(client.got()).containsExactly("E FATAL 25P03");
    assertThat(server.cancels()).isZero();
    rolledBack();
  }

  @Test
  void a_transaction_that_no_server_has_heard_of_is_left_idle_as_well() {
    TestClient client = deferringClient(IDLE_IN_TRANSACTION);
    client.sends(query("begin"));
    assertThat(client.got()).containsExactly("C BEGIN", "Z T");
    pass(1000);
    assertThat(client.got()).containsExactly("E FATAL 25P03");
    assertThat(server.got()).isEmpty();
  }

  @Test
  void a_failed_transaction_left_idle_is_no_better() {
    TestClient client = client(IDLE_IN_TRANSACTION);
    begin(client);
    client.sends(query("bad"));
    server.says(error("42601", "syntax"), ready('E'));
    client.got();
    pass(1000);
    assertThat(client.got()).containsExactly("E FATAL 25P03");
    rolledBack();
  }

  @Test
  void a_batch_left_without_its_sync_holds_a_server_as_well() {
    TestClient client = client(IDLE_IN_TRANSACTION);
    client.sends(parse("", "insert"), bind("", ""), execute("", 0), flush());
    server.says(parseComplete(), bindComplete(), complete("INSERT 0 1"));
    client.got();
    pass(1000);
    assertThat(client.got()).containsExactly("E FATAL 25P03");
    server.says(error("26000", "no such statement"));
    rolledBack();
  }

  @Test
  void a_statement_at_work_in_a_transaction_is_not_idle() {
    TestClient client = client(IDLE_IN_TRANSACTION);
    begin(client);
    client.sends(query("one"));
    pass(2000);
    server.says(complete("ONE"), ready('T'));
    pass(700);
    client.sends(query("two"));
    server.says(complete("TWO"), ready('T'));
    pass(700);
    client.sends(query("commit"));
    server.says(complete("COMMIT"), ready('I'));
    assertThat(client.got()).containsExactly("C ONE", "Z T", "C TWO", "Z T", "C COMMIT", "Z I");
  }

  @Test
  void a_session_outside_of_a_transaction_is_left_alone_also_with_its_server_pgcat_26() {
    TestClient client = keepingClient(IDLE_IN_TRANSACTION);
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    client.got();
    pass(5000);
    assertThat(client.got()).isEmpty();
    assertThat(client.disconnected()).isFalse();
    server.dies();
  }

  // ---- client_idle_timeout -------------------------------------------------------------------

  @Test
  void a_client_that_does_nothing_is_put_out() {
    TestClient client = client(IDLE);
    pass(500);
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    pass(800);
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
    pass(200);
    assertThat(client.got()).containsExactly("E FATAL 57P05");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_client_at_work_in_a_transaction_or_waiting_is_not_idle() {
    TestClient client = client(IDLE);
    begin(client);
    pass(2000);
    client.sends(query("one"));
    pass(2000);
    TestClient waiting = client(IDLE);
    waiting.sends(query("two"));
    pass(2000);
    server.says(complete("ONE"), ready('T'));
    client.sends(query("commit"));
    server.says(complete("COMMIT"), ready('I'));
    server.says(complete("TWO"), ready('I'));
    assertThat(client.got()).containsExactly("C ONE", "Z T", "C COMMIT", "Z I");
    assertThat(waiting.got()).containsExactly("C TWO", "Z I");
  }

  @Test
  void a_client_that_keeps_its_server_gives_it_back_clean() {
    TestClient client = keepingClient(IDLE);
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    client.got();
    pass(1000);
    assertThat(client.got()).containsExactly("E FATAL 57P05");
    assertThat(server.got()).endsWith("Q DISCARD ALL");
    server.says(complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_sync_alone_is_a_sign_of_life() {
    TestClient client = client(IDLE);
    for (int i = 0; i < 10; i++) {
      pass(500);
      client.sends(sync());
    }
    assertThat(client.got()).hasSize(10).containsOnly("Z I");
  }

  // ---- limits that change --------------------------------------------------------------------

  @Test
  void a_login_under_way_while_limits_change_becomes_a_session_under_the_new_ones() {
    SessionProfile entered = rig.profile(false, TimeLimits.NONE, rig.interceptor, false);
    SessionPolicy changed =
        new SessionPolicy(PoolMode.TRANSACTION, OnSessionState.PIN, false, IDLE);

    rig.registry.timeLimits(entered.under(changed, ClientQuota.NONE), IDLE);
    TestClient client = rig.client(entered, ParameterSet.DEFAULTS);
    pass(1000);

    assertThat(client.got()).containsExactly("E FATAL 57P05");
  }
}
