package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With session pooling predictions have the rights of the role that the session has set, although
 * what a project answers with is remembered for its user.
 */
class SessionRolesIT {
  private static final String READER = TestPostgres.freshName("session_reader");
  private static final String OUTSIDER = TestPostgres.freshName("session_outsider");
  private static final String PREDICT = "SELECT pgml.predict('shared', ARRAY[10])";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.sessionMode(4)
          .anotherUser("username = \"" + OUTSIDER + "\"", "auth_type = \"trust\"", "pool_size = 2");

  @BeforeAll
  static void train() throws SQLException {
    PROXY.onServer(
        "CREATE ROLE " + READER,
        "CREATE ROLE " + OUTSIDER + " LOGIN IN ROLE " + READER + " NOINHERIT",
        "CREATE TABLE open_rows AS SELECT i AS x, 2 * i AS y FROM generate_series(1, 60) i");
    try (Connection admin = PROXY.connect()) {
      ProxyUnderTest.run(
          admin, "SELECT * FROM pgml.train('shared', 'regression', 'open_rows', 'y', 'linear')");
    }
    PROXY.onServer("GRANT USAGE ON SCHEMA pgml TO " + READER);
  }

  private static void assertDenied(Connection connection) {
    assertThat(catchThrowable(() -> ProxyUnderTest.run(connection, PREDICT)))
        .hasMessageContaining("permission denied for schema pgml");
  }

  @ParameterizedTest
  @CsvSource({
    "simple, SET ROLE %s, RESET ROLE",
    "extended, SET ROLE %s, RESET ROLE",
    "simple, SET SESSION AUTHORIZATION %s, RESET SESSION AUTHORIZATION",
    "extended, SET SESSION AUTHORIZATION %s, RESET SESSION AUTHORIZATION",
    "simple, 'SELECT set_config(''role'', ''%s'', false)', RESET ROLE",
    "simple, DO 'BEGIN SET ROLE %s; END', RESET ROLE",
  })
  void a_role_without_the_right_gets_nothing_of_what_its_user_has_looked_up(
      String mode, String set, String reset) throws SQLException {
    try (Connection admin = PROXY.connect("preferQueryMode", mode)) {
      assertThat(ProxyUnderTest.value(admin, PREDICT)).startsWith("20");

      ProxyUnderTest.run(admin, set.formatted(OUTSIDER));
      assertDenied(admin);

      ProxyUnderTest.run(admin, reset);
      assertThat(ProxyUnderTest.value(admin, PREDICT)).startsWith("20");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void what_another_role_has_looked_up_is_not_remembered_for_the_user(String mode)
      throws SQLException {
    try (Connection outsider = PROXY.connect("user", OUTSIDER, "preferQueryMode", mode)) {
      ProxyUnderTest.run(outsider, "SET ROLE " + READER);
      assertThat(ProxyUnderTest.value(outsider, PREDICT)).startsWith("20");

      ProxyUnderTest.run(outsider, "RESET ROLE");

      assertDenied(outsider);
    }
    try (Connection another = PROXY.connect("user", OUTSIDER)) {
      assertDenied(another);
    }
  }
}
