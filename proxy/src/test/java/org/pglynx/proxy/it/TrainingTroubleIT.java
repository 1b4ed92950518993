package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Trainings that are cancelled, and servers that are lost under them. */
class TrainingTroubleIT {
  private static final String SLOW_TRAINING =
      "SELECT * FROM pgml.train('slow', 'regression', 'slow_rows', 'y')";
  private static final String LONG_TRAINING =
      "SELECT * FROM pgml.train('long', 'regression', 'many_rows', 'y', algorithm =>"
          + " 'random_forest', hyperparams => '{\"n_estimators\": 2000}')";

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void createRelations() {
    PROXY.onServer(
        "CREATE VIEW slow_rows AS SELECT i AS a, i::real AS y, pg_sleep(0.05)::text::varchar <> 'x'"
            + " AS b FROM generate_series(1, 2000) i",
        "CREATE TABLE many_rows AS SELECT random() AS a, random() AS b, random() AS c, random() AS"
            + " d, random() AS y FROM generate_series(1, 20000)",
        "CREATE TABLE few_rows AS SELECT i AS a, i AS y FROM generate_series(1, 30) i",
        "CREATE TABLE gone_rows AS SELECT i AS a FROM generate_series(1, 30) i",
        "CREATE TABLE large_classes AS SELECT i AS a, 9007199254740993 + i % 2 AS y"
            + " FROM generate_series(0, 29) i",
        "CREATE TABLE exact_classes AS SELECT i AS a, 12345678901234567890 + i % 2 AS y"
            + " FROM generate_series(0, 29) i",
        "CREATE TABLE no_rows (a int, y int)",
        "CREATE TABLE one_column AS SELECT 1 AS y",
        "CREATE TABLE jagged AS SELECT CASE i WHEN 9 THEN ARRAY[i] ELSE ARRAY[i, i] END AS v, i AS y"
            + " FROM generate_series(1, 20) i");
  }

  @Test
  void a_cancel_stops_reading() throws Exception {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(statement, SLOW_TRAINING);
      Eventually.equal(() -> copies(), 1);

      statement.cancel();

      assertThat(state(outcome)).isEqualTo("57014");
      assertThat(ProxyUnderTest.value(connection, "SELECT 1")).isEqualTo("1");
      Eventually.equal(() -> copies(), 0);
    }
  }

  @Test
  void a_cancel_stops_computing_and_the_model_says_so() throws Exception {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(statement, LONG_TRAINING);
      Eventually.equal(() -> status("long"), "in_progress");
      assertThat(PROXY.serverProcesses("idle in%")).as("held while computing").isZero();

      statement.cancel();

      assertThat(state(outcome)).isEqualTo("57014");
      assertThat(status("long")).isEqualTo("failed");
      assertThat(
              PROXY.valueOnServer(
                  "SELECT logs->>'sqlstate' FROM pgml.logs ORDER BY id DESC LIMIT 1"))
          .isEqualTo("57014");
      assertThat(ProxyUnderTest.value(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void a_client_that_leaves_stops_its_training() throws Exception {
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query(LONG_TRAINING.replace("'long'", "'left'")));
      Eventually.equal(() -> status("left"), "in_progress");
    }

    Eventually.equal(() -> status("left"), "failed");
  }

  @Test
  void a_server_killed_under_a_training_is_an_error_and_the_next_statement_works()
      throws Exception {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(statement, SLOW_TRAINING);
      Eventually.equal(() -> copies(), 1);
      String process =
          PROXY.valueOnServer("SELECT pid FROM pg_stat_activity WHERE query LIKE 'COPY (%'");
      String checkpointer = checkpointer();

      // The server's parent then restarts all its processes, as after any crash.
      new ProcessBuilder("kill", "-9", process).start().waitFor();

      assertThat(state(outcome)).startsWith("0");
      awaitRestart(checkpointer);
      // Once the proxy has heard that its other connections died, too.
      Eventually.equal(() -> one(connection), "1");
    }
  }

  @Test
  void a_relation_that_goes_while_its_training_computes_does_it_no_harm() throws Exception {
    PROXY.onServer("CREATE TABLE passing AS SELECT * FROM many_rows");
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(statement, seconds("passing", "passing"));
      Eventually.equal(() -> status("passing"), "in_progress");

      PROXY.onServer("DROP TABLE passing");

      assertThat(state(outcome)).isEqualTo("no error");
      assertThat(status("passing")).isEqualTo("successful");
      assertThat(refusal("SELECT * FROM pgml.train('passing')")).contains("does not exist");
    }
  }

  @Test
  void a_project_that_is_deleted_while_its_training_computes_is_told() throws Exception {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(statement, seconds("deleted", "many_rows"));
      Eventually.equal(() -> status("deleted"), "in_progress");

      PROXY.onServer("DELETE FROM pgml.projects WHERE name = 'deleted'");

      assertThat(state(outcome)).isEqualTo("55000");
      assertThat(String.valueOf(outcome.get()))
          .contains("of project \"deleted\" is not there any more");
      assertThat(status("deleted")).isEmpty();
      assertThat(one(connection)).isEqualTo("1");
    }
  }

  @Test
  void trainings_of_one_new_project_at_once_all_end_and_one_answers() throws Exception {
    List<CompletableFuture<@Nullable SQLException>> outcomes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Connection connection = PROXY.connect();
      outcomes.add(
          ProxyUnderTest.inBackground(
              connection.createStatement(),
              "SELECT * FROM pgml.train('shared', 'regression', 'many_rows', 'y')"));
    }

    for (CompletableFuture<@Nullable SQLException> outcome : outcomes) {
      assertThat(state(outcome)).isEqualTo("no error");
    }
    assertThat(
            PROXY.valueOnServer(
                "SELECT count(*) || ' ' || count(DISTINCT p.id) || ' ' || min(m.status) FROM"
                    + " pgml.models m JOIN pgml.projects p ON p.id = project_id WHERE p.name ="
                    + " 'shared'"))
        .isEqualTo("3 1 successful");
  }

  @Test
  void a_client_that_leaves_amid_its_transactions_training_leaves_nothing() throws Exception {
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("BEGIN"));
      client.send(RawConnection.query(LONG_TRAINING.replace("'long'", "'begun'")));
      Eventually.equal(() -> PROXY.serverProcesses("idle in transaction"), 1);
    }

    Eventually.equal(() -> PROXY.serverProcesses("idle in%"), 0);
    assertThat(status("begun")).isEmpty();
  }

  @Test
  void a_server_lost_while_its_transactions_training_computes_is_an_error() throws Exception {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      ProxyUnderTest.run(connection, "BEGIN");
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(statement, seconds("torn", "many_rows"));

      // Between two statements it is idle for a moment only.
      Eventually.equal(
          () ->
              PROXY.valueOnServer(
                  "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                      + " WHERE state = 'idle in transaction' AND datname = current_database()"),
          "1");

      assertThat(state(outcome)).isIn("57P01", "08006");
      ProxyUnderTest.run(connection, "ROLLBACK");
      assertThat(one(connection)).isEqualTo("1");
      assertThat(status("torn")).isEmpty();
    }
  }

  @Test
  void what_a_dead_proxy_was_training_has_failed_when_somebody_trains_again() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      String train = "SELECT * FROM pgml.train('orphan', 'regression', 'many_rows', 'y')";
      ProxyUnderTest.run(connection, train);
      PROXY.onServer(
          "ALTER TABLE pgml.models DISABLE TRIGGER USER",
          "UPDATE pgml.models SET status = 'in_progress', metrics = NULL,"
              + " updated_at = clock_timestamp() - interval '1 hour'"
              + " WHERE project_id = (SELECT id FROM pgml.projects WHERE name = 'orphan')",
          "ALTER TABLE pgml.models ENABLE TRIGGER USER",
          "INSERT INTO pgml.trainings (id, model_id, project, algorithm, owner, rounds, updated_at)"
              + " SELECT -1, max(id), 'orphan', 'linear', current_user::regrole, '3/9',"
              + " clock_timestamp() - interval '3 minutes'"
              + " FROM pgml.models WHERE status = 'in_progress'");

      ProxyUnderTest.run(connection, train);

      assertThat(PROXY.valueOnServer("SELECT count(*) FROM pgml.trainings WHERE id = -1"))
          .isEqualTo("0");

      assertThat(
              PROXY.valueOnServer(
                  "SELECT string_agg(m.status || coalesce(' ' || (m.metrics->>'error'), ''), ', '"
                      + " ORDER BY m.id) FROM pgml.models m JOIN pgml.projects p"
                      + " ON p.id = project_id WHERE p.name = 'orphan'"))
          .isEqualTo("failed the training was lost with its proxy, or with its server, successful");
    }
  }

  @Test
  void a_training_that_was_taken_for_lost_may_still_end_well() throws Exception {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(statement, seconds("back", "many_rows"));
      Eventually.equal(() -> status("back"), "in_progress");

      PROXY.onServer(
          "UPDATE pgml.models SET status = 'failed', metrics = '{\"lost\": true}'"
              + " WHERE status = 'in_progress'");

      assertThat(state(outcome)).isEqualTo("no error");
      assertThat(status("back")).isEqualTo("successful");
    }
  }

  /** A training that computes for a few seconds. */
  private static String seconds(String project, String relation) {
    return LONG_TRAINING
        .replace("'long'", "'" + project + "'")
        .replace("'many_rows'", "'" + relation + "'")
        .replace("2000", "40");
  }

  @Test
  void a_step_for_a_column_that_is_not_there_is_refused_before_anything_is_stored()
      throws SQLException {
    assertThat(
            refusal(
                "SELECT * FROM pgml.train('step', 'regression', 'many_rows', 'y',"
                    + " preprocess => '{\"nope\": {\"impute\": \"mean\"}}')"))
        .isEqualTo(
            "22023 preprocess: column \"nope\" is none of the columns to learn from; null"
                + " These are a, b, c, d; labels are never transformed.");
    assertThat(
            refusal(
                "SELECT * FROM pgml.snapshot('many_rows', 'y',"
                    + " preprocess => '{\"y\": {\"scale\": \"standard\"}}')"))
        .contains("none of the columns to learn from");
    assertThat(PROXY.valueOnServer("SELECT count(*) FROM pgml.projects WHERE name = 'step'"))
        .isEqualTo("0");
  }

  @Test
  void what_is_refused_says_what_to_do() throws SQLException {
    PROXY.onServer(
        "CREATE TABLE gaps AS SELECT ARRAY[i, NULL] AS v, i AS y FROM generate_series(1, 9) i");

    assertThat(refusal("SELECT * FROM pgml.train('gaps', 'regression', 'gaps', 'y')"))
        .as("an element of an array has its column's name")
        .contains("missing values for v[2]", "'{\"v\": {\"impute\": \"mode\"}}'");
    assertThat(refusal("SELECT * FROM pgml.train('gaps', 'regression', 'nobody', 'y')"))
        .contains("relation \"nobody\" does not exist", "A temporary table is seen by the session");
    assertThat(refusal("SELECT * FROM pgml.deploy('gaps', 'rollback')"))
        .contains("pgml.models_compare('gaps')", "two deployments");
    assertThat(refusal("SELECT * FROM pgml.deploy('none''s', 'rollback')"))
        .contains("`none's` does not exist", "pgml.projects");
    String failed =
        PROXY.valueOnServer(
            "SELECT max(m.id) FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id"
                + " WHERE p.name = 'gaps'");
    assertThat(refusal("SELECT * FROM pgml.deploy(" + failed + ")"))
        .contains("its status is failed", "pgml.models_compare('gaps')");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'nobody', 'best_score'           | 42704 | Project named `nobody` does not exist.                   | Projects are
          'known', 'best'                  | 22P02 | invalid input value for enum pgml.strategy: "best"       | best_score, most_recent and rollback
          'known', 'new_score'             | 22023 | invalid strategy: "new_score"                            | best_score, most_recent and rollback
          'known', NULL                    | 22023 | strategy must not be NULL                                | 'best_score'
          NULL, 'best_score'               | 22023 | project_name must not be NULL                            | 'best_score'
          NULL                             | 22023 | model_id must not be NULL                                | one of pgml.models
          'known'                          | 22P02 | invalid input syntax for type bigint: "known"            | pgml.deploy('project', 'best_score')
          'known', 'best_score', 'xgbost'  | 22P02 | invalid input value for enum pgml.algorithm: "xgbost"    | Known are: linear, ridge
          'known', 'best_score', 'lasso'   | 55000 | project "known" has successful models of these algorithms: linear (1). | pgml.models_compare('known')
          999999                           | 42704 | pgml.models WHERE id = 999999 could not be loaded        | SELECT id, status FROM pgml.models
          """)
  void a_deployment_of_what_is_not_there_is_told_what_there_is(
      String arguments, String state, String message, String hint) throws SQLException {
    if (status("known").isEmpty()) {
      try (Connection connection = PROXY.connect()) {
        ProxyUnderTest.run(
            connection, "SELECT * FROM pgml.train('known', 'regression', 'few_rows', 'y')");
      }
    }
    assertThat(refusal("SELECT * FROM pgml.deploy(" + arguments + ")"))
        .startsWith(state)
        .containsIgnoringCase(message)
        .contains(hint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'hints', 'regression', 'no_rows', 'y' | row-level security
          'hints', 'regression', 'jagged', 'y' | pad the arrays to one length
          'hints', 'regression', 'one_column', 'y' | Every other column of the relation is a feature
          'hints', 'regression', 'many_rows' | y_column_name => 'column'
          'new', relation_name => 'many_rows' | task => 'regression'
          'hints', 'regression', '(SELECT 1)', 'y' | make a view of a query
          'hints', 'regression', 'many_rows', 'y', test_size => -1 | part of the rows
          'hints', 'regression', 'many_rows', 'y', test_size => 'few' | argument test_size of pgml.train
          'hints', 'regression', 'many_rows', 'y', automatic_deploy => 'maybe' | argument automatic_deploy
          'hints', nope => 1 | takes (project_name text, task text, relation_name text
          1, 2, 3, 4 | other types need a cast
          (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 300) i), 'regression', 'many_rows', 'y' | must not have more than 2000
          'classes', 'classification', 'large_classes', 'y' | label column "y" has the class 9007199254740993
          'classes', 'classification', 'exact_classes', 'y' | label column "y" has the class near 1.23456789012345
          """)
  void a_wrong_argument_is_told_what_would_be_right(String arguments, String words)
      throws SQLException {
    assertThat(refusal("SELECT * FROM pgml.train(" + arguments + ")")).contains(words);
  }

  private static String refusal(String sql) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, sql);
      return "it is not refused";
    } catch (PSQLException e) {
      ServerErrorMessage told = e.getServerErrorMessage();
      return told == null
          ? e.toString()
          : e.getSQLState()
              + " "
              + told.getMessage()
              + "; "
              + told.getDetail()
              + " "
              + told.getHint();
    }
  }

  @Test
  void a_failure_inside_a_transaction_leaves_nothing() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION IF NOT EXISTS pgml");
      connection.setAutoCommit(false);
      assertThatThrownBy(() ->
              ProxyUnderTest.run(
                  connection,
                  "SELECT * FROM pgml.train('gone', 'clustering', 'gone_rows', algorithm => 'kmeans',"
                      + " hyperparams => '{\"n_clusters\": 1000}')"))
          .hasMessageContaining("n_clusters = 1000 is more than");
      connection.rollback();
      connection.setAutoCommit(true);
      assertThat(
              ProxyUnderTest.value(
                  connection,
                  "SELECT (SELECT count(*) FROM pgml.projects WHERE name = 'gone')"
                      + " + (SELECT count(*) FROM pgml.snapshots WHERE relation_name LIKE '%gone_rows')"
                      + " + (SELECT count(*) FROM pgml.logs WHERE logs::text LIKE '%n_clusters%')"))
          .isEqualTo("0");
    }
  }

  /** The SQLSTATE that the statement fails with. */
  private static String state(CompletableFuture<@Nullable SQLException> outcome) throws Exception {
    SQLException error = outcome.get(30, TimeUnit.SECONDS);
    return error == null ? "no error" : error.getSQLState() + "";
  }

  private static String one(Connection connection) {
    try {
      return String.valueOf(ProxyUnderTest.value(connection, "SELECT 1"));
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static int copies() {
    return Integer.parseInt(
        PROXY.valueOnServer(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY (%'"
                + " AND datname = current_database()"));
  }

  private static String status(String project) {
    return PROXY.valueOnServer("SELECT to_regclass('pgml.models') IS NOT NULL").equals("t")
        ? PROXY.valueOnServer(
            "SELECT status FROM pgml.models m JOIN pgml.projects p ON p.id = project_id WHERE"
                + " p.name = '"
                + project
                + "'")
        : "";
  }

  private static String checkpointer() {
    return PROXY.valueOnServer(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
  }

  /** Until then a busy server lets clients in who know nothing of the crash, and ends them. */
  private static void awaitRestart(String before) {
    Eventually.equal(() -> restartedSince(before), true);
  }

  private static boolean restartedSince(String before) {
    try {
      String now = checkpointer();
      return !now.isEmpty() && !now.equals(before);
    } catch (IllegalStateException _) {
      // It does not let anybody in yet.
      return false;
    }
  }
}
