package org.pglynx.proxy.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaslPrepTest {
  private static String prepared(String password) {
    return new String(SaslPrep.prepare(password), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "I\u00adX, IX",
    "\u00aa, a",
    "\u2168, IX",
    "a\u00a0b, a b",
    "a\u200bb, a b",
    "\ufb01x, fix",
    "e\u0301, \u00e9",
    "\u06271\u0628, \u06271\u0628"
  })
  void normalizesLikeRfc4013(String password, String expected) {
    assertThat(prepared(password)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0007\u2168", // control
        "\u2168\ue000", // private use
        "\u2168\u0221", // unassigned in Unicode 3.2
        "\ufb01\ud83d\ude00", // assigned later
        "\u0627a\u2168\u0628", // left to right inside right to left
        "\u0627\u2460", // right to left that does not end so
        "\u00ad" // nothing left
      })
  void takesTheRawPasswordWhereTheRfcRefusesIt(String password) {
    assertThat(prepared(password)).isEqualTo(password);
  }

  @Test
  void leavesAsciiAloneEvenControlCharacters() {
    assertThat(prepared("a\u0007 b~")).isEqualTo("a\u0007 b~");
  }

  /** Both verifiers were written by PostgreSQL 15. */
  @ParameterizedTest
  @CsvSource({
    "pa\ufb01\u0301\u2168,"
        + " SCRAM-SHA-256$4096:Um878psKTRrHw/yYv5s8SA==$fxHt7C0MHCwH/Xbv5gF5p8kMTmPEMoV2IvpItqXjnHY=:yVWVoIfBTQqV/r2QwZQY6UfsOEtl9LEvsxfYFL+GkrY=",
    "\ufb01\ud83d\ude00,"
        + " SCRAM-SHA-256$4096:yDitPOQSxbw3haGWqFsGKg==$BKlPGRB8QdIWxEoCTZ2mfTdqXq13q/uhGUyxtzcG0JA=:5GsECq13lLjMZrgSRBXY1/7B9SgWu8GaYsMx/TrfNEc="
  })
  void derivesTheSameKeysAsPostgres(String password, String stored) {
    ScramVerifier verifier = ScramVerifier.parse(stored);

    assertThat(ScramVerifier.derive(password, verifier.salt(), verifier.iterations()))
        .isEqualTo(verifier);
  }
}
