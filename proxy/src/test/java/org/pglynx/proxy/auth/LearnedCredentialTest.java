package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Unit: what clients teach the proxy about its own login to the server. */
class LearnedCredentialTest {
  private static final byte[] SALT = {1, 2, 3, 4};
  private final LearnedCredential credential = new LearnedCredential(null);
  private final ScramVerifier verifier = ScramVerifier.derive("secret", SALT, 2);
  private final ScramKeys keys = ScramKeys.derive("secret", SALT, 2);

  @Test
  void at_first_there_is_nothing() {
    assertThat(credential.present()).isEqualTo(new ServerCredential.None());
    credential.learn(null, null);
    assertThat(credential.present()).isEqualTo(new ServerCredential.None());
  }

  @Test
  void a_password_is_taken_as_it_is() {
    StoredSecret password = new StoredSecret.Plain("secret");
    credential.learn(password, null);
    assertThat(credential.present()).isEqualTo(new ServerCredential.Secret(password));
  }

  @Test
  void a_verifier_serves_once_a_client_has_left_its_keys() {
    credential.learn(verifier, null);
    assertThat(credential.present()).isEqualTo(new ServerCredential.Secret(verifier));
    credential.learn(verifier, keys);
    assertThat(credential.present()).isEqualTo(new ServerCredential.Passthrough(verifier, keys));
  }

  @Test
  void a_client_without_keys_takes_none_away() {
    credential.learn(verifier, keys);
    credential.learn(verifier, null);
    assertThat(credential.present()).isEqualTo(new ServerCredential.Passthrough(verifier, keys));
  }

  @Test
  void another_verifier_makes_the_old_keys_worthless() {
    credential.learn(verifier, keys);
    ScramVerifier changed = ScramVerifier.derive("another", SALT, 2);
    credential.learn(changed, null);
    assertThat(credential.present()).isEqualTo(new ServerCredential.Secret(changed));
  }
}
