package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.auth.Logins.continued;
import static org.pglynx.proxy.auth.Logins.failure;
import static org.pglynx.proxy.auth.Logins.latin1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Md5LoginTest {
  private final Logins logins = new Logins();

  private ClientAuthenticator begin(StoredSecret secret) {
    return logins.clients.begin(AuthMethod.MD5, "bob", secret);
  }

  @Test
  void hashAndResponseFollowTheProtocol() {
    StoredSecret.Md5Hash hash = Md5Password.hash("sesame", "bob");

    assertThat(hash.text()).isEqualTo("md5f8e14e51f459960062eb38d48f5dda88");
    assertThat(Md5Password.response(hash, new byte[] {1, 2, 3, 4}))
        .isEqualTo("md547c63d9b7ec349b14dfb0cbae6cf3f5e");
  }

  @Test
  void aPasswordOrItsHashLetsTheClientIn() {
    StoredSecret.Md5Hash hash = Md5Password.hash("sesame", "bob");

    for (StoredSecret stored : new StoredSecret[] {new StoredSecret.Plain("sesame"), hash}) {
      ServerAuthenticator client = logins.toServer("bob", new ServerCredential.Secret(stored));
      Logins.Outcome outcome = logins.run(begin(hash), client);

      assertThat(outcome.server()).isInstanceOf(Step.Success.class);
      assertThat(outcome.client()).isEqualTo(new Reply.Done());
    }
  }

  @Test
  void aWrongPasswordAndAnUnknownUserLookTheSameToTheClient() {
    Step.Failure wrong =
        failure(
            logins
                .run(begin(new StoredSecret.Plain("sesame")), logins.withPassword("bob", "open"))
                .server());
    Step.Failure unknown =
        failure(
            logins
                .run(
                    logins.clients.begin(AuthMethod.MD5, "bob", null),
                    logins.withPassword("bob", "open"))
                .server());

    assertThat(wrong.message())
        .isEqualTo(unknown.message())
        .isEqualTo("password authentication failed for user \"bob\"");
    assertThat(wrong.kind()).isEqualTo(unknown.kind()).isEqualTo(Step.Kind.WRONG_CREDENTIALS);
    assertThat(wrong.reason()).contains("does not match");
    assertThat(unknown.reason()).contains("unknown");
  }

  @Test
  void aScramVerifierTurnsMd5IntoScram() {
    ScramVerifier verifier = ScramVerifier.derive("sesame", new byte[16], 2);

    assertThat(continued(begin(verifier).first()).code()).isEqualTo(AuthMessage.SASL);
    assertThat(logins.run(begin(verifier), logins.withPassword("bob", "sesame")).server())
        .isInstanceOf(Step.Success.class);
  }

  @Test
  void unknownUsersAreAskedAsTheOthersAre() {
    assertThat(
            continued(
                    logins
                        .clients
                        .begin(AuthMethod.MD5, "bob", null, AuthMethod.SCRAM_SHA_256)
                        .first())
                .code())
        .isEqualTo(AuthMessage.SASL);
    assertThat(continued(logins.clients.begin(AuthMethod.MD5, "bob", null).first()).code())
        .isEqualTo(AuthMessage.MD5_PASSWORD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "md5", "a\0b\0", "a\0\0", "md5\0x"})
  void aMessageThatIsNotOneStringIsAProtocolViolation(String message) {
    ClientAuthenticator login = begin(new StoredSecret.Plain("sesame"));
    login.first();

    assertThat(failure(login.next(latin1(message))).kind()).isEqualTo(Step.Kind.PROTOCOL_VIOLATION);
  }

  @Test
  void anOversizedMessageIsAProtocolViolation() {
    ClientAuthenticator login = begin(new StoredSecret.Plain("sesame"));
    login.first();

    assertThat(failure(login.next(new byte[65_536])).message())
        .isEqualTo("invalid password packet size");
  }

  @Test
  void onlyOneAnswerIsListenedTo() {
    ClientAuthenticator login = begin(Md5Password.hash("sesame", "bob"));
    byte[] salt = continued(login.first()).data();
    login.next(latin1("wrong\0"));
    String right = Md5Password.response(Md5Password.hash("sesame", "bob"), salt);

    assertThat(failure(login.next(latin1(right + "\0"))).kind())
        .isEqualTo(Step.Kind.PROTOCOL_VIOLATION);
  }

  @Test
  void anAnswerBeforeTheQuestionIsAProtocolViolation() {
    assertThat(failure(begin(new StoredSecret.Plain("sesame")).next(latin1("x\0"))).kind())
        .isEqualTo(Step.Kind.PROTOCOL_VIOLATION);
  }
}
