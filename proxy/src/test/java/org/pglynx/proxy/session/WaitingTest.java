package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.parameter;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.functionCall;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;
import static org.pglynx.proxy.wire.FrontendBytes.terminate;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: sessions that wait for a server, and parameters applied to the one that comes. */
class WaitingTest {
  @RegisterExtension final Rig rig = new Rig();
  private final TestClient client = rig.client();
  private final PgError exhausted = PgError.error(SqlState.INSUFFICIENT_RESOURCES, "none free");

  @Test
  void frames_wait_with_the_session_and_go_out_in_order() {
    client.sends(query("select 1"));
    client.sends(query("select 2"));
    assertThat(rig.pool.waiting()).isEqualTo(1);
    ScriptedServer server = rig.server();
    assertThat(server.got()).containsExactly("Q select 1", "Q select 2");
    server.says(complete("SELECT 1"), ready('I'), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_wait_in_vain_fails_the_query_and_the_session_lives() {
    client.sends(query("select 1"));
    rig.pool.refuse(exhausted);
    assertThat(client.got()).containsExactly("E 53000", "Z I");
    ScriptedServer server = rig.server();
    client.sends(query("select 1"));
    assertThat(server.got()).containsExactly("Q select 1");
  }

  @Test
  void a_wait_in_vain_fails_the_batch_up_to_sync() {
    client.sends(parse("s", "select 1"), bind("", "s"), execute("", 0), sync());
    rig.pool.refuse(exhausted);
    assertThat(client.got()).containsExactly("E 53000", "Z I");
  }

  @Test
  void a_wait_in_vain_fails_a_function_call() {
    client.sends(functionCall());
    rig.pool.refuse(exhausted);
    assertThat(client.got()).containsExactly("E 53000", "Z I");
  }

  @Test
  void a_fatal_refusal_ends_the_session() {
    client.sends(query("select 1"));
    rig.pool.refuse(PgError.fatal(SqlState.ADMIN_SHUTDOWN, "stopping"));
    assertThat(client.got()).containsExactly("E FATAL 57P01");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_client_that_leaves_no_longer_waits() {
    client.sends(query("select 1"));
    client.leaves();
    assertThat(rig.pool.waiting()).isZero();
  }

  @Test
  void a_cancel_request_ends_the_wait() {
    client.sends(query("select 1"));
    int id = rig.registry.views().get(0).id();
    rig.registry.cancel(id, rig.cancelKey(id));
    rig.loop.run();
    assertThat(client.got()).containsExactly("E 57014", "Z I");
    assertThat(rig.pool.waiting()).isZero();
  }

  @Test
  void a_goodbye_behind_a_waiting_query_is_heard_once_a_server_has_come() {
    client.sends(query("select 1"), terminate());
    ScriptedServer server = rig.server();
    assertThat(client.disconnected()).isTrue();
    server.takesCancels();
    server.says(error("57014", "canceled"), ready('I'), ready('I'));
    server.says(complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_shutdown_ends_a_waiting_session() {
    client.sends(query("select 1"));
    rig.registry.shutdown();
    rig.loop.run();
    assertThat(client.got()).containsExactly("E FATAL 57P01");
    assertThat(rig.pool.waiting()).isZero();
  }

  @Test
  void a_client_that_sends_on_while_it_waits_is_stopped() {
    client.sends(query("select 1"));
    client.sends(query("select '" + "x".repeat(100_000) + "'"));
    assertThat(client.read()).isFalse();
    ScriptedServer server = rig.server();
    assertThat(client.read()).isTrue();
    assertThat(server.got()).hasSize(2);
  }

  @Test
  void parameters_are_applied_ahead_of_the_query_and_their_replies_swallowed() {
    ScriptedServer server = rig.server();
    TestClient french =
        rig.client(rig.profile(false, null), ParameterSet.of(Map.of("DateStyle", "German")));
    french.sends(query("select 1"));
    assertThat(server.got())
        .containsExactly(
            "Q BEGIN;SELECT pg_catalog.set_config(E'DateStyle',E'German',false);COMMIT",
            "Q select 1");
    server.says(
        rowDescription("set_config"),
        row("German"),
        complete("SELECT 1"),
        parameter("DateStyle", "German, DMY"),
        ready('I'),
        complete("SELECT 1"),
        ready('I'));
    assertThat(french.got()).containsExactly("C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
    client.sends(query("select 2"));
    assertThat(server.got()).containsExactly("Q BEGIN;RESET \"DateStyle\";COMMIT", "Q select 2");
  }

  @Test
  void a_refused_parameter_is_told_and_costs_no_connection() {
    ScriptedServer server = rig.server();
    TestClient french =
        rig.client(rig.profile(false, null), ParameterSet.of(Map.of("DateStyle", "German")));
    french.sends(query("insert"), query("select 1"));
    server.says(
        error("22023", "no such style"),
        ready('E'),
        error("25P02", "aborted"),
        ready('E'),
        error("25P02", "aborted"),
        ready('E'));
    assertThat(french.got()).containsExactly("E 22023", "Z I", "E 22023", "Z I");
    assertThat(server.got()).endsWith("f the client has left", "S");
    server.takesCancels();
    server.says(ready('E'));
    assertThat(server.got()).containsExactly("Q ROLLBACK", "Q DISCARD ALL");
    server.says(complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
    client.sends(query("select 2"));
    assertThat(server.got()).containsExactly("Q select 2");
  }

  @Test
  void a_prepare_goes_to_the_server_that_its_client_has_got_at_last() {
    TestClient french =
        rig.client(rig.profile(false, null), ParameterSet.of(Map.of("DateStyle", "German")));
    french.sends(query("prepare p as select 1"));
    client.sends(query("select 2"));
    ScriptedServer server = rig.server();
    server.says(
        rowDescription("set_config"),
        row("German"),
        complete("SELECT 1"),
        parameter("DateStyle", "German, DMY"),
        ready('I'));
    assertThat(server.got())
        .as("not given to the client that waits behind")
        .containsExactly(
            "Q BEGIN;SELECT pg_catalog.set_config(E'DateStyle',E'German',false);COMMIT",
            "H",
            "Q prepare p as select 1");
    server.says(complete("PREPARE"), ready('I'));
    assertThat(french.got()).containsExactly("C PREPARE", "Z I");
  }

  @Test
  void a_changed_parameter_follows_the_client_to_the_next_server() {
    ScriptedServer server = rig.server();
    client.sends(query("set TimeZone to 'UTC'"));
    server.says(complete("SET"), parameter("TimeZone", "UTC"), ready('I'));
    assertThat(client.got()).containsExactly("C SET", "S TimeZone=UTC", "Z I");
    assertThat(server.got()).element(1).asString().startsWith("Q /* pglynx */ SELECT 'setting'");
    server.says(row("setting", "54696d655a6f6e65", "555443"), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).as("the client sees nothing of it").isEmpty();
    assertThat(rig.pool.leases()).as("no reset for what is known").isZero();
    server.dies();
    ScriptedServer next = rig.server();
    client.sends(query("select 1"));
    assertThat(next.got())
        .containsExactly(
            "Q BEGIN;SELECT pg_catalog.set_config(E'TimeZone',E'UTC',false);COMMIT", "Q select 1");
  }

  @Test
  void a_server_is_not_given_back_before_it_is_told_what_the_client_left_on_it() {
    ScriptedServer server = rig.server();
    client.sends(query("create temp table a(b int)"));
    server.says(complete("CREATE TABLE"), ready('I'));
    client.sends(query("select 1"));
    // In one read: the answer to the question, and to what came behind it.
    server.says(
        row("1024", null, null),
        complete("SELECT 1"),
        ready('I'),
        complete("SELECT 1"),
        ready('I'));
    assertThat(client.got()).containsExactly("C CREATE TABLE", "Z I", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isEqualTo(1);
    assertThat(rig.registry.views()).extracting(ClientView::pinned).contains("temporary objects");
    client.sends(query("drop table a"));
    server.says(complete("DROP TABLE"), ready('I'));
    server.says(complete("SELECT 0"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
    assertThat(rig.registry.views()).extracting(ClientView::pinned).containsOnly("");
  }

  @Test
  void a_question_without_an_answer_keeps_the_server_and_is_asked_again() {
    ScriptedServer server = rig.server();
    client.sends(query("set work_mem to '1MB'"));
    server.says(complete("SET"), ready('I'));
    server.says(error("57014", "canceling statement due to statement timeout"), ready('I'));
    assertThat(client.got()).containsExactly("C SET", "Z I");
    assertThat(rig.pool.leases()).isEqualTo(1);
    server.got();
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(server.got()).hasSize(2).last().asString().startsWith("Q /* pglynx */");
    server.says(complete("SELECT 0"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_parameter_that_the_server_refuses_fails_the_query() {
    ScriptedServer server = rig.server();
    TestClient odd = rig.client(rig.profile(false, null), ParameterSet.of(Map.of("x", "y")));
    odd.sends(query("select 1"));
    server.says(error("42704", "unrecognized configuration parameter"));
    assertThat(odd.got()).containsExactly("E 42704", "Z I");
    assertThat(odd.disconnected()).isFalse();
    assertThat(server.alive()).isTrue();
  }

  @Test
  void a_client_is_read_again_when_the_server_that_took_no_more_is_given_back() {
    ScriptedServer server = rig.server();
    client.sends(query("select 1"));
    server.takes(false);
    client.takes(true);
    assertThat(client.read()).as("while its server takes no more").isFalse();

    server.says(complete("SELECT 1"), ready('I'));

    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
    assertThat(client.read()).isTrue();
  }
}
