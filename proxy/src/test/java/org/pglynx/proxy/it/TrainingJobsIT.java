package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.app.ProxyServer;

/** Trainings as jobs: listed, queued, bounded, and cancelled at every stage. */
class TrainingJobsIT {
  private static final String STRANGER = TestPostgres.freshName("stranger");
  private static final String READING =
      "SELECT * FROM pgml.train('reading', 'regression', 'slow_rows', 'y')";
  private static final String COMPUTING =
      "SELECT * FROM pgml.train('computing', 'regression', 'many_rows', 'y', algorithm =>"
          + " 'random_forest', hyperparams => '{\"n_estimators\": 4000}')";
  private static final String SHORT =
      "SELECT * FROM pgml.train('short', 'regression', 'few_rows', 'y')";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(5)
          .general(AdminTable.OPEN)
          .ml("threads = 1", "queue = 1", "memory_budget_mb = 16")
          .anotherUser("username = \"" + STRANGER + "\"", "auth_type = \"trust\"", "pool_size = 2");

  @BeforeAll
  static void createRelations() {
    PROXY.onServer(
        "CREATE ROLE " + STRANGER + " LOGIN",
        "CREATE VIEW slow_rows AS SELECT i AS a, i::real AS y, pg_sleep(0.05)::text::varchar <> 'x'"
            + " AS b FROM generate_series(1, 2000) i",
        "CREATE TABLE many_rows AS SELECT random() AS a, random() AS b, random() AS c, random() AS"
            + " d, random() AS y FROM generate_series(1, 20000)",
        "CREATE TABLE few_rows AS SELECT i AS a, 2 * i AS y FROM generate_series(1, 50) i",
        "CREATE VIEW too_many_rows AS SELECT t.* FROM few_rows t, few_rows u, few_rows v, few_rows"
            + " w");
  }

  @Test
  void a_training_is_listed_while_it_reads_and_is_cancelled_by_its_number() throws Exception {
    try (Connection trains = PROXY.connect();
        Connection cancels = PROXY.connect();
        Statement statement = trains.createStatement()) {
      CompletableFuture<String> outcome = start(statement, READING);
      Eventually.equal(() -> listed("state"), List.of("reading"));
      assertThat(listed("project")).containsExactly("reading");
      assertThat(listed("user")).containsExactly("postgres");
      long start = System.nanoTime();

      assertThat(ProxyUnderTest.value(cancels, cancel(listed("id").get(0)))).isEqualTo("t");

      assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo("57014");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(listed("id")).isEmpty();
      assertThat(ProxyUnderTest.value(cancels, cancel("1000000"))).isEqualTo("f");
      assertThat(ProxyUnderTest.value(trains, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void a_training_that_computes_tells_how_far_it_is_and_its_model_says_why_it_failed()
      throws Exception {
    try (Connection trains = PROXY.connect();
        Connection cancels = PROXY.connect();
        Statement statement = trains.createStatement()) {
      CompletableFuture<String> outcome = start(statement, COMPUTING);
      Eventually.equal(() -> listed("state"), List.of("training"));
      Eventually.equal(() -> listed("rounds").stream().anyMatch(r -> r.endsWith("/4000")), true);
      assertThat(listed("rows")).containsExactly("20000");
      String model = listed("model_id").get(0);

      ProxyUnderTest.value(cancels, cancel(listed("id").get(0)));

      assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo("57014");
      assertThat(
              PROXY.valueOnServer(
                  "SELECT status || ' ' || (metrics->>'sqlstate') FROM pgml.models WHERE id = "
                      + model))
          .isEqualTo("failed 57014");
      assertThat(
              PROXY.valueOnServer(
                  "SELECT logs->>'sqlstate' FROM pgml.logs WHERE model_id = " + model))
          .isEqualTo("57014");
    }
  }

  @Test
  void one_waits_one_more_is_refused_and_the_waiting_one_can_be_cancelled() throws Exception {
    try (Connection first = PROXY.connect();
        Connection second = PROXY.connect();
        Connection third = PROXY.connect();
        Statement running = first.createStatement();
        Statement waiting = second.createStatement()) {
      CompletableFuture<String> outcome = start(running, READING);
      Eventually.equal(() -> listed("state"), List.of("reading"));
      CompletableFuture<String> queued = start(waiting, SHORT);
      Eventually.equal(() -> listed("state"), List.of("reading", "queued"));

      assertThatThrownBy(() -> ProxyUnderTest.run(third, SHORT))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"));
      assertThat(listed("state")).as("the refused one is not listed").hasSize(2);
      waiting.cancel();
      assertThat(queued.get(10, TimeUnit.SECONDS)).isEqualTo("57014");
      assertThat(listed("state")).containsExactly("reading");
      CompletableFuture<String> next = start(waiting, SHORT);
      Eventually.equal(() -> listed("state"), List.of("reading", "queued"));

      running.cancel();
      assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo("57014");
      assertThat(next.get(10, TimeUnit.SECONDS)).isEmpty();
      assertThat(start(waiting, SHORT).get(10, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void a_client_that_leaves_takes_its_training_off_the_list() throws Exception {
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query(READING));
      Eventually.equal(() -> listed("state"), List.of("reading"));
    }

    Eventually.equal(() -> listed("state"), List.of());
  }

  @Test
  void another_role_may_not_cancel_it() throws Exception {
    try (Connection trains = PROXY.connect();
        Connection stranger = PROXY.connect("user", STRANGER);
        Statement statement = trains.createStatement()) {
      CompletableFuture<String> outcome = start(statement, READING);
      Eventually.equal(() -> listed("state"), List.of("reading"));
      String id = listed("id").get(0);

      assertThatThrownBy(() -> ProxyUnderTest.value(stranger, cancel(id)))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      assertThat(listed("state")).containsExactly("reading");

      statement.cancel();
      assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo("57014");
    }
  }

  @Test
  void more_rows_than_the_budget_are_refused_with_the_estimate() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThatThrownBy(() ->
              ProxyUnderTest.run(
                  connection,
                  "SELECT * FROM pgml.train('big', 'regression', 'too_many_rows', 'y')"))
          .hasMessageContaining("MB")
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53200"));
      assertThat(ProxyUnderTest.value(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void a_training_is_seen_and_cancelled_through_another_proxy() throws Exception {
    try (ProxyServer other = PROXY.another();
        Connection trains = PROXY.connect();
        Connection elsewhere = connect(other, "postgres");
        Connection stranger = connect(other, STRANGER);
        Statement statement = trains.createStatement()) {
      CompletableFuture<String> outcome = start(statement, COMPUTING);
      Eventually.equal(() -> seen("SELECT project FROM pgml.trainings"), List.of("computing"));
      Eventually.equal(() -> seen("SELECT rounds LIKE '%/4000' FROM pgml.trainings"), List.of("t"));
      String id = PROXY.valueOnServer("SELECT id FROM pgml.trainings");
      assertThat(listed("id")).containsExactly(id);
      assertThatThrownBy(() -> ProxyUnderTest.value(stranger, cancel(id)))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));

      assertThat(ProxyUnderTest.value(elsewhere, cancel(id))).isEqualTo("t");

      assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo("57014");
      Eventually.equal(() -> seen("SELECT count(*) FROM pgml.trainings"), List.of("0"));
      assertThat(ProxyUnderTest.value(elsewhere, cancel(id))).isEqualTo("f");
    }
  }

  /** A value, or none yet: the table comes with the first training. */
  private static List<@Nullable String> seen(String sql) {
    try {
      return Collections.singletonList(PROXY.valueOnServer(sql));
    } catch (IllegalStateException e) {
      return List.of();
    }
  }

  private static Connection connect(ProxyServer proxy, String user) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable&socketTimeout=30"
            .formatted(proxy.port(), ProxyUnderTest.DATABASE),
        user,
        "");
  }

  private static String cancel(String id) {
    return "SELECT pgml.cancel_training(" + id + ")";
  }

  /** A column of SHOW TRAININGS. */
  private static List<@Nullable String> listed(String column) {
    try (Connection console = AdminTable.login(PROXY.port())) {
      return AdminTable.show(console, "TRAININGS").stream().map(row -> row.get(column)).toList();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs the statement on a thread of its own; gives its SQLSTATE, empty if it went well. */
  private static CompletableFuture<String> start(Statement statement, String sql) {
    CompletableFuture<String> outcome = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            statement.execute(sql);
            outcome.complete("");
          } catch (SQLException e) {
            outcome.complete(state(e));
          }
        });
    return outcome;
  }

  private static String state(SQLException e) {
    @Nullable String state = e.getSQLState();
    return state == null ? "none" : state;
  }
}
