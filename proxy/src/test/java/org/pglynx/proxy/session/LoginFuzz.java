package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.FrontendBytes.cancel;
import static org.pglynx.proxy.wire.FrontendBytes.frame;
import static org.pglynx.proxy.wire.FrontendBytes.gssRequest;
import static org.pglynx.proxy.wire.FrontendBytes.password;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sslRequest;
import static org.pglynx.proxy.wire.FrontendBytes.startup;
import static org.pglynx.proxy.wire.FrontendBytes.terminate;
import static org.pglynx.proxy.wire.FrontendBytes.untagged;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ProcessSecret;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.auth.VerifierCache;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.wire.Choices;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Fuzz target: a connection from its first byte on, with packets of the login in any order, cut and
 * mutated, and any bytes at all.
 *
 * <p>Holds: nobody comes in who has not proved who it is (no message says the right password), the
 * proxy throws nothing, a connection has ended or can be ended, every buffer is released.
 */
public final class LoginFuzz {
  private static final NonceSource ZEROS = byte[]::new;
  private static final ProcessSecret SECRET = ProcessSecret.random(ZEROS);
  private static final VerifierCache VERIFIERS = new VerifierCache(SECRET, 1, 100);
  private static final String TRUSTED = "app";

  private static final List<byte[]> SENT =
      List.of(
          sslRequest(),
          gssRequest(),
          startup(0, "user", TRUSTED, "database", "shop"),
          startup(0, "user", "md5"),
          startup(0, "user", "clear", "application_name", "x'; drop"),
          startup(0, "user", "scram", "options", "-c search_path=a\\ b --x=y"),
          startup(2, "user", "scram", "_pq_.x", "1"),
          startup(0, "user", "unknown", "replication", "1"),
          startup(0, "user", ""),
          untagged(2 << 16, out -> out.writeZero(100)),
          cancel(1, new byte[] {1, 2, 3, 4}),
          password("wrong"),
          saslInitial("SCRAM-SHA-256", "n,,n=,r=abcdef"),
          saslInitial("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=x"),
          frame('p', out -> out.writeBytes(ascii("c=biws,r=abcdef,p=AAAA"))),
          query("select 1"),
          terminate());

  private final Choices choices;
  private final Rig rig = new Rig();
  private final ArrayDeque<Runnable> offloaded = new ArrayDeque<>();
  private final SessionProfile profile = rig.profile(false, null);
  private boolean trustedEntered;

  private LoginFuzz(Choices choices) {
    this.choices = choices;
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    new LoginFuzz(new Choices(input)).run();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] saslInitial(String mechanism, String data) {
    return frame(
        'p',
        out ->
            out.writeBytes(ascii(mechanism))
                .writeByte(0)
                .writeInt(data.length())
                .writeBytes(ascii(data)));
  }

  private void run() {
    ClientDoor door =
        new ClientDoor(
            this::admit,
            new ClientAuthentication(SECRET, VERIFIERS, ZEROS),
            rig.registry,
            offloaded::add,
            60_000,
            TlsMode.DISABLE,
            SniRoutes.NONE,
            new LogConfig(false, false));
    TestClient client = rig.connection();
    client.become(door.open(client));
    if (choices.flag()) {
      rig.server();
    }
    while (choices.more() && !client.disconnected()) {
      step(client);
      work();
    }
    work();
    if (!trustedEntered) {
      assertThat(rig.registry.views()).as("sessions without a proof").isEmpty();
    }
    client.leaves();
    work();
    assertThat(rig.registry.views()).as("sessions").isEmpty();
    assertThat(rig.loop.timers()).as("limits of logins").isZero();
    rig.finish();
    assertThat(rig.buffers.bytes()).as("bytes of buffers that nobody released").isZero();
  }

  private void step(TestClient client) {
    switch (choices.below(8)) {
      case 0, 1, 2 -> client.sends(choices.of(SENT));
      case 3 -> client.sends(choices.of(SENT), choices.of(SENT));
      case 4 -> client.sends(choices.perhapsMutated(choices.of(SENT)));
      case 5 -> client.sends(choices.bytes(choices.below(24)));
      case 6 -> inPieces(client, choices.perhapsMutated(choices.of(SENT)));
      default -> client.dribbles(choices.of(SENT));
    }
  }

  private void inPieces(TestClient client, byte[] message) {
    int cut = choices.below(message.length + 1);
    client.sends(Arrays.copyOf(message, cut));
    work();
    client.sends(Arrays.copyOfRange(message, cut, message.length));
  }

  private void work() {
    for (Runnable task = offloaded.poll(); task != null; task = offloaded.poll()) {
      task.run();
    }
    rig.loop.run();
  }

  private CompletionStage<Admissions.Answer> admit(Caller caller) {
    return CompletableFuture.completedFuture(
        switch (caller.user()) {
          case TRUSTED -> proof(AuthMethod.TRUST, TRUSTED);
          case "md5" -> proof(AuthMethod.MD5, "md5");
          case "clear" -> proof(AuthMethod.PASSWORD, "clear");
          case "scram" -> proof(AuthMethod.SCRAM_SHA_256, "scram");
          case "refused" ->
              new Admissions.Refusal(PgError.fatal(SqlState.INVALID_AUTHORIZATION, "no"), "rule");
          default ->
              new Admissions.Proof(
                  AuthMethod.SCRAM_SHA_256, null, AuthMethod.MD5, keys -> enter(""), null);
        });
  }

  private Admissions.Proof proof(AuthMethod method, String user) {
    return new Admissions.Proof(
        method, new StoredSecret.Plain("sesame open"), method, keys -> enter(user), null);
  }

  private SessionProfile enter(String user) {
    assertThat(user).as("who came in").isEqualTo(TRUSTED);
    trustedEntered = true;
    profile.occupancy().enter();
    return profile;
  }
}
