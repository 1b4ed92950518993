package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.auth.Logins.latin1;
import static org.pglynx.proxy.auth.Logins.refusal;
import static org.pglynx.proxy.auth.Logins.sent;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy's login to a server. */
class ServerAuthenticatorTest {
  private static final ServerCredential PASSWORD =
      new ServerCredential.Secret(new StoredSecret.Plain("sesame"));
  private static final ServerCredential MD5 =
      new ServerCredential.Secret(Md5Password.hash("sesame", "bob"));
  private static final ServerCredential VERIFIER =
      new ServerCredential.Secret(ScramVerifier.derive("sesame", new byte[16], 1));
  private static final ServerCredential NONE = new ServerCredential.None();

  private final Logins logins = new Logins();

  private static byte[] request(int code, String data) {
    byte[] bytes = latin1(data);
    return ByteBuffer.allocate(4 + bytes.length).putInt(code).put(bytes).array();
  }

  private static byte[] saslOffer() {
    return request(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
  }

  /** A login to which SCRAM has been offered; gives its nonce. */
  private static String offered(ServerAuthenticator login) {
    String initial = new String(sent(login.on(saslOffer())), StandardCharsets.ISO_8859_1);
    return initial.substring(initial.indexOf(",r=") + 3);
  }

  @Test
  void aServerThatTrustsIsEnteredWithoutACredential() {
    assertThat(logins.toServer("bob", NONE).on(request(0, ""))).isEqualTo(new Reply.Done());
  }

  @Test
  void thePasswordGoesInClearOnlyWhereThatIsAllowed() {
    ServerAuthenticator safe =
        new ServerAuthenticator(
            "bob", PASSWORD, true, ChannelBinding.NONE, logins.keys, logins.random);

    assertThat(sent(safe.on(request(3, "")))).isEqualTo(latin1("sesame\0"));
    assertThat(safe.on(request(0, ""))).isEqualTo(new Reply.Done());
    assertThat(refusal(logins.toServer("bob", PASSWORD).on(request(3, ""))))
        .contains("in clear")
        .contains("use TLS")
        .doesNotContain("sesame");
  }

  @Test
  void eachMethodSaysWhichCredentialItNeeds() {
    ServerAuthenticator clear =
        new ServerAuthenticator("bob", MD5, true, ChannelBinding.NONE, logins.keys, logins.random);
    assertThat(refusal(clear.on(request(3, "")))).contains("the password itself");
    for (ServerCredential useless : new ServerCredential[] {NONE, VERIFIER}) {
      assertThat(refusal(logins.toServer("bob", useless).on(request(5, "salt"))))
          .contains("md5 hash");
    }
    for (ServerCredential useless : new ServerCredential[] {NONE, VERIFIER, MD5}) {
      assertThat(refusal(logins.toServer("bob", useless).on(saslOffer())))
          .contains("SCRAM")
          .contains("needs the password");
    }
  }

  @ParameterizedTest
  @CsvSource({"2, Kerberos", "7, GSSAPI", "8, GSSAPI", "9, SSPI", "6, number 6", "-1, number -1"})
  void aMethodThatIsNotServedIsRefusedByName(int code, String name) {
    assertThat(refusal(logins.toServer("bob", PASSWORD).on(request(code, "")))).contains(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0", "SCRAM-SHA-256", "SCRAM-SHA-256\0", "A\0\0B\0\0", "PLAIN\0\0"})
  void anOfferWithoutScramOrWithoutEndIsRefused(String mechanisms) {
    assertThat(refusal(logins.toServer("bob", PASSWORD).on(request(10, mechanisms))))
        .contains("cannot log in to the server as \"bob\"");
  }

  @Test
  void keysAreDerivedOnceAndThenFoundInTheCache() {
    ServerAuthenticator first = logins.toServer("bob", PASSWORD);
    String challenge = "r=" + offered(first) + "x,s=c2FsdA==,i=7";
    Reply derive = first.on(request(11, challenge));
    assertThat(derive).isInstanceOf(Reply.Derive.class);
    sent(logins.derived(first, derive));

    ServerAuthenticator second = logins.toServer("bob", PASSWORD);
    Reply reply = second.on(request(11, "r=" + offered(second) + "x,s=c2FsdA==,i=7"));

    sent(reply);
  }

  @Test
  void anAuthenticationOkBeforeTheServersSignatureIsRefused() {
    ServerAuthenticator afterOffer = logins.toServer("bob", PASSWORD);
    offered(afterOffer);
    assertThat(refusal(afterOffer.on(request(0, "")))).contains("before it proved");

    ServerAuthenticator whileDeriving = logins.toServer("bob", PASSWORD);
    whileDeriving.on(request(11, "r=" + offered(whileDeriving) + "x,s=c2FsdA==,i=1"));
    assertThat(refusal(whileDeriving.on(request(0, "")))).contains("before it proved");

    ServerAuthenticator afterProof = logins.toServer("bob", PASSWORD);
    logins.derived(
        afterProof, afterProof.on(request(11, "r=" + offered(afterProof) + "x,s=c2FsdA==,i=1")));
    assertThat(refusal(afterProof.on(request(0, "")))).contains("before it proved");
  }

  @Test
  void keysThatComeAfterARefusalChangeNothing() {
    ServerAuthenticator login = logins.toServer("bob", PASSWORD);
    Reply derive = login.on(request(11, "r=" + offered(login) + "x,s=c2FsdA==,i=1"));
    login.on(request(0, ""));

    assertThat(refusal(logins.derived(login, derive))).contains("nobody asked for");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "r=other,s=c2FsdA==,i=1 | does not extend",
        "r=NONCE,s=c2FsdA==,i=1 | does not extend",
        "r=,s=c2FsdA==,i=1 | nonce has 0 bytes",
        "s=c2FsdA==,i=1 | \"r\" was expected",
        "r=NONCEx,i=1 | \"s\" was expected",
        "r=NONCEx,s=c2FsdA== | \"i\" was expected",
        "r=NONCEx,s=,i=1 | the salt has 0 bytes",
        "r=NONCEx,s=c2FsdA,i=1 | not valid base64",
        "r=NONCEx,s=*,i=1 | not valid base64",
        "r=NONCEx,s=c2FsdA==,i= | iteration count",
        "r=NONCEx,s=c2FsdA==,i=0 | iteration count",
        "r=NONCEx,s=c2FsdA==,i=-1 | iteration count",
        "r=NONCEx,s=c2FsdA==,i=+1 | iteration count",
        "r=NONCEx,s=c2FsdA==,i=1000001 | iteration count",
        "r=NONCEx,s=c2FsdA==,i=2147483648 | iteration count",
        "r=NONCEx,s=c2FsdA==,i=1, | ends with a comma",
        "m=1,r=NONCEx,s=c2FsdA==,i=1 | mandatory",
        "r=NONCEx,s=c2FsdA==,i=1,m=1 | mandatory"
      })
  void aMalformedChallengeIsRefused_CVE_2026_6665(String pattern, String reason) {
    ServerAuthenticator login = logins.toServer("bob", PASSWORD);
    String challenge = pattern.replace("NONCE", offered(login));

    assertThat(refusal(login.on(request(11, challenge)))).contains(reason);
  }

  @Test
  void aNonceOf64KilobytesIsRefused_CVE_2026_6665() {
    ServerAuthenticator login = logins.toServer("bob", PASSWORD);
    String nonce = offered(login) + "x".repeat(65_000);

    assertThat(refusal(login.on(request(11, "r=" + nonce + ",s=c2FsdA==,i=1"))))
        .contains("1 to 1024");
  }

  @Test
  void aHugeSaltIsRefused_CVE_2026_6665() {
    ServerAuthenticator login = logins.toServer("bob", PASSWORD);
    String salt = "AAAA".repeat(342);

    assertThat(refusal(login.on(request(11, "r=" + offered(login) + "x,s=" + salt + ",i=1"))))
        .contains("the salt has 1026 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "e=other-error | SCRAM error",
        "x=1 | \"v\" was expected",
        "v= | the signature has 0 bytes",
        "v=AAAA | the signature has 3 bytes",
        "v=!!! | not valid base64",
        "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= | signature is wrong",
        "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,x=1 | garbage"
      })
  void aServerThatCannotProveItselfIsRefused_CVE_2026_6665(String last, String reason) {
    ServerAuthenticator login = logins.toServer("bob", PASSWORD);
    logins.derived(login, login.on(request(11, "r=" + offered(login) + "x,s=c2FsdA==,i=1")));

    assertThat(refusal(login.on(request(12, last)))).contains(reason);
  }

  @Test
  void passthroughRefusesAServerWithAnotherVerifier() {
    ScramVerifier verifier = ScramVerifier.derive("sesame", new byte[16], 1);
    ServerAuthenticator login =
        logins.toServer(
            "bob",
            new ServerCredential.Passthrough(
                verifier, ScramKeys.derive("sesame", new byte[16], 1)));

    assertThat(refusal(login.on(request(11, "r=" + offered(login) + "x,s=c2FsdA==,i=1"))))
        .contains("another SCRAM verifier");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 65_536})
  void aBodyOfImpossibleLengthIsRefused(int length) {
    assertThat(refusal(logins.toServer("bob", PASSWORD).on(new byte[length])))
        .contains(length + " bytes");
  }

  @ParameterizedTest
  @CsvSource({"0, x", "3, x", "5, abc", "5, abcde", "5, ''", "11, r=x", "12, v=x"})
  void aRequestWithTheWrongDataOrAtTheWrongTimeIsRefused(int code, String data) {
    assertThat(logins.toServer("bob", PASSWORD).on(request(code, data)))
        .isInstanceOf(Reply.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5, 10, 11, 12})
  void nothingIsAnsweredAfterTheEnd(int code) {
    ServerAuthenticator login = logins.toServer("bob", PASSWORD);
    login.on(request(0, ""));

    assertThat(login.on(request(code, code == 5 ? "salt" : ""))).isInstanceOf(Reply.Refused.class);
  }

  @Test
  void noReplyShowsASecretInItsText() {
    ServerAuthenticator login = logins.toServer("bob", PASSWORD);
    Reply derive = login.on(request(11, "r=" + offered(login) + "x,s=c2FsdA==,i=1"));

    assertThat(derive.toString()).doesNotContain("sesame");
  }
}
