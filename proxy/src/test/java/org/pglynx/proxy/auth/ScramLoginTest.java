package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.auth.Logins.continued;
import static org.pglynx.proxy.auth.Logins.continuedText;
import static org.pglynx.proxy.auth.Logins.failure;
import static org.pglynx.proxy.auth.Logins.latin1;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client's SCRAM login to the proxy. */
class ScramLoginTest {
  private static final StoredSecret.Plain SESAME = new StoredSecret.Plain("sesame");

  private final Logins logins = new Logins();

  private ClientAuthenticator begin(@Nullable StoredSecret secret) {
    logins.clients.prepare(AuthMethod.SCRAM_SHA_256, "bob", secret);
    return logins.clients.begin(AuthMethod.SCRAM_SHA_256, "bob", secret);
  }

  private ClientAuthenticator offered(@Nullable StoredSecret secret) {
    ClientAuthenticator login = begin(secret);
    login.first();
    return login;
  }

  private static byte[] initial(String clientFirst) {
    return SaslInitialResponse.encode("SCRAM-SHA-256", clientFirst);
  }

  @Test
  void thePasswordLetsTheClientInAndBothSidesKnowEachOther() {
    Logins.Outcome outcome = logins.run(begin(SESAME), logins.withPassword("bob", "sesame"));

    assertThat(outcome.server()).isInstanceOf(Step.Success.class);
    assertThat(outcome.client()).isEqualTo(new Reply.Done());
  }

  @Test
  void theOfferIsScramSha256WithoutChannelBinding() {
    AuthMessage offer = continued(begin(SESAME).first());

    assertThat(offer.body())
        .isEqualTo(ByteBuffer.allocate(19).putInt(10).put(latin1("SCRAM-SHA-256\0\0")).array());
  }

  @Test
  void aClientsProofLogsInToAServerWithTheSameVerifier() {
    ScramVerifier verifier = ScramVerifier.derive("sesame", new byte[16], 2);
    Step.Success first =
        (Step.Success) logins.run(begin(verifier), logins.withPassword("bob", "sesame")).server();
    ScramKeys keys = Objects.requireNonNull(first.keys());

    Logins.Outcome second =
        logins.run(
            begin(verifier),
            logins.toServer("bob", new ServerCredential.Passthrough(verifier, keys)));

    assertThat(second.client()).isEqualTo(new Reply.Done());
  }

  @Test
  void wrongPasswordUnknownUserAndUnusableSecretLookTheSameToTheClient() {
    ServerAuthenticator[] clients = {
      logins.withPassword("bob", "open"),
      logins.withPassword("bob", "open"),
      logins.withPassword("bob", "open")
    };

    Step.Failure wrong = failure(logins.run(begin(SESAME), clients[0]).server());
    Step.Failure unknown = failure(logins.run(begin(null), clients[1]).server());
    Step.Failure md5 =
        failure(logins.run(begin(Md5Password.hash("open", "bob")), clients[2]).server());

    assertThat(new String[] {unknown.message(), md5.message()})
        .containsOnly(wrong.message())
        .containsOnly("password authentication failed for user \"bob\"");
    assertThat(wrong.kind().sqlState()).isEqualTo("28P01");
    assertThat(unknown.kind()).isEqualTo(wrong.kind());
    assertThat(md5.reason()).contains("md5 hash");
  }

  @Test
  void saltAndCountOfAUserDoNotTellWhetherItExistsOrChangeBetweenTries() {
    String known = continuedText(offered(SESAME).next(initial("n,,n=,r=abc")));
    String unknown = continuedText(offered(null).next(initial("n,,n=,r=abc")));
    String again = continuedText(offered(null).next(initial("n,,n=,r=abc")));

    assertThat(saltAndCount(unknown)).isEqualTo(saltAndCount(known)).isEqualTo(saltAndCount(again));
  }

  private static String saltAndCount(String serverFirst) {
    return serverFirst.substring(serverFirst.indexOf(",s="));
  }

  @Test
  void differentUsersAndProcessesHaveDifferentMockSalts() {
    ProcessSecret other = ProcessSecret.random(NonceSource.secure());

    assertThat(logins.process.salt("bob"))
        .isNotEqualTo(logins.process.salt("eve"))
        .isNotEqualTo(other.salt("bob"));
  }

  @Test
  void aPasswordThatWasNotPreparedIsTheCallersMistake() {
    assertThat(logins.clients.ready(AuthMethod.SCRAM_SHA_256, "bob", SESAME)).isFalse();
    assertThatThrownBy(() -> logins.clients.begin(AuthMethod.SCRAM_SHA_256, "bob", SESAME))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("prepare");

    logins.clients.prepare(AuthMethod.SCRAM_SHA_256, "bob", SESAME);

    assertThat(logins.clients.ready(AuthMethod.SCRAM_SHA_256, "bob", SESAME)).isTrue();
  }

  @Test
  void aClientThatSendsNoInitialDataIsAskedWithAnEmptyChallenge() {
    ClientAuthenticator login = offered(SESAME);

    Step step = login.next(announcing(-1, ""));

    assertThat(continued(step).code()).isEqualTo(AuthMessage.SASL_CONTINUE);
    assertThat(continued(step).data()).isEmpty();
    assertThat(continuedText(login.next(latin1("n,,n=,r=abc")))).startsWith("r=abc");
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 10, 12, 65_535, -1})
  void anAnnouncedLengthThatIsNotThePresentOneIsRefused_CVE_2026_6664(int announced) {
    Step step = offered(SESAME).next(announcing(announced, "n,,n=,r=abc"));

    assertThat(failure(step).kind()).isEqualTo(Step.Kind.PROTOCOL_VIOLATION);
  }

  private static byte[] announcing(int length, String data) {
    byte[] bytes = latin1(data);
    return ByteBuffer.allocate(18 + bytes.length)
        .put(latin1("SCRAM-SHA-256\0"))
        .putInt(length)
        .put(bytes)
        .array();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\0",
        "SCRAM-SHA-256",
        "SCRAM-SHA-256\0",
        "SCRAM-SHA-256\0\0\0\0",
        "SCRAM-SHA-256-PLUS\0\0\0\0\0",
        "scram-sha-256\0\0\0\0\0"
      })
  void aMalformedInitialResponseIsRefused(String body) {
    assertThat(failure(offered(SESAME).next(latin1(body))).kind())
        .isEqualTo(Step.Kind.PROTOCOL_VIOLATION);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p=tls-server-end-point,,n=,r=abc | channel binding data",
        "x,,n=,r=abc | channel-binding flag \"x\"",
        "n | comma",
        "nn,n=,r=abc | comma",
        "n, | comma",
        "n,x,n=,r=abc | comma",
        "n,, | \"n\" was expected",
        "n,,r=abc | \"n\" was expected",
        "n,,n | \"=\" was expected",
        "n,,n= | \"r\" was expected",
        "n,,n=, | ends with a comma",
        "n,,n=,r= | nonce has 0 bytes",
        "n,,n=,r=a b | non-printable",
        "n,,n=,r=a\u0001b | non-printable",
        "n,,n=,r=a\u00e9b | non-printable",
        "n,,n=,r=abc, | ends with a comma",
        "n,,n=,r=abc,x | \"=\" was expected",
        "n,,n=,r=abc,1=2 | attribute was expected"
      })
  void aMalformedClientFirstMessageIsRefused(String message, String reason) {
    Step.Failure failure = failure(offered(SESAME).next(initial(message)));

    assertThat(failure.kind().sqlState()).isEqualTo("08P01");
    assertThat(failure.reason()).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n,a=eve,n=,r=abc", "n,,m=x,n=,r=abc", "n,,n=,r=abc,m=x"})
  void whatRfc5802MakesOptionalIsRefusedByName(String message) {
    assertThat(failure(offered(SESAME).next(initial(message))).kind().sqlState())
        .isEqualTo("0A000");
  }

  @Test
  void aNulInsideTheMessageIsRefused() {
    assertThat(failure(offered(SESAME).next(initial("n,,n=,r=a\0c"))).reason()).contains("NUL");
  }

  @Test
  void aNonceOf1024BytesIsTakenAndOneOf64KilobytesIsNot() {
    assertThat(continuedText(offered(SESAME).next(initial("n,,n=,r=" + "x".repeat(1024)))))
        .contains("x".repeat(1024));
    assertThat(failure(offered(SESAME).next(initial("n,,n=,r=" + "x".repeat(65_000)))).reason())
        .contains("nonce has 65000 bytes");
  }

  @Test
  void aMessageLongerThanPostgresAllowsIsRefused() {
    assertThat(failure(offered(SESAME).next(initial("n,,n=,r=" + "x".repeat(70_000)))).reason())
        .contains("bytes");
  }

  @Test
  void optionalExtensionsArePassedOver() {
    assertThat(continuedText(offered(SESAME).next(initial("y,,n=bob,r=abc,x=1,y=2"))))
        .startsWith("r=abc");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c=eSws,r=NONCE,p=PROOF | channel-binding attribute",
        "c=biw,r=NONCE,p=PROOF | channel-binding attribute",
        "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCws,r=NONCE,p=PROOF | channel-binding attribute",
        "r=NONCE,p=PROOF | \"c\" was expected",
        "c=biws,p=PROOF | \"r\" was expected",
        "c=biws,r=NONCEx,p=PROOF | nonce does not match",
        "c=biws,r=abc,p=PROOF | nonce does not match",
        "c=biws,r=NONCE | attribute was expected",
        "c=biws,r=NONCE,p | \"=\" was expected",
        "c=biws,r=NONCE,p= | the proof has 0 bytes",
        "c=biws,r=NONCE,p=AAAA | the proof has 3 bytes",
        "c=biws,r=NONCE,p=!!!! | not valid base64",
        "c=biws,r=NONCE,p=UNPADDED | not valid base64",
        "c=biws,r=NONCE,p=STRAY | not valid base64",
        "c=biws,r=NONCE,p=PROOF,x=1 | garbage"
      })
  void aMalformedClientFinalMessageIsRefused(String pattern, String reason) {
    ClientAuthenticator login = offered(SESAME);
    String serverFirst = continuedText(login.next(initial("n,,n=,r=abc")));
    String nonce = serverFirst.substring(2, serverFirst.indexOf(','));
    String proof = "A".repeat(43);
    String message =
        pattern
            .replace("NONCE", nonce)
            .replace("UNPADDED", proof)
            .replace("STRAY", "A".repeat(42) + "B=")
            .replace("PROOF", proof + "=");

    Step.Failure failure = failure(login.next(latin1(message)));

    assertThat(failure.kind()).isEqualTo(Step.Kind.PROTOCOL_VIOLATION);
    assertThat(failure.reason()).contains(reason);
  }

  @Test
  void aClientThatDoesBindingButThinksTheServerDoesNotMustRepeatItsFlag() {
    ClientAuthenticator login = offered(SESAME);
    String serverFirst = continuedText(login.next(initial("y,,n=,r=abc")));
    String nonce = serverFirst.substring(2, serverFirst.indexOf(','));

    Step step = login.next(latin1("c=eSws,r=" + nonce + ",p=" + "A".repeat(43) + "="));

    assertThat(failure(step).kind()).isEqualTo(Step.Kind.WRONG_CREDENTIALS);
  }

  @Test
  void nothingIsListenedToAfterAFailure() {
    ClientAuthenticator login = offered(SESAME);
    login.next(latin1("garbage"));

    assertThat(failure(login.next(initial("n,,n=,r=abc"))).reason()).contains("not expected");
  }

  @Test
  void trustAsksNothing() {
    Step step = logins.clients.begin(AuthMethod.TRUST, "bob", null).first();

    assertThat(step).isInstanceOf(Step.Success.class);
    assertThat(((Step.Success) step).messages()).hasSize(1);
    assertThat(((Step.Success) step).messages().getFirst().body()).isEqualTo(new byte[4]);
  }
}
