package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.notification;
import static org.pglynx.proxy.wire.BackendBytes.parameter;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: a session that listens through its pool's shared connection. */
class ListeningTest {
  private static final PgError STANDBY =
      PgError.error(SqlState.FEATURE_NOT_SUPPORTED, "cannot execute LISTEN during recovery");

  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final FakeHub hub = new FakeHub();
  private final TestClient client = rig.listeningClient(hub);

  private void listens(String channel) {
    client.sends(query("LISTEN " + channel));
    hub.listens(null);
    assertThat(client.got()).containsExactly("C LISTEN", "Z I");
    hub.asked();
  }

  @Test
  void listen_is_answered_when_the_shared_connection_listens() {
    client.sends(query("LISTEN News"));
    assertThat(hub.asked()).containsExactly("LISTEN news");
    assertThat(client.got()).isEmpty();
    hub.listens(null);

    assertThat(client.got()).containsExactly("C LISTEN", "Z I");
    assertThat(server.got()).isEmpty();
  }

  @Test
  void listen_that_the_server_refuses_is_refused() {
    client.sends(query("LISTEN news"));
    hub.listens(STANDBY);

    assertThat(client.got()).containsExactly("E 0A000", "Z I");
  }

  @Test
  void listen_works_in_the_extended_protocol() {
    client.sends(parse("", "LISTEN \"A b\""), bind("", ""), execute("", 0), sync());
    assertThat(hub.asked()).containsExactly("LISTEN A b");
    hub.listens(null);

    assertThat(client.got()).containsExactly("1", "2", "C LISTEN", "Z I");
  }

  @Test
  void what_is_sent_behind_listen_waits_for_it() {
    client.sends(query("LISTEN news"), query("select 1"));
    assertThat(server.got()).isEmpty();
    hub.listens(null);
    hub.catchesUp();

    assertThat(server.got()).containsExactly("Q select 1");
  }

  @Test
  void a_client_at_rest_gets_notifications_at_once() {
    listens("news");
    hub.notifies(7, "news", "noon");
    hub.notifies(7, "other", "noon");

    assertThat(client.got()).hasSize(1).first().asString().startsWith("A");
  }

  @Test
  void what_comes_while_the_proxy_answers_goes_ahead_of_its_ready_for_query() {
    AnswerContext answer = isAnswered(query("slow"));
    hub.notifies(7, "news", "noon");
    assertThat(client.got()).isEmpty();
    answer.complete("SLOW");

    assertThat(tags(client.got())).containsExactly("T", "C", "A", "Z");
  }

  @Test
  void what_comes_while_the_proxy_answers_a_batch_goes_ahead_of_its_ready_for_query() {
    AnswerContext answer = isAnswered(parse("", "slow"), bind("", ""), execute("", 0), sync());
    hub.notifies(7, "news", "noon");
    answer.complete("SLOW");

    assertThat(tags(client.got())).containsExactly("1", "2", "C", "A", "Z");
  }

  @Test
  void what_comes_while_the_proxy_answers_with_an_error_goes_ahead_of_its_ready_for_query() {
    AnswerContext answer = isAnswered(query("slow"));
    hub.notifies(7, "news", "noon");
    answer.fail(STANDBY);

    assertThat(tags(client.got())).containsExactly("E", "A", "Z");
  }

  @Test
  void what_comes_while_the_proxy_answers_amid_a_transaction_waits_for_its_end() {
    AnswerContext answer = isAnsweredInATransaction();
    hub.notifies(7, "news", "noon");
    answer.complete("SLOW");

    assertThat(client.got()).containsExactly("T local", "C SLOW", "Z T");
  }

  private AnswerContext isAnsweredInATransaction() {
    Fakes.Local slow = answersSlowly();
    client.sends(query("begin"));
    hub.catchesUp();
    server.says(complete("BEGIN"), ready('T'));
    client.got();
    client.sends(query("slow"));
    return slow.running();
  }

  /** The proxy is at the answer, of a client that listens. */
  private AnswerContext isAnswered(byte[]... frames) {
    Fakes.Local slow = answersSlowly();
    client.sends(frames);
    return slow.running();
  }

  private Fakes.Local answersSlowly() {
    Fakes.Local slow = Fakes.Local.slow();
    rig.interceptor.on("slow", new Decision.Answer(slow));
    listens("news");
    return slow;
  }

  private static List<String> tags(List<String> frames) {
    return frames.stream().map(frame -> frame.substring(0, 1)).toList();
  }

  @Test
  void a_client_in_a_transaction_gets_them_before_the_ready_for_query_that_ends_it() {
    listens("news");
    client.sends(query("begin"));
    hub.catchesUp();
    server.says(complete("BEGIN"), ready('T'));
    hub.notifies(7, "news", "noon");
    client.sends(query("commit"));
    assertThat(client.got()).containsExactly("C BEGIN", "Z T");
    server.says(complete("COMMIT"), ready('I'));
    assertThat(client.got()).containsExactly("C COMMIT");
    hub.notifies(7, "news", "one");
    assertThat(rig.pool.leases()).isEqualTo(1);
    hub.catchesUp();

    assertThat(client.got()).hasSize(3).last().isEqualTo("Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_statement_waits_until_what_the_server_s_last_user_notified_has_come() {
    listens("news");
    client.sends(query("NOTIFY news"));
    assertThat(server.got()).isEmpty();
    hub.notifies(42, "news", "of the last user");
    hub.catchesUp();
    assertThat(server.got()).containsExactly("Q NOTIFY news");
    server.says(complete("NOTIFY"), ready('I'));
    hub.notifies(42, "news", "own");
    hub.catchesUp();

    byte[] got = client.gotBytes();
    assertThat(java.nio.ByteBuffer.wrap(got).getInt(5)).isEqualTo(42);
    int second = 1 + java.nio.ByteBuffer.wrap(got).getInt(1) + 12;
    assertThat(got[second]).isEqualTo((byte) 'A');
    assertThat(java.nio.ByteBuffer.wrap(got).getInt(second + 5)).isEqualTo(rig.onlyId());
  }

  @Test
  void unlisten_drops_what_was_not_passed_on() {
    listens("news");
    client.takes(false);
    hub.notifies(7, "news", "noon");
    client.sends(query("UNLISTEN news"));
    client.takes(true);

    assertThat(client.got()).containsExactly("C UNLISTEN", "Z I");
    assertThat(hub.asked()).containsExactly("UNLISTEN news");
  }

  @Test
  void a_client_that_leaves_while_its_ready_for_query_is_held_costs_no_server() {
    listens("news");
    client.sends(query("select 1"));
    hub.catchesUp();
    server.got();
    server.says(complete("SELECT 1"), ready('I'));
    client.leaves();
    server.runTasks();
    assertThat(hub.asked()).containsExactly("leaves");
    hub.catchesUp();
    server.takesCancels();
    server.says(ready('I'));
    assertThat(server.got()).contains("Q DISCARD ALL");
    server.says(complete("DISCARD ALL"), ready('I'));

    assertThat(server.alive()).isTrue();
  }

  @Test
  void a_server_lost_while_its_ready_for_query_is_held_is_told() {
    listens("news");
    client.sends(query("select 1"));
    hub.catchesUp();
    server.says(complete("SELECT 1"), ready('I'));
    server.dies();
    hub.catchesUp();

    assertThat(client.got()).containsExactly("C SELECT 1", "E 08006", "Z I");
  }

  @Test
  void too_much_that_waits_ends_the_session() {
    listens("news");
    client.takes(false);
    String long8000 = "x".repeat(7999);
    for (int i = 0; i < NotificationQueue.MAX_BYTES / 8000 + 1; i++) {
      hub.notifies(7, "news", long8000);
    }

    assertThat(client.got()).containsExactly("E FATAL 53400");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_lost_shared_connection_ends_the_session() {
    listens("news");
    hub.breaks(PgError.error(SqlState.CONNECTION_FAILURE, "gone"));

    assertThat(client.got()).containsExactly("E FATAL 08006");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_client_that_leaves_before_its_listen_is_done_listens_on_nothing() {
    client.sends(query("LISTEN news"));
    client.leaves();
    hub.listens(null);

    assertThat(hub.asked()).containsExactly("LISTEN news", "leaves", "UNLISTEN news");
  }

  @Test
  void a_notification_amid_a_question_of_the_proxy_s_own_is_not_lost() {
    client.sends(query("select 1; LISTEN x"));
    server.says(complete("SELECT 1"), complete("LISTEN"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "C LISTEN", "Z I");
    assertThat(server.got()).hasSize(2).last().asString().contains("pg_listening_channels");
    server.says(
        notification(7, "x", ""),
        rowDescription("kind", "name", "value"),
        row("channel", "78", null),
        complete("SELECT 1"),
        ready('I'));

    assertThat(client.got()).containsExactly("A");
    assertThat(rig.pool.leases()).isEqualTo(1);
  }

  @Test
  void what_is_undone_while_the_server_is_asked_is_asked_for_again() {
    client.sends(query("select 1; LISTEN x"));
    server.says(complete("SELECT 1"), complete("LISTEN"), ready('I'));
    server.got();
    client.sends(query("UNLISTEN *"));
    assertThat(server.got()).containsExactly("Q UNLISTEN *");
    server.says(
        rowDescription("kind", "name", "value"),
        row("channel", "78", null),
        complete("SELECT 1"),
        ready('I'),
        complete("UNLISTEN"),
        ready('I'));
    assertThat(server.got()).hasSize(1).last().asString().contains("pg_listening_channels");
    server.says(complete("SELECT 0"), ready('I'));

    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_client_that_reads_another_encoding_keeps_its_server() {
    client.sends(query("set client_encoding = latin1"));
    server.says(complete("SET"), parameter("client_encoding", "LATIN1"), ready('I'));
    server.got();
    client.sends(query("LISTEN news"));

    assertThat(server.got()).containsExactly("Q LISTEN news");
    assertThat(hub.asked()).isEmpty();
  }

  /** Nothing is converted for it: it reads what the server stores. */
  @Test
  void a_client_of_plain_bytes_is_notified_by_the_shared_connection_of_a_server_with_utf_8() {
    client.sends(query("set client_encoding = sql_ascii"));
    server.says(complete("SET"), parameter("client_encoding", "SQL_ASCII"), ready('I'));
    server.says(complete("SELECT 0"), ready('I'));
    client.got();

    client.sends(query("LISTEN news"));

    assertThat(hub.asked()).containsExactly("LISTEN news");
  }
}
