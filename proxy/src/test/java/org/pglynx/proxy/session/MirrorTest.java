package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.InternalSession;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.mirror.Mirror;
import org.pglynx.proxy.mirror.MirrorCounts;
import org.pglynx.proxy.relay.Mirroring;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: what a mirror gets, and that its server's clients do not notice. */
class MirrorTest {
  private static final int QUEUE_BYTES = 2_000;

  @RegisterExtension final Rig rig = new Rig();
  private final Mirror mirror = new Mirror("shop/app at m:1", 100, QUEUE_BYTES);
  private final TestPool servers = rig.roles.primary;
  private final TestPool mirrors = rig.roles.replica;
  private final SessionProfile profile =
      new SessionProfile(
          "shop",
          "app",
          new SessionPolicy(PoolMode.TRANSACTION, OnSessionState.PIN, false, TimeLimits.NONE),
          new SessionProfile.Statements(null, new StatementRegistry(100), InternalSession::new),
          loop -> rig.place(),
          Map.of(),
          ClientQuota.NONE);
  private final TestClient client = client();

  private TestClient client() {
    TestClient made = rig.connection();
    made.become(
        new Session(
            made,
            profile,
            new SessionProfile.Place(new Mirrored(), rig.counters),
            rig.registry,
            ParameterSet.DEFAULTS,
            rig.registry.newKey(0)));
    return made;
  }

  /** The servers, whose sessions are mirrored. */
  private final class Mirrored implements UpstreamProvider {
    private final Mirroring mirroring = mirror.over(mirrors);

    @Override
    public @Nullable Upstream open(Waiter waiter) {
      Upstream given = servers.open(waiter);
      return given == null ? null : mirroring.join(given, waiter.downstream());
    }

    @Override
    public void withdraw(Waiter waiter) {
      servers.withdraw(waiter);
    }
  }

  @Test
  void a_mirror_gets_the_query_and_the_client_the_reply_of_the_server() {
    ScriptedServer server = servers.server();
    ScriptedServer copy = mirrors.server();
    client.sends(query("INSERT INTO t VALUES (1)"));

    assertThat(server.got()).containsExactly("Q INSERT INTO t VALUES (1)");
    assertThat(copy.got()).containsExactly("Q INSERT INTO t VALUES (1)");
    copy.says(error("23505", "there is one"), ready('I'));
    assertThat(client.got()).isEmpty();
    server.says(complete("INSERT 0 1"), ready('I'));

    assertThat(client.got()).containsExactly("C INSERT 0 1", "Z I");
    assertThat(mirror.counts()).isEqualTo(new MirrorCounts(1, 1, 0, 0));
    assertThat(rig.roles.leases()).isZero();
  }

  @Test
  void a_slow_mirror_keeps_its_own_connection_only() {
    ScriptedServer server = servers.server();
    ScriptedServer copy = mirrors.server();
    client.sends(query("SELECT 1"));
    server.says(complete("SELECT 1"), ready('I'));

    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
    assertThat(servers.leases()).isZero();
    assertThat(mirrors.leases()).isEqualTo(1);
    copy.says(complete("SELECT 1"), ready('I'));
    assertThat(mirrors.leases()).isZero();
  }

  @Test
  void a_mirror_without_a_free_connection_gets_its_work_later() {
    ScriptedServer server = servers.server();
    client.sends(query("SELECT 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).hasSize(2);
    assertThat(mirror.counts().waitingBytes()).isPositive();

    ScriptedServer copy = mirrors.server();
    assertThat(copy.got()).startsWith("Q SELECT 1");
    copy.says(complete("SELECT 1"), ready('I'));

    assertThat(mirror.counts()).isEqualTo(new MirrorCounts(1, 1, 0, 0));
  }

  @Test
  void no_more_waits_for_a_mirror_than_is_configured() {
    ScriptedServer server = servers.server();
    for (int i = 0; i < 10; i++) {
      client.sends(query("SELECT '" + "x".repeat(300) + "'"));
      server.says(complete("SELECT 1"), ready('I'));
    }

    assertThat(client.got()).hasSize(20);
    MirrorCounts counts = mirror.counts();
    assertThat(counts.waitingBytes()).isBetween(1L, (long) QUEUE_BYTES);
    assertThat(counts.begun()).isEqualTo(10);
    assertThat(counts.dropped()).isBetween(5L, 9L);
    ScriptedServer copy = mirrors.server();
    for (long left = 10 - counts.dropped(); left > 0; left--) {
      assertThat(copy.got()).first().asString().startsWith("Q SELECT");
      copy.says(complete("SELECT 1"), ready('I'));
    }
    assertThat(mirror.counts().done()).isEqualTo(10 - counts.dropped());
  }

  @Test
  void a_transaction_that_is_too_long_to_wait_is_rolled_back_on_the_mirror() {
    ScriptedServer server = servers.server();
    ScriptedServer copy = mirrors.server();
    client.sends(query("BEGIN"));
    server.says(complete("BEGIN"), ready('T'));
    copy.takes(false);
    client.sends(query("INSERT INTO t VALUES ('" + "x".repeat(QUEUE_BYTES) + "')"));
    server.says(complete("INSERT 0 1"), ready('T'));
    client.sends(query("COMMIT"));
    server.says(complete("COMMIT"), ready('I'));

    assertThat(client.got()).endsWith("C COMMIT", "Z I");
    assertThat(mirror.counts()).isEqualTo(new MirrorCounts(1, 0, 1, 0));
    assertThat(copy.got()).doesNotContain("Q COMMIT");
  }

  @Test
  void a_clients_transactions_are_done_in_their_order() {
    ScriptedServer server = servers.server();
    ScriptedServer first = mirrors.server();
    client.sends(query("SELECT 1"));
    server.says(complete("SELECT 1"), ready('I'));
    ScriptedServer second = mirrors.server();
    client.sends(query("SELECT '" + "x".repeat(QUEUE_BYTES) + "'"));
    server.says(complete("SELECT 1"), ready('I'));
    client.sends(query("SELECT 3"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(second.got()).isEmpty();

    first.says(complete("SELECT 1"), ready('I'));

    assertThat(first.got()).endsWith("Q SELECT 3", "H");
    first.says(complete("SELECT 1"), ready('I'));
    assertThat(mirror.counts()).isEqualTo(new MirrorCounts(3, 2, 1, 0));
    assertThat(rig.roles.leases()).isZero();
  }

  @Test
  void a_mirror_that_dies_is_no_concern_of_the_clients() {
    ScriptedServer server = servers.server();
    ScriptedServer copy = mirrors.server();
    client.sends(query("SELECT 1"));
    copy.dies();
    server.says(complete("SELECT 1"), ready('I'));

    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
    assertThat(mirror.counts()).isEqualTo(new MirrorCounts(1, 0, 1, 0));
  }

  @Test
  void nor_is_one_that_lets_nobody_in() {
    ScriptedServer server = servers.server();
    client.sends(query("SELECT 1"));
    mirrors.refuse(PgError.error(SqlState.CANNOT_CONNECT, "connection refused"));
    server.says(complete("SELECT 1"), ready('I'));

    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
    assertThat(mirror.counts()).isEqualTo(new MirrorCounts(1, 0, 1, 0));
  }

  @Test
  void a_mirror_prepares_what_its_server_knows_already() {
    ScriptedServer server = servers.server();
    client.sends(parse("s", "SELECT 1"), bind("", "s"), execute("", 0), sync());
    server.says(
        parseComplete(), parameterDescription(), noData(), bindComplete(), complete("SELECT 1"));
    server.says(ready('I'));
    assertThat(client.got()).endsWith("C SELECT 1", "Z I");
    mirrors.refuse(PgError.error(SqlState.CANNOT_CONNECT, "connection refused"));
    assertThat(server.got()).hasSize(5);

    ScriptedServer copy = mirrors.server();
    client.sends(bind("", "s"), execute("", 0), sync());

    assertThat(server.got()).as("it knows the statement").hasSize(3);
    assertThat(copy.got()).hasSize(5).first().asString().endsWith(":SELECT 1");
    server.says(bindComplete(), complete("SELECT 1"), ready('I'));
    copy.says(
        parseComplete(), parameterDescription(), noData(), bindComplete(), complete("SELECT 1"));
    copy.says(ready('I'));
    assertThat(client.got()).containsExactly("2", "C SELECT 1", "Z I");
    assertThat(mirror.counts().done()).isEqualTo(1);
  }

  @Test
  void a_client_that_leaves_amid_its_transaction_leaves_none_on_the_mirror() {
    ScriptedServer server = servers.server();
    ScriptedServer copy = mirrors.server();
    client.sends(query("BEGIN"));
    server.says(complete("BEGIN"), ready('T'));
    copy.says(complete("BEGIN"), ready('T'));
    copy.got();
    client.leaves();

    assertThat(copy.got()).isNotEmpty();
    assertThat(mirror.counts()).isEqualTo(new MirrorCounts(1, 1, 0, 0));
  }

  @Test
  void what_comes_behind_a_cancelled_statement_waits_until_the_mirror_has_taken_the_request() {
    ScriptedServer server = servers.server();
    ScriptedServer copy = mirrors.server();
    client.sends(query("BEGIN"));
    server.says(complete("BEGIN"), ready('T'));
    copy.says(complete("BEGIN"), ready('T'));
    client.sends(query("INSERT INTO t VALUES (1)"));
    int id = rig.registry.views().getFirst().id();
    rig.registry.cancel(id, rig.cancelKey(id));
    rig.loop.run();
    server.says(error("57014", "canceled"), ready('E'));
    copy.says(error("57014", "canceled"), ready('E'));
    server.takesCancels();
    copy.got();
    client.sends(query("ROLLBACK TO s"));

    assertThat(server.got()).endsWith("Q ROLLBACK TO s");
    assertThat(copy.cancels()).isEqualTo(1);
    assertThat(copy.got()).isEmpty();
    copy.takesCancels();
    assertThat(copy.got()).containsExactly("Q ROLLBACK TO s");
  }

  @Test
  void a_server_that_dies_ends_what_its_mirror_is_at() {
    ScriptedServer server = servers.server();
    ScriptedServer copy = mirrors.server();
    client.sends(query("BEGIN"));
    server.says(complete("BEGIN"), ready('T'));
    copy.says(complete("BEGIN"), ready('T'));
    copy.got();
    server.dies();

    assertThat(copy.got()).as("rolled back").isNotEmpty();
    client.leaves();
  }

  @Test
  void a_part_of_the_transactions_is_mirrored_if_so_configured() {
    Mirror some = new Mirror("some", 25, 1 << 20);
    Mirroring mirroring = some.over(mirrors);
    ScriptedServer server = servers.server();
    for (int i = 0; i < 2_000; i++) {
      mirroring.join(server.connection(), new Nobody());
    }

    assertThat(some.counts().begun()).isBetween(350L, 650L);
  }

  private static final class Nobody implements org.pglynx.proxy.relay.Downstream {
    @Override
    public void onReplies(io.netty.buffer.ByteBuf run) {
      run.release();
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      // Nobody minds.
    }
  }
}
