package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.parameter;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.cancel;
import static org.pglynx.proxy.wire.FrontendBytes.frame;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.startup;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ProcessSecret;
import org.pglynx.proxy.auth.VerifierCache;
import org.pglynx.proxy.backend.ScriptedPipes;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: a replicating client, from its startup packet on, and its own server connection. */
class ReplicationTest {
  private static final byte[] VERSION = parameter("server_version", "18.0");
  private static final byte[] WAL = frame('d', out -> out.writeBytes("w: some changes".getBytes()));

  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedPipes server = new ScriptedPipes(rig.buffers);
  private final SessionProfile profile = profile();
  private final ClientDoor door = door();
  private final TestClient client = connect();

  private SessionProfile profile() {
    return new SessionProfile(
        "shop",
        "app",
        SessionPolicy.TRANSACTIONS,
        new SessionProfile.Statements(
            null,
            new StatementRegistry(10),
            (upstream, loop, callers, flushOnly, status, closer) -> {
              throw new AssertionError("nothing of the proxy's own is run");
            }),
        loop -> new SessionProfile.Place(rig.pool, server, rig.counters, null),
        Map.of(),
        ClientQuota.NONE);
  }

  private ClientDoor door() {
    NonceSource zeros = byte[]::new;
    ProcessSecret secret = ProcessSecret.random(zeros);
    return new ClientDoor(
        caller -> {
          assertThat(caller.user()).isEqualTo("app");
          return CompletableFuture.completedFuture(
              new Admissions.Proof(
                  AuthMethod.TRUST,
                  null,
                  AuthMethod.TRUST,
                  keys -> {
                    profile.occupancy().enter();
                    return profile;
                  },
                  null));
        },
        new ClientAuthentication(secret, new VerifierCache(secret, 2, 10), zeros),
        rig.registry,
        Runnable::run,
        60_000,
        TlsMode.DISABLE,
        SniRoutes.NONE,
        new LogConfig(true, true));
  }

  private TestClient connect() {
    TestClient connection = rig.connection();
    connection.become(door.open(connection));
    return connection;
  }

  @AfterEach
  void finish() {
    client.leaves();
    server.finish();
    assertThat(server.gone()).isTrue();
    assertThat(profile.occupancy().count()).isZero();
    assertThat(rig.registry.views()).isEmpty();
  }

  private void logsIn() {
    client.sends(startup(0, "user", "app", "database", "shop", "replication", "database"));
    server.accepts(VERSION);
    assertThat(client.got()).containsExactly("R", "S server_version=18.0", "K", "Z I");
  }

  @Test
  void the_server_gets_the_clients_own_parameters() {
    client.sends(
        startup(
            0,
            "user",
            "app",
            "database",
            "shop",
            "replication",
            "database",
            "application_name",
            "standby_1",
            "options",
            "-c wal_sender_timeout=5s"));

    assertThat(server.asked())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "replication", "database",
                "application_name", "standby_1",
                "options", "-c wal_sender_timeout=5s"));
    assertThat(client.got()).as("nothing before the server").containsExactly("R");
  }

  @Test
  void bytes_pass_both_ways_as_they_are() {
    logsIn();

    client.sends(query("START_REPLICATION SLOT s LOGICAL 0/0"));
    assertThat(server.got()).containsExactly("Q START_REPLICATION SLOT s LOGICAL 0/0");
    server.says(frame('W', out -> out.writeByte(0).writeShort(0)), WAL);
    assertThat(client.got()).containsExactly("W", "d w: some changes");
    client.sends(frame('d', out -> out.writeByte('r')));
    assertThat(server.got()).containsExactly("d r");
  }

  @Test
  void what_is_sent_ahead_on_either_side_waits_for_the_login() {
    client.sends(startup(0, "user", "app", "replication", "true"), query("IDENTIFY_SYSTEM"));
    assertThat(client.got()).containsExactly("R");

    server.accepts(VERSION, complete("NOTHING"), ready('I'));

    assertThat(server.got()).containsExactly("Q IDENTIFY_SYSTEM");
    assertThat(client.got())
        .containsExactly("S server_version=18.0", "K", "Z I", "C NOTHING", "Z I");
  }

  @Test
  void a_refusal_of_the_server_is_passed_on_and_ends_the_connection() {
    client.sends(startup(0, "user", "app", "replication", "true"));
    server.refuses(PgError.error(SqlState.TOO_MANY_CONNECTIONS, "all WAL senders are in use"));

    assertThat(client.got()).containsExactly("R", "E FATAL 53300");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_client_that_leaves_during_the_servers_login_leaves_no_connection() {
    client.sends(startup(0, "user", "app", "replication", "true"));
    client.leaves();

    server.accepts(VERSION, ready('I'));

    assertThat(server.alive()).isFalse();
  }

  @Test
  void the_end_of_either_side_is_the_end_of_the_other() {
    logsIn();
    server.says(Arrays.copyOf(WAL, 9));

    server.dies();

    assertThat(client.disconnected()).isTrue();
    assertThat(client.gotBytes()).as("no error amid a frame").isEqualTo(Arrays.copyOf(WAL, 9));
  }

  @Test
  void the_last_words_of_a_client_reach_the_server() {
    logsIn();
    client.sends(frame('c', out -> {}), frame('X', out -> {}));
    client.leaves();

    assertThat(server.got()).containsExactly("c", "X");
    assertThat(server.alive()).isFalse();
  }

  @Test
  void a_server_is_not_read_while_the_client_takes_nothing() {
    logsIn();
    client.takes(false);
    server.says(WAL);
    assertThat(server.read()).isFalse();

    client.takes(true);
    assertThat(server.read()).isTrue();
  }

  @Test
  void a_client_is_not_read_while_the_server_takes_nothing() {
    logsIn();
    server.takes(false);
    client.sends(frame('d', out -> out.writeByte('r')));
    assertThat(client.read()).isFalse();

    server.takes(true);
    assertThat(client.read()).isTrue();
  }

  @Test
  void a_stop_is_told_between_two_frames() {
    logsIn();
    server.says(Arrays.copyOf(WAL, 9));
    rig.registry.shutdown();
    rig.loop.run();
    assertThat(client.disconnected()).isFalse();

    server.says(Arrays.copyOfRange(WAL, 9, WAL.length), WAL);

    assertThat(client.got()).containsExactly("d w: some changes", "E FATAL 57P01");
    assertThat(client.disconnected()).isTrue();
    assertThat(server.alive()).isFalse();
  }

  @Test
  void a_stop_does_not_wait_long_for_the_end_of_a_frame() {
    logsIn();
    server.says(Arrays.copyOf(WAL, 9));
    rig.registry.shutdown();
    rig.loop.run();

    server.passes(2);

    assertThat(client.disconnected()).isTrue();
    assertThat(client.gotBytes()).isEqualTo(Arrays.copyOf(WAL, 9));
  }

  @Test
  void a_cancel_request_goes_to_the_server_and_its_connection_ends_when_it_is_taken() {
    client.sends(startup(0, "user", "app", "replication", "true"));
    server.accepts(VERSION);
    client.got();
    int id = rig.registry.views().getFirst().id();
    TestClient canceller = connect();

    canceller.sends(cancel(id, rig.cancelKey(id)));
    assertThat(server.cancels()).isEqualTo(1);
    assertThat(canceller.disconnected()).isFalse();
    server.takesCancels();
    rig.loop.run();
    assertThat(canceller.disconnected()).isTrue();
  }

  @Test
  void a_client_that_breaks_the_protocol_is_told_and_the_server_let_go() {
    logsIn();
    client.sends(new byte[] {'Q', 0, 0, 0, 1});

    assertThat(client.got()).containsExactly("E FATAL 08P01");
    assertThat(client.disconnected()).isTrue();
    assertThat(server.alive()).isFalse();
  }

  @Test
  void a_server_that_breaks_the_protocol_ends_both() {
    logsIn();
    server.says(new byte[] {'d', 0, 0, 0, 1});

    assertThat(client.disconnected()).isTrue();
    assertThat(server.alive()).isFalse();
  }

  @Test
  void the_login_has_its_deadline_until_the_server_is_ready() {
    client.sends(startup(0, "user", "app", "replication", "true"));
    assertThat(rig.loop.timers()).isEqualTo(1);
    server.accepts(VERSION);
    assertThat(rig.loop.timers()).isZero();
  }
}
