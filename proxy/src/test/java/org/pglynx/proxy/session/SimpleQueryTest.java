package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.functionResult;
import static org.pglynx.proxy.wire.BackendBytes.notice;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.FrontendBytes.all;
import static org.pglynx.proxy.wire.FrontendBytes.frame;
import static org.pglynx.proxy.wire.FrontendBytes.functionCall;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.raw;
import static org.pglynx.proxy.wire.FrontendBytes.sync;
import static org.pglynx.proxy.wire.FrontendBytes.terminate;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;

/** Layer 2: simple queries with transaction pooling. */
class SimpleQueryTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();

  @Test
  void a_query_goes_to_the_server_and_its_reply_to_the_client() {
    client.sends(query("select 1"));
    assertThat(server.got()).containsExactly("Q select 1");
    server.says(rowDescription("a"), row("1"), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("T a", "D 1", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void every_split_of_both_directions_gives_the_same() {
    client.dribbles(query("select 1"));
    assertThat(server.got()).containsExactly("Q select 1");
    server.dribbles(rowDescription("a"), notice("n"), row("1"), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("T a", "N 00000", "D 1", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void pipelined_queries_share_one_server_until_the_last_is_answered() {
    client.sends(query("select 1"), query("select 2"));
    assertThat(server.got()).containsExactly("Q select 1", "Q select 2");
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(rig.pool.leases()).isEqualTo(1);
    server.says(complete("SELECT 2"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I", "C SELECT 2", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_transaction_keeps_its_server_until_it_ends() {
    client.sends(query("begin"));
    server.says(complete("BEGIN"), ready('T'));
    assertThat(rig.pool.leases()).isEqualTo(1);
    client.sends(query("fail"));
    server.says(error("42601", "syntax"), ready('E'));
    assertThat(rig.pool.leases()).isEqualTo(1);
    client.sends(query("rollback"));
    server.says(complete("ROLLBACK"), ready('I'));
    assertThat(client.got())
        .containsExactly("C BEGIN", "Z T", "E 42601", "Z E", "C ROLLBACK", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_lone_sync_is_answered_without_a_server() {
    client.sends(sync());
    assertThat(client.got()).containsExactly("Z I");
    assertThat(server.got()).isEmpty();
  }

  @Test
  void a_lone_sync_in_a_failed_transaction_asks_the_server() {
    client.sends(query("begin"), query("fail"));
    server.says(complete("BEGIN"), ready('T'), error("42601", "syntax"), ready('E'));
    client.sends(sync());
    server.says(ready('E'));
    assertThat(client.got()).endsWith("Z E", "Z E");
  }

  @Test
  void a_function_call_is_relayed() {
    client.sends(functionCall());
    assertThat(server.got()).containsExactly("F");
    server.says(functionResult(), ready('I'));
    assertThat(client.got()).containsExactly("V", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void an_unknown_message_ends_the_session_with_08P01() {
    client.sends(frame('y', out -> {}));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_bad_length_ends_the_session_with_08P01() {
    client.sends(raw('Q', 3));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void what_came_before_a_malformed_message_has_reached_the_server() {
    client.sends(query("insert"), raw('Q', -1));
    assertThat(server.got()).startsWith("Q insert");
    assertThat(client.got()).containsExactly("E FATAL 08P01");
  }

  @Test
  void the_server_of_a_malformed_message_is_cleaned_and_serves_the_next_client() {
    client.sends(query("insert"), raw('Q', -1));
    server.takesCancels();
    server.says(complete("INSERT 0 1"), ready('I'), ready('I'));
    server.says(complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void terminate_while_idle_touches_no_server() {
    client.sends(terminate());
    assertThat(client.disconnected()).isTrue();
    assertThat(server.got()).isEmpty();
    assertThat(rig.registry.views()).isEmpty();
  }

  @Test
  void a_server_is_not_given_back_amid_a_notice_of_its_own() {
    byte[] notice = notice("x".repeat(200_000));
    byte[] first = Arrays.copyOf(notice, 100_000);
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'), first);
    assertThat(rig.pool.leases()).isEqualTo(1);
    server.says(Arrays.copyOfRange(notice, 100_000, notice.length));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I", "N 00000");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void the_next_client_does_not_see_the_rest_of_a_notice_that_came_while_idle() {
    byte[] notice = notice("x".repeat(200_000));
    server.says(Arrays.copyOf(notice, 100_000));
    client.sends(query("select 1"));
    server.says(
        Arrays.copyOfRange(notice, 100_000, notice.length), complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
  }

  @Test
  void a_huge_query_streams_through() {
    byte[] huge = query("select '" + "x".repeat(3 << 20) + "'");
    byte[] head = Arrays.copyOf(huge, 1000);
    client.sends(head);
    client.sends(all(Arrays.copyOfRange(huge, 1000, huge.length), query("select 2")));
    assertThat(server.got()).hasSize(2).element(1).isEqualTo("Q select 2");
    server.says(complete("SELECT 1"), ready('I'), complete("SELECT 1"), ready('I'));
    assertThat(server.got())
        .as("it may have done anything")
        .singleElement()
        .asString()
        .startsWith("Q /* pglynx */ SELECT 'setting'");
    server.says(complete("SELECT 0"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void the_client_is_flushed_once_its_server_is_back() {
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).hasSize(2);
  }

  @Test
  void a_client_that_does_not_read_stops_its_server_and_itself() {
    client.sends(query("select 1"));
    client.takes(false);
    server.says(row("1"));
    assertThat(server.read()).isFalse();
    assertThat(client.read()).isFalse();
    client.takes(true);
    assertThat(server.read()).isTrue();
    assertThat(client.read()).isTrue();
  }

  @Test
  void a_server_that_does_not_read_stops_the_client() {
    client.sends(query("select 1"));
    server.takes(false);
    client.sends(query("select 2"));
    assertThat(client.read()).isFalse();
    server.takes(true);
    assertThat(client.read()).isTrue();
  }
}
