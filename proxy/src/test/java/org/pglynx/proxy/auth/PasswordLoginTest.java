package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unit: a client sends its password in clear. */
class PasswordLoginTest {
  private static final ScramVerifier VERIFIER =
      ScramVerifier.derive("sécret", new byte[] {1, 2, 3}, 2);
  private final ProcessSecret process = ProcessSecret.random(byte[]::new);
  private final ClientAuthentication authentication =
      new ClientAuthentication(process, new VerifierCache(process, 2, 10), byte[]::new);

  private ClientAuthenticator begun(@Nullable StoredSecret stored) {
    ClientAuthenticator login = authentication.begin(AuthMethod.PASSWORD, "anna", stored);
    Step.Continue asked = (Step.Continue) login.first();
    assertThat(asked.message().code()).isEqualTo(AuthMessage.CLEARTEXT_PASSWORD);
    return login;
  }

  private static byte[] message(String password) {
    return (password + '\0').getBytes(StandardCharsets.UTF_8);
  }

  private static Step computed(Step step) {
    return ((Step.Compute) step).work().get();
  }

  private Step outcome(@Nullable StoredSecret stored, String password) {
    return computed(begun(stored).next(message(password)));
  }

  @Test
  void it_fits_each_form_of_the_secret() {
    assertThat(outcome(new StoredSecret.Plain("sécret"), "sécret"))
        .isInstanceOf(Step.Success.class);
    assertThat(outcome(Md5Password.hash("sécret", "anna"), "sécret"))
        .isInstanceOf(Step.Success.class);
    assertThat(outcome(VERIFIER, "sécret")).isInstanceOf(Step.Success.class);
  }

  @Test
  void it_leaves_the_keys_of_a_verifier() {
    Step.Success success = (Step.Success) outcome(VERIFIER, "sécret");
    assertThat(success.keys()).isEqualTo(ScramKeys.derive("sécret", new byte[] {1, 2, 3}, 2));
  }

  @Test
  void a_wrong_one_and_an_unknown_user_fail_alike() {
    Step.Failure unknown = (Step.Failure) outcome(null, "sécret");
    for (StoredSecret stored :
        new StoredSecret[] {
          new StoredSecret.Plain("other"), Md5Password.hash("sécret", "ben"), VERIFIER
        }) {
      Step.Failure wrong = (Step.Failure) outcome(stored, "wrong");
      assertThat(wrong.message()).isEqualTo(unknown.message());
      assertThat(wrong.kind()).isEqualTo(unknown.kind());
    }
  }

  @Test
  void a_secret_that_came_later_is_judged_anew() {
    ClientAuthenticator login = begun(new StoredSecret.Plain("old"));
    assertThat(computed(login.next(message("new")))).isInstanceOf(Step.Failure.class);
    assertThat(computed(login.again(new StoredSecret.Plain("new"))))
        .isInstanceOf(Step.Success.class);
  }

  @Test
  void an_empty_one_is_refused_as_postgres_refuses_it() {
    Step.Failure failure = (Step.Failure) begun(VERIFIER).next(message(""));
    assertThat(failure.message()).isEqualTo("empty password returned by client");
    assertThat(failure.kind().sqlState()).isEqualTo("28P01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "without an end", "a\0b\0", "\0\0"})
  void a_malformed_message_is_refused(String body) {
    Step.Failure failure =
        (Step.Failure) begun(VERIFIER).next(body.getBytes(StandardCharsets.UTF_8));
    assertThat(failure.kind()).isEqualTo(Step.Kind.PROTOCOL_VIOLATION);
  }

  @Test
  void a_second_password_is_refused() {
    ClientAuthenticator login = begun(VERIFIER);
    login.next(message("wrong"));
    assertThat(login.next(message("sécret"))).isInstanceOf(Step.Failure.class);
  }
}
