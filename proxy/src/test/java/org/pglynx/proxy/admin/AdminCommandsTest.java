package org.pglynx.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.admin.Console.Answer;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgError.Severity;
import org.pglynx.proxy.wire.SqlState;

class AdminCommandsTest {
  private final Console console = new Console(new FakeView());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHOW VERSION",
        "show version;",
        "Show /* which? */ Version ; ",
        "\nSHOW\tVERSION"
      })
  void showIsReadInAnyCaseWithOrWithoutSemicolon(String sql) {
    Answer answer = console.ask(sql);

    assertThat(answer.row(0)).containsEntry("version", "pglynx 1.2.3");
    assertThat(answer.tag()).isEqualTo("SHOW");
  }

  @ParameterizedTest
  @EnumSource
  void everyTopicAnswers(ShowTopic topic) {
    Answer answer = console.ask("SHOW " + topic);

    assertThat(answer.error()).isNull();
    assertThat(answer.tag()).isEqualTo("SHOW");
  }

  @Test
  void helpIsANoticeThatNamesEveryTopic() {
    Answer answer = console.ask("SHOW HELP");

    PgError notice = Objects.requireNonNull(answer.notice());
    assertThat(notice.severity()).isEqualTo(Severity.NOTICE);
    assertThat(notice.message()).isEqualTo("Console usage");
    for (ShowTopic topic : ShowTopic.values()) {
      assertThat(notice.detail()).contains("SHOW " + topic);
    }
    assertThat(answer.columns()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "show fds, SHOW FDS is not served yet",
    "SELECT * FROM t, an admin database runs no SQL",
    "CREATE TABLE t (), an admin database runs no SQL",
    "SHOW POOLS; SHOW STATS, the admin console takes one statement at a time",
  })
  void whatIsNotServedIsRefusedByName(String sql, String message) {
    PgError error = console.ask(sql).refusal();

    assertThat(error.code()).isEqualTo("0A000");
    assertThat(error.severity()).isEqualTo(Severity.ERROR);
    assertThat(error.message()).isEqualTo(message);
    assertThat(error.hint()).startsWith("The console answers SHOW HELP, VERSION, STATE");
  }

  @Test
  void reloadTellsWhatHasChanged() {
    console.actions.notices.add(PgError.notice(Severity.NOTICE, "all is new"));

    Answer answer = console.ask("reload;");

    assertThat(answer.tag()).isEqualTo("RELOAD");
    assertThat(Objects.requireNonNull(answer.notice()).message()).isEqualTo("all is new");
    assertThat(console.actions.done).containsExactly("reload");
  }

  @Test
  void aRefusedReloadIsAnError() {
    console.actions.refusal = PgError.error(SqlState.CONFIG_FILE_ERROR, "faulty");

    assertThat(console.ask("RELOAD").refusal().message()).isEqualTo("faulty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PAUSE | PAUSE | pause",
        "pause shop; | PAUSE | pause shop",
        "PAUSE shop, anna | PAUSE | pause shop,anna",
        "RESUME \"Shop\" | RESUME | resume Shop",
        "DISABLE shop | DISABLE | disable shop",
        "ENABLE shop | ENABLE | enable shop",
        "KILL shop | KILL | kill shop",
        "KILL_CLIENT 7 | KILL_CLIENT | kill client 7",
        "CANCEL 7 | CANCEL | cancel 7",
        "cancel query 7 | CANCEL | cancel 7",
        "RECONNECT | RECONNECT | reconnect",
        "WAIT_CLOSE shop | WAIT_CLOSE | wait for shop",
        "MAINTENANCE ON | MAINTENANCE | maintenance true",
        "maintenance off | MAINTENANCE | maintenance false",
        "SHUTDOWN | SHUTDOWN | shutdown NOW",
        "SHUTDOWN WAIT_FOR_CLIENTS | SHUTDOWN | shutdown WAIT_FOR_CLIENTS",
        "shutdown wait_for_servers | SHUTDOWN | shutdown WAIT_FOR_SERVERS",
        "SET port = 5 | SET | set port to 5",
        "SET port TO 'x y' | SET | set port to x y",
      })
  void aCommandIsDone(String sql, String tag, String done) {
    Answer answer = console.ask(sql);

    assertThat(answer.tag()).isEqualTo(tag);
    assertThat(console.actions.done)
        .containsExactly(done.equals("pause") || done.equals("reconnect") ? done + " " : done);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "PAUSE a b ~ usage: PAUSE [db[, user]]",
        "KILL ~ usage: KILL db[, user]",
        "DISABLE ~ usage: DISABLE db",
        "KILL_CLIENT anna ~ usage: KILL_CLIENT id",
        "KILL_CLIENT 99999999999 ~ usage: KILL_CLIENT id",
        "MAINTENANCE ~ usage: MAINTENANCE ON|OFF",
        "SHUTDOWN SOON ~ usage: SHUTDOWN [WAIT_FOR_CLIENTS|WAIT_FOR_SERVERS]",
        "SET port 5 ~ usage: SET key = value",
        "RELOAD ALL ~ usage: RELOAD",
      })
  void aCommandThatIsNotUnderstoodTellsItsUsage(String sql, String message) {
    PgError error = console.ask(sql).refusal();

    assertThat(error.code()).isEqualTo("42601");
    assertThat(error.message()).isEqualTo(message);
    assertThat(console.actions.done).isEmpty();
  }

  @Test
  void a_key_of_pools_is_not_set_in_silence() {
    PgError error = console.ask("SET pool_mode = 'session'").refusal();

    assertThat(error.code()).isEqualTo("0A000");
    assertThat(error.message())
        .isEqualTo(
            "pool_mode is a key of pools, which SET does not reach: change the file and RELOAD");
  }

  @ParameterizedTest
  @CsvSource({
    "SHOW POOL, SHOW POOL is unknown to the admin console",
    "SHOW, SHOW needs the name of what to show",
    "SHOW 'pools', SHOW needs the name of what to show",
    "HELP ME, syntax error at or near \"HELP\"",
    "SHOW \"open, 'unterminated string, comment or bracket'",
    "SHOW POOLS (, 'unterminated string, comment or bracket'",
    "SHOW;(], 'unterminated string, comment or bracket'",
  })
  void whatNobodyUnderstandsIsASyntaxErrorWithAHint(String sql, String message) {
    PgError error = console.ask(sql).refusal();

    assertThat(error.code()).isEqualTo("42601");
    assertThat(error.message()).isEqualTo(message);
    assertThat(error.hint()).contains("POOLS");
  }

  @ParameterizedTest
  @CsvSource({
    "SET extra_float_digits = 3, SET",
    "SET application_name = 'PostgreSQL JDBC Driver', SET",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, SET",
    "RESET ALL, RESET",
    "BEGIN, BEGIN",
    "BEGIN READ ONLY, BEGIN",
    "COMMIT, COMMIT",
    "END, COMMIT",
    "ROLLBACK, ROLLBACK",
    "DISCARD ALL, DISCARD ALL",
    "DEALLOCATE ALL, DEALLOCATE",
    "' ; ', ''",
  })
  void whatDriversSendUnaskedIsAcknowledged(String sql, String tag) {
    Answer answer = console.ask(sql);

    assertThat(answer.error()).isNull();
    assertThat(answer.notice()).isNull();
    assertThat(answer.tag()).isEqualTo(tag);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET pool_sizze = 5", "SET general.port TO 5"})
  void whoSetsWhatIsNoSettingIsToldThatNothingHasChanged(String sql) {
    Answer answer = console.ask(sql);

    assertThat(answer.tag()).isEqualTo("SET");
    assertThat(Objects.requireNonNull(answer.notice()).message())
        .startsWith("nothing has changed: ");
    assertThat(console.actions.done).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "SHOW server_version, server_version, 13.0 (pglynx 1.2.3)",
    "SHOW TRANSACTION ISOLATION LEVEL, transaction_isolation, read committed",
    "SHOW timezone, TimeZone, UTC",
    "SHOW client_encoding;, client_encoding, UTF8",
  })
  void parametersThatDriversAskForAreShown(String sql, String column, String value) {
    Answer answer = console.ask(sql);

    assertThat(answer.row(0)).containsExactly(Map.entry(column, value));
  }

  @Test
  void aLivenessCheckIsAnswered() {
    Answer answer = console.ask("SELECT 1");

    assertThat(answer.row(0)).containsEntry("?column?", "1");
    assertThat(answer.tag()).isEqualTo("SELECT 1");
  }
}
