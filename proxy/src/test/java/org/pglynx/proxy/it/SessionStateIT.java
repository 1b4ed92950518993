package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that share one server connection keep their own settings and see nobody else's. */
class SessionStateIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(1);

  @RegisterExtension
  static final ProxyUnderTest SMALL_CACHE =
      ProxyUnderTest.transactionMode(1).pool("prepared_statements_cache_size = 2");

  @BeforeAll
  static void createObjects() {
    PROXY.onServer(
        "CREATE SCHEMA one",
        "CREATE SCHEMA two",
        "CREATE TABLE one.t(v text)",
        "INSERT INTO one.t VALUES ('of one')",
        "CREATE TABLE two.t(v text)",
        "INSERT INTO two.t VALUES ('of two')");
  }

  @Test
  void settingsOfTheStartupPacketFollowTheirClients() throws SQLException {
    try (Connection first =
            PROXY.connect("ApplicationName", "first", "options", "-c search_path=one -c geqo=off");
        Connection second =
            PROXY.connect("ApplicationName", "second", "options", "-c search_path=two")) {
      for (int i = 0; i < 3; i++) {
        assertThat(value(first, "SELECT v FROM t")).isEqualTo("of one");
        assertThat(value(second, "SELECT v FROM t")).isEqualTo("of two");
        assertThat(value(first, "SHOW application_name")).isEqualTo("first");
        assertThat(value(second, "SHOW application_name")).isEqualTo("second");
        assertThat(value(first, "SHOW geqo")).isEqualTo("off");
        assertThat(value(second, "SHOW geqo")).isEqualTo("on");
      }
    }
  }

  @Test
  void settingsMadeBySetFollowTheirClients() {
    try (RawConnection first = PROXY.raw();
        RawConnection second = PROXY.raw()) {
      first.ask("SET TimeZone = 'Asia/Tokyo'");
      second.ask("SET TimeZone = 'America/Lima'");
      first.ask("SET search_path = one");
      second.ask("SET search_path = two, one");
      first.ask("SET DateStyle = 'German'");
      first.ask("SET client_encoding = 'LATIN1'");
      second.ask("SET application_name = 'it''s \\second'");

      for (int i = 0; i < 3; i++) {
        assertThat(first.value("SHOW TimeZone")).isEqualTo("Asia/Tokyo");
        assertThat(second.value("SHOW TimeZone")).isEqualTo("America/Lima");
        assertThat(first.value("SELECT v FROM t")).isEqualTo("of one");
        assertThat(second.value("SHOW search_path")).isEqualTo("two, one");
        assertThat(first.value("SELECT date '2020-12-31'")).isEqualTo("31.12.2020");
        assertThat(second.value("SELECT date '2020-12-31'")).isEqualTo("2020-12-31");
        assertThat(first.value("SHOW client_encoding")).isEqualTo("LATIN1");
        assertThat(second.value("SHOW client_encoding")).isEqualTo("UTF8");
        assertThat(second.value("SHOW application_name")).isEqualTo("it's \\second");
      }
    }
  }

  @Test
  void anotherClientsSettingsAreNotReported() {
    try (RawConnection first = PROXY.raw();
        RawConnection second = PROXY.raw()) {
      assertThat(first.ask("SET TimeZone = 'Asia/Tokyo'")).contains("S");

      assertThat(second.ask("SELECT 1")).doesNotContain("S");
      assertThat(first.ask("SELECT 1")).doesNotContain("S");
      assertThat(first.ask("RESET TimeZone")).contains("S");
    }
  }

  @Test
  void loginReportsTheParametersThatTheClientAskedFor() {
    Map<String, String> startup =
        Map.of("user", "postgres", "database", "app", "TimeZone", "Asia/Tokyo");
    List<String> reported = new ArrayList<>();
    try (RawConnection connection = RawConnection.open(PROXY.port())) {
      connection.send(RawConnection.startup(196608, startup));
      for (RawConnection.Message message : connection.untilReady()) {
        if (message.tag() == 'S') {
          reported.add(message.text());
        }
      }
    }

    assertThat(reported)
        .contains("TimeZoneAsia/Tokyo", "client_encodingUTF8", "standard_conforming_stringson")
        .anyMatch(parameter -> parameter.startsWith("server_version18"));
  }

  @Test
  void aSettingThatTheServerRefusesFailsTheLoginAsInPostgres() {
    // Often: error and ReadyForQuery come in one read or in two.
    for (int i = 0; i < 30; i++) {
      assertThatThrownBy(() -> PROXY.connect("options", "-c work_mem=nonsense"))
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("22023");
    }
  }

  @Test
  void aSettingTakenBackWithItsTransactionIsNotKept() {
    try (RawConnection first = PROXY.raw();
        RawConnection second = PROXY.raw()) {
      first.ask("BEGIN");
      first.ask("SET TimeZone = 'Asia/Tokyo'");
      first.ask("SET LOCAL search_path = two");
      first.ask("ROLLBACK");
      second.ask("SELECT 1");

      assertThat(first.value("SHOW TimeZone")).isNotEqualTo("Asia/Tokyo");
      assertThat(first.value("SHOW search_path")).isNotEqualTo("two");
    }
  }

  @Test
  void namedStatementsOfEqualNameAreTheirClientsOwn() throws SQLException {
    try (RawConnection first = PROXY.raw();
        RawConnection second = PROXY.raw()) {
      first.send(RawConnection.parse("s", "SELECT 'first'"), RawConnection.sync());
      second.send(RawConnection.parse("s", "SELECT 'second'"), RawConnection.sync());
      first.untilReady();
      second.untilReady();

      for (int i = 0; i < 3; i++) {
        assertThat(result(first)).contains("first");
        assertThat(result(second)).contains("second");
      }
    }
  }

  private static String result(RawConnection connection) {
    connection.send(
        RawConnection.bind("", "s"), RawConnection.execute("", 0), RawConnection.sync());
    return connection.untilReady().stream()
        .filter(message -> message.tag() == 'D')
        .map(RawConnection.Message::text)
        .findFirst()
        .orElse("");
  }

  @Test
  void aFullStatementCacheForgetsTheOldestAndPreparesItAgain() throws SQLException {
    try (RawConnection connection = SMALL_CACHE.raw()) {
      for (int i = 0; i < 6; i++) {
        connection.send(RawConnection.parse("s" + i, "SELECT " + i), RawConnection.sync());
        connection.untilReady();
      }
      for (int i = 0; i < 12; i++) {
        connection.send(
            RawConnection.bind("", "s" + i % 6),
            RawConnection.execute("", 0),
            RawConnection.bind("", "s" + (i + 3) % 6),
            RawConnection.execute("", 0),
            RawConnection.sync());

        assertThat(connection.shapes(1))
            .containsExactly("2", "D", "C:SELECT 1", "2", "D", "C:SELECT 1", "Z:I");
      }
      assertThat(connection.value("SELECT count(*) <= 2 FROM pg_prepared_statements"))
          .isEqualTo("t");
    }
  }

  @Test
  void aClientsDiscardAllIsItsOwn() throws SQLException {
    try (Connection first = PROXY.connect("prepareThreshold", "1", "ApplicationName", "one");
        Connection second = PROXY.connect("prepareThreshold", "1", "ApplicationName", "two");
        var of = second.prepareStatement("SELECT 42")) {
      of.executeQuery().close();
      run(first, "DISCARD ALL");

      of.executeQuery().close();
      run(first, "DEALLOCATE ALL");
      of.executeQuery().close();

      assertThat(value(second, "SHOW application_name")).isEqualTo("two");
    }
  }
}
