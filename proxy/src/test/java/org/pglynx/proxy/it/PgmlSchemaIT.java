package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.api.AlgorithmInfo;
import org.pglynx.ml.api.EngineSettings;
import org.pglynx.ml.api.MlEngine;

/** Schema pgml as it is created, completed by a newer version, and dropped. */
class PgmlSchemaIT {
  private static final String OWNER = TestPostgres.freshName("pgml_owner");
  private static final String OTHER = TestPostgres.freshName("pgml_other");
  private static final String TRAIN =
      "SELECT * FROM pgml.train('p', 'regression', 'numbers', 'y', 'linear')";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(3)
          .anotherUser("username = \"" + OWNER + "\"", "auth_type = \"trust\"", "pool_size = 2")
          .anotherUser("username = \"" + OTHER + "\"", "auth_type = \"trust\"", "pool_size = 2");

  @BeforeEach
  void startAnew() {
    PROXY.onServer(
        "DROP SCHEMA IF EXISTS pgml CASCADE",
        "DO $$ BEGIN CREATE ROLE "
            + OWNER
            + " LOGIN; CREATE ROLE "
            + OTHER
            + " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "DO $$ BEGIN EXECUTE 'GRANT CREATE ON DATABASE ' || current_database() || ' TO "
            + OWNER
            + "'; END $$",
        "CREATE TABLE IF NOT EXISTS numbers AS SELECT i AS x, 2 * i AS y"
            + " FROM generate_series(1, 40) i",
        "GRANT SELECT ON numbers TO PUBLIC");
  }

  /** As the first version left it: no functions, and nothing that tells the version. */
  private static void makeOld(String... more) {
    PROXY.onServer(
        "DO $$ DECLARE f record; BEGIN FOR f IN SELECT oid::regprocedure AS s, prokind FROM pg_proc"
            + " WHERE pronamespace = 'pgml'::regnamespace ORDER BY prokind = 'a' DESC LOOP EXECUTE"
            + " format('DROP %s %s CASCADE', CASE f.prokind WHEN 'a' THEN 'AGGREGATE' ELSE"
            + " 'FUNCTION' END, f.s); END LOOP; END $$");
    PROXY.onServer(more);
  }

  private static int functions() {
    return Integer.parseInt(
        PROXY.valueOnServer(
            "SELECT count(*) FROM pg_proc WHERE pronamespace = to_regnamespace('pgml')"));
  }

  @Test
  void a_role_that_is_no_superuser_creates_it() throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION IF NOT EXISTS pgml");
      assertThat(ProxyUnderTest.value(connection, "SELECT pgml.norm_l1('{1,2}'::real[])"))
          .isEqualTo("3");
      assertThat(
              PROXY.valueOnServer(
                  "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'pgml'"))
          .isEqualTo(OWNER);
    }
  }

  @Test
  void every_algorithm_that_is_served_is_a_value_of_the_enum() throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml");
      String values = PROXY.valueOnServer("SELECT enum_range(NULL::pgml.algorithm)::text[]");

      assertThat(values.replaceAll("[{}]", "").split(",", -1))
          .contains("auto")
          .containsAll(
              new MlEngine(EngineSettings.defaults())
                  .algorithms().stream()
                      .filter(AlgorithmInfo::served)
                      .map(AlgorithmInfo::name)
                      .toList());
    }
  }

  /** PostgresML 2.10, sql/schema.sql: what its users' queries name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          projects        | id bigint, name text, task pgml.task, created_at timestamp without time zone, updated_at timestamp without time zone
          snapshots       | id bigint, relation_name text, y_column_name text[], test_size real, test_sampling pgml.sampling, status text, columns jsonb, analysis jsonb, created_at timestamp without time zone, updated_at timestamp without time zone, materialized boolean
          models          | id bigint, project_id bigint, snapshot_id bigint, num_features integer, algorithm text, runtime pgml.runtime, hyperparams jsonb, status text, metrics jsonb, search text, search_params jsonb, search_args jsonb, created_at timestamp without time zone, updated_at timestamp without time zone
          deployments     | id bigint, project_id bigint, model_id bigint, strategy pgml.strategy, created_at timestamp without time zone
          files           | id bigint, model_id bigint, path text, part integer, created_at timestamp without time zone, updated_at timestamp without time zone, data bytea
          logs            | id integer, model_id bigint, project_id bigint, created_at timestamp without time zone, logs jsonb
          overview        | name text, deployed_at timestamp without time zone, task pgml.task, algorithm text, runtime pgml.runtime, relation_name text, y_column_name text[], test_sampling pgml.sampling, test_size real
          trained_models  | id bigint, name text, task pgml.task, algorithm text, runtime pgml.runtime, created_at timestamp without time zone, test_sampling pgml.sampling, test_size real, deployed boolean
          deployed_models | id bigint, name text, task pgml.task, algorithm text, runtime pgml.runtime, deployed_at timestamp without time zone
          """)
  void each_relation_begins_with_postgresmls_columns(String relation, String columns)
      throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml");

      assertThat(
              PROXY.valueOnServer(
                  "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER"
                      + " BY attnum) FROM pg_attribute WHERE attnum > 0 AND attrelid = 'pgml."
                      + relation
                      + "'::regclass"))
          .startsWith(columns);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          task      | {regression,classification,decomposition,clustering,question_answering,summarization,translation,text_classification,text_generation,text2text,embedding,text_pair_classification,conversation,rank}
          search    | {grid,random}
          sampling  | {random,last,stratified}
          runtime   | {python,rust,openai,java}
          strategy  | {new_score,best_score,most_recent,rollback,specific}
          status    | {in_progress,successful,failed}
          """)
  void each_enum_has_postgresmls_values_and_what_is_ours_behind(String type, String values)
      throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml");

      assertThat(PROXY.valueOnServer("SELECT enum_range(NULL::pgml." + type + ")"))
          .isEqualTo(values);
    }
  }

  @Test
  void an_older_schema_gets_what_it_lacks_and_keeps_what_it_has() throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml", TRAIN);
      int complete = functions();
      makeOld("DROP TABLE pgml.logs");

      ProxyUnderTest.run(connection, TRAIN);

      assertThat(functions()).isEqualTo(complete);
      assertThat(ProxyUnderTest.value(connection, "SELECT count(*) FROM pgml.models"))
          .isEqualTo("2");
      assertThat(ProxyUnderTest.value(connection, "SELECT count(*) FROM pgml.logs")).isEqualTo("0");
    }
  }

  @Test
  void models_that_an_older_version_has_deployed_become_functions() throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml", TRAIN);
      String project = PROXY.valueOnServer("SELECT name FROM pgml.projects");
      String predict = "SELECT pgml.predict('" + project + "', '{3}')";
      String before = PROXY.valueOnServer(predict);
      makeOld("DROP TABLE pgml._exports CASCADE");

      ProxyUnderTest.run(connection, "CREATE EXTENSION IF NOT EXISTS pgml");

      assertThat(PROXY.valueOnServer(predict)).isEqualTo(before);
      PROXY.onServer("DELETE FROM pgml._exports");

      ProxyUnderTest.run(connection, "CREATE EXTENSION IF NOT EXISTS pgml");

      assertThat(PROXY.valueOnServer(predict)).isEqualTo(before);
    }
  }

  /** Past the proxy, where the parser has to choose among functions for all kinds of arrays. */
  @Test
  void an_array_in_quotes_needs_no_type() throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml", TRAIN);
      String typed = PROXY.valueOnServer("SELECT pgml.predict('p', '{3}'::real[])");

      assertThat(PROXY.valueOnServer("SELECT pgml.predict('p', '{3}')")).isEqualTo(typed);
      assertThat(PROXY.valueOnServer("SELECT pgml.predict(project_name => 'p', features => '{3}')"))
          .isEqualTo(typed);
      assertThat(PROXY.valueOnServer("SELECT count(*) FROM pgml.predict_batch('p', '{3,4}')"))
          .isEqualTo("2");
      assertThat(PROXY.valueOnServer("SELECT pgml.predict('p', NULL) IS NULL")).isEqualTo("t");
    }
  }

  @Test
  void create_extension_if_not_exists_completes_an_older_schema() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml");
      int complete = functions();
      makeOld();

      ProxyUnderTest.run(connection, "CREATE EXTENSION IF NOT EXISTS pgml");

      assertThat(functions()).isEqualTo(complete);
    }
  }

  @Test
  void alter_extension_update_completes_an_older_schema_and_needs_one() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      String update = "ALTER EXTENSION pgml UPDATE TO '2.10.0'";
      assertThatThrownBy(() -> ProxyUnderTest.run(connection, update))
          .hasMessageContaining("extension \"pgml\" does not exist");
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml");
      int complete = functions();
      makeOld();

      ProxyUnderTest.run(connection, update);

      assertThat(functions()).isEqualTo(complete);
    }
  }

  @Test
  void completing_is_undone_with_the_transaction() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml");
      makeOld();
      connection.setAutoCommit(false);

      ProxyUnderTest.run(connection, "CREATE EXTENSION IF NOT EXISTS pgml");
      connection.rollback();

      assertThat(functions()).isZero();
    }
  }

  @Test
  void only_the_owner_completes_it_and_others_are_told() throws SQLException {
    try (Connection owner = PROXY.connect("user", OWNER);
        Connection other = PROXY.connect("user", OTHER)) {
      ProxyUnderTest.run(owner, "CREATE EXTENSION pgml", "GRANT USAGE ON SCHEMA pgml TO PUBLIC");
      makeOld();

      assertThatThrownBy(() -> ProxyUnderTest.run(other, TRAIN))
          .hasMessageContaining("schema pgml is of version 1")
          .hasMessageContaining("Let " + OWNER + " run CREATE EXTENSION IF NOT EXISTS pgml");
    }
  }

  @Test
  void a_call_without_its_schema_is_told_to_name_it() throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml", "SET search_path = public, pgml");

      assertThatThrownBy(() -> ProxyUnderTest.run(connection, TRAIN.replace("pgml.", "")))
          .hasMessageContaining("pgml.train is answered by pglynx")
          .hasMessageContaining("with its schema (pgml.train)")
          .hasMessageContaining("does not look at search_path");
    }
  }

  @Test
  void dropping_without_cascade_leaves_nothing_of_ours() throws SQLException {
    try (Connection connection = PROXY.connect("user", OWNER)) {
      ProxyUnderTest.run(connection, "CREATE EXTENSION pgml", TRAIN, "DROP EXTENSION pgml");

      assertThat(PROXY.valueOnServer("SELECT to_regnamespace('pgml') IS NULL")).isEqualTo("t");
    }
  }
}
