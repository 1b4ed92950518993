package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.FrontendBytes.all;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.describePortal;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: statements that run rewritten, and whose rows are transformed on their way back. */
class RewrittenRowsTest {
  private static final String UNKNOWN = "pglynx: what the proxy answered has failed";
  private static final String FAILING =
      "ROLLBACK TO SAVEPOINT \"pglynx: a statement that the proxy answered has failed\"";

  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();
  private final Fakes.Capitals capitals = new Fakes.Capitals();

  RewrittenRowsTest() {
    rig.interceptor.on("capitals", new Decision.Rewrite("select x", capitals));
  }

  @Test
  void a_query_runs_rewritten_and_its_rows_come_back_transformed() {
    client.sends(query("capitals"));
    assertThat(server.got()).containsExactly("Q select x");
    server.says(rowDescription("a"), row("one"), row("two"), complete("SELECT 2"), ready('I'));
    server.offload();
    assertThat(client.got()).containsExactly("T a", "D ONE", "D TWO", "C SELECT 2", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void byte_by_byte_gives_the_same() {
    client.sends(query("capitals"));
    for (byte each :
        all(rowDescription("a"), row("one"), row("two"), complete("SELECT 2"), ready('I'))) {
      server.says(new byte[] {each});
      server.offload();
    }
    assertThat(client.got()).containsExactly("T a", "D ONE", "D TWO", "C SELECT 2", "Z I");
  }

  @Test
  void rows_are_read_ahead_while_others_are_away() {
    client.sends(query("capitals"));
    server.says(rowDescription("a"), row("one"));
    assertThat(server.read()).isTrue();
    server.says(row("two"));
    server.offload();
    server.offload();
    assertThat(client.got()).containsExactly("T a", "D ONE", "D TWO");
    server.says(complete("SELECT 2"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 2", "Z I");
  }

  @Test
  void the_server_is_not_read_while_what_is_no_row_waits_for_rows() {
    client.sends(query("capitals"));
    server.says(rowDescription("a"), row("one"), complete("SELECT 1"));
    assertThat(server.read()).isFalse();
    server.offload();
    assertThat(server.read()).isTrue();
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("T a", "D ONE", "C SELECT 1", "Z I");
  }

  @Test
  void the_server_is_not_read_too_far_ahead() {
    client.sends(query("capitals"));
    server.says(rowDescription("a"), row("one"));
    String large = "x".repeat(300 << 10);
    server.says(row(large));
    assertThat(server.read()).isFalse();
    server.offload();
    assertThat(server.read()).isTrue();
    server.offload();
    server.says(complete("SELECT 2"), ready('I'));
    assertThat(client.got()).hasSize(5).endsWith("C SELECT 2", "Z I");
  }

  @Test
  void a_bound_statement_runs_rewritten() {
    client.sends(
        parse("s", "capitals"), bind("p", "s"), describePortal("p"), execute("p", 0), sync());
    assertThat(server.got()).containsExactly("P pglynx_1:select x", "B p/pglynx_1", "D P p", "H");
    server.says(parseComplete(), bindComplete(), rowDescription("a"));
    assertThat(server.got()).containsExactly("E p 0", "H");
    server.says(row("one"), complete("SELECT 1"));
    server.offload();
    assertThat(server.got()).containsExactly("S");
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "T a", "D ONE", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_bad_row_ends_the_query_with_its_error_only() {
    client.sends(query("capitals"));
    server.says(rowDescription("a"), row("bad"), row("two"), complete("SELECT 2"), ready('I'));
    server.offload();
    assertThat(client.got()).containsExactly("T a", "E 22004", "Z I");
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_bad_row_inside_a_transaction_fails_the_transaction_before_the_next_query_runs() {
    client.sends(query("begin"));
    server.says(complete("BEGIN"), ready('T'));
    client.sends(query("capitals"), query("insert"));
    server.says(rowDescription("a"), row("bad"), complete("SELECT 1"), ready('T'));
    server.offload();
    assertThat(server.got()).containsExactly("Q begin", "Q select x", "H", "Q " + FAILING);
    server.says(error("3B001", "no such savepoint"), ready('E'));
    assertThat(client.got()).containsExactly("C BEGIN", "Z T", "T a", "E 22004", "Z E");
    assertThat(server.got()).containsExactly("Q insert");
    server.says(error("25P02", "aborted"), ready('E'));
    assertThat(client.got()).containsExactly("E 25P02", "Z E");
  }

  @Test
  void a_bad_row_amid_a_batch_fails_what_came_before_and_skips_what_comes_behind() {
    client.sends(
        parse("", "insert"),
        bind("", ""),
        execute("", 0),
        parse("", "capitals"),
        bind("", ""),
        execute("", 0),
        parse("", "delete"),
        bind("", ""),
        execute("", 0),
        sync());
    server.says(parseComplete(), bindComplete(), complete("INSERT 0 1"));
    server.says(parseComplete(), bindComplete());
    server.says(row("bad"), complete("SELECT 1"));
    server.offload();
    assertThat(server.got()).contains("B /" + UNKNOWN).doesNotContain("P :delete");
    server.says(error("26000", "no such statement"));
    assertThat(server.got()).containsExactly("S");
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "C INSERT 0 1", "1", "2", "E 22004", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void the_servers_own_error_behind_a_bad_row_is_not_told_too() {
    client.sends(parse("", "capitals"), bind("", ""), execute("", 0), sync());
    server.says(parseComplete(), bindComplete());
    server.says(row("bad"), error("22012", "division by zero"));
    server.offload();
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "E 22004", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_preparation_that_fails_fails_the_statement() {
    capitals.slow = true;
    client.sends(query("capitals"));
    capitals.opening().failed(PgError.error(SqlState.UNDEFINED_OBJECT, "no such model"));
    assertThat(client.got()).containsExactly("E 42704", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_slow_preparation_holds_the_statement() {
    capitals.slow = true;
    client.sends(query("capitals"), query("select 1"));
    assertThat(server.got()).isEmpty();
    capitals.opening().opened(capitals);
    assertThat(server.got()).containsExactly("Q select x", "H");
    server.says(row("one"), complete("SELECT 1"), ready('I'));
    server.offload();
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("D ONE", "C SELECT 1", "Z I", "C SELECT 1", "Z I");
  }

  @Test
  void a_preparation_that_outlives_its_batch_is_not_used_for_another_portal() {
    capitals.slow = true;
    client.sends(parse("", "capitals"), bind("", "", "one"), execute("", 0), sync());
    server.says(parseComplete(), bindComplete());
    var first = capitals.opening();
    server.dies();
    ScriptedServer second = rig.server();
    first.opened(capitals);
    assertThat(client.got()).containsExactly("1", "2", "E 08006", "Z I");
    client.sends(parse("", "capitals"), bind("", "", "two"), execute("", 0), sync());
    second.says(parseComplete(), bindComplete());
    assertThat(capitals.opening()).isNotSameAs(first);
    capitals.opening().failed(PgError.error(SqlState.UNDEFINED_OBJECT, "no such model"));
    assertThat(client.got()).containsExactly("1", "2", "E 42704");
  }

  @Test
  void a_client_that_leaves_while_rows_are_away_costs_no_connection() {
    client.sends(query("capitals"));
    server.says(rowDescription("a"), row("one"), row("two"));
    client.leaves();
    assertThat(server.cancels()).isEqualTo(1);
    server.offload();
    server.takesCancels();
    server.says(error("57014", "canceled"), ready('I'), ready('I'));
    server.says(complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    server.offload();
    assertThat(rig.pool.leases()).isZero();
    assertThat(server.alive()).isTrue();
  }
}
