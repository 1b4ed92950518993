package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.BackendBytes.suspended;
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

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.ScriptedServer;

/** Layer 2: the extended protocol with transaction pooling. */
class ExtendedQueryTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();

  private void prepared(TestClient by, ScriptedServer on, String name, String sql) {
    by.sends(parse(name, sql), sync());
    on.says(parseComplete(), parameterDescription(), noData(), ready('I'));
    assertThat(by.got()).containsExactly("1", "Z I");
    on.got();
  }

  @Test
  void an_unnamed_statement_is_relayed_as_it_is() {
    client.sends(
        parse("", "select $1"), bind("", "", "x"), describePortal(""), execute("", 0), sync());
    assertThat(server.got()).containsExactly("P :select $1", "B /", "D P", "E  0", "S");
    server.says(
        parseComplete(),
        bindComplete(),
        rowDescription("a"),
        row("x"),
        complete("SELECT 1"),
        ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "T a", "D x", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void byte_by_byte_gives_the_same() {
    client.dribbles(
        parse("s", "select $1"), bind("p", "s", "x"), describePortal("p"), execute("p", 0), sync());
    assertThat(server.got())
        .containsExactly(
            "P pglynx_1:select $1", "D S pglynx_1", "B p/pglynx_1", "D P p", "E p 0", "S");
    server.dribbles(
        parseComplete(),
        parameterDescription(25),
        rowDescription("a"),
        bindComplete(),
        rowDescription("a"),
        row("x"),
        complete("SELECT 1"),
        ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "T a", "D x", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void one_name_too_many_is_refused_and_one_that_is_closed_makes_room() {
    for (int i = 0; i < Rig.NAMES; i++) {
      prepared(client, server, "s" + i, "select " + i);
    }
    client.sends(parse("more", "select 1"), sync());
    assertThat(client.got()).first().asString().isEqualTo("E 54000");
    client.sends(closeStatement("s0"), parse("more", "select 1"), sync());
    server.says(parseComplete(), parameterDescription(), noData(), ready('I'));
    assertThat(client.got()).containsExactly("3", "1", "Z I");
  }

  @Test
  void a_named_statement_is_planned_once_for_two_sessions() {
    TestClient other = rig.client();
    prepared(client, server, "mine", "select 1");
    prepared(other, server, "theirs", "select 1");
    other.sends(bind("", "theirs"), execute("", 0), sync());
    assertThat(server.got()).containsExactly("B /pglynx_1", "E  0", "S");
    server.says(bindComplete(), complete("SELECT 1"), ready('I'));
    assertThat(other.got()).containsExactly("2", "C SELECT 1", "Z I");
  }

  @Test
  void what_a_server_has_parsed_to_be_asked_only_is_closed_with_the_next_parse() {
    TestClient other = rig.client();
    prepared(client, server, "mine", "select 1");
    prepared(other, server, "theirs", "select 1");
    other.sends(parse("more", "select 2"), sync());
    assertThat(server.got())
        .containsExactly("C S pglynx_2", "P pglynx_3:select 2", "D S pglynx_3", "S");
    server.says(closeComplete(), parseComplete(), parameterDescription(), noData(), ready('I'));
    assertThat(other.got()).containsExactly("1", "Z I");
  }

  @Test
  void a_statement_that_returns_other_columns_than_before_is_another_statement() {
    TestClient other = rig.client();
    client.sends(parse("mine", "select *"), sync());
    server.says(parseComplete(), parameterDescription(), rowDescription("a"), ready('I'));
    other.sends(parse("theirs", "select *"), sync());
    server.says(parseComplete(), parameterDescription(), rowDescription("a", "b"), ready('I'));
    server.got();
    other.sends(bind("", "theirs"), sync());
    assertThat(server.got()).containsExactly("B /pglynx_2", "S");
    server.says(bindComplete(), ready('I'));
    client.sends(bind("", "mine"), sync());
    assertThat(server.got()).containsExactly("B /pglynx_1", "S");
  }

  @Test
  void a_client_that_knows_its_columns_gets_no_others_from_another_server() {
    client.sends(parse("s", "select *"), describeStatement("s"), sync());
    server.says(
        parseComplete(),
        parameterDescription(23),
        rowDescription("a"),
        parameterDescription(23),
        rowDescription("a"),
        ready('I'));
    assertThat(client.got()).containsExactly("1", "t", "T a", "Z I");
    server.dies();
    ScriptedServer second = rig.server();
    client.sends(bind("", "s"), execute("", 0), sync());
    assertThat(second.got()).containsExactly("P pglynx_1:select *", "D S pglynx_1", "H");
    second.says(parseComplete(), parameterDescription(23), rowDescription("a", "b"));
    assertThat(second.got()).hasSize(2).element(1).isEqualTo("S");
    second.says(error("26000", "made to fail"), ready('I'));
    assertThat(client.got()).containsExactly("E 0A000", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_client_that_knows_its_columns_waits_for_another_servers_word_once() {
    client.sends(parse("s", "select *"), describeStatement("s"), sync());
    server.says(
        parseComplete(),
        parameterDescription(),
        rowDescription("a"),
        parameterDescription(),
        rowDescription("a"),
        ready('I'));
    client.got();
    server.dies();
    ScriptedServer second = rig.server();
    client.sends(bind("", "s"), execute("", 0), sync());
    assertThat(second.got()).containsExactly("P pglynx_1:select *", "D S pglynx_1", "H");
    second.says(parseComplete(), parameterDescription(), rowDescription("a"));
    assertThat(second.got()).containsExactly("B /pglynx_1", "E  0", "S");
    second.says(bindComplete(), complete("SELECT 0"), ready('I'));
    assertThat(client.got()).containsExactly("2", "C SELECT 0", "Z I");
    client.sends(bind("", "s"), execute("", 0), sync());
    assertThat(second.got()).containsExactly("B /pglynx_1", "E  0", "S");
  }

  @Test
  void a_server_that_lacks_the_statement_learns_it_in_the_same_write() {
    prepared(client, server, "s", "select 1");
    server.dies();
    ScriptedServer second = rig.server();
    client.sends(bind("", "s"), execute("", 0), sync());
    assertThat(second.got())
        .containsExactly("P pglynx_1:select 1", "D S pglynx_1", "B /pglynx_1", "E  0", "S");
    second.says(
        parseComplete(),
        parameterDescription(),
        noData(),
        bindComplete(),
        complete("SELECT 1"),
        ready('I'));
    assertThat(client.got()).containsExactly("2", "C SELECT 1", "Z I");
  }

  @Test
  void a_described_statement_is_prepared_first_too() {
    prepared(client, server, "s", "select 1");
    server.dies();
    ScriptedServer second = rig.server();
    client.sends(describeStatement("s"), sync());
    assertThat(second.got()).containsExactly("P pglynx_1:select 1", "D S pglynx_1", "H");
    second.says(parseComplete(), parameterDescription(), noData());
    assertThat(second.got()).containsExactly("D S pglynx_1", "S");
    second.says(parameterDescription(), noData(), ready('I'));
    assertThat(client.got()).containsExactly("t", "n", "Z I");
  }

  @Test
  void the_error_of_an_injected_parse_is_the_clients() {
    prepared(client, server, "s", "select 1");
    server.dies();
    ScriptedServer second = rig.server();
    client.sends(bind("", "s"), execute("", 0), sync());
    second.says(error("42P01", "relation is gone"), ready('I'));
    assertThat(client.got()).containsExactly("E 42P01", "Z I");
    second.got();
    client.sends(bind("", "s"), execute("", 0), sync());
    assertThat(second.got()).startsWith("P pglynx_1:select 1");
  }

  @Test
  void a_statement_name_in_use_is_refused_as_postgres_does() {
    prepared(client, server, "s", "select 1");
    client.sends(parse("s", "select 2"), bind("", "s"), execute("", 0), sync());
    assertThat(client.got()).containsExactly("E 42P05", "Z I");
    assertThat(client.disconnected()).isFalse();
  }

  @Test
  void an_unknown_statement_is_refused_as_postgres_does() {
    client.sends(bind("", "nope"), execute("", 0), sync());
    assertThat(client.got()).containsExactly("E 26000", "Z I");
    client.sends(describeStatement("nope"), sync());
    assertThat(client.got()).containsExactly("E 26000", "Z I");
  }

  @Test
  void a_closed_statement_is_gone_for_the_client_and_stays_on_the_server() {
    prepared(client, server, "s", "select 1");
    client.sends(closeStatement("s"), sync());
    assertThat(client.got()).containsExactly("3", "Z I");
    assertThat(server.got()).isEmpty();
    client.sends(bind("", "s"), sync());
    assertThat(client.got()).containsExactly("E 26000", "Z I");
    prepared(client, server, "other", "select 3");
    prepared(client, server, "s", "select 1");
    client.sends(bind("", "s"), sync());
    assertThat(server.got()).containsExactly("B /pglynx_1", "S");
  }

  @Test
  void a_statement_that_failed_to_parse_can_be_parsed_again_under_its_name() {
    client.sends(parse("s", "selec"), sync());
    server.says(error("42601", "syntax"), ready('I'));
    assertThat(client.got()).containsExactly("E 42601", "Z I");
    prepared(client, server, "s", "select 1");
  }

  @Test
  void faked_replies_keep_their_place() {
    TestClient other = rig.client();
    prepared(other, server, "theirs", "select 2");
    client.sends(
        parse("a", "select 1"),
        bind("", "a"),
        execute("", 0),
        parse("b", "select 2"),
        bind("", "b"),
        execute("", 0),
        closeStatement("a"),
        sync());
    server.says(
        parseComplete(),
        parameterDescription(),
        noData(),
        bindComplete(),
        complete("SELECT 1"),
        parseComplete(),
        parameterDescription(),
        noData(),
        bindComplete(),
        complete("SELECT 2"),
        ready('I'));
    assertThat(client.got())
        .containsExactly("1", "2", "C SELECT 1", "1", "2", "C SELECT 2", "3", "Z I");
  }

  @Test
  void faked_replies_are_not_given_behind_an_error() {
    TestClient other = rig.client();
    prepared(other, server, "theirs", "select 2");
    client.sends(
        parse("a", "selec"), bind("", "a"), parse("b", "select 2"), closeStatement("x"), sync());
    server.says(error("42601", "syntax"), ready('I'));
    assertThat(client.got()).containsExactly("E 42601", "Z I");
    prepared(client, server, "b", "select 2");
  }

  @Test
  void a_faked_reply_waits_for_the_end_of_a_long_description() {
    prepared(client, server, "s", "select 1");
    byte[] description = rowDescription("a", "b", "c");
    client.sends(describeStatement("s"), closeStatement("s"), sync());
    server.says(parameterDescription(), Arrays.copyOf(description, 20));
    server.says(Arrays.copyOfRange(description, 20, description.length), ready('I'));
    assertThat(client.got()).containsExactly("t", "T a|b|c", "3", "Z I");
  }

  @Test
  void a_faked_reply_asked_for_later_waits_for_the_description_too() {
    prepared(client, server, "s", "select 1");
    byte[] description = rowDescription("a", "b", "c");
    client.sends(describeStatement("s"), flush());
    server.says(parameterDescription(), Arrays.copyOf(description, 20));
    client.sends(closeStatement("s"), sync());
    server.says(Arrays.copyOfRange(description, 20, description.length), ready('I'));
    assertThat(client.got()).containsExactly("t", "T a|b|c", "3", "Z I");
  }

  @Test
  void an_error_skips_the_rest_of_the_batch_and_nothing_of_the_next() {
    client.sends(
        parse("", "bad"),
        bind("", ""),
        execute("", 0),
        sync(),
        parse("", "select 1"),
        bind("", ""),
        execute("", 0),
        sync());
    server.says(error("42601", "syntax"), ready('I'));
    server.says(parseComplete(), bindComplete(), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("E 42601", "Z I", "1", "2", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void what_the_client_sends_behind_an_error_is_skipped_silently() {
    client.sends(parse("s", "bad"), flush());
    server.says(error("42601", "syntax"));
    client.sends(bind("", "s"), execute("", 0), closeStatement("s"));
    client.sends(sync());
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("E 42601", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void flush_brings_replies_before_sync() {
    client.sends(parse("", "select 1"), describeStatement(""), flush());
    assertThat(server.got()).containsExactly("P :select 1", "D S", "H");
    server.says(parseComplete(), parameterDescription(), rowDescription("a"));
    assertThat(client.got()).containsExactly("1", "t", "T a");
    client.sends(sync());
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("Z I");
  }

  @Test
  void rows_in_portions_hold_the_server_within_the_transaction() {
    client.sends(query("begin"), parse("", "select"), bind("p", ""), execute("p", 1), sync());
    server.says(
        complete("BEGIN"),
        ready('T'),
        parseComplete(),
        bindComplete(),
        row("1"),
        suspended(),
        ready('T'));
    client.sends(execute("p", 1), closePortal("p"), sync());
    server.says(row("2"), complete("SELECT 1"), closeComplete(), ready('T'));
    client.sends(query("commit"));
    server.says(complete("COMMIT"), ready('I'));
    assertThat(client.got())
        .containsExactly(
            "C BEGIN",
            "Z T",
            "1",
            "2",
            "D 1",
            "s",
            "Z T",
            "D 2",
            "C SELECT 1",
            "3",
            "Z T",
            "C COMMIT",
            "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void an_unnamed_statement_is_parsed_again_on_the_server_that_is_to_bind_it() {
    client.sends(parse("", "select 1"), describeStatement(""), sync());
    server.says(parseComplete(), parameterDescription(), rowDescription("a"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
    client.got();
    server.got();

    client.sends(bind("", ""), execute("", 0), bind("", ""), execute("", 0), sync());
    assertThat(server.got()).containsExactly("P :select 1", "B /", "E  0", "B /", "E  0", "S");
    server.says(
        parseComplete(),
        bindComplete(),
        complete("SELECT 1"),
        bindComplete(),
        complete("SELECT 1"),
        ready('I'));
    assertThat(client.got()).containsExactly("2", "C SELECT 1", "2", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void an_unnamed_statement_that_no_longer_parses_tells_the_servers_error() {
    client.sends(parse("", "select 1"), sync());
    server.says(parseComplete(), ready('I'));
    client.got();
    client.sends(describeStatement(""), sync());
    server.says(error("42P01", "relation does not exist"), ready('I'));
    assertThat(client.got()).containsExactly("E 42P01", "Z I");
    client.sends(bind("", ""), sync());
    assertThat(server.got()).endsWith("P :select 1", "B /", "S");
  }

  @Test
  void an_unnamed_statement_too_long_to_be_kept_holds_its_server_until_its_bind() {
    client.sends(parse("", "select '" + "x".repeat(300_000) + "'"), sync());
    server.says(parseComplete(), ready('I'));
    assertThat(rig.pool.leases()).isEqualTo(1);
    client.sends(bind("", ""), execute("", 0), sync());
    server.says(bindComplete(), complete("SELECT 1"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
    client.got();
    client.sends(bind("", ""), execute("", 0), sync());
    assertThat(client.got()).containsExactly("E 26000", "Z I");
  }

  @Test
  void an_unnamed_statement_that_did_not_parse_holds_no_server() {
    client.sends(parse("", "selec"), describeStatement(""), sync());
    server.says(error("42601", "syntax"), ready('I'));
    assertThat(client.got()).containsExactly("E 42601", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_simple_query_ends_the_wait_for_an_unnamed_bind() {
    client.sends(parse("", "select 1"), describeStatement(""), sync());
    server.says(parseComplete(), parameterDescription(), rowDescription("a"), ready('I'));
    client.sends(query("select 2"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_closed_unnamed_statement_holds_no_server() {
    client.sends(parse("", "select 1"), closeStatement(""), sync());
    server.says(parseComplete(), closeComplete(), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_full_statement_cache_closes_the_oldest_unseen() {
    server.dies();
    ScriptedServer small = rig.pool.server(withStatements(1));
    prepared(client, small, "a", "select 1");
    client.sends(parse("b", "select 2"), bind("", "b"), sync());
    assertThat(small.got())
        .containsExactly("C S pglynx_1", "P pglynx_2:select 2", "D S pglynx_2", "B /pglynx_2", "S");
    small.says(
        closeComplete(),
        parseComplete(),
        parameterDescription(),
        noData(),
        bindComplete(),
        ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "Z I");
  }

  @Test
  void a_close_of_the_proxys_own_that_the_server_skipped_is_made_up_for() {
    server.dies();
    ScriptedServer small = rig.pool.server(withStatements(1));
    prepared(client, small, "a", "select 1");
    client.sends(parse("", "bad"), parse("b", "select 2"), sync());
    assertThat(small.got())
        .containsExactly("P :bad", "C S pglynx_1", "P pglynx_2:select 2", "D S pglynx_2", "S");
    small.says(error("42601", "syntax"), ready('I'));
    assertThat(client.got()).containsExactly("E 42601", "Z I");
    // The server has "select 1" still: preparing it again would be its duplicate.
    client.sends(bind("", "a"), sync());
    assertThat(small.got()).containsExactly("B /pglynx_1", "S");
  }

  private static BackendTarget withStatements(int limit) {
    BackendTarget target = ScriptedServer.TARGET;
    return new BackendTarget(
        target.host(),
        target.port(),
        target.database(),
        target.user(),
        target.credential(),
        target.connectTimeoutMillis(),
        limit,
        target.cleans(),
        target.tls(),
        target.parameters());
  }

  @Test
  void deallocate_all_makes_client_and_server_forget_what_they_knew() {
    prepared(client, server, "s", "select 1");
    client.sends(query("deallocate all"));
    server.says(complete("DEALLOCATE ALL"), ready('I'));
    assertThat(server.got()).containsExactly("Q deallocate all");
    client.got();
    client.sends(bind("", "s"), sync());
    assertThat(client.got()).containsExactly("E 26000", "Z I");
    client.sends(parse("s", "select 1"), sync());
    assertThat(server.got()).startsWith("P pglynx_2:select 1");
  }
}
