package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.describeStatement;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.flush;
import static org.pglynx.proxy.wire.FrontendBytes.functionCall;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;
import static org.pglynx.proxy.wire.FrontendBytes.terminate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.config.TargetSessionAttrs;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.route.ActivityPolicy;
import org.pglynx.proxy.route.FunctionCatalog;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.route.RoutingPolicy;

/** Layer 2: which server a session's work goes to. */
class RoutingTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer primary = rig.roles.primaryServer();
  private final ScriptedServer replica = rig.roles.replicaServer();
  private final Router router = router(RoleSetting.AUTO);
  private final TestClient client = client(router, Map.of());

  private static Router router(RoleSetting role) {
    Router router = new Router(new RoutingPolicy(role, false, 1 << 20));
    router.knows(FunctionCatalog.of(Set.of("lower"), Set.of("nextval")));
    return router;
  }

  private TestClient client(Router by, Map<String, String> parameters) {
    return rig.routedClient(by, PoolMode.TRANSACTION, parameters);
  }

  private void answersOnReplica(String sql) {
    client.sends(query(sql));
    assertThat(replica.got()).containsExactly("Q " + sql);
    replica.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
    assertThat(rig.roles.leases()).isZero();
  }

  private void answersOnPrimary(String sql) {
    client.sends(query(sql));
    assertThat(primary.got()).containsExactly("Q " + sql);
    primary.says(complete("DONE"), ready('I'));
    assertThat(client.got()).containsExactly("C DONE", "Z I");
    assertThat(rig.roles.leases()).isZero();
  }

  // ---- simple queries --------------------------------------------------------------------------

  @Test
  void reads_go_to_a_replica_and_writes_to_the_primary() {
    answersOnReplica("SELECT lower('A') FROM t");
    answersOnPrimary("INSERT INTO t VALUES (1)");
    answersOnPrimary("SELECT nextval('s')");
    answersOnPrimary("SELECT unknown(1)");
    answersOnReplica("TABLE t");
  }

  @Test
  void what_was_written_a_moment_ago_is_read_from_the_primary_if_activity_decides() {
    long hour = TimeUnit.HOURS.toNanos(1);
    Router active =
        new Router(
            new RoutingPolicy(RoleSetting.AUTO, false, 1 << 20, new ActivityPolicy(0, hour, hour)));
    active.knows(FunctionCatalog.of(Set.of("lower"), Set.of()));
    TestClient reader = client(active, Map.of());
    reader.sends(query("INSERT INTO public.t VALUES (1)"));
    primary.says(complete("INSERT 0 1"), ready('I'));
    reader.sends(query("BEGIN"));
    reader.sends(query("DELETE FROM u"));
    primary.says(
        parseComplete(), bindComplete(), complete("BEGIN"), closeComplete(), closeComplete());
    primary.says(complete("DELETE 0"), ready('T'));
    reader.sends(parse("", "UPDATE w SET a = 1"), bind("", ""), execute("", 0), sync());
    primary.says(parseComplete(), bindComplete(), complete("UPDATE 0"), ready('T'));
    reader.sends(query("COMMIT"));
    primary.says(complete("COMMIT"), ready('I'));
    primary.got();

    for (String table : List.of("t", "u", "w")) {
      reader.sends(query("SELECT * FROM v, " + table));
      assertThat(primary.got()).hasSize(1);
      primary.says(complete("SELECT 1"), ready('I'));
    }
    reader.sends(query("SELECT t FROM v"));
    assertThat(replica.got()).containsExactly("Q SELECT t FROM v");
    replica.says(complete("SELECT 1"), ready('I'));
  }

  @Test
  void a_database_that_comes_into_use_is_served_by_the_primary_for_a_while() {
    long hour = TimeUnit.HOURS.toNanos(1);
    Router active =
        new Router(
            new RoutingPolicy(
                RoleSetting.AUTO, false, 1 << 20, new ActivityPolicy(hour, hour, hour)));
    TestClient reader = client(active, Map.of());

    reader.sends(query("SELECT a"));

    assertThat(primary.got()).containsExactly("Q SELECT a");
    primary.says(complete("SELECT 1"), ready('I'));
  }

  @Test
  void a_write_behind_a_read_waits_for_the_read_and_goes_to_the_primary() {
    client.sends(query("SELECT 1"), query("DELETE FROM t"));
    assertThat(replica.got()).containsExactly("Q SELECT 1", "H");
    assertThat(primary.got()).isEmpty();
    replica.says(complete("SELECT 1"), ready('I'));

    assertThat(primary.got()).containsExactly("Q DELETE FROM t");
    primary.says(complete("DELETE 0"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I", "C DELETE 0", "Z I");
  }

  @Test
  void a_read_behind_a_write_goes_where_the_write_goes() {
    client.sends(query("DELETE FROM t"), query("SELECT 1"));

    assertThat(primary.got()).containsExactly("Q DELETE FROM t", "Q SELECT 1");
    primary.says(complete("DELETE 0"), ready('I'), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C DELETE 0", "Z I", "C SELECT 1", "Z I");
  }

  @Test
  void reads_are_pipelined_on_one_replica() {
    client.sends(query("SELECT 1"), query("SELECT 2"));

    assertThat(replica.got()).containsExactly("Q SELECT 1", "Q SELECT 2");
    replica.says(complete("SELECT 1"), ready('I'), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).hasSize(4);
  }

  @Test
  void a_function_call_goes_to_the_primary() {
    client.sends(functionCall());

    assertThat(primary.got()).hasSize(1);
    primary.says(ready('I'));
    assertThat(client.got()).containsExactly("Z I");
  }

  // ---- transactions ----------------------------------------------------------------------------

  @Test
  void a_transaction_goes_to_the_primary_whatever_it_does_first() {
    client.sends(query("BEGIN"));
    client.sends(query("SELECT 1"));

    assertThat(primary.got())
        .containsExactly(
            "P pglynx_begin:BEGIN",
            "B /pglynx_begin",
            "E  0",
            "C P",
            "C S pglynx_begin",
            "Q SELECT 1");
    primary.says(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        complete("SELECT 1"),
        ready('T'));
    client.sends(query("COMMIT"));
    primary.says(complete("COMMIT"), ready('I'));
    assertThat(client.got())
        .containsExactly("C BEGIN", "Z T", "C SELECT 1", "Z T", "C COMMIT", "Z I");
  }

  @Test
  void a_transaction_goes_to_the_primary_behind_a_batch_of_reads_that_came_to_nothing() {
    prepares("sel", "SELECT 1", replica);
    client.sends(parse("sel", "SELECT 2"), sync());
    assertThat(client.got()).hasSize(2).last().isEqualTo("Z I");
    assertThat(replica.got()).isEmpty();

    client.sends(query("BEGIN"));
    client.sends(query("UPDATE t SET a = 1"));

    assertThat(replica.got()).isEmpty();
    assertThat(primary.got())
        .containsExactly(
            "P pglynx_begin:BEGIN",
            "B /pglynx_begin",
            "E  0",
            "C P",
            "C S pglynx_begin",
            "Q UPDATE t SET a = 1");
    client.leaves();
  }

  @Test
  void a_transaction_that_only_reads_goes_to_a_replica_and_stays_there() {
    client.sends(query("BEGIN READ ONLY"));
    client.sends(query("SELECT 1"));
    replica.says(
        parseComplete(),
        bindComplete(),
        complete("BEGIN"),
        closeComplete(),
        closeComplete(),
        complete("SELECT 1"),
        ready('T'));
    client.sends(query("DELETE FROM t"));
    client.sends(query("COMMIT"));

    assertThat(replica.got())
        .containsExactly(
            "P pglynx_begin:BEGIN READ ONLY",
            "B /pglynx_begin",
            "E  0",
            "C P",
            "C S pglynx_begin",
            "Q SELECT 1",
            "Q DELETE FROM t",
            "Q COMMIT");
    replica.says(complete("DELETE 0"), ready('T'), complete("COMMIT"), ready('I'));
    assertThat(rig.roles.leases()).isZero();
    assertThat(client.got()).hasSize(8);
  }

  @Test
  void a_transaction_that_only_reads_goes_to_the_primary_for_what_no_replica_does() {
    client.sends(query("BEGIN READ ONLY"));
    client.sends(query("SELECT pg_advisory_lock(1)"));

    assertThat(primary.got()).contains("Q SELECT pg_advisory_lock(1)");
    assertThat(replica.got()).isEmpty();
    client.leaves();
  }

  @Test
  void a_pipelined_transaction_that_only_reads_keeps_its_replica_for_a_write() {
    client.sends(query("BEGIN READ ONLY"), query("DELETE FROM t"));
    assertThat(replica.got()).containsExactly("Q BEGIN READ ONLY", "H");
    replica.says(complete("BEGIN"), ready('T'));

    assertThat(replica.got()).containsExactly("Q DELETE FROM t");
    assertThat(primary.got()).isEmpty();
    client.leaves();
  }

  @Test
  void begin_goes_to_a_replica_where_transactions_read_by_default() {
    TestClient reader = client(router, Map.of("default_transaction_read_only", "on"));
    reader.sends(query("BEGIN"), query("SELECT 1"));

    assertThat(replica.got()).contains("Q BEGIN", "Q SELECT 1");
    reader.leaves();
  }

  @Test
  void serializable_sessions_stay_on_the_primary() {
    TestClient strict = client(router, Map.of("default_transaction_isolation", "serializable"));
    strict.sends(query("SELECT 1"));

    assertThat(primary.got()).contains("Q SELECT 1");
    strict.leaves();
  }

  // ---- the extended protocol -------------------------------------------------------------------

  @Test
  void a_batch_goes_to_a_replica_if_all_of_it_reads() {
    client.sends(
        parse("", "SELECT 1"),
        bind("", ""),
        execute("", 0),
        parse("", "SELECT 2"),
        bind("", ""),
        execute("", 0),
        sync());

    assertThat(replica.got()).hasSize(7);
    client.leaves();
  }

  @Test
  void a_batch_goes_to_the_primary_if_any_of_it_writes() {
    client.sends(
        parse("", "SELECT 1"),
        bind("", ""),
        execute("", 0),
        parse("", "DELETE FROM t"),
        bind("", ""),
        execute("", 0),
        sync());

    assertThat(primary.got()).hasSize(7);
    assertThat(replica.got()).isEmpty();
    client.leaves();
  }

  @Test
  void a_batch_whose_end_is_not_there_goes_to_the_primary() {
    client.sends(parse("", "SELECT 1"), bind("", ""), execute("", 0));
    client.sends(sync());

    assertThat(primary.got()).hasSize(4);
    client.leaves();
  }

  @Test
  void a_batch_with_flush_goes_to_the_primary() {
    client.sends(parse("", "SELECT 1"), describeStatement(""), flush());

    assertThat(primary.got()).hasSize(3);
    client.leaves();
  }

  /** pgcat routes by the statement that was parsed last. */
  @Test
  void a_prepared_statement_is_routed_when_it_is_executed() {
    prepares("ins", "INSERT INTO t VALUES (1)", primary);
    prepares("sel", "SELECT 1", replica);

    client.sends(bind("", "ins"), execute("", 0), sync());
    assertThat(replica.got()).isEmpty();
    assertThat(primary.got()).hasSize(3);
    primary.says(bindComplete(), complete("INSERT 0 1"), ready('I'));
    client.sends(bind("", "sel"), execute("", 0), sync());

    assertThat(primary.got()).isEmpty();
    assertThat(replica.got()).hasSize(3);
    replica.says(bindComplete(), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).hasSize(6);
  }

  private void prepares(String name, String sql, ScriptedServer where) {
    client.sends(parse(name, sql), sync());
    where.says(parseComplete(), parameterDescription(), noData(), ready('I'));
    assertThat(where.got()).hasSize(3);
    assertThat(client.got()).containsExactly("1", "Z I");
  }

  @Test
  void a_statement_prepared_on_the_primary_is_prepared_again_on_a_replica() {
    Router late = new Router(router.policy());
    TestClient early = client(late, Map.of());
    early.sends(parse("sel", "SELECT lower('A')"), sync());
    primary.says(parseComplete(), parameterDescription(), noData(), ready('I'));
    assertThat(primary.got()).hasSize(3);
    late.knows(router.catalog());

    early.sends(bind("", "sel"), execute("", 0), sync());

    assertThat(replica.got()).hasSizeGreaterThan(3).anyMatch(line -> line.startsWith("P "));
    early.leaves();
  }

  @Test
  void the_unnamed_statement_of_an_earlier_batch_is_routed_by_its_text() {
    client.sends(parse("", "DELETE FROM t"), sync());
    primary.says(parseComplete(), ready('I'));
    assertThat(client.got()).containsExactly("1", "Z I");
    assertThat(primary.got()).hasSize(2);

    client.sends(bind("", ""), execute("", 0), sync());

    assertThat(primary.got()).isNotEmpty();
    assertThat(replica.got()).isEmpty();
    client.leaves();
  }

  // ---- the client's choice ---------------------------------------------------------------------

  @Test
  void the_role_is_set_and_shown() {
    client.sends(query("SHOW SERVER ROLE"));
    assertThat(client.got()).element(1).asString().contains("auto");
    client.sends(query("set server role to 'primary';"));
    assertThat(client.got()).containsExactly("C SET SERVER ROLE", "Z I");
    answersOnPrimary("SELECT 1");
    client.sends(query("SET SERVER ROLE TO 'replica'"));
    client.sends(query("SHOW SERVER ROLE"));
    assertThat(client.got()).anyMatch(line -> line.contains("replica"));
    answersOnReplica("DELETE FROM t");
    client.sends(query("SET SERVER ROLE TO 'default'"));
    assertThat(client.got()).contains("C SET SERVER ROLE");

    answersOnPrimary("DELETE FROM t");
    answersOnReplica("SELECT 1");
  }

  @Test
  void primary_reads_are_set_and_shown() {
    client.sends(query("SHOW PRIMARY READS"));
    assertThat(client.got()).element(1).asString().contains("off");
    client.sends(query("SET PRIMARY READS TO 'on'"));
    assertThat(client.got()).containsExactly("C SET PRIMARY READS", "Z I");
    client.sends(query("SHOW PRIMARY READS"));
    assertThat(client.got()).element(1).asString().contains("on");
    client.sends(query("SET PRIMARY READS TO default"));
    client.sends(query("SHOW PRIMARY READS"));
    assertThat(client.got()).anyMatch(line -> line.contains("off"));
  }

  @Test
  void reads_may_go_to_any_server_if_the_client_lets_the_primary_serve_them() {
    answersOnReplica("SELECT 1");
    assertThat(rig.roles.asked).isEqualTo(ServerRole.REPLICA);

    client.sends(query("SET PRIMARY READS TO 'on'"));
    assertThat(client.got()).contains("C SET PRIMARY READS");
    answersOnReplica("SELECT 2");
    assertThat(rig.roles.asked).isEqualTo(ServerRole.ANY);
    answersOnPrimary("DELETE FROM t");

    client.sends(query("SET PRIMARY READS TO 'off'"));
    assertThat(client.got()).contains("C SET PRIMARY READS");
    answersOnReplica("SELECT 3");
    assertThat(rig.roles.asked).isEqualTo(ServerRole.REPLICA);
  }

  @Test
  void the_commands_work_in_the_extended_protocol() {
    client.sends(parse("", "SET SERVER ROLE TO 'primary'"), bind("", ""), execute("", 0), sync());

    assertThat(client.got()).containsExactly("1", "2", "C SET SERVER ROLE", "Z I");
    answersOnPrimary("SELECT 1");
  }

  @Test
  void a_comment_sends_its_statement() {
    answersOnPrimary("/* role: primary */ SELECT 1");
    answersOnReplica("/* role: replica */ DELETE FROM t");
    answersOnReplica("SELECT 1");
  }

  @Test
  void the_role_may_be_a_parameter_of_the_login() {
    TestClient reader = client(router, Map.of("pglynx.role", "replica"));
    reader.sends(query("DELETE FROM t"));

    assertThat(replica.got()).contains("Q DELETE FROM t");
    reader.leaves();
  }

  @Test
  void without_splitting_all_goes_to_the_role_of_the_configuration() {
    TestClient plain = client(router(RoleSetting.PRIMARY), Map.of());
    plain.sends(query("SELECT 1"));

    assertThat(primary.got()).containsExactly("Q SELECT 1");
    plain.leaves();
  }

  // ---- modes -----------------------------------------------------------------------------------

  @Test
  void session_pooling_stays_where_its_first_statement_goes() {
    TestClient keeping = rig.routedClient(router, PoolMode.SESSION, Map.of());
    keeping.sends(query("SELECT 1"));
    replica.says(complete("SELECT 1"), ready('I'));
    keeping.sends(query("DELETE FROM t"));

    assertThat(replica.got()).containsExactly("Q SELECT 1", "Q DELETE FROM t");
    assertThat(primary.got()).isEmpty();
    keeping.leaves();
  }

  // ---- sessions that keep their primary --------------------------------------------------------

  private void says(ScriptedServer server, TestClient to, String sql, char status) {
    to.sends(query(sql));
    assertThat(server.got()).contains("Q " + sql);
    server.says(complete("DONE"), ready(status));
    assertThat(to.got()).containsExactly("C DONE", "Z " + status);
  }

  @Test
  void a_split_session_keeps_its_primary_and_reads_from_a_replica_that_it_gives_back() {
    TestClient splitting = rig.splittingClient(router);

    says(replica, splitting, "SELECT 1", 'I');
    assertThat(rig.roles.leases()).as("nothing is kept of a replica").isZero();

    says(primary, splitting, "INSERT INTO t VALUES (1)", 'I');
    assertThat(rig.roles.primary.leases()).as("the session's own").isEqualTo(1);

    says(replica, splitting, "SELECT 2", 'I');
    assertThat(rig.roles.replica.leases()).isZero();

    says(primary, splitting, "INSERT INTO t VALUES (2)", 'I');
    assertThat(rig.roles.primary.leases()).as("the same").isEqualTo(1);
  }

  @Test
  void the_end_of_a_split_session_gives_its_primary_back() {
    TestClient splitting = rig.splittingClient(router);
    says(primary, splitting, "INSERT INTO t VALUES (1)", 'I');

    splitting.sends(terminate());
    assertThat(primary.got()).contains("Q DISCARD ALL");
    primary.says(complete("DISCARD ALL"), ready('I'));

    assertThat(rig.roles.leases()).isZero();
  }

  @Test
  void a_split_session_survives_the_loss_of_the_primary_that_it_does_not_use() {
    TestClient splitting = rig.splittingClient(router);
    says(primary, splitting, "INSERT INTO t VALUES (1)", 'I');

    primary.dies();
    says(replica, splitting, "SELECT 1", 'I');

    says(rig.roles.primaryServer(), splitting, "INSERT INTO t VALUES (2)", 'I');
  }

  // ---- listeners -------------------------------------------------------------------------------

  @Test
  void a_listener_to_standbys_sends_everything_there() {
    TestClient reader = rig.targetedClient(router, TargetSessionAttrs.STANDBY);

    says(replica, reader, "INSERT INTO t VALUES (1)", 'I');
    says(replica, reader, "/* role: primary */ SELECT 1", 'I');
    reader.sends(query("SHOW SERVER ROLE"));
    assertThat(reader.got()).contains("C SELECT 1").anyMatch(line -> line.contains("standby"));
  }

  @Test
  void a_listener_to_the_primary_sends_reads_there_too() {
    TestClient writer = rig.targetedClient(router, TargetSessionAttrs.READ_WRITE);

    says(primary, writer, "SELECT 1", 'I');
  }

  @Test
  void who_writes_by_a_listener_that_prefers_standbys_reads_what_it_wrote() {
    TestClient client = rig.rememberingClient(router, TargetSessionAttrs.PREFER_STANDBY);
    rig.roles.replayedNanos = System.nanoTime();

    says(replica, client, "SELECT 1", 'I');
    assertThat(rig.roles.fresh).as("it has written nothing").isTrue();
    says(replica, client, "INSERT INTO t VALUES (1)", 'I');
    says(replica, client, "SELECT 2", 'I');

    assertThat(rig.roles.fresh).isFalse();
  }

  @Test
  void who_cannot_write_reads_from_any_standby() {
    TestClient client = rig.rememberingClient(router, TargetSessionAttrs.STANDBY);
    rig.roles.replayedNanos = System.nanoTime();

    says(replica, client, "INSERT INTO t VALUES (1)", 'I');
    says(replica, client, "SELECT 2", 'I');

    assertThat(rig.roles.fresh).isTrue();
  }

  @Test
  void who_has_come_in_by_such_a_listener_chooses_no_other_servers() {
    TestClient reader = rig.targetedClient(router, TargetSessionAttrs.PREFER_STANDBY);

    reader.sends(query("SET SERVER ROLE TO 'primary'"));

    assertThat(reader.got()).anyMatch(line -> line.contains("0A000"));
    says(replica, reader, "SELECT 1", 'I');
  }
}
