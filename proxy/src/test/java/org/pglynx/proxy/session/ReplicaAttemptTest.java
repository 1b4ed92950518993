package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.notice;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.describePortal;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.config.TargetSessionAttrs;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.route.FunctionCatalog;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.route.RoutingPolicy;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: what a replica refuses because it is one. */
class ReplicaAttemptTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer primary = rig.roles.primaryServer();
  private final ScriptedServer replica = rig.roles.replicaServer();
  private final Router router = new Router(new RoutingPolicy(RoleSetting.AUTO, false, 1 << 20));
  private final TestClient client = client();

  private TestClient client() {
    router.knows(FunctionCatalog.of(Set.of("f"), Set.of()));
    return rig.routedClient(router, PoolMode.TRANSACTION, Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"25006", "40001", "40P01", "55000", "0A000"})
  void a_query_that_a_replica_refuses_is_done_by_the_primary(String code) {
    client.sends(query("SELECT f()"));
    replica.says(error(code, "cannot do that during recovery"), ready('I'));

    assertThat(client.got()).isEmpty();
    assertThat(primary.got()).containsExactly("Q SELECT f()");
    primary.says(rowDescription("f"), row("1"), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).hasSize(4).contains("C SELECT 1", "Z I");
    assertThat(rig.roles.leases()).isZero();
    assertThat(router.counts().retries()).isEqualTo(1);
  }

  @Test
  void so_is_a_long_query() {
    String text = "SELECT f() /* " + "x".repeat(20_000) + " */";
    client.sends(query(text));
    replica.says(error("25006", "cannot do that during recovery"), ready('I'));

    assertThat(primary.got()).containsExactly("Q " + text);
    primary.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
  }

  @Test
  void every_split_of_the_refusal_gives_the_same() {
    client.sends(query("SELECT f()"));
    replica.dribbles(
        notice("x"), rowDescription("f"), error("25006", "read-only transaction"), ready('I'));

    assertThat(client.got()).isEmpty();
    assertThat(primary.got()).containsExactly("Q SELECT f()");
    primary.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
  }

  @Test
  void other_errors_are_the_clients() {
    client.sends(query("SELECT f()"));
    replica.says(error("22012", "division by zero"), ready('I'));

    assertThat(client.got()).hasSize(2).first().asString().contains("22012");
    assertThat(primary.got()).isEmpty();
  }

  @Test
  void a_cancelled_query_is_not_done_again_unless_recovery_has_cancelled_it() {
    client.sends(query("SELECT f()"));
    replica.says(error("57014", "canceling statement due to user request"), ready('I'));
    assertThat(client.got()).hasSize(2);

    client.sends(query("SELECT f()"));
    replica.says(error("57014", "canceling statement due to conflict with recovery"), ready('I'));

    assertThat(client.got()).isEmpty();
    assertThat(primary.got()).containsExactly("Q SELECT f()");
    client.leaves();
  }

  @Test
  void what_has_begun_to_answer_is_not_done_again() {
    client.sends(query("SELECT f()"));
    replica.says(rowDescription("f"), row("1"));
    replica.says(error("40001", "conflict with recovery"), ready('I'));

    assertThat(client.got()).hasSize(4);
    assertThat(primary.got()).isEmpty();
  }

  @Test
  void what_the_primary_refuses_is_the_clients() {
    client.sends(query("SELECT f()"));
    replica.says(error("25006", "a"), ready('I'));
    primary.says(error("25006", "b"), ready('I'));

    assertThat(client.got()).hasSize(2).first().asString().contains("25006");
    assertThat(router.counts().retries()).isEqualTo(1);
  }

  @Test
  void a_refused_batch_is_done_by_the_primary() {
    client.sends(parse("", "SELECT f()"), bind("", ""), describePortal(""), execute("", 0), sync());
    replica.says(
        parseComplete(), bindComplete(), rowDescription("f"), error("25006", "x"), ready('I'));

    assertThat(client.got()).isEmpty();
    assertThat(primary.got()).hasSize(5);
    primary.says(
        parseComplete(),
        bindComplete(),
        rowDescription("f"),
        row("1"),
        complete("SELECT 1"),
        ready('I'));
    assertThat(client.got()).hasSize(6).startsWith("1", "2").endsWith("C SELECT 1", "Z I");
    assertThat(rig.roles.leases()).isZero();
  }

  @Test
  void a_statement_that_was_named_stays_named() {
    client.sends(parse("s", "SELECT f()"), bind("", "s"), execute("", 0), sync());
    replica.says(
        parseComplete(),
        parameterDescription(),
        noData(),
        bindComplete(),
        error("25006", "x"),
        ready('I'));

    assertThat(client.got()).containsExactly("1");
    assertThat(primary.got()).hasSize(5).first().asString().endsWith(":SELECT f()");
    primary.says(
        parseComplete(),
        parameterDescription(),
        noData(),
        bindComplete(),
        complete("SELECT 1"),
        ready('I'));
    assertThat(client.got()).containsExactly("2", "C SELECT 1", "Z I");
    client.sends(bind("", "s"), execute("", 0), sync());
    replica.says(bindComplete(), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("2", "C SELECT 1", "Z I");
  }

  @Test
  void what_the_proxy_answers_amid_a_batch_comes_behind_what_the_replica_has_said() {
    rig.interceptor.on("SELECT 1 AS local", new Decision.Answer(Fakes.Local.of("x")));
    TestClient calling = rig.targetedClient(router, TargetSessionAttrs.ANY);
    calling.sends(
        parse("s", "SELECT f()"),
        parse("", "SELECT 1 AS local"),
        bind("", ""),
        execute("", 0),
        bind("", "s"),
        execute("", 0),
        sync());
    replica.says(parseComplete(), parameterDescription(), noData());

    assertThat(calling.got()).containsExactly("1", "1", "2", "D x", "C SELECT 1");
    replica.says(bindComplete(), error("25006", "x"), ready('I'));
    assertThat(calling.got()).hasSize(3).startsWith("2").endsWith("Z I");
    assertThat(primary.got()).as("part of the batch is answered").isEmpty();
  }

  @Test
  void so_does_the_proxys_refusal_of_what_follows() {
    rig.interceptor.on(
        "SELECT 1 AS bad",
        new Decision.Refuse(PgError.error(SqlState.FEATURE_NOT_SUPPORTED, "refused")));
    TestClient calling = rig.targetedClient(router, TargetSessionAttrs.ANY);
    calling.sends(parse("s", "SELECT f()"), parse("", "SELECT 1 AS bad"), sync());
    replica.says(parseComplete(), parameterDescription(), noData());

    assertThat(calling.got()).hasSize(2).startsWith("1");
    calling.leaves();
  }

  @Test
  void the_primary_is_waited_for() {
    TestClient other = rig.routedClient(router, PoolMode.TRANSACTION, Map.of());
    other.sends(query("DELETE FROM t"));
    client.sends(query("SELECT f()"));
    replica.says(error("25006", "x"), ready('I'));
    client.sends(query("SELECT 2"));
    assertThat(client.got()).isEmpty();
    primary.says(complete("DELETE 0"), ready('I'));

    assertThat(primary.got()).containsExactly("Q DELETE FROM t", "Q SELECT f()", "Q SELECT 2");
    primary.says(complete("SELECT 1"), ready('I'), complete("SELECT 2"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I", "C SELECT 2", "Z I");
    assertThat(other.got()).hasSize(2);
  }

  @Test
  void the_client_hears_that_there_is_no_primary() {
    TestClient other = rig.routedClient(router, PoolMode.TRANSACTION, Map.of());
    other.sends(query("DELETE FROM t"));
    client.sends(query("SELECT f()"));
    replica.says(error("25006", "x"), ready('I'));
    rig.roles.primary.refuse(PgError.error(SqlState.CANNOT_CONNECT, "no primary"));

    assertThat(client.got()).hasSize(2).first().isEqualTo("E 08001");
    client.sends(query("SELECT 2"));
    assertThat(replica.got()).contains("Q SELECT 2");
    client.leaves();
    other.leaves();
  }

  @Test
  void pipelined_reads_are_answered_as_they_come() {
    client.sends(query("SELECT 1"), query("SELECT f()"));
    replica.says(complete("SELECT 1"), ready('I'), error("25006", "x"), ready('I'));

    assertThat(client.got()).hasSize(4).element(2).asString().contains("25006");
    assertThat(primary.got()).isEmpty();
  }

  @Test
  void a_client_that_leaves_amid_the_refusal_leaves_nothing_behind() {
    client.sends(query("SELECT f()"));
    replica.says(error("25006", "x"));
    client.leaves();
    replica.says(ready('I'));

    assertThat(primary.got()).isEmpty();
  }

  @Test
  void a_replica_that_is_lost_has_its_client_told() {
    client.sends(query("SELECT f()"));
    replica.says(rowDescription("f"));
    replica.dies();

    assertThat(client.got()).hasSize(3).endsWith("Z I");
    assertThat(primary.got()).isEmpty();
  }

  @Test
  void a_transaction_that_only_reads_is_not_done_again() {
    client.sends(query("BEGIN READ ONLY"), query("SELECT f()"));
    replica.says(complete("BEGIN"), ready('T'), error("40001", "x"), ready('E'));

    assertThat(client.got()).hasSize(4).endsWith("Z E");
    assertThat(primary.got()).isEmpty();
    client.leaves();
  }

  @Test
  void a_comment_that_asks_for_a_replica_gets_what_it_says() {
    client.sends(query("/* role: replica */ DELETE FROM t"));
    replica.says(error("25006", "x"), ready('I'));

    assertThat(client.got()).hasSize(2).first().asString().contains("25006");
  }
}
