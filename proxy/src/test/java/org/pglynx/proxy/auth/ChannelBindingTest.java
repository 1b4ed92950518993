package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.auth.Logins.continued;
import static org.pglynx.proxy.auth.Logins.continuedText;
import static org.pglynx.proxy.auth.Logins.failure;
import static org.pglynx.proxy.auth.Logins.latin1;
import static org.pglynx.proxy.auth.Logins.sent;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SCRAM-SHA-256-PLUS in both directions. */
class ChannelBindingTest {
  private static final ChannelBinding HERE = ChannelBinding.endPoint(new byte[] {1, 2, 3});
  private static final ChannelBinding ELSEWHERE = ChannelBinding.endPoint(new byte[] {1, 2, 4});
  private static final ScramVerifier VERIFIER = ScramVerifier.derive("sesame", new byte[16], 2);
  private static final ServerCredential PASSWORD =
      new ServerCredential.Secret(new StoredSecret.Plain("sesame"));
  private static final String PLUS = "SCRAM-SHA-256-PLUS";
  private static final String BARE = "SCRAM-SHA-256";

  private final Logins logins = new Logins();

  private ClientAuthenticator server(ChannelBinding binding) {
    return logins.clients.begin(
        AuthMethod.SCRAM_SHA_256, "bob", VERIFIER, AuthMethod.SCRAM_SHA_256, binding);
  }

  private ClientAuthenticator offered(ChannelBinding binding) {
    ClientAuthenticator login = server(binding);
    login.first();
    return login;
  }

  private static byte[] offer(String... mechanisms) {
    byte[] names = latin1(String.join("\0", mechanisms) + "\0\0");
    return ByteBuffer.allocate(4 + names.length).putInt(10).put(names).array();
  }

  /** The mechanism and the header that a login to a server begins with. */
  private String begins(ChannelBinding binding, String... mechanisms) {
    ServerAuthenticator login = logins.toServer("bob", PASSWORD, binding);
    String body = new String(sent(login.on(offer(mechanisms))), StandardCharsets.ISO_8859_1);
    int header = body.indexOf(0) + 5;
    return body.substring(0, body.indexOf(0)) + " " + body.substring(header, body.indexOf("n=,"));
  }

  @Test
  void both_halves_bind_where_both_see_the_same_certificate() {
    Logins.Outcome outcome = logins.run(server(HERE), logins.toServer("bob", PASSWORD, HERE));
    assertThat(outcome.server()).isInstanceOf(Step.Success.class);
    assertThat(outcome.client()).isEqualTo(new Reply.Done());
  }

  @Test
  void a_relayed_login_fails_because_its_ends_see_different_certificates() {
    Logins.Outcome outcome = logins.run(server(HERE), logins.toServer("bob", PASSWORD, ELSEWHERE));
    assertThat(failure(outcome.server()).kind().sqlState()).isEqualTo("28000");
    assertThat(failure(outcome.server()).message()).isEqualTo("SCRAM channel binding check failed");
  }

  @Test
  void a_client_that_cannot_bind_logs_in_without() {
    Logins.Outcome outcome =
        logins.run(server(HERE), logins.toServer("bob", PASSWORD, ChannelBinding.NONE));
    assertThat(outcome.client()).isEqualTo(new Reply.Done());
  }

  @Test
  void binding_is_offered_first_and_only_over_tls() {
    assertThat(continuedText(server(HERE).first())).isEqualTo(PLUS + "\0" + BARE + "\0\0");
    assertThat(continuedText(server(ChannelBinding.NONE).first())).isEqualTo(BARE + "\0\0");
  }

  @Test
  void an_unknown_user_is_offered_the_same() {
    ClientAuthenticator stranger =
        logins.clients.begin(AuthMethod.SCRAM_SHA_256, "eve", null, AuthMethod.SCRAM_SHA_256, HERE);
    assertThat(continued(stranger.first()).body())
        .isEqualTo(continued(server(HERE).first()).body());
  }

  @Test
  void a_client_whose_offer_was_cut_on_its_way_is_told() {
    Step.Failure failure =
        failure(offered(HERE).next(SaslInitialResponse.encode(BARE, "y,,n=,r=abc")));
    assertThat(failure.kind().sqlState()).isEqualTo("28000");
    assertThat(failure.message()).contains("channel binding negotiation error");
  }

  @Test
  void the_same_is_right_where_nothing_is_offered() {
    Step step = offered(ChannelBinding.NONE).next(SaslInitialResponse.encode(BARE, "y,,n=,r=abc"));
    assertThat(continuedText(step)).startsWith("r=abc");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SCRAM-SHA-256-PLUS | n,,n=,r=abc | does not include channel binding",
        "SCRAM-SHA-256-PLUS | y,,n=,r=abc | does not include channel binding",
        "SCRAM-SHA-256-PLUS | p=tls-unique,,n=,r=abc | unsupported SCRAM channel-binding type",
        "SCRAM-SHA-256-PLUS | p,,n=,r=abc | \"=\" was expected",
        "SCRAM-SHA-256-PLUS | p=tls-server-end-point | but found",
        "SCRAM-SHA-256 | p=tls-server-end-point,,n=,r=abc | includes channel binding data",
        "SCRAM-SHA-256-PLUSS | n,,n=,r=abc | invalid SASL authentication mechanism",
      })
  void a_header_that_does_not_fit_its_mechanism_is_refused(
      String mechanism, String message, String reason) {
    Step.Failure failure =
        failure(offered(HERE).next(SaslInitialResponse.encode(mechanism, message)));
    assertThat(failure.kind().sqlState()).isEqualTo("08P01");
    assertThat(failure.reason()).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "p=tls-server-end-point,,", "p=tls-server-end-point,,\1\2", "n,,"})
  void a_bound_login_must_carry_the_whole_hash(String bound) {
    ClientAuthenticator login = offered(HERE);
    String nonce =
        continuedText(
                login.next(SaslInitialResponse.encode(PLUS, "p=tls-server-end-point,,n=,r=abc")))
            .split(",")[0];
    String sent = Base64.getEncoder().encodeToString(latin1(bound));
    Step step = login.next(latin1("c=" + sent + "," + nonce + ",p=" + "A".repeat(43) + "="));
    assertThat(failure(step).message()).isEqualTo("SCRAM channel binding check failed");
  }

  @Test
  void a_server_that_can_bind_is_bound_to() {
    assertThat(begins(HERE, PLUS, BARE)).isEqualTo(PLUS + " p=tls-server-end-point,,");
    assertThat(begins(HERE, BARE, PLUS)).isEqualTo(PLUS + " p=tls-server-end-point,,");
  }

  @Test
  void a_server_that_seems_unable_to_bind_learns_that_we_could() {
    assertThat(begins(HERE, BARE)).isEqualTo(BARE + " y,,");
  }

  @Test
  void without_a_certificate_nothing_is_said_of_binding() {
    assertThat(begins(ChannelBinding.NONE, PLUS, BARE)).isEqualTo(BARE + " n,,");
  }

  @Test
  void a_server_that_only_binds_is_refused_over_a_plain_connection() {
    Reply reply = logins.toServer("bob", PASSWORD, ChannelBinding.NONE).on(offer(PLUS));
    assertThat(reply).isInstanceOf(Reply.Refused.class);
  }
}
