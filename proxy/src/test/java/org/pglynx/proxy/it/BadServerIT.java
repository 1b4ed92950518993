package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server that says what no server should harms nobody: its clients get an error, the proxy lives.
 */
class BadServerIT {
  private static final int SASL_CONTINUE = 11;

  /** What the server says instead of letting in. */
  enum Lie {
    NONCE_OF_64_KB_CVE_2026_6665("r=%s" + "x".repeat(65_000) + ",s=" + salt() + ",i=4096"),
    HUGE_ITERATION_COUNT_CVE_2026_6665("r=%sx,s=" + salt() + ",i=2147483647"),
    BAD_BASE64_CVE_2026_6665("r=%sx,s=!!!!,i=4096"),
    NO_ATTRIBUTES_CVE_2026_6665("");

    private final String challenge;

    Lie(String challenge) {
      this.challenge = challenge;
    }

    private static String salt() {
      return Base64.getEncoder().encodeToString(new byte[16]);
    }
  }

  /** ErrorResponses that break the format. */
  enum BadError {
    NO_FIELDS(new byte[] {0}),
    NO_TERMINATOR("SFATAL\0Mtoo bad".getBytes(StandardCharsets.US_ASCII)),
    UNKNOWN_FIELDS("?what\0!ever\0\0".getBytes(StandardCharsets.US_ASCII)),
    NO_BODY(new byte[0]);

    private final byte[] body;

    BadError(byte[] body) {
      this.body = body;
    }
  }

  private static void assertRefused(FakePostgres.Script script, String userLine) {
    try (FakePostgres bad = FakePostgres.that(script)) {
      ProxyUnderTest proxy =
          ProxyUnderTest.transactionMode(1).user(userLine).serverPort(bad.port()).start();
      try {
        for (int i = 0; i < 2; i++) {
          try (RawConnection client = RawConnection.open(proxy.port())) {
            client.send(
                RawConnection.startup(
                    3 << 16, Map.of("user", "postgres", "database", ProxyUnderTest.DATABASE)));
            assertThat(client.shapes(1))
                .hasSize(3)
                .startsWith("R")
                .endsWith("EOF")
                .element(1)
                .asString()
                .startsWith("E:FATAL:");
          }
        }
      } finally {
        proxy.stop();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lying_scram_server_is_refused(Lie lie) {
    assertRefused(
        peer -> {
          peer.startup();
          peer.says(
              RawConnection.frame(
                  'R',
                  RawConnection.int32(10),
                  RawConnection.cstring("SCRAM-SHA-256"),
                  new byte[1]));
          String challenge = lie.challenge.formatted(peer.scramNonce());
          peer.says(
              RawConnection.frame(
                  'R',
                  RawConnection.int32(SASL_CONTINUE),
                  challenge.getBytes(StandardCharsets.US_ASCII)));
          peer.message();
        },
        "server_password = \"secret\"");
  }

  @ParameterizedTest
  @EnumSource
  void an_error_without_fields_or_end_at_login_is_an_error_CVE_2026_6666(BadError error) {
    assertRefused(
        peer -> {
          peer.startup();
          peer.says(RawConnection.frame('E', error.body));
          peer.message();
        },
        "server_password = \"secret\"");
  }

  @ParameterizedTest
  @EnumSource
  void an_error_without_fields_or_end_amid_a_session_harms_nobody_CVE_2026_6666(BadError error) {
    FakePostgres.Script script =
        peer -> {
          peer.startup();
          peer.letsIn();
          for (char tag = peer.message(); tag != 0; tag = peer.message()) {
            if (tag == 'Q') {
              peer.says(RawConnection.frame('E', error.body), FakePostgres.idle());
            }
          }
        };
    try (FakePostgres bad = FakePostgres.that(script)) {
      ProxyUnderTest proxy = ProxyUnderTest.sessionMode(3).serverPort(bad.port()).start();
      try (RawConnection client = proxy.raw()) {
        client.send(RawConnection.query("SELECT 1"));
        assertThat(client.until('Z')).isNotEmpty();
        try (RawConnection other = RawConnection.open(proxy.port())) {
          other.send(
              RawConnection.startup(
                  3 << 16, Map.of("user", "postgres", "database", ProxyUnderTest.DATABASE)));
          assertThat(other.shapes(1)).endsWith("Z:I");
        }
      } finally {
        proxy.stop();
      }
    }
  }
}
