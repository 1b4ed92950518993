package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may train, deploy and predict: roles that are neither superuser nor owner of the schema. */
class TrainingRightsIT {
  private static final String TRAINER = TestPostgres.freshName("trainer");
  private static final String OTHER = TestPostgres.freshName("other_trainer");
  private static final String READER = TestPostgres.freshName("reader");
  private static final String OUTSIDER = TestPostgres.freshName("outsider");

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .anotherUser(user(TRAINER))
          .anotherUser(user(OTHER))
          .anotherUser(user(READER))
          .anotherUser(user(OUTSIDER));

  private static String[] user(String name) {
    return new String[] {"username = \"" + name + "\"", "auth_type = \"trust\"", "pool_size = 2"};
  }

  @BeforeAll
  static void grant() throws SQLException {
    for (String role : new String[] {TRAINER, OTHER, READER, OUTSIDER}) {
      PROXY.onServer("CREATE ROLE " + role + " LOGIN");
    }
    try (Connection admin = PROXY.connect()) {
      ProxyUnderTest.run(admin, "CREATE EXTENSION pgml");
    }
    PROXY.onServer(
        "CREATE TABLE open_rows AS SELECT i AS x, 2 * i AS y FROM generate_series(1, 60) i",
        "CREATE TABLE secret_rows AS SELECT i AS x, 2 * i AS y FROM generate_series(1, 60) i",
        "CREATE TABLE own_rows AS SELECT i AS x, 2 * i AS y, CASE WHEN i <= 40 THEN '"
            + TRAINER
            + "' ELSE 'nobody' END::name AS who FROM generate_series(1, 60) i",
        "ALTER TABLE own_rows ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own ON own_rows USING (who = current_user)",
        "CREATE VIEW view_of_secret WITH (security_invoker = true) AS SELECT * FROM secret_rows",
        "GRANT SELECT ON open_rows, own_rows, view_of_secret TO PUBLIC",
        "GRANT USAGE ON SCHEMA pgml TO " + String.join(", ", TRAINER, OTHER, READER),
        "GRANT EXECUTE ON FUNCTION pgml.train TO " + TRAINER + ", " + OTHER,
        "GRANT EXECUTE ON FUNCTION pgml.deploy(bigint) TO " + TRAINER + ", " + OTHER);
    try (Connection trainer = PROXY.connect("user", TRAINER)) {
      ProxyUnderTest.run(trainer, train("shared", "open_rows"));
    }
  }

  private static String train(String project, String relation) {
    return "SELECT * FROM pgml.train('%s', 'regression', '%s', 'y', 'linear')"
        .formatted(project, relation);
  }

  private static String modelOf(String project) {
    return PROXY.valueOnServer(
        "SELECT max(m.id) FROM pgml.models m JOIN pgml.projects p ON p.id = project_id WHERE"
            + " p.name = '"
            + project
            + "'");
  }

  private static void assertDenied(Connection connection, String sql, String message) {
    assertThat(catchThrowable(() -> ProxyUnderTest.run(connection, sql)))
        .as(sql)
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
  }

  @Test
  void a_role_that_the_session_has_set_is_the_callers_outside_of_transactions_too()
      throws SQLException {
    String predict = "SELECT pgml.predict('shared', ARRAY[10])";
    try (Connection admin = PROXY.connect("preferQueryMode", "simple")) {
      assertThat(ProxyUnderTest.value(admin, predict)).startsWith("20");

      ProxyUnderTest.run(admin, "SET ROLE " + READER);
      assertDenied(admin, train("as reader", "open_rows"), "permission denied for function train");
      ProxyUnderTest.run(admin, "SET ROLE " + OUTSIDER);
      assertDenied(admin, predict, "permission denied for schema pgml");
      ProxyUnderTest.run(admin, "SET ROLE " + TRAINER);
      assertDenied(admin, train("as trainer", "secret_rows"), "permission denied for table");
      ProxyUnderTest.run(admin, train("as trainer", "open_rows"), "RESET ROLE");

      assertThat(PROXY.valueOnServer("SELECT owner FROM pgml.projects WHERE name = 'as trainer'"))
          .isEqualTo(TRAINER);
      assertThat(ProxyUnderTest.value(admin, predict)).startsWith("20");
    }
    try (Connection outsider = PROXY.connect("user", OUTSIDER)) {
      assertDenied(outsider, predict, "permission denied for schema pgml");
    }
  }

  @Test
  void a_session_learns_from_its_temporary_tables_outside_of_transactions_too()
      throws SQLException {
    try (Connection trainer = PROXY.connect("user", TRAINER)) {
      ProxyUnderTest.run(
          trainer,
          "CREATE TEMP TABLE of_session AS SELECT * FROM open_rows",
          train("temporary", "of_session"));

      assertThat(ProxyUnderTest.value(trainer, "SELECT pgml.predict('temporary', ARRAY[10])"))
          .startsWith("20");
    }
  }

  @Test
  void a_role_with_execute_trains_deploys_and_predicts_without_rights_on_the_tables()
      throws SQLException {
    try (Connection trainer = PROXY.connect("user", TRAINER)) {
      ProxyUnderTest.run(trainer, train("mine", "open_rows"));
      assertThat(ProxyUnderTest.value(trainer, "SELECT pgml.predict('mine', ARRAY[10])"))
          .startsWith("20");
      assertThat(
              ProxyUnderTest.value(
                  trainer, "SELECT strategy FROM pgml.deploy(" + modelOf("mine") + ")"))
          .isEqualTo("specific");
      assertThat(PROXY.valueOnServer("SELECT owner FROM pgml.projects WHERE name = 'mine'"))
          .isEqualTo(TRAINER);
      assertDenied(trainer, "DELETE FROM pgml.models", "permission denied for table models");
      assertDenied(
          trainer,
          "INSERT INTO pgml.deployments (project_id, model_id, strategy) VALUES (1, 1, 'specific')",
          "permission denied for table deployments");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM pgml.snapshot('open_rows', 'y')",
        "SELECT * FROM pgml.load_dataset('iris')",
        "SELECT * FROM pgml.train('own', 'regression', 'open_rows', 'y', materialize_snapshot => true)"
      })
  void who_may_make_no_table_in_the_schema_is_told_of_the_right_to(String call)
      throws SQLException {
    try (Connection trainer = PROXY.connect("user", TRAINER)) {
      assertDenied(trainer, call, "grants CREATE ON SCHEMA pgml");
    }
  }

  @Test
  void a_role_with_usage_predicts_and_nothing_more() throws SQLException {
    try (Connection reader = PROXY.connect("user", READER)) {
      assertThat(ProxyUnderTest.value(reader, "SELECT pgml.predict('shared', ARRAY[10])"))
          .startsWith("20");
      assertDenied(reader, train("theirs", "open_rows"), "permission denied for function train");
      assertDenied(
          reader,
          "SELECT * FROM pgml.deploy(" + modelOf("shared") + ")",
          "permission denied for function deploy");
      assertDenied(
          reader,
          "SELECT pgml._deploy(1, " + modelOf("shared") + ", 'new_score')",
          "permission denied for function train");
      assertThat(ProxyUnderTest.value(reader, "SELECT count(*) FROM pgml.snapshots"))
          .as("statistics of rows that it might not read")
          .isEqualTo("0");
    }
  }

  @Test
  void a_role_without_usage_gets_nothing() throws SQLException {
    try (Connection outsider = PROXY.connect("user", OUTSIDER)) {
      for (String sql :
          new String[] {
            "SELECT pgml.predict('shared', ARRAY[10])",
            "SELECT pgml.predict('shared', ARRAY[x]) FROM open_rows",
            train("theirs", "open_rows"),
            "SELECT * FROM pgml.deploy(1)",
            "SELECT pgml.norm_l1('{1}'::real[])"
          }) {
        assertDenied(outsider, sql, "permission denied for schema pgml");
      }
    }
  }

  @Test
  void another_roles_project_is_refused_by_its_name_alone() throws SQLException {
    try (Connection other = PROXY.connect("user", OTHER)) {
      assertDenied(
          other, "SELECT * FROM pgml.train('shared')", "permission denied for project shared");
    }
  }

  @Test
  void a_project_is_its_owners_and_those_of_members_of_its_owner() throws SQLException {
    try (Connection other = PROXY.connect("user", OTHER);
        Connection admin = PROXY.connect()) {
      assertDenied(other, train("shared", "open_rows"), "permission denied for project shared");
      assertDenied(
          other,
          "SELECT * FROM pgml.deploy(" + modelOf("shared") + ")",
          "permission denied for project shared");

      ProxyUnderTest.run(admin, "GRANT " + TRAINER + " TO " + OTHER);
      ProxyUnderTest.run(other, train("shared", "open_rows"));
      ProxyUnderTest.run(admin, "REVOKE " + TRAINER + " FROM " + OTHER);

      assertDenied(other, train("shared", "open_rows"), "permission denied for project shared");
      ProxyUnderTest.run(admin, train("shared", "open_rows"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret_rows", "view_of_secret", "public.secret_rows"})
  void nobody_learns_from_rows_that_he_may_not_read(String relation) throws SQLException {
    try (Connection trainer = PROXY.connect("user", TRAINER)) {
      assertDenied(trainer, train("spy " + relation, relation), "permission denied for");
      assertThat(
              PROXY.valueOnServer(
                  "SELECT count(*) FROM pgml.models m JOIN pgml.projects p ON p.id = project_id"
                      + " WHERE p.name LIKE 'spy%' AND m.status = 'successful'"))
          .isEqualTo("0");
    }
  }

  @Test
  void a_training_reads_only_the_rows_that_row_security_shows() throws SQLException {
    try (Connection trainer = PROXY.connect("user", TRAINER)) {
      ProxyUnderTest.run(trainer, train("rls", "own_rows"));
      assertThat(
              PROXY.valueOnServer(
                  "SELECT s.analysis->>'samples' FROM pgml.snapshots s JOIN pgml.models m ON"
                      + " m.snapshot_id = s.id WHERE m.id = "
                      + modelOf("rls")))
          .isEqualTo("40");
    }
  }

  @Test
  void set_role_takes_rights_away_and_gives_them() throws SQLException {
    try (Connection admin = PROXY.connect()) {
      admin.setAutoCommit(false);
      ProxyUnderTest.run(admin, "SET LOCAL ROLE " + READER);
      assertDenied(admin, train("role", "open_rows"), "permission denied for function train");
      admin.rollback();

      ProxyUnderTest.run(admin, "SET LOCAL ROLE " + TRAINER, train("role", "open_rows"));
      admin.commit();
      assertThat(PROXY.valueOnServer("SELECT owner FROM pgml.projects WHERE name = 'role'"))
          .isEqualTo(TRAINER);
    }
  }

  @Test
  void rollback_undoes_a_training_and_a_deployment_of_an_unprivileged_role() throws SQLException {
    try (Connection trainer = PROXY.connect("user", TRAINER)) {
      trainer.setAutoCommit(false);
      ProxyUnderTest.run(trainer, train("undone", "open_rows"));
      assertThat(ProxyUnderTest.value(trainer, "SELECT pgml.predict('undone', ARRAY[10])"))
          .startsWith("20");
      trainer.rollback();
      trainer.setAutoCommit(true);
      assertThat(PROXY.valueOnServer("SELECT count(*) FROM pgml.projects WHERE name = 'undone'"))
          .isEqualTo("0");
      assertThatThrownBy(
              () -> ProxyUnderTest.value(trainer, "SELECT pgml.predict('undone', ARRAY[10])"))
          .hasMessageContaining("No deployed model exists");
    }
  }

  @Test
  void the_functions_behind_it_write_only_what_a_training_would() throws SQLException {
    try (Connection other = PROXY.connect("user", OTHER)) {
      String model = modelOf("shared");
      assertDenied(
          other,
          "SELECT pgml._store_file(" + model + ", 'model.pglynx', 9, '\\x00')",
          "permission denied for project shared");
      assertDenied(
          other,
          "SELECT pgml._fail_model(" + model + ", 'x', 'y')",
          "permission denied for project shared");
    }
    try (Connection trainer = PROXY.connect("user", TRAINER)) {
      assertThatThrownBy(() ->
              ProxyUnderTest.run(
                  trainer,
                  "SELECT pgml._finish_model("
                      + modelOf("shared")
                      + ", '{\"r2\": 2}', '{}', 'linear')"))
          .hasMessageContaining("is not being trained");
    }
  }

  @Test
  void a_call_that_reaches_the_server_is_told_where_to_go() throws SQLException {
    assertThatThrownBy(
            () -> PROXY.postgres().value(PROXY.serverDatabase(), "SELECT * FROM pgml.train('p')"))
        .hasRootCauseInstanceOf(SQLException.class)
        .rootCause()
        .hasMessageContaining("pgml.train is answered by pglynx");
  }
}
