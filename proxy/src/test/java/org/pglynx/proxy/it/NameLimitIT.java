package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Real servers: a client that never closes what it prepares, up to the limit as it is. With a lower
 * one this is tested in the session's own tests.
 */
@EnabledIfSystemProperty(named = "large", matches = "true")
class NameLimitIT {
  private static final int LIMIT = 100_000;
  private static final int AT_ONCE = 500;

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(1);

  @Test
  void one_name_too_many_is_refused_and_one_that_is_closed_makes_room() {
    try (RawConnection client = PROXY.raw().patience(60_000)) {
      for (int i = 0; i < LIMIT; i += AT_ONCE) {
        byte[][] messages = new byte[AT_ONCE][];
        for (int k = 0; k < AT_ONCE; k++) {
          messages[k] = RawConnection.parse("s" + (i + k), "SELECT 1");
        }
        client.send(RawConnection.join(messages), RawConnection.sync());
        assertThat(client.volumeUntilReady().messages()).isEqualTo(AT_ONCE + 1);
      }
      client.send(RawConnection.parse("more", "SELECT 1"), RawConnection.sync());
      assertThat(client.shapes(1)).containsExactly("E:ERROR:54000", "Z:I");
      client.send(
          RawConnection.closeStatement("s0"),
          RawConnection.parse("more", "SELECT 1"),
          RawConnection.sync());
      assertThat(client.shapes(1)).containsExactly("3", "1", "Z:I");
      assertThat(client.value("SELECT 7")).isEqualTo("7");
    }
  }
}
