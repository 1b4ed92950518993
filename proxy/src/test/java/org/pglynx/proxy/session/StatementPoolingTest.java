package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.relay.ParameterSet;

/** Layer 2: no transaction block outlives its message. */
class StatementPoolingTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = client();
  private final TestClient other = client();

  private TestClient client() {
    return rig.client(
        rig.profile(PoolMode.STATEMENT, TimeLimits.NONE, null, true, ClientQuota.NONE),
        ParameterSet.DEFAULTS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"BEGIN", "begin;", "/* x */ START TRANSACTION READ ONLY", "Begin Work"})
  void a_statement_that_only_begins_a_block_never_reaches_a_server(String sql) {
    client.sends(query(sql));
    assertThat(client.got()).containsExactly("E 0A000", "Z I");
    client.sends(parse("", sql), sync());
    assertThat(client.got()).containsExactly("E 0A000", "Z I");
    assertThat(server.got()).isEmpty();
  }

  @Test
  void a_block_in_one_message_is_forwarded() {
    client.sends(query("BEGIN; select 1; COMMIT"));
    server.says(complete("BEGIN"), complete("SELECT 1"), complete("COMMIT"), ready('I'));
    assertThat(client.got()).endsWith("C COMMIT", "Z I");
    other.sends(query("select 2"));
    assertThat(server.got()).containsExactly("Q BEGIN; select 1; COMMIT", "Q select 2");
  }

  @Test
  void a_block_that_is_left_open_is_undone_before_anybody_else_has_the_server() {
    client.sends(query("BEGIN; select 1"));
    other.sends(query("select 2"));
    server.says(complete("BEGIN"), complete("SELECT 1"), ready('T'));
    assertThat(client.got()).containsExactly("C BEGIN", "C SELECT 1", "E 0A000", "Z I");
    assertThat(server.got()).containsExactly("Q BEGIN; select 1", "Q ROLLBACK");
    server.says(complete("ROLLBACK"), ready('I'));
    assertThat(server.got()).containsExactly("Q select 2");
    assertThat(client.got()).isEmpty();
  }

  @Test
  void a_block_that_fails_in_its_midst_is_undone_and_told_once() {
    client.sends(query("BEGIN; bad; COMMIT"));
    server.says(complete("BEGIN"), error("42601", "bad"), ready('E'));
    assertThat(client.got()).containsExactly("C BEGIN", "E 42601", "Z I");
    server.says(complete("ROLLBACK"), ready('I'));
    client.sends(query("select 1"));
    assertThat(server.got()).endsWith("Q ROLLBACK", "Q select 1");
  }

  @Test
  void what_is_sent_behind_a_block_waits_until_it_is_known_to_be_closed() {
    client.sends(query("BEGIN; select 1"), query("select 2"));
    assertThat(server.got()).containsExactly("Q BEGIN; select 1", "H");
    server.says(complete("BEGIN"), complete("SELECT 1"), ready('T'));
    assertThat(server.got()).startsWith("Q ROLLBACK");
    server.says(complete("ROLLBACK"), ready('I'));
    assertThat(server.got()).containsExactly("Q select 2");
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got())
        .containsExactly("C BEGIN", "C SELECT 1", "E 0A000", "Z I", "C SELECT 1", "Z I");
  }

  @Test
  void in_transaction_pooling_nothing_of_this_happens() {
    TestClient pooled = rig.client();
    pooled.sends(query("BEGIN"));
    server.says(complete("BEGIN"), ready('T'));
    assertThat(pooled.got()).containsExactly("C BEGIN", "Z T");
  }
}
