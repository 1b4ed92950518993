package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PostgreSQL 17, which reports less than 18 does (no search_path), is served as well. */
class OlderServerIT {
  private static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(1).on(TestPostgres.Major.V17);

  @BeforeAll
  static void start() {
    assumeTrue(
        TestPostgres.available(TestPostgres.Major.V17),
        "the binaries of PostgreSQL 17 are missing");
    PROXY.start().onServer("CREATE TABLE numbers(n int)", "CREATE SCHEMA one");
  }

  @AfterAll
  static void stop() {
    if (TestPostgres.available(TestPostgres.Major.V17)) {
      PROXY.stop();
    }
  }

  static List<WireScripts.Script> scripts() {
    return WireScripts.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void theProxyAnswersAsTheServer(WireScripts.Script script) {
    List<String> direct;
    try (RawConnection connection = PROXY.direct()) {
      direct = script.play(connection);
    }
    try (RawConnection connection = PROXY.raw()) {
      assertThat(script.play(connection)).isEqualTo(direct);
    }
  }

  @Test
  void aDriverPreparesAndKeepsItsSchema() throws SQLException {
    try (Connection first = PROXY.connect("currentSchema", "one", "prepareThreshold", "1");
        Connection second = PROXY.connect("prepareThreshold", "1");
        PreparedStatement statement = first.prepareStatement("SELECT current_schema()")) {
      assertThat(value(first, "SHOW server_version")).startsWith("17");
      for (int i = 0; i < 3; i++) {
        statement.executeQuery().close();
        assertThat(value(first, "SHOW search_path")).isEqualTo("one");
        assertThat(value(second, "SHOW search_path")).isEqualTo("\"$user\", public");
      }
    }
  }

  @Test
  void aSearchPathSetOutsideOfATransactionIsNotLeftToTheNextClient() throws SQLException {
    try (Connection first = PROXY.connect();
        Connection second = PROXY.connect()) {
      run(first, "SET search_path = one");

      assertThat(value(second, "SHOW search_path")).isEqualTo("\"$user\", public");
    }
  }
}
