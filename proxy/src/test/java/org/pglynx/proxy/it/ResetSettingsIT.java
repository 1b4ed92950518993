package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a session is reset to are the settings that its client came with, once the transaction that
 * resets them has ended.
 */
class ResetSettingsIT {
  @RegisterExtension
  static final ProxyUnderTest TRANSACTION_MODE = ProxyUnderTest.transactionMode(2);

  @RegisterExtension static final ProxyUnderTest SESSION_MODE = ProxyUnderTest.sessionMode(2);

  private static final Map<String, String> CAME_WITH =
      Map.of(
          "user",
          "postgres",
          "application_name",
          "came with",
          "TimeZone",
          "Asia/Tokyo",
          "options",
          "-c work_mem=7MB");

  private static List<String> play(int port, String database, String... texts) {
    Map<String, String> startup = new java.util.HashMap<>(CAME_WITH);
    startup.put("database", database);
    List<String> replies = new ArrayList<>();
    try (RawConnection connection = RawConnection.login(port, startup)) {
      for (String text : texts) {
        connection.send(RawConnection.query(text));
        connection.untilReady().stream()
            .filter(message -> message.tag() == 'D')
            .forEach(message -> replies.add(Replies.text(message)));
      }
    }
    return replies;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DISCARD ALL",
        "RESET ALL",
        "RESET application_name",
        "SET application_name TO DEFAULT",
        "SET SESSION application_name = DEFAULT",
        "RESET TimeZone",
        "RESET work_mem",
        "BEGIN; RESET application_name; COMMIT",
        "BEGIN; RESET ALL; ROLLBACK"
      })
  void a_session_is_reset_as_by_the_server_itself(String reset) {
    String[] texts = {
      reset,
      SHOWN,
      "SET application_name = 'other'; SET TimeZone = 'UTC'; SET work_mem = '1MB'",
      SHOWN,
      reset,
      SHOWN
    };
    List<String> direct =
        play(TRANSACTION_MODE.postgres().port(), TRANSACTION_MODE.serverDatabase(), texts);

    assertThat(play(TRANSACTION_MODE.port(), ProxyUnderTest.DATABASE, texts)).isEqualTo(direct);
    assertThat(play(SESSION_MODE.port(), ProxyUnderTest.DATABASE, texts)).isEqualTo(direct);
  }

  private static final String SHOWN =
      "SELECT current_setting('application_name'), current_setting('TimeZone'),"
          + " current_setting('work_mem')";
}
