package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Protocol 3.0 and 3.2 towards clients and servers, with cancel keys of their lengths. */
class ProtocolVersionIT {
  private static final int V3 = 3 << 16;

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(2);

  private static RawConnection login(int port, int minor) {
    return RawConnection.login(
        port, V3 + minor, Map.of("user", "postgres", "database", ProxyUnderTest.DATABASE));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aClientOfAnyServedVersionIsNotNegotiatedWithAndCanCancel(int minor) {
    try (RawConnection client = login(PROXY.port(), minor)) {
      assertThat(client.loginTags()).doesNotContain("v");
      assertThat(client.key()).hasSize(minor < 2 ? 4 : 32);
      client.send(RawConnection.query("SELECT pg_sleep(30)"));
      Eventually.equal(() -> PROXY.serverProcesses("active"), 1);
      RawConnection.cancel(PROXY.port(), client.pid(), client.key());
      assertThat(client.shapes(1)).contains("E:ERROR:57014", "Z:I");
    }
  }

  @Test
  void aNewerClientLearnsTheVersionFirstAndOnce() {
    try (RawConnection client = login(PROXY.port(), 9999)) {
      assertThat(client.loginTags()).startsWith("v", "R");
      assertThat(client.loginTags().stream().filter("v"::equals)).hasSize(1);
      assertThat(client.key()).hasSize(32);
      assertThat(client.value("SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aDriverThatAsksFor3_2Works() throws Exception {
    try (Connection connection = PROXY.connect("protocolVersion", "3.2")) {
      assertThat(ProxyUnderTest.value(connection, "SELECT 'yes'")).isEqualTo("yes");
    }
  }

  @ParameterizedTest
  @EnumSource(TestPostgres.Major.class)
  void aCancelRequestReachesServersOfEitherVersion(TestPostgres.Major major) {
    assumeTrue(TestPostgres.available(major));
    ProxyUnderTest proxy = ProxyUnderTest.transactionMode(1).on(major).start();
    try (RawConnection client = proxy.raw()) {
      client.send(RawConnection.query("SELECT pg_sleep(30)"));
      Eventually.equal(() -> proxy.serverProcesses("active"), 1);
      RawConnection.cancel(proxy.port(), client.pid(), client.key());
      assertThat(client.shapes(1)).contains("E:ERROR:57014", "Z:I");
    } finally {
      proxy.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0A000", "08P01", ""})
  void aServerThatRefuses3_2IsAskedFor3_0FromThenOn(String sqlState) {
    try (FakePostgres old = FakePostgres.that(peer -> refuses(peer, sqlState))) {
      ProxyUnderTest proxy = ProxyUnderTest.sessionMode(2).serverPort(old.port()).start();
      try (RawConnection first = proxy.raw();
          RawConnection second = proxy.raw()) {
        assertThat(first.ask("SELECT 1")).containsExactly("C:DONE", "Z:I");
        assertThat(second.ask("SELECT 1")).containsExactly("C:DONE", "Z:I");
        assertThat(old.connections()).as("one refused, two in use").isEqualTo(3);
      } finally {
        proxy.stop();
      }
    }
  }

  private static void refuses(FakePostgres.Peer peer, String sqlState) throws java.io.IOException {
    if (peer.startup() == V3) {
      peer.letsIn().serves();
    } else if (!sqlState.isEmpty()) {
      peer.says(
          RawConnection.frame(
              'E',
              RawConnection.cstring("SFATAL"),
              RawConnection.cstring("C" + sqlState),
              RawConnection.cstring("Munsupported frontend protocol"),
              new byte[1]));
    }
  }

  @Test
  void aServerThatNegotiatesNonsenseIsNotUsed() {
    for (byte[] nonsense :
        List.of(
            RawConnection.join(RawConnection.int32(V3 + 3), RawConnection.int32(0)),
            RawConnection.join(RawConnection.int32(V3 + 2), RawConnection.int32(0)),
            RawConnection.join(RawConnection.int32(2 << 16), RawConnection.int32(0)),
            RawConnection.join(
                RawConnection.int32(V3), RawConnection.int32(1), RawConnection.cstring("_pq_.x")),
            RawConnection.int32(V3))) {
      FakePostgres.Script negotiates =
          peer -> {
            peer.startup();
            peer.says(RawConnection.frame('v', nonsense)).letsIn().serves();
          };
      try (FakePostgres odd = FakePostgres.that(negotiates)) {
        ProxyUnderTest proxy = ProxyUnderTest.transactionMode(1).serverPort(odd.port()).start();
        try (RawConnection client = RawConnection.open(proxy.port())) {
          client.send(
              RawConnection.startup(
                  V3, Map.of("user", "postgres", "database", ProxyUnderTest.DATABASE)));
          assertThat(client.shapes(1)).containsExactly("R", "E:FATAL:08001", "EOF");
        } finally {
          proxy.stop();
        }
      }
    }
  }
}
