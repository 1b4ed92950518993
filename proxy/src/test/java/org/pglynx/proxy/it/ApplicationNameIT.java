package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real servers: what a client is called is what it calls itself, and nothing if it does not. */
class ApplicationNameIT {
  @RegisterExtension static final ProxyUnderTest TRANSACTIONS = ProxyUnderTest.transactionMode(1);

  @RegisterExtension static final ProxyUnderTest SESSIONS = ProxyUnderTest.sessionMode(1);

  private static void seesWhatItWouldSeeDirect(ProxyUnderTest proxy) {
    try (RawConnection named =
        RawConnection.login(
            proxy.port(),
            Map.of("user", "postgres", "database", "app", "application_name", "mine"))) {
      assertThat(named.value("SHOW application_name")).isEqualTo("mine");
    }
    try (RawConnection through = proxy.raw();
        RawConnection direct = proxy.direct()) {
      for (String sql :
          new String[] {
            "SHOW application_name",
            "SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()",
            "RESET ALL; SHOW application_name",
          }) {
        assertThat(through.value(sql)).isEqualTo(direct.value(sql)).isEmpty();
      }
    }
  }

  @Test
  void in_transaction_mode() {
    seesWhatItWouldSeeDirect(TRANSACTIONS);
  }

  @Test
  void in_session_mode() {
    seesWhatItWouldSeeDirect(SESSIONS);
  }
}
