package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.closePortal;
import static org.pglynx.proxy.wire.FrontendBytes.closeStatement;
import static org.pglynx.proxy.wire.FrontendBytes.describePortal;
import static org.pglynx.proxy.wire.FrontendBytes.describeStatement;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.flush;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: statements that the proxy answers or refuses itself. */
class LocalAnswerTest {
  private static final String UNKNOWN = "pglynx: what the proxy answered has failed";
  private static final String FAILING =
      "ROLLBACK TO SAVEPOINT \"pglynx: a statement that the proxy answered has failed\"";

  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();
  private final Fakes.Local slow = Fakes.Local.slow();
  private final PgError refusal = PgError.error(SqlState.FEATURE_NOT_SUPPORTED, "not this");

  LocalAnswerTest() {
    rig.interceptor
        .on("quick", new Decision.Answer(Fakes.Local.of("a", "b", "c")))
        .on("slow", new Decision.Answer(slow))
        .on("refused", new Decision.Refuse(refusal))
        .on(
            "wrong",
            new Decision.Refuse(PgError.error(SqlState.UNDEFINED_FUNCTION, "no such function")));
  }

  @Test
  void a_query_is_answered_without_a_server() {
    client.sends(query("quick"));
    assertThat(client.got()).containsExactly("T local", "D a", "D b", "D c", "C SELECT 3", "Z I");
    assertThat(server.got()).isEmpty();
  }

  @Test
  void an_answer_without_a_server_begins_no_transaction_that_a_later_one_would_end() {
    client.sends(query("quick"));
    long before = System.nanoTime();
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(rig.counters.totals().transactions()).isEqualTo(1);
    assertThat(rig.counters.totals().transactionNanos()).isLessThan(System.nanoTime() - before);
    client.got();
  }

  @Test
  void a_refused_query_leaves_the_session_alive() {
    client.sends(query("refused"), query("quick"));
    assertThat(client.got()).startsWith("E 0A000", "Z I", "T local");
  }

  @Test
  void an_answer_waits_for_the_reply_to_an_earlier_query() {
    client.sends(query("select 1"), query("quick"), query("select 2"));
    assertThat(server.got()).containsExactly("Q select 1", "H");
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(server.got()).containsExactly("Q select 2");
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got())
        .containsExactly(
            "C SELECT 1",
            "Z I",
            "T local",
            "D a",
            "D b",
            "D c",
            "C SELECT 3",
            "Z I",
            "C SELECT 1",
            "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void an_answer_behind_the_last_query_of_a_transaction_holds_no_server() {
    client.sends(query("select 1"), query("slow"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(rig.pool.leases()).as("while it runs").isZero();
    slow.running().complete("SLOW");
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I", "T local", "C SLOW", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void frames_behind_a_running_answer_are_held() {
    client.sends(query("slow"), query("select 1"));
    assertThat(server.got()).isEmpty();
    slow.running().complete("SLOW");
    assertThat(server.got()).containsExactly("Q select 1");
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("T local", "C SLOW", "Z I", "C SELECT 1", "Z I");
  }

  @Test
  void an_answer_that_fails_inside_a_transaction_fails_it() {
    client.sends(query("begin"));
    server.says(complete("BEGIN"), ready('T'));
    client.sends(query("slow"));
    slow.running().fail(PgError.error(SqlState.UNDEFINED_TABLE, "no such table"));
    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "E 42P01", "Z E");
    assertThat(server.got()).containsExactly("Q begin", "Q " + FAILING);
    server.says(error("3B001", "no such savepoint"), ready('E'));
    client.sends(query("quick"));
    assertThat(client.got()).containsExactly("E 25P02", "Z E");
    client.sends(query("rollback"));
    server.says(complete("ROLLBACK"), ready('I'));
    assertThat(client.got()).containsExactly("C ROLLBACK", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void what_is_wrong_with_a_query_is_not_looked_at_in_a_failed_transaction() {
    isInAFailedTransaction();
    client.sends(query("wrong"));
    assertThat(client.got()).containsExactly("E 25P02", "Z E");
    client.sends(query("refused"));
    assertThat(client.got()).as("what is never supported").containsExactly("E 0A000", "Z E");
  }

  @Test
  void what_is_wrong_with_a_parse_is_not_looked_at_in_a_failed_transaction() {
    isInAFailedTransaction();
    client.sends(parse("", "wrong"), sync());
    server.says(ready('E'));
    assertThat(client.got()).containsExactly("E 25P02", "Z E");
  }

  private void isInAFailedTransaction() {
    client.sends(query("begin"));
    server.says(complete("BEGIN"), ready('T'));
    client.sends(query("select 1/0"));
    server.says(error("22012", "division by zero"), ready('E'));
    client.got();
    server.got();
  }

  @Test
  void an_extended_statement_is_answered_without_a_server() {
    client.sends(
        parse("s", "quick"),
        describeStatement("s"),
        bind("p", "s"),
        describePortal("p"),
        execute("p", 0),
        closePortal("p"),
        closeStatement("s"),
        sync());
    assertThat(client.got())
        .containsExactly(
            "1",
            "t",
            "T local",
            "2",
            "T local",
            "D a",
            "D b",
            "D c",
            "C SELECT 3",
            "3",
            "3",
            "Z I");
    assertThat(server.got()).isEmpty();
  }

  @Test
  void an_answer_amid_a_batch_keeps_its_place() {
    client.sends(
        parse("", "select 1"),
        bind("", ""),
        execute("", 0),
        parse("l", "quick"),
        bind("l", "l"),
        execute("l", 0),
        parse("", "select 2"),
        bind("", ""),
        execute("", 0),
        sync());
    assertThat(server.got()).containsExactly("P :select 1", "B /", "E  0", "H");
    server.says(parseComplete(), bindComplete(), complete("SELECT 1"));
    assertThat(server.got()).containsExactly("P :select 2", "B /", "E  0", "S");
    server.says(parseComplete(), bindComplete(), complete("SELECT 1"), ready('I'));
    assertThat(client.got())
        .containsExactly(
            "1",
            "2",
            "C SELECT 1",
            "1",
            "2",
            "D a",
            "D b",
            "D c",
            "C SELECT 3",
            "1",
            "2",
            "C SELECT 1",
            "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void an_answer_behind_a_failed_statement_of_its_batch_is_not_run() {
    client.sends(parse("", "bad"), parse("", "slow"), bind("", ""), execute("", 0), sync());
    server.says(error("42601", "syntax"));
    assertThat(slow.starts).isZero();
    assertThat(server.got()).containsExactly("P :bad", "H", "S");
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("E 42601", "Z I");
    client.sends(parse("", "quick"), bind("", ""), execute("", 0), sync());
    assertThat(client.got()).startsWith("1", "2", "D a");
  }

  @Test
  void a_refusal_behind_a_failed_statement_of_its_batch_is_not_told() {
    client.sends(parse("", "bad"), parse("", "refused"), sync());
    server.says(error("42601", "syntax"));
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("E 42601", "Z I");
  }

  @Test
  void a_failing_answer_amid_a_batch_fails_the_batch_on_the_server_too() {
    client.sends(
        parse("", "insert"),
        bind("", ""),
        execute("", 0),
        parse("l", "slow"),
        bind("l", "l"),
        execute("l", 0),
        parse("", "select 2"),
        sync());
    server.says(parseComplete(), bindComplete(), complete("INSERT 0 1"));
    server.got();
    slow.running().fail(PgError.error(SqlState.UNDEFINED_TABLE, "no such table"));
    assertThat(server.got()).containsExactly("B /" + UNKNOWN, "S");
    server.says(error("26000", "no such statement"), ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "C INSERT 0 1", "1", "2", "E 42P01", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_bound_answer_comes_in_portions() {
    client.sends(parse("", "quick"), bind("", ""), execute("", 2), flush());
    assertThat(client.got()).containsExactly("1", "2", "D a", "D b", "s");
    client.sends(execute("", 2), sync());
    assertThat(client.got()).containsExactly("D c", "C SELECT 1", "Z I");
  }

  @Test
  void a_portion_of_as_many_rows_as_are_left_is_not_known_to_be_the_last() {
    client.sends(parse("", "quick"), bind("", ""), execute("", 3), execute("", 3), sync());
    assertThat(client.got())
        .containsExactly("1", "2", "D a", "D b", "D c", "s", "C SELECT 0", "Z I");
  }

  @Test
  void a_bound_answer_is_made_once() {
    client.sends(parse("", "slow"), bind("", ""), execute("", 0), execute("", 0), sync());
    slow.running().complete("SELECT 5");
    assertThat(client.got()).containsExactly("1", "2", "C SELECT 5", "C SELECT 0", "Z I");
  }

  @Test
  void what_is_left_of_an_answer_in_portions_is_released_with_the_session() {
    client.sends(parse("", "quick"), bind("", ""), execute("", 1), flush());
    client.leaves();
    assertThat(rig.registry.views()).isEmpty();
  }

  @Test
  void an_answer_in_portions_that_ends_after_the_client_has_left_is_released() {
    client.sends(parse("", "slow"), bind("", ""), execute("", 1), flush());
    Fakes.rows(slow.running(), "x");
    client.leaves();
    assertThat(slow.cancels).isEqualTo(1);
    slow.running().fail(refusal);
    assertThat(rig.registry.views()).isEmpty();
  }

  @Test
  void rows_and_ends_after_the_client_has_left_are_ignored() {
    client.sends(query("slow"));
    client.leaves();
    Fakes.rows(slow.running(), "x");
    slow.running().complete("LATE");
    slow.running().complete("LATER");
    assertThat(slow.cancels).isEqualTo(1);
  }

  @Test
  void a_cancel_request_reaches_a_running_answer_once() {
    TestClient other = rig.client();
    other.sends(query("slow"));
    int id =
        rig.registry.views().stream()
            .filter(view -> view.state().equals("active"))
            .findFirst()
            .orElseThrow()
            .id();
    byte[] key = rig.cancelKey(id);
    rig.registry.cancel(id, key);
    rig.registry.cancel(id, key);
    rig.loop.run();
    assertThat(slow.cancels).isEqualTo(1);
    slow.running().fail(PgError.error(SqlState.QUERY_CANCELED, "canceled"));
    assertThat(other.got()).containsExactly("E 57014", "Z I");
  }

  @Test
  void a_notice_is_out_at_once() {
    client.sends(query("slow"));
    slow.running().notice(PgError.notice(PgError.Severity.INFO, "half way"));
    assertThat(client.got()).containsExactly("N 00000");
    slow.running().complete("SLOW");
    assertThat(client.got()).containsExactly("T local", "C SLOW", "Z I");
  }

  @Test
  void a_held_decision_is_not_used_for_a_later_query() {
    client.sends(parse("", "bad"), query("slow"));
    server.says(error("42601", "syntax"));
    client.sends(sync(), query("select 1"));
    server.says(ready('I'), rowDescription("a"), row("1"), complete("SELECT 1"), ready('I'));
    assertThat(slow.starts).isZero();
    assertThat(client.got()).containsExactly("E 42601", "Z I", "T a", "D 1", "C SELECT 1", "Z I");
  }
}
