package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.copyIn;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.copyData;
import static org.pglynx.proxy.wire.FrontendBytes.copyDone;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.flush;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: a BEGIN that is answered before any server hears of it. */
class DeferredBeginTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.deferringClient();

  @Test
  void begin_takes_no_server() {
    client.sends(query("BEGIN"));

    assertThat(client.got()).containsExactly("C BEGIN", "Z T");
    assertThat(rig.pool.leases()).isZero();
    assertThat(server.got()).isEmpty();
  }

  @Test
  void begin_goes_ahead_of_the_first_statement_in_one_write_and_unseen() {
    client.sends(query("start transaction read only"));
    client.sends(query("select 1"));
    assertThat(server.got())
        .containsExactly(
            "P pglynx_begin:start transaction read only",
            "B /pglynx_begin",
            "E  0",
            "C P",
            "C S pglynx_begin",
            "Q select 1");
    server.says(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        complete("SELECT 1"),
        ready('T'));

    assertThat(client.got()).containsExactly("C START TRANSACTION", "Z T", "C SELECT 1", "Z T");
    client.sends(query("commit"));
    assertThat(server.got()).containsExactly("Q commit");
    server.says(complete("COMMIT"), ready('I'));
    assertThat(client.got()).containsExactly("C COMMIT", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void every_split_of_the_server_s_replies_gives_the_same() {
    client.sends(query("BEGIN"));
    client.sends(query("select 1"));
    server.dribbles(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        complete("SELECT 1"),
        ready('T'));

    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "C SELECT 1", "Z T");
  }

  @Test
  void a_transaction_without_a_statement_never_takes_a_server() {
    client.sends(query("BEGIN"));
    client.sends(sync());
    client.sends(query("COMMIT"));
    client.sends(query("BEGIN"));
    client.sends(query("ROLLBACK"));

    assertThat(client.got())
        .containsExactly(
            "C BEGIN", "Z T", "Z T", "C COMMIT", "Z I", "C BEGIN", "Z T", "C ROLLBACK", "Z I");
    assertThat(server.got()).isEmpty();
    assertThat(rig.counters.totals().transactions()).isEqualTo(2);
  }

  @Test
  void begin_with_more_behind_it_is_sent_at_once() {
    client.sends(query("BEGIN"), query("select 1"));

    assertThat(server.got()).containsExactly("Q BEGIN", "Q select 1");
  }

  @Test
  void begin_goes_ahead_of_a_batch() {
    client.sends(query("BEGIN"));
    client.sends(parse("", "select 1"), bind("", ""), execute("", 0), sync());
    assertThat(server.got())
        .containsExactly(
            "P pglynx_begin:BEGIN",
            "B /pglynx_begin",
            "E  0",
            "C P",
            "C S pglynx_begin",
            "P :select 1",
            "B /",
            "E  0",
            "S");
    server.says(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        parseComplete(),
        bindComplete(),
        complete("SELECT 1"),
        ready('T'));

    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "1", "2", "C SELECT 1", "Z T");
  }

  @Test
  void nothing_is_sent_behind_the_first_statement_before_begin_is_known_to_have_worked() {
    client.sends(query("BEGIN"));
    client.sends(query("insert"), query("COMMIT"));
    assertThat(server.got()).contains("Q insert").doesNotContain("Q COMMIT");
    server.says(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        complete("INSERT 0 1"),
        ready('T'));

    assertThat(server.got()).containsExactly("Q COMMIT");
  }

  @Test
  void nothing_is_sent_behind_the_first_batch_before_begin_is_known_to_have_worked() {
    client.sends(query("BEGIN"));
    client.sends(parse("", "insert"), bind("", ""), execute("", 0), sync(), parse("", "delete"));
    assertThat(server.got()).contains("P :insert").doesNotContain("P :delete");
  }

  @Test
  void a_begin_that_the_server_refuses_fails_the_statement_and_with_it_the_transaction() {
    client.sends(query("BEGIN"));
    client.sends(query("insert"));
    server.says(error("57014", "canceled"));
    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "E 57014", "Z E");
    assertThat(server.alive()).isFalse();

    ScriptedServer other = rig.server();
    client.sends(query("insert again"));
    assertThat(other.got())
        .hasSize(7)
        .startsWith("P pglynx_begin:BEGIN", "B /pglynx_begin", "E  0", "C P", "C S pglynx_begin")
        .endsWith("Q insert again");
    other.says(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        error("3B001", "no such savepoint"),
        ready('E'),
        error("25P02", "aborted"),
        ready('E'));
    assertThat(client.got()).containsExactly("E 25P02", "Z E");
    client.sends(query("ROLLBACK"));
    other.says(complete("ROLLBACK"), ready('I'));
    assertThat(client.got()).containsExactly("C ROLLBACK", "Z I");
  }

  @Test
  void a_begin_that_the_server_refuses_fails_the_batch() {
    client.sends(query("BEGIN"));
    client.sends(parse("", "insert"), bind("", ""), execute("", 0), sync());
    server.says(parseComplete(), error("57014", "canceled"));

    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "E 57014", "Z E");
    client.sends(query("COMMIT"));
    assertThat(client.got()).containsExactly("C ROLLBACK", "Z I");
  }

  @Test
  void a_begin_that_the_server_refuses_fails_a_batch_that_is_not_synced_yet() {
    client.sends(query("BEGIN"));
    client.sends(parse("", "insert"), flush());
    server.says(error("57014", "canceled"));
    client.sends(bind("", ""), execute("", 0), sync());

    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "E 57014", "Z E");
  }

  @Test
  void a_server_that_cannot_be_had_fails_the_transaction() {
    rig.keepingClient().sends(query("keeps the only server"));
    client.sends(query("BEGIN"));
    client.sends(query("insert"));
    rig.pool.refuse(PgError.error(SqlState.INSUFFICIENT_RESOURCES, "none came free"));

    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "E 53000", "Z E");
    client.sends(query("COMMIT"));
    assertThat(client.got()).containsExactly("C ROLLBACK", "Z I");
  }

  @Test
  void a_server_that_cannot_be_had_for_a_batch_fails_the_transaction() {
    rig.keepingClient().sends(query("keeps the only server"));
    client.sends(query("BEGIN"));
    client.sends(parse("", "insert"), bind("", ""), execute("", 0), sync());
    rig.pool.refuse(PgError.error(SqlState.INSUFFICIENT_RESOURCES, "none came free"));

    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "E 53000", "Z E");
  }

  @Test
  void a_statement_waits_for_its_server_with_begin_ahead_of_it() {
    TestClient keeping = rig.client();
    keeping.sends(query("select 0"));
    server.got();
    client.sends(query("BEGIN"));
    client.sends(query("insert"));
    assertThat(server.got()).isEmpty();
    server.says(complete("SELECT 1"), ready('I'));

    assertThat(server.got())
        .containsExactly(
            "P pglynx_begin:BEGIN",
            "B /pglynx_begin",
            "E  0",
            "C P",
            "C S pglynx_begin",
            "Q insert");
  }

  @Test
  void a_copy_runs_as_the_first_statement() {
    client.sends(query("BEGIN"));
    client.sends(query("copy"));
    server.says(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        copyIn());
    server.got();
    client.sends(copyData("x"), copyDone());
    assertThat(server.got()).containsExactly("d x", "c");
    server.says(complete("COPY 1"), ready('T'));

    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "G", "C COPY 1", "Z T");
  }

  @Test
  void copy_data_that_did_not_wait_for_the_server_is_copied() {
    client.sends(query("BEGIN"));
    client.sends(query("copy"), copyData("x"), copyDone());
    server.says(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        copyIn());

    assertThat(server.got()).contains("d x", "c");
  }

  @Test
  void a_statement_of_the_proxy_s_own_runs_inside_the_transaction() {
    rig.interceptor.on("local", new Decision.Answer(Fakes.Local.of("x")));
    client.sends(query("BEGIN"));
    client.sends(query("local"));
    assertThat(server.got())
        .startsWith("P pglynx_begin:BEGIN", "B /pglynx_begin", "E  0", "C P", "C S pglynx_begin");
    server.says(
        parseComplete(), bindComplete(), complete("BEGIN"), closeComplete(), closeComplete());

    assertThat(client.got()).endsWith("D x", "C SELECT 1", "Z T");
    assertThat(rig.pool.leases()).isEqualTo(1);
  }

  @Test
  void a_client_that_leaves_with_a_deferred_begin_leaves_nothing_behind() {
    client.sends(query("BEGIN"));
    client.leaves();

    assertThat(server.got()).isEmpty();
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_server_lost_amid_the_first_statement_fails_the_transaction() {
    client.sends(query("BEGIN"));
    client.sends(query("insert"));
    server.says(
        parseComplete(), bindComplete(), complete("BEGIN"), closeComplete(), closeComplete());
    server.dies();

    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "E 08006", "Z E");
  }

  @Test
  void begin_stays_prepared_where_other_statements_do() {
    prepares("s");
    begins("BEGIN");
    assertThat(server.got()).containsExactly(kept("P pglynx_begin:BEGIN"));
    server.says(parseComplete());
    commits();
    begins("BEGIN");
    assertThat(server.got()).containsExactly(kept());
    commits();

    assertThat(client.got())
        .endsWith("C BEGIN", "Z T", "2", "C SELECT 1", "Z T", "C COMMIT", "Z I");
  }

  @Test
  void another_begin_takes_the_place_of_the_one_that_was_kept() {
    prepares("s");
    begins("BEGIN");
    server.got();
    server.says(parseComplete());
    commits();
    begins("BEGIN READ ONLY");

    assertThat(server.got())
        .containsExactly(kept("C S pglynx_begin", "P pglynx_begin:BEGIN READ ONLY"));
    server.says(closeComplete(), parseComplete());
    commits();
    assertThat(client.got())
        .endsWith("C BEGIN", "Z T", "2", "C SELECT 1", "Z T", "C COMMIT", "Z I");
  }

  @Test
  void begin_is_parsed_again_once_the_client_has_deallocated_all() {
    prepares("s");
    begins("BEGIN");
    server.got();
    server.says(parseComplete());
    commits();
    client.sends(query("DEALLOCATE ALL"));
    server.says(complete("DEALLOCATE ALL"), ready('I'));
    client.sends(query("BEGIN"));
    client.sends(query("select 1"));

    assertThat(server.got())
        .containsExactly(
            "Q DEALLOCATE ALL",
            "P pglynx_begin:BEGIN",
            "B /pglynx_begin",
            "E  0",
            "C P",
            "C S pglynx_begin",
            "Q select 1");
  }

  @Test
  void a_kept_begin_that_fails_fails_the_batch() {
    prepares("s");
    begins("BEGIN");
    server.says(parseComplete());
    commits();
    begins("BEGIN");
    server.says(error("26000", "prepared statement \"pglynx_begin\" does not exist"));

    assertThat(client.got()).endsWith("C BEGIN", "Z T", "E 26000", "Z E");
    assertThat(server.alive()).isFalse();
  }

  private void prepares(String name) {
    client.sends(parse(name, "select 1"), sync());
    server.says(parseComplete(), parameterDescription(), noData(), ready('I'));
    server.got();
  }

  private void begins(String text) {
    client.sends(query(text));
    client.sends(bind("", "s"), execute("", 0), sync());
  }

  private void commits() {
    server.says(
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        bindComplete(),
        complete("SELECT 1"),
        ready('T'));
    client.sends(query("COMMIT"));
    server.says(complete("COMMIT"), ready('I'));
    assertThat(server.got()).endsWith("Q COMMIT");
  }

  /** A BEGIN that the server keeps, and the batch behind it. */
  private static String[] kept(String... ahead) {
    return Stream.concat(
            Stream.of(ahead),
            Stream.of("B /pglynx_begin", "E  0", "C P", "B /pglynx_1", "E  0", "S"))
        .toArray(String[]::new);
  }
}
