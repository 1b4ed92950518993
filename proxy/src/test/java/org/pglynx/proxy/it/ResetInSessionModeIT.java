package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In session mode, too, RESET leads to what the client asked for at login: its server connection
 * may have been opened for another client.
 */
class ResetInSessionModeIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.sessionMode(1);

  private static final Map<String, String> STARTUP =
      Map.of("TimeZone", "America/Lima", "application_name", "mine", "options", "-c work_mem=7MB");

  private static RawConnection login(int port, String database, Map<String, String> more) {
    Map<String, String> all = new java.util.LinkedHashMap<>(more);
    all.put("user", "postgres");
    all.put("database", database);
    return RawConnection.login(port, all);
  }

  private static List<String> values(RawConnection client) {
    return List.of(
        client.value("SHOW TimeZone"),
        client.value("SHOW application_name"),
        client.value("SHOW work_mem"),
        client.value("SHOW lock_timeout"));
  }

  private static byte[][] extended(String sql) {
    return new byte[][] {
      RawConnection.parse("", sql),
      RawConnection.bind("", ""),
      RawConnection.execute("", 0),
      RawConnection.sync()
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RESET TimeZone",
        "RESET ALL",
        "DISCARD ALL",
        "SET TimeZone TO DEFAULT",
        "SET work_mem TO DEFAULT",
        "RESET application_name",
        "RESET lock_timeout"
      })
  void aResetLeadsToTheValuesOfTheLogin(String sql) {
    try (RawConnection other =
        login(PROXY.port(), "app", Map.of("TimeZone", "Asia/Tokyo", "application_name", "his"))) {
      other.ask("SELECT 1");
    }
    try (RawConnection client = login(PROXY.port(), "app", STARTUP);
        RawConnection direct = login(PROXY.postgres().port(), PROXY.serverDatabase(), STARTUP)) {
      for (RawConnection each : List.of(client, direct)) {
        each.ask("SET TimeZone = 'Asia/Tokyo'; SET work_mem = '9MB'; SET lock_timeout = '5s'");
        each.ask("SET application_name = 'other'");
        each.ask(sql);
      }
      assertThat(values(client)).isEqualTo(values(direct));

      for (RawConnection each : List.of(client, direct)) {
        each.ask("SET TimeZone = 'Asia/Tokyo'; SET work_mem = '9MB'; SET lock_timeout = '5s'");
        each.send(extended(sql));
        each.untilReady();
      }
      assertThat(values(client)).isEqualTo(values(direct));

      for (RawConnection each : List.of(client, direct)) {
        each.ask("SET TimeZone = 'Asia/Tokyo'");
        each.ask("BEGIN");
        each.ask(sql);
        each.ask("ROLLBACK");
      }
      assertThat(values(client)).isEqualTo(values(direct));
    }
  }
}
