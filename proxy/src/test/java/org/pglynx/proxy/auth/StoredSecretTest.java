package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredSecretTest {
  /** Written by PostgreSQL 15 for the password "pencil". */
  private static final String PENCIL =
      "SCRAM-SHA-256$4096:+p11/YMUN2EG2gOmbkB5fg==$/0H9eqLG9ch4/MWrqmbkh/YJnzoACZRSVoobkWN0yf8="
          + ":ieSBHJwgPl4mp3HXugSuaA8lE+9CcvQuaFrc0mtFpc0=";

  @Test
  void recognisesAVerifierOfPostgresAndDerivesTheSameFromThePassword() {
    StoredSecret secret = StoredSecret.parse(PENCIL);

    assertThat(secret).isInstanceOf(ScramVerifier.class);
    ScramVerifier verifier = (ScramVerifier) secret;
    assertThat(verifier.text()).isEqualTo(PENCIL);
    assertThat(ScramVerifier.derive("pencil", verifier.salt(), verifier.iterations()))
        .isEqualTo(verifier);
    assertThat(ScramVerifier.derive("pencils", verifier.salt(), verifier.iterations()))
        .isNotEqualTo(verifier);
  }

  @Test
  void recognisesAnMd5Hash() {
    assertThat(StoredSecret.parse("md50123456789abcdef0123456789abcdef"))
        .isInstanceOf(StoredSecret.Md5Hash.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret",
        "md5",
        "md50123456789ABCDEF0123456789ABCDEF",
        "md50123456789abcdef0123456789abcdef0",
        "scram-sha-256$4096",
        "SCRAM-SHA-256"
      })
  void takesEverythingElseForThePassword(String text) {
    assertThat(StoredSecret.parse(text)).isEqualTo(new StoredSecret.Plain(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SCRAM-SHA-256$",
        "SCRAM-SHA-256$0:c2FsdA==$K:K",
        "SCRAM-SHA-256$-1:c2FsdA==$K:K",
        "SCRAM-SHA-256$9999999999:c2FsdA==$K:K",
        "SCRAM-SHA-256$4096:c2FsdA$K:K",
        "SCRAM-SHA-256$4096:c2FsdA==$K",
        "SCRAM-SHA-256$4096:c2FsdA==$K:c2FsdA==",
        "SCRAM-SHA-256$4096:c2FsdA==$c2FsdA==:K",
        "SCRAM-SHA-256$4096:c2FsdA==$K:K:K",
        "SCRAM-SHA-256$4096:c2FsdA==$K:!!!"
      })
  void refusesADamagedVerifierWithoutShowingIt(String pattern) {
    String key = Base64.getEncoder().encodeToString(new byte[32]);
    String text = pattern.replaceAll("(?<=[$:])K", key);

    assertThatThrownBy(() -> StoredSecret.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("damaged")
        .hasMessageNotContaining(key);
  }

  @Test
  void refusesAnEmptyPassword() {
    assertThatThrownBy(() -> StoredSecret.parse(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("empty");
  }

  @Test
  void neverShowsTheSecret() {
    assertThat(StoredSecret.parse("pencil").toString()).doesNotContain("pencil");
    assertThat(StoredSecret.parse("md50123456789abcdef0123456789abcdef").toString())
        .doesNotContain("0123456789");
    assertThat(StoredSecret.parse(PENCIL).toString()).doesNotContain("/0H9").doesNotContain("ieSB");
    assertThat(new ServerCredential.Secret(StoredSecret.parse("pencil")).toString())
        .doesNotContain("pencil");
  }
}
