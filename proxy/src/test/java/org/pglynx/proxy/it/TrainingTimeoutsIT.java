package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The server's time limits hold for what the proxy computes, and for nothing else. */
class TrainingTimeoutsIT {
  private static final String HURRIED = TestPostgres.freshName("hurried");
  private static final String EXCEEDED =
      "57014 ERROR: canceling statement due to statement timeout";
  private static final String READING =
      "SELECT * FROM pgml.train('reading', 'regression', 'slow_rows', 'y')";
  private static final String COMPUTING =
      "SELECT * FROM pgml.train('computing', 'regression', 'many_rows', 'y', algorithm =>"
          + " 'random_forest', hyperparams => '{\"n_estimators\": 4000}')";
  private static final String SECONDS =
      "SELECT * FROM pgml.train('seconds', 'regression', 'many_rows', 'y', algorithm =>"
          + " 'random_forest', hyperparams => '{\"n_estimators\": 100}')";
  private static final String SHORT =
      "SELECT * FROM pgml.train('short', 'regression', 'few_rows', 'y')";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general(AdminTable.OPEN)
          .ml("threads = 1", "queue = 1")
          .anotherUser("username = \"" + HURRIED + "\"", "auth_type = \"trust\"", "pool_size = 2");

  @BeforeAll
  static void createRelations() throws SQLException {
    PROXY.onServer(
        "CREATE ROLE " + HURRIED + " LOGIN SUPERUSER",
        "ALTER ROLE " + HURRIED + " SET statement_timeout = '1500ms'",
        "CREATE VIEW slow_rows AS SELECT i AS a, i::real AS y, pg_sleep(0.05)::text::varchar <> 'x'"
            + " AS b FROM generate_series(1, 2000) i",
        "CREATE TABLE many_rows AS SELECT random() AS a, random() AS b, random() AS c, random() AS"
            + " d, random() AS y FROM generate_series(1, 20000)",
        "CREATE TABLE few_rows AS SELECT i AS a, 2 * i AS y FROM generate_series(1, 50) i");
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml");
    }
  }

  @Test
  void it_ends_a_training_that_reads() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "SET statement_timeout = '1s'");

      assertThat(outcome(connection, READING)).isEqualTo(EXCEEDED);

      assertThat(ProxyUnderTest.value(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void it_ends_a_training_that_computes_and_the_model_says_why() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "SET statement_timeout = '2s'");
      long start = System.nanoTime();

      assertThat(outcome(connection, COMPUTING)).isEqualTo(EXCEEDED);

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofSeconds(2), Duration.ofMillis(4000));
      assertThat(
              PROXY.valueOnServer(
                  "SELECT status || ': ' || (metrics->>'error') FROM pgml.models"
                      + " ORDER BY id DESC LIMIT 1"))
          .isEqualTo("failed: canceling statement due to statement timeout");
      assertThat(trainings()).isEmpty();
    }
  }

  @Test
  void one_of_the_transaction_holds_there_and_no_longer() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "BEGIN", "SET LOCAL statement_timeout = '1s'");

      assertThat(outcome(connection, COMPUTING)).isEqualTo(EXCEEDED);

      assertThat(outcome(connection, "SELECT 1")).startsWith("25P02");
      ProxyUnderTest.run(connection, "ROLLBACK");
      assertThat(outcome(connection, SECONDS)).isEmpty();
    }
  }

  @Test
  void one_of_the_role_holds() throws SQLException {
    try (Connection connection = PROXY.connect("user", HURRIED)) {
      assertThat(outcome(connection, COMPUTING)).isEqualTo(EXCEEDED);
    }
  }

  @Test
  void one_of_the_connections_options_holds() throws SQLException {
    try (Connection connection = PROXY.connect("options", "-c statement_timeout=1500")) {
      assertThat(outcome(connection, COMPUTING)).isEqualTo(EXCEEDED);
    }
  }

  @Test
  void it_ends_a_training_that_waits_for_its_thread() throws Exception {
    try (Connection trains = PROXY.connect();
        Connection waits = PROXY.connect();
        Statement statement = trains.createStatement()) {
      CompletableFuture<@Nullable SQLException> first =
          ProxyUnderTest.inBackground(statement, READING);
      Eventually.equal(() -> trainings(), List.of("reading"));
      ProxyUnderTest.run(waits, "SET statement_timeout = '500ms'");

      assertThat(outcome(waits, SHORT)).isEqualTo(EXCEEDED);

      assertThat(trainings()).containsExactly("reading");
      statement.cancel();
      assertThat(first.get(10, TimeUnit.SECONDS) == null).isFalse();
    }
  }

  @Test
  void what_is_over_in_time_is_not_ended_later() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "SET statement_timeout = '3s'");

      assertThat(outcome(connection, SHORT)).isEmpty();
      for (int i = 0; i < 4; i++) {
        assertThat(outcome(connection, "SELECT pg_sleep(1)")).isEmpty();
      }
    }
  }

  @Test
  void a_connection_is_not_idle_while_its_training_computes() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection, "BEGIN", "SET LOCAL idle_in_transaction_session_timeout = '100ms'");

      assertThat(outcome(connection, SECONDS)).isEmpty();

      assertThat(
              ProxyUnderTest.value(
                  connection, "SELECT current_setting('idle_in_transaction_session_timeout')"))
          .isEqualTo("100ms");
      ProxyUnderTest.run(connection, "COMMIT");
    }
  }

  /** What a statement fails with; empty if it went well. */
  private static String outcome(Connection connection, String sql) {
    try {
      ProxyUnderTest.run(connection, sql);
      return "";
    } catch (SQLException e) {
      return e.getSQLState() + " " + e.getMessage();
    }
  }

  private static List<@Nullable String> trainings() {
    try (Connection console = AdminTable.login(PROXY.port())) {
      return AdminTable.show(console, "TRAININGS").stream().map(row -> row.get("state")).toList();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
