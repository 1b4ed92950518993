package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.FrontendBytes.raw;
import static org.pglynx.proxy.wire.FrontendBytes.sslRequest;
import static org.pglynx.proxy.wire.FrontendBytes.startup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ProcessSecret;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.auth.VerifierCache;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.TlsMode;

/** Layer 2: what connections take before they have logged in. */
class LoginMemoryTest {
  private static final int EIGHT_CONNECTIONS = 8 * LoginMemory.CONNECTION;

  @RegisterExtension final Rig rig = new Rig();
  private final LoginMemory memory = memory(EIGHT_CONNECTIONS);
  private final SessionRegistry registry =
      new SessionRegistry(100, 0, memory, 0, CancelForwarder.NONE);
  private final NonceSource zeros = byte[]::new;
  private final ProcessSecret secret = ProcessSecret.random(zeros);
  private final ClientDoor door =
      new ClientDoor(
          this::admit,
          new ClientAuthentication(secret, new VerifierCache(secret, 2, 10), zeros),
          registry,
          Runnable::run,
          0,
          TlsMode.DISABLE,
          SniRoutes.NONE,
          new LogConfig(false, false));

  /** What leaves so many bytes to the network. */
  private static LoginMemory memory(int network) {
    return new LoginMemory(network * 8 / 7 + 7);
  }

  private java.util.concurrent.CompletionStage<Admissions.Answer> admit(Caller caller) {
    SessionProfile profile = rig.profile(false, null);
    profile.occupancy().enter();
    AuthMethod method = caller.user().equals("app") ? AuthMethod.TRUST : AuthMethod.MD5;
    return CompletableFuture.completedFuture(
        new Admissions.Proof(
            method, new StoredSecret.Plain("secret"), AuthMethod.MD5, keys -> profile, null));
  }

  private TestClient connect() {
    TestClient client = rig.connection();
    client.become(door.open(client));
    return client;
  }

  private List<TestClient> connect(int count) {
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(connect());
    }
    return clients;
  }

  @Test
  void one_connection_too_many_is_told_so_at_once_and_one_that_leaves_makes_room() {
    List<TestClient> halves = connect(8);
    TestClient refused = connect();
    assertThat(refused.got()).containsExactly("E FATAL 53300");
    assertThat(refused.disconnected()).isTrue();
    halves.getFirst().leaves();
    TestClient admitted = connect();
    admitted.sends(startup(0, "user", "md5"));
    assertThat(admitted.got()).containsExactly("R");
  }

  @Test
  void half_a_packet_is_counted_and_refused_before_it_is_kept() {
    connect(7);
    TestClient slow = connect();
    byte[] packet = startup(0, "user", "app", "application_name", "x".repeat(5000));
    slow.sends(Arrays.copyOf(packet, packet.length - 1));
    assertThat(slow.got()).containsExactly("E FATAL 53200");
    assertThat(memory.bytes()).isEqualTo(7 * LoginMemory.CONNECTION);
  }

  @Test
  void half_an_authentication_message_is_counted() {
    connect(2);
    TestClient slow = connect();
    slow.sends(startup(0, "user", "md5"));
    slow.got();
    slow.sends(Arrays.copyOf(raw('p', 60_004, new byte[60_000]), 30_000));
    assertThat(slow.got()).isEmpty();
    assertThat(memory.bytes()).isEqualTo(3 * LoginMemory.CONNECTION + 30_000);
    slow.sends(new byte[20_000]);
    assertThat(slow.got()).containsExactly("E FATAL 53200");
    assertThat(memory.bytes()).isEqualTo(2 * LoginMemory.CONNECTION);
  }

  @Test
  void what_is_sent_ahead_of_the_end_of_the_login_is_counted() {
    TestClient eager = connect();
    eager.sends(startup(0, "user", "app"));
    eager.sends(raw('Q', 70_004, new byte[70_000]));
    assertThat(eager.got()).contains("E FATAL 53200");
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void encryption_is_refused_when_there_is_no_room_for_it() {
    connect(3);
    TestClient client = connect();
    client.tls(new ClientTls(new byte[0], null, null, "test"));
    client.sends(sslRequest());
    assertThat(client.got()).containsExactly("E FATAL 53300");
    assertThat(client.tls()).isNull();
  }

  @Test
  void encryption_is_counted_until_the_login_is_over() {
    rig.server();
    TestClient client = connect();
    client.tls(new ClientTls(new byte[0], null, null, "test"));
    client.sends(sslRequest());
    assertThat(memory.bytes()).isEqualTo(LoginMemory.CONNECTION + LoginMemory.TLS);
    client.sends(startup(0, "user", "app"));
    assertThat(memory.bytes()).isZero();
    assertThat(memory.connections()).isZero();
    assertThat(registry.views()).hasSize(1);
  }

  @Test
  void a_handshake_that_nobody_asked_for_is_counted_as_well() {
    connect(3);
    LoginMemory.Share share = memory.open(false);
    StartupStage stage = new StartupStage(door, rig.connection(), share);
    stage.begin();
    assertThat(stage.takesHandshake()).isFalse();
    stage.onClosed();
    assertThat(memory.connections()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "startup", "wrong", "cancel"})
  void nothing_is_left_behind_however_a_connection_ends(String end) {
    TestClient client = connect();
    switch (end) {
      case "startup" -> client.sends(startup(0, "user", "md5"));
      case "wrong" -> client.sends(new byte[] {0, 0, 0, 1});
      case "cancel" -> client.sends(org.pglynx.proxy.wire.FrontendBytes.cancel(1, new byte[4]));
      default -> client.sends(new byte[] {0, 0});
    }
    client.leaves();
    assertThat(memory.bytes()).isZero();
    assertThat(memory.connections()).isZero();
  }

  @Test
  void unix_sockets_have_room_of_their_own() {
    connect(8);
    assertThat(memory.open(true).connected()).isTrue();
    assertThat(memory.open(false).connected()).isFalse();
  }
}
