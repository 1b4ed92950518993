package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients prove who they are to the proxy, the proxy proves who it is to the server. */
class AuthenticationIT {
  private static final String PASSWORD = "pässword 'with\\\\ everything\\\"";

  private static ProxyUnderTest proxy = ProxyUnderTest.transactionMode(2);
  private static String md5Role = "";
  private static String scramRole = "";

  @BeforeAll
  static void createRoles() {
    md5Role = TestPostgres.freshName("it_md5");
    scramRole = TestPostgres.freshName("it_scram");
    TestPostgres postgres = TestPostgres.shared();
    postgres.createRole(md5Role, "of-md5", "md5");
    postgres.createRole(scramRole, "of-scram", "scram-sha-256");
    proxy =
        ProxyUnderTest.transactionMode(2)
            .anotherUser(user("by_trust", "trust", "", scramRole, "of-scram"))
            .anotherUser(user("by_md5", "md5", PASSWORD, md5Role, "of-md5"))
            .anotherUser(user("by_scram", "scram-sha-256", PASSWORD, scramRole, "of-scram"))
            .anotherUser(user("wrongly", "trust", "", scramRole, "not-its-password"))
            .anotherUser(user("wrongly_md5", "trust", "", md5Role, "not-its-password"))
            .anotherUser(user("nobody", "trust", "", "it_no_such_role", ""))
            .start();
  }

  private static String user(
      String name, String method, String password, String serverRole, String serverPassword) {
    return "username = \""
        + name
        + "\"\nauth_type = \""
        + method
        + "\"\npool_size = 2\nserver_username = \""
        + serverRole
        + "\"\nserver_password = \""
        + serverPassword
        + "\""
        + (password.isEmpty() ? "" : "\npassword = \"" + password + "\"");
  }

  @AfterAll
  static void stop() {
    proxy.stop();
    TestPostgres.shared().execute("postgres", "DROP ROLE " + md5Role, "DROP ROLE " + scramRole);
  }

  private static String clear() {
    return PASSWORD.replace("\\\\", "\\").replace("\\\"", "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"by_md5", "by_scram"})
  void theRightPasswordLogsIn(String user) {
    assertThatCode(() -> proxy.login("app", user, clear())).doesNotThrowAnyException();
  }

  @Test
  void trustAsksForNoPassword() {
    assertThatCode(() -> proxy.login("app", "by_trust", "")).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"by_md5, wrong", "by_scram, wrong", "by_md5, ''", "by_scram, ''"})
  void aWrongPasswordIsTold(String user, String password) {
    assertThatThrownBy(() -> proxy.login("app", user, password + "x"))
        .hasMessageContaining("password authentication failed for user \"" + user + "\"")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28P01");
  }

  @Test
  void anUnknownUserIsToldWhatAWrongPasswordIsTold() {
    assertThatThrownBy(() -> proxy.login("app", "stranger", "anything"))
        .hasMessageContaining("password authentication failed for user \"stranger\"")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28P01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"by_scram", "by_md5", "by_trust"})
  void aKnownUserIsToldThatTheDatabaseIsUnknown(String user) {
    assertThatThrownBy(() -> proxy.login("nowhere", user, clear()))
        .hasMessageContaining("database \"nowhere\" does not exist")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("3D000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrongly", "wrongly_md5"})
  void theServersRefusalOfThePasswordReachesTheClient(String user) {
    assertThatThrownBy(() -> proxy.login("app", user, ""))
        .hasMessageContaining("password authentication failed for user")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28P01");
  }

  @Test
  void theServersRefusalOfTheRoleReachesTheClient() {
    assertThatThrownBy(() -> proxy.login("app", "nobody", ""))
        .hasMessageContaining("role \"it_no_such_role\" does not exist")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28000");
  }

  @Test
  void aPacketOfAnUnknownVersionIsRefused() {
    try (RawConnection connection = RawConnection.open(proxy.port())) {
      connection.send(RawConnection.startup(2 << 16, Map.of()));

      assertThat(shapes(connection)).containsExactly("E:FATAL:0A000", "EOF");
    }
  }

  @Test
  void aNewerMinorVersionIsNegotiatedDown() {
    try (RawConnection connection = RawConnection.open(proxy.port())) {
      connection.send(
          RawConnection.startup(
              196_610,
              Map.of("user", "by_trust", "database", "app", "_pq_.command_tag_format", "x")));

      assertThat(shapes(connection)).startsWith("v", "R").endsWith("Z:I");
    }
  }

  @Test
  void tlsAndGssAreDeclinedAndTheLoginGoesOn() {
    try (RawConnection connection = RawConnection.open(proxy.port())) {
      connection.send(RawConnection.int32(8), RawConnection.int32(80_877_104));
      assertThat(connection.nextByte()).isEqualTo('N');
      connection.send(RawConnection.int32(8), RawConnection.int32(80_877_103));
      assertThat(connection.nextByte()).isEqualTo('N');
      connection.send(
          RawConnection.startup(196_608, Map.of("user", "by_trust", "database", "app")));

      assertThat(shapes(connection)).endsWith("Z:I");
    }
  }

  @Test
  void aStartupWithoutAUserIsRefused() {
    try (RawConnection connection = RawConnection.open(proxy.port())) {
      connection.send(RawConnection.startup(196_608, Map.of("database", "app")));

      assertThat(shapes(connection)).containsExactly("E:FATAL:28000", "EOF");
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "10001", "2147483647", "-1", "1347375956"})
  void aStartupOfABadLengthIsRefused(int length) {
    try (RawConnection connection = RawConnection.open(proxy.port())) {
      connection.send(RawConnection.int32(length), RawConnection.int32(196_608));

      assertThat(shapes(connection)).containsExactly("E:FATAL:08P01", "EOF");
    }
  }

  @Test
  void aQueryInPlaceOfThePasswordIsRefused() {
    try (RawConnection connection = RawConnection.open(proxy.port())) {
      connection.send(
          RawConnection.startup(196_608, Map.of("user", "by_scram", "database", "app")));
      assertThat(connection.next().tag()).isEqualTo('R');
      connection.send(RawConnection.query("SELECT 1"));

      assertThat(shapes(connection)).containsExactly("E:FATAL:08P01", "EOF");
    }
  }

  @Test
  void aClientThatLeavesAmidItsLoginIsForgotten() {
    for (int i = 0; i < 20; i++) {
      RawConnection connection = RawConnection.open(proxy.port());
      connection.send(
          RawConnection.startup(196_608, Map.of("user", "by_scram", "database", "app")));
      if (i % 2 == 0) {
        connection.next();
      }
      connection.reset();
    }

    assertThatCode(() -> proxy.login("app", "by_scram", clear())).doesNotThrowAnyException();
  }

  private static List<String> shapes(RawConnection connection) {
    return connection.shapes(1);
  }
}
