package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.query;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;

/**
 * Layer 2: a cancel request hits what its session ran when it came, and nothing that comes later.
 */
class CancellationTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();
  private final int id = rig.registry.views().getFirst().id();

  private CompletableFuture<Void> cancel() {
    CompletableFuture<Void> taken =
        rig.registry.cancel(id, rig.cancelKey(id)).toCompletableFuture();
    rig.loop.run();
    return taken;
  }

  @Test
  void the_next_statement_waits_until_the_request_is_taken() {
    client.sends(query("one"));
    CompletableFuture<Void> taken = cancel();
    server.says(complete("ONE"), ready('I'));
    client.sends(query("two"));
    assertThat(server.got()).containsExactly("Q one");
    assertThat(taken).isNotDone();
    server.takesCancels();
    assertThat(server.got()).containsExactly("Q two");
    assertThat(taken).isCompleted();
    server.says(complete("TWO"), ready('I'));
    assertThat(client.got()).containsExactly("C ONE", "Z I", "C TWO", "Z I");
  }

  @Test
  void another_client_gets_the_server_only_when_the_request_is_taken() {
    TestClient other = rig.client();
    client.sends(query("one"));
    cancel();
    server.says(complete("ONE"), ready('I'));
    other.sends(query("innocent"));
    assertThat(server.got()).containsExactly("Q one");
    server.takesCancels();
    assertThat(server.got()).containsExactly("Q innocent");
    server.says(complete("INNOCENT"), ready('I'));
    assertThat(other.got()).containsExactly("C INNOCENT", "Z I");
  }

  @Test
  void a_flood_makes_two_requests_one_after_the_other_Odyssey_84() {
    client.sends(query("one"));
    CompletableFuture<Void> first = cancel();
    CompletableFuture<Void> last = cancel();
    for (int i = 0; i < 1000; i++) {
      last = cancel();
    }
    assertThat(server.cancels()).isEqualTo(1);
    server.takesCancels();
    assertThat(first).isCompleted();
    assertThat(server.cancels()).isEqualTo(2);
    assertThat(last).isNotDone();
    server.takesCancels();
    assertThat(last).isCompleted();
    assertThat(server.cancels()).isEqualTo(2);
    server.says(error("57014", "canceled"), ready('I'));
    assertThat(client.got()).containsExactly("E 57014", "Z I");
  }

  @Test
  void what_is_over_is_not_cancelled_again() {
    client.sends(query("one"));
    cancel();
    CompletableFuture<Void> second = cancel();
    server.says(error("57014", "canceled"), ready('I'));
    server.takesCancels();
    assertThat(second).isCompleted();
    assertThat(server.cancels()).isEqualTo(1);
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_request_after_the_release_does_nothing() {
    client.sends(query("one"));
    server.says(complete("ONE"), ready('I'));
    TestClient other = rig.client();
    other.sends(query("innocent"));
    assertThat(cancel()).isCompleted();
    assertThat(server.cancels()).isZero();
    server.says(complete("INNOCENT"), ready('I'));
    assertThat(other.got()).containsExactly("C INNOCENT", "Z I");
  }

  @Test
  void a_server_that_may_take_a_request_at_any_time_is_nobodys_after_this_client() {
    TestClient other = rig.client();
    client.sends(query("one"));
    cancel();
    server.says(complete("ONE"), ready('I'));
    other.sends(query("innocent"));
    server.losesCancels();
    assertThat(server.alive()).isFalse();
    assertThat(server.got()).doesNotContain("Q innocent");
    ScriptedServer second = rig.server();
    second.says(complete("INNOCENT"), ready('I'));
    assertThat(other.got()).containsExactly("C INNOCENT", "Z I");
    assertThat(client.got()).containsExactly("C ONE", "Z I");
  }

  @Test
  void a_server_lost_meanwhile_leaves_the_session_usable() {
    client.sends(query("one"));
    CompletableFuture<Void> taken = cancel();
    server.dies();
    server.takesCancels();
    assertThat(taken).isCompleted();
    assertThat(client.got()).containsExactly("E 08006", "Z I");
    ScriptedServer second = rig.server();
    client.sends(query("two"));
    second.says(complete("TWO"), ready('I'));
    assertThat(client.got()).containsExactly("C TWO", "Z I");
  }

  @Test
  void a_client_that_leaves_meanwhile_leaves_the_server_to_nobody_until_it_is_taken() {
    client.sends(query("one"));
    cancel();
    client.leaves();
    server.says(complete("ONE"), ready('I'), ready('I'));
    assertThat(server.got()).as("it might hit the reset").endsWith("S");
    server.takesCancels();
    assertThat(server.got()).containsExactly("Q DISCARD ALL");
    assertThat(rig.pool.leases()).isEqualTo(1);
    server.says(complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }
}
