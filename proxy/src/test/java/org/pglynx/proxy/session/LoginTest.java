package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.parameter;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.all;
import static org.pglynx.proxy.wire.FrontendBytes.cancel;
import static org.pglynx.proxy.wire.FrontendBytes.gssRequest;
import static org.pglynx.proxy.wire.FrontendBytes.password;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.raw;
import static org.pglynx.proxy.wire.FrontendBytes.sslRequest;
import static org.pglynx.proxy.wire.FrontendBytes.startup;
import static org.pglynx.proxy.wire.FrontendBytes.untagged;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.Md5Password;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ProcessSecret;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.auth.VerifierCache;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.config.WelcomeConfig;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: from the first byte of a connection to ReadyForQuery. */
class LoginTest {
  @RegisterExtension final Rig rig = new Rig();
  private final NonceSource zeros = byte[]::new;
  private final ProcessSecret secret = ProcessSecret.random(zeros);
  private final ClientAuthentication authentication =
      new ClientAuthentication(secret, new VerifierCache(secret, 2, 10), zeros);
  private final ArrayDeque<Runnable> offloaded = new ArrayDeque<>();
  private final SessionProfile profile = rig.profile(false, null);
  private final List<Caller> asked = new ArrayList<>();
  private boolean busy;
  private final TestClient client = connect();
  private @Nullable CompletableFuture<Admissions.Answer> slowAnswer;

  private TestClient connect() {
    return connect(WelcomeConfig.NONE);
  }

  private TestClient connect(WelcomeConfig welcome) {
    return connect(door().welcoming(welcome));
  }

  private ClientDoor door() {
    return new ClientDoor(
        this::admit,
        authentication,
        rig.registry,
        this::offload,
        60_000,
        TlsMode.DISABLE,
        SniRoutes.NONE,
        new LogConfig(false, false));
  }

  private TestClient connect(ClientDoor door) {
    TestClient connection = rig.connection();
    connection.become(door.open(connection));
    return connection;
  }

  private void offload(Runnable work) {
    if (busy) {
      throw new RejectedExecutionException();
    }
    offloaded.add(work);
  }

  private CompletionStage<Admissions.Answer> admit(Caller caller) {
    asked.add(caller);
    CompletableFuture<Admissions.Answer> waiting = slowAnswer;
    return waiting == null ? CompletableFuture.completedFuture(answer(caller)) : waiting;
  }

  private Admissions.Answer answer(Caller caller) {
    return switch (caller.user()) {
      case "app" -> proof(AuthMethod.TRUST, null, null);
      case "md5" -> proof(AuthMethod.MD5, new StoredSecret.Plain("secret"), null);
      case "clear" -> proof(AuthMethod.PASSWORD, new StoredSecret.Plain("secret"), null);
      default ->
          new Admissions.Proof(
              AuthMethod.MD5,
              null,
              AuthMethod.MD5,
              keys -> {
                throw new AssertionError("an unknown user has come in");
              },
              null);
    };
  }

  private Admissions.Proof proof(
      AuthMethod method, @Nullable StoredSecret stored, Admissions.@Nullable Recheck recheck) {
    return new Admissions.Proof(method, stored, method, keys -> enter(), recheck);
  }

  private SessionProfile enter() {
    profile.occupancy().enter();
    return profile;
  }

  /** The messages that have come, by tag. */
  private String tags(TestClient of) {
    StringBuilder tags = new StringBuilder();
    for (String line : of.got()) {
      tags.append(line.charAt(0));
    }
    return tags.toString();
  }

  private static void reports(ScriptedServer server) {
    server.says(parameter("server_version", "18.0"), parameter("TimeZone", "UTC"));
  }

  @Test
  void a_trusted_client_learns_what_the_server_reported() {
    ScriptedServer server = rig.server();
    reports(server);
    client.sends(startup(0, "user", "app", "database", "shop"));
    assertThat(client.got())
        .containsExactlyInAnyOrder("R", "S server_version=18.0", "S TimeZone=UTC", "K", "Z I");
    assertThat(rig.pool.leases()).isZero();
    assertThat(rig.loop.timers()).as("the limit of the login is lifted").isZero();
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
  }

  @Test
  void a_client_is_told_what_the_operator_has_to_say() {
    TestClient greeted = connect(new WelcomeConfig("Maintenance at noon", false));
    rig.server();
    greeted.sends(startup(0, "user", "app"));

    assertThat(new String(greeted.gotBytes(), StandardCharsets.UTF_8))
        .contains("SNOTICE", "MMaintenance at noon");
  }

  @Test
  void a_client_is_called_by_where_it_comes_from_as_well() {
    TestClient named = connect(new WelcomeConfig("", true));
    ScriptedServer server = rig.server();
    server.says(parameter("application_name", ""));
    named.sends(startup(0, "user", "app"));

    String name = "app - " + named.remoteAddress().replaceFirst("^/", "");
    assertThat(named.got()).contains("S application_name=" + name);
    assertThat(rig.registry.views()).extracting(ClientView::applicationName).containsExactly(name);
  }

  @Test
  void who_comes_from_within_the_process_is_called_the_same_and_told_nothing() {
    TestClient guest =
        connect(door().welcoming(new WelcomeConfig("Maintenance at noon", true)).within());
    rig.server().says(parameter("application_name", ""));
    guest.sends(startup(0, "user", "app"));

    assertThat(guest.got())
        .contains("S application_name=app - " + guest.remoteAddress().replaceFirst("^/", ""))
        .noneMatch(each -> each.startsWith("N"));
  }

  @Test
  void byte_by_byte_gives_the_same() {
    rig.server();
    client.dribbles(sslRequest());
    assertThat(client.gotBytes()).containsExactly('N');
    client.dribbles(startup(0, "user", "app"));
    assertThat(tags(client)).isEqualTo("RKZ");
  }

  @Test
  void a_query_sent_with_the_startup_packet_is_run() {
    ScriptedServer server = rig.server();
    client.sends(startup(0, "user", "app"), query("select 1"));
    assertThat(tags(client)).isEqualTo("RKZ");
    assertThat(server.got()).containsExactly("Q select 1");
  }

  @Test
  void a_client_that_floods_while_its_login_waits_for_a_server_is_not_read() {
    client.sends(startup(0, "user", "app"));
    client.sends(query("x".repeat(200_000)));
    assertThat(client.read()).isFalse();
  }

  private byte[] answer(byte[] request) {
    byte[] salt = Arrays.copyOfRange(request, 9, 13);
    return password(Md5Password.response(Md5Password.hash("secret", "md5"), salt));
  }

  @Test
  void a_proven_client_whose_parameters_are_known_may_query_in_the_same_packet() {
    ScriptedServer server = rig.server();
    client.sends(startup(0, "user", "md5"));
    client.sends(answer(client.gotBytes()));
    assertThat(tags(client)).isEqualTo("RKZ");
    TestClient second = connect();
    second.sends(startup(0, "user", "md5"));
    second.sends(answer(second.gotBytes()), query("select 1"));
    assertThat(tags(second)).isEqualTo("RKZ");
    assertThat(server.got()).containsExactly("Q select 1");
  }

  @Test
  void ssl_and_gss_are_declined_in_turn() {
    client.sends(sslRequest());
    assertThat(client.gotBytes()).containsExactly('N');
    client.sends(gssRequest());
    assertThat(client.gotBytes()).containsExactly('N');
    client.sends(sslRequest());
    assertThat(client.gotBytes()).containsExactly('N');
    client.sends(sslRequest());
    assertThat(client.got()).containsExactly("E FATAL 0A000");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void bytes_behind_an_ssl_request_are_refused_CVE_2021_3935() {
    client.sends(sslRequest(), startup(0, "user", "app"));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void bytes_behind_a_gss_request_are_refused_CVE_2021_3935() {
    client.sends(gssRequest(), startup(0, "user", "app"));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 4, 7, 10_001, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void a_bad_length_of_the_startup_packet_is_refused(int length) {
    client.sends(raw((char) (length >>> 24), length << 8, new byte[8]));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void protocol_2_is_refused() {
    client.sends(untagged(2 << 16, out -> out.writeZero(20)));
    assertThat(client.got()).containsExactly("E FATAL 0A000");
  }

  @Test
  void a_newer_protocol_and_unknown_options_are_negotiated_down_once() {
    rig.server();
    client.sends(startup(9999, "user", "app", "_pq_.wish", "1"));
    byte[] got = client.gotBytes();
    byte[] expected =
        all(
            new byte[] {'v', 0, 0, 0, 22, 0, 3, 0, 2, 0, 0, 0, 1},
            "_pq_.wish\0".getBytes(StandardCharsets.UTF_8));
    assertThat(got).startsWith(expected).contains('K', 'Z');
    assertThat(got[expected.length]).isEqualTo((byte) 'R');
  }

  @Test
  void an_unknown_option_of_protocol_3_0_is_told_with_that_version() {
    rig.server();
    client.sends(startup(0, "user", "app", "_pq_.wish", "1"));
    assertThat(client.gotBytes()).startsWith('v', 0, 0, 0, 22, 0, 3, 0, 0, 0, 0, 0, 1);
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "1, 4", "2, 32", "3, 32"})
  void a_client_gets_a_cancel_key_as_long_as_its_protocol_allows(int minor, int keyLength) {
    rig.server();
    client.sends(startup(minor, "user", "app"));
    byte[] got = client.gotBytes();
    assertThat(got[0]).isEqualTo((byte) (minor > 2 ? 'v' : 'R'));
    assertThat(keyData(got).length).isEqualTo(4 + keyLength);
  }

  /** The body of BackendKeyData, which comes right before ReadyForQuery's six bytes. */
  private static byte[] keyData(byte[] got) {
    for (int at = 0; ; ) {
      int length = ByteBuffer.wrap(got).getInt(at + 1);
      if (got[at] == 'K') {
        return Arrays.copyOfRange(got, at + 5, at + 1 + length);
      }
      at += 1 + length;
    }
  }

  @Test
  void a_startup_packet_without_a_user_is_refused() {
    client.sends(startup(0, "database", "shop"));
    assertThat(client.got()).containsExactly("E FATAL 28000");
  }

  @Test
  void a_value_of_replication_that_means_nothing_is_refused() {
    client.sends(startup(0, "user", "app", "replication", "perhaps"));
    assertThat(client.got()).containsExactly("E FATAL 22023");
  }

  @Test
  void a_database_without_servers_has_nothing_to_replicate() {
    client.sends(startup(0, "user", "app", "replication", "database"));
    assertThat(client.got()).containsExactly("R", "E FATAL 0A000");
  }

  @Test
  void a_login_that_finds_too_many_others_is_told_so() {
    busy = true;
    client.sends(startup(0, "user", "clear"));
    client.got();
    client.sends(password("secret"));
    assertThat(client.got()).containsExactly("E FATAL 53300");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_startup_packet_that_breaks_off_is_refused() {
    client.sends(untagged(3 << 16, out -> out.writeBytes("user\0app".getBytes())));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
  }

  @Test
  void an_option_that_is_not_served_is_refused() {
    rig.server();
    client.sends(startup(0, "user", "app", "options", "-B 100"));
    assertThat(client.got()).containsExactly("R", "E FATAL 0A000");
  }

  @Test
  void a_parameter_that_the_server_refuses_shows_at_login() {
    ScriptedServer server = rig.server();
    client.sends(startup(0, "user", "app", "options", "-c nonsense=1"));
    assertThat(server.got())
        .containsExactly(
            "Q BEGIN;SELECT pg_catalog.set_config(E'nonsense',E'1',false);COMMIT", "H");
    server.says(error("42704", "unrecognized configuration parameter"));
    assertThat(client.got()).containsExactly("R", "E FATAL 42704");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_server_that_cannot_be_had_shows_at_login() {
    client.sends(startup(0, "user", "app"));
    rig.pool.refuse(
        org.pglynx.proxy.wire.PgError.error(
            org.pglynx.proxy.wire.SqlState.CANNOT_CONNECT, "refused"));
    assertThat(client.got()).containsExactly("R", "E FATAL 08001");
  }

  @Test
  void a_client_that_leaves_amid_its_login_holds_nothing() {
    client.sends(startup(0, "user", "app"));
    assertThat(rig.pool.waiting()).isEqualTo(1);
    client.leaves();
    assertThat(rig.pool.waiting()).isZero();
    TestClient second = connect();
    ScriptedServer server = rig.server();
    second.sends(startup(0, "user", "app", "DateStyle", "German"));
    second.leaves();
    server.takesCancels();
    server.says(complete("SELECT 1"), ready('I'), ready('I'));
    server.says(complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_slow_login_is_ended() {
    client.sends(startup(0, "user", "md5"));
    rig.loop.pass(60_001);
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_wrong_password_is_28P01() {
    client.sends(startup(0, "user", "md5"));
    client.gotBytes();
    client.sends(password("md5" + "0".repeat(32)));
    assertThat(client.got()).containsExactly("E FATAL 28P01");
  }

  private void runOffloaded() {
    for (Runnable work = offloaded.poll(); work != null; work = offloaded.poll()) {
      work.run();
    }
    rig.loop.run();
  }

  @Test
  void an_answer_that_comes_later_is_waited_for_and_nothing_sent_meanwhile_is_lost() {
    rig.server();
    slowAnswer = new CompletableFuture<>();
    client.sends(startup(0, "user", "app"), query("select 1"));
    assertThat(client.gotBytes()).isEmpty();
    slowAnswer.complete(proof(AuthMethod.TRUST, null, null));
    assertThat(tags(client)).isEqualTo("RKZ");
  }

  @Test
  void an_answer_that_comes_after_the_client_has_left_does_nothing() {
    slowAnswer = new CompletableFuture<>();
    client.sends(startup(0, "user", "app"));
    client.leaves();
    slowAnswer.complete(proof(AuthMethod.TRUST, null, null));
    rig.loop.run();
    assertThat(profile.occupancy().count()).isZero();
    assertThat(rig.pool.waiting()).isZero();
  }

  @Test
  void a_fault_of_the_admission_ends_the_login_only() {
    slowAnswer = new CompletableFuture<>();
    client.sends(startup(0, "user", "app"));
    slowAnswer.completeExceptionally(new IllegalStateException("a test's fault"));
    assertThat(client.got()).containsExactly("E FATAL XX000");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_refusal_comes_before_any_question() {
    slowAnswer =
        CompletableFuture.completedFuture(
            new Admissions.Refusal(
                PgError.fatal(SqlState.INVALID_AUTHORIZATION, "no entry"), "a test"));
    client.sends(startup(0, "user", "app"));
    assertThat(client.got()).containsExactly("E FATAL 28000");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_password_in_clear_is_judged_off_the_event_loop() {
    rig.server();
    client.sends(startup(0, "user", "clear"));
    assertThat(client.gotBytes()).containsExactly('R', 0, 0, 0, 8, 0, 0, 0, 3);
    client.sends(password("secret"));
    assertThat(client.gotBytes()).isEmpty();
    runOffloaded();
    assertThat(tags(client)).isEqualTo("RKZ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"clear", "md5"})
  void a_proof_that_does_not_fit_a_remembered_secret_is_judged_by_the_present_one(String user) {
    rig.server();
    slowAnswer =
        CompletableFuture.completedFuture(
            proof(
                user.equals("md5") ? AuthMethod.MD5 : AuthMethod.PASSWORD,
                new StoredSecret.Plain("of yesterday"),
                () -> CompletableFuture.completedFuture(new StoredSecret.Plain("secret"))));
    client.sends(startup(0, "user", user));
    byte[] request = client.gotBytes();
    client.sends(user.equals("md5") ? answer(request) : password("secret"));
    runOffloaded();
    runOffloaded();
    assertThat(tags(client)).isEqualTo("RKZ");
  }

  @Test
  void a_secret_is_asked_for_anew_once_only() {
    int[] questions = {0};
    slowAnswer =
        CompletableFuture.completedFuture(
            proof(
                AuthMethod.MD5,
                new StoredSecret.Plain("of yesterday"),
                () -> {
                  questions[0]++;
                  return CompletableFuture.completedFuture(new StoredSecret.Plain("of today"));
                }));
    client.sends(startup(0, "user", "md5"));
    client.sends(answer(client.gotBytes()));
    assertThat(client.got()).containsExactly("E FATAL 28P01");
    assertThat(questions[0]).isEqualTo(1);
  }

  @Test
  void a_place_is_held_from_the_proof_to_the_end_of_the_session() {
    ClientCounts counts = new ClientCounts();
    SessionProfile one =
        rig.profile(
            org.pglynx.proxy.config.PoolMode.TRANSACTION,
            TimeLimits.NONE,
            null,
            false,
            counts.quota("app", 1, "app", 0));
    slowAnswer =
        CompletableFuture.completedFuture(
            new Admissions.Proof(AuthMethod.TRUST, null, AuthMethod.TRUST, keys -> one, null));
    client.sends(startup(0, "user", "app"));
    assertThat(counts.ofDatabase("app")).isEqualTo(1);
    TestClient second = connect();
    second.sends(startup(0, "user", "app"));
    assertThat(second.got()).endsWith("E FATAL 53300");
    client.leaves();
    assertThat(counts.ofDatabase("app")).isZero();
    rig.server();
    TestClient third = connect();
    third.sends(startup(0, "user", "app"));
    assertThat(tags(third)).isEqualTo("RKZ");
  }

  @Test
  void a_session_is_inside_from_its_proof_to_its_end() {
    client.sends(startup(0, "user", "app"));
    assertThat(profile.occupancy().count()).isEqualTo(1);
    rig.server();
    client.leaves();
    assertThat(profile.occupancy().count()).isZero();
    TestClient second = connect();
    second.sends(startup(0, "user", "app"));
    assertThat(profile.occupancy().count()).isEqualTo(1);
    second.sends(raw('X', 4));
    assertThat(profile.occupancy().count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 9_900})
  void names_are_cut_as_postgres_cuts_them_CVE_2012_4575(int length) {
    String name = "d".repeat(length);
    client.sends(startup(0, "user", "md5", "database", name));
    assertThat(asked).extracting(Caller::database).containsExactly("d".repeat(63));
    client.gotBytes();
  }

  @Test
  void a_name_is_never_cut_within_a_character() {
    client.sends(startup(0, "user", "md5", "database", "ä".repeat(40)));
    assertThat(asked).extracting(Caller::database).containsExactly("ä".repeat(31));
    client.gotBytes();
  }

  @Test
  void a_nul_within_a_name_ends_it_and_the_rest_is_a_malformed_packet_CVE_2012_4575() {
    client.sends(untagged(3 << 16, out -> out.writeBytes("user\0md5\0b\0".getBytes())));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
  }

  @Test
  void an_authentication_message_that_is_too_long_is_refused_before_it_is_there() {
    client.sends(startup(0, "user", "md5"));
    client.gotBytes();
    client.sends(raw('p', 70_000, new byte[100]));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
    assertThat(client.disconnected()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(chars = {'Q', 'P', 'X', 'S', 'y', 0})
  void any_other_message_amid_a_login_is_refused(char tag) {
    client.sends(startup(0, "user", "md5"));
    client.gotBytes();
    client.sends(raw(tag, 5, (byte) 0));
    assertThat(client.got()).containsExactly("E FATAL 08P01");
    assertThat(client.disconnected()).isTrue();
  }

  @Test
  void a_cancel_request_is_not_answered() {
    client.sends(cancel(1, new byte[] {1, 2, 3, 4}));
    assertThat(client.disconnected()).isTrue();
    assertThat(client.gotBytes()).isEmpty();
    assertThat(List.copyOf(offloaded)).isEmpty();
  }
}
