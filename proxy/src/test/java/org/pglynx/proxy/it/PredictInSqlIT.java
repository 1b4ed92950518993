package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions in statements that the server alone evaluates, sent past the proxy. */
class PredictInSqlIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  private static final String ROLE = TestPostgres.freshName("predicts");

  /** The engine's prediction of each flower. */
  private static final Map<Integer, String> ENGINE = new TreeMap<>();

  private Connection past;

  @BeforeAll
  static void train() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.load_dataset('iris')",
          "CREATE TABLE flowers AS SELECT row_number() OVER () AS id, sepal_length, sepal_width,"
              + " petal_length, petal_width, target::integer AS class FROM pgml.iris",
          "CREATE VIEW known AS SELECT sepal_length, sepal_width, petal_length, petal_width, class"
              + " FROM flowers",
          "SELECT * FROM pgml.train('flowers', 'regression', 'known', 'class', 'xgboost')");
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT id, pgml.predict('flowers', f) FROM flowers f")) {
        while (rows.next()) {
          ENGINE.put(rows.getInt(1), rows.getString(2));
        }
      }
    }
    PROXY.onServer("CREATE ROLE " + ROLE + " LOGIN");
  }

  @BeforeEach
  void connect() throws SQLException {
    past = connect("postgres");
    ProxyUnderTest.run(
        past,
        "CREATE TABLE kept (id integer, p real)",
        "CREATE TABLE copy AS SELECT *, NULL::real AS p FROM flowers");
  }

  @AfterEach
  void disconnect() throws SQLException {
    ProxyUnderTest.run(past, "DROP TABLE IF EXISTS kept, copy CASCADE");
    past.close();
  }

  private static Connection connect(String user) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?user=%s"
            .formatted(PROXY.postgres().port(), PROXY.serverDatabase(), user));
  }

  private static final String P =
      "pgml.predict('flowers', ARRAY[f.sepal_length, f.sepal_width, f.petal_length, f.petal_width])";

  /** Statements that leave id and prediction, each of the flowers whose prediction is above 1.5. */
  static List<String> places() {
    return List.of(
        "SELECT id, %P FROM flowers f WHERE %P > 1.5",
        "SELECT g.id, %P FROM flowers f JOIN flowers g ON g.id = f.id AND %P > 1.5",
        "SELECT min(id), %P FROM flowers f GROUP BY %P, id HAVING %P > 1.5",
        "SELECT id, greatest(%P, least(9, %P)) FROM flowers f WHERE round(%P::numeric, 6) > 1.5",
        "WITH c AS (SELECT id, %P AS p FROM flowers f) SELECT id, p FROM c WHERE p > 1.5",
        "SELECT * FROM (SELECT id, %P AS p FROM flowers f) s WHERE p > 1.5",
        "SELECT id, (SELECT %P) FROM flowers f WHERE EXISTS (SELECT WHERE %P > 1.5)",
        "SELECT f.id, l.p FROM flowers f, LATERAL (SELECT %P AS p) l WHERE l.p > 1.5",
        "SELECT id, max(%P) OVER (PARTITION BY id) FROM flowers f WHERE %P > 1.5",
        "INSERT INTO kept SELECT id, %P FROM flowers f WHERE %P > 1.5 RETURNING id, p",
        "CREATE TABLE made AS SELECT id, %P AS p FROM flowers f WHERE %P > 1.5; TABLE made; DROP"
            + " TABLE made",
        "UPDATE copy f SET p = %P WHERE %P > 1.5 RETURNING id, p",
        "DELETE FROM copy f WHERE %P > 1.5 RETURNING id, %P",
        "MERGE INTO copy f USING flowers g ON f.id = g.id WHEN MATCHED AND %P > 1.5 THEN UPDATE SET p"
            + " = %P; SELECT id, p FROM copy WHERE p IS NOT NULL",
        "CREATE VIEW scored AS SELECT id, %P AS p FROM copy f; SELECT id, p FROM scored WHERE p >"
            + " 1.5; DROP VIEW scored",
        "CREATE FUNCTION score(f flowers) RETURNS real LANGUAGE plpgsql AS $$ BEGIN RETURN %P; END"
            + " $$; SELECT id, score(f) FROM flowers f WHERE score(f) > 1.5; DROP FUNCTION score",
        "CREATE FUNCTION scored_row() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE f record; BEGIN"
            + " SELECT * INTO f FROM flowers WHERE id = new.id; new.p := %P; RETURN new; END $$;"
            + " CREATE TRIGGER score BEFORE INSERT ON kept FOR EACH ROW EXECUTE FUNCTION"
            + " scored_row(); INSERT INTO kept SELECT id FROM flowers; SELECT id, p FROM kept WHERE p"
            + " > 1.5; DROP FUNCTION scored_row CASCADE",
        "SELECT id, %P FROM flowers f WHERE %P > 1.5 ORDER BY %P DESC, id",
        "SELECT id, pgml.predict('flowers', f) FROM flowers f WHERE pgml.predict('flowers', f) > 1.5",
        "SELECT id, pgml.predict('flowers', to_jsonb(f)) FROM flowers f WHERE %P > 1.5",
        "SELECT id, pgml.predict('flowers', ROW(sepal_length, sepal_width, petal_length,"
            + " petal_width)) FROM flowers f WHERE %P > 1.5",
        "SELECT f.id, b.p FROM flowers f, pgml.predict_batch('flowers', ARRAY[f.sepal_length,"
            + " f.sepal_width, f.petal_length, f.petal_width]) AS b(p) WHERE b.p > 1.5",
        "SELECT id, (pgml.predict_joint('flowers', ARRAY[f.sepal_length, f.sepal_width,"
            + " f.petal_length, f.petal_width]))[1] FROM flowers f WHERE %P > 1.5");
  }

  @ParameterizedTest
  @MethodSource("places")
  void a_call_may_stand_wherever_a_function_may(String sql) throws SQLException {
    Map<Integer, String> expected = new TreeMap<>(ENGINE);
    expected.values().removeIf(p -> Float.parseFloat(p) <= 1.5f);
    assertThat(expected).hasSizeBetween(10, 140);

    assertThat(rows(past, sql.replace("%P", P))).isEqualTo(expected);
  }

  /** The rows of the one statement that has some. */
  private static Map<Integer, String> rows(Connection connection, String sql) throws SQLException {
    Map<Integer, String> found = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      boolean rows = statement.execute(sql);
      while (rows || statement.getUpdateCount() >= 0) {
        if (rows) {
          ResultSet result = statement.getResultSet();
          while (result.next()) {
            found.put(result.getInt(1), result.getString(2));
          }
        }
        rows = statement.getMoreResults();
      }
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "real",
        "double precision",
        "numeric",
        "integer",
        "bigint",
        "smallint",
        "boolean::integer"
      })
  void an_array_may_be_of_any_numbers(String type) throws SQLException {
    String array = "ARRAY[1, 3, 1, 0]::" + type.replace("::", "[]::") + "[]";
    String plain = type.startsWith("boolean") ? "ARRAY[1, 1, 1, 0]" : "ARRAY[1, 3, 1, 0]";
    String sql = "SELECT pgml.predict('flowers', %s)";

    assertThat(ProxyUnderTest.value(past, sql.formatted(array)))
        .isEqualTo(ProxyUnderTest.value(past, sql.formatted(plain + "::real[]")));
  }

  @Test
  void booleans_are_0_and_1_and_dimensions_do_not_matter() throws SQLException {
    assertThat(
            ProxyUnderTest.value(
                past, "SELECT pgml.predict('flowers', ARRAY[true, true, true, false])"))
        .isEqualTo(
            ProxyUnderTest.value(past, "SELECT pgml.predict('flowers', '{{1,1},{1,0}}'::int[])"));
    assertThat(ProxyUnderTest.value(past, "SELECT pgml.predict('flowers', NULL::real[])")).isNull();
  }

  @Test
  void the_answer_is_that_of_the_querys_snapshot() throws SQLException {
    String asked = "SELECT version_one()";
    PROXY.onServer(
        "CREATE FUNCTION version_one() RETURNS boolean LANGUAGE plpgsql STABLE AS"
            + " $$ BEGIN RETURN pgml.predict('versions', ARRAY[1]) > 5; END $$");
    try (Connection trainer = PROXY.connect();
        Connection other = connect("postgres");
        Connection repeatable = connect("postgres")) {
      ProxyUnderTest.run(
          trainer,
          "CREATE TABLE low AS SELECT i::real AS x, 0.0 AS y FROM generate_series(1, 20) i",
          "CREATE TABLE high AS SELECT i::real AS x, 9.0 AS y FROM generate_series(1, 20) i",
          "SELECT * FROM pgml.train('versions', 'regression', 'low', 'y', 'decision_tree')");
      repeatable.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      repeatable.setAutoCommit(false);
      assertThat(ProxyUnderTest.value(repeatable, asked)).isEqualTo("f");
      trainer.setAutoCommit(false);
      ProxyUnderTest.run(
          trainer,
          "SELECT * FROM pgml.train('versions', relation_name => 'high', y_column_name => 'y',"
              + " algorithm => 'decision_tree', automatic_deploy => false)",
          "SELECT * FROM pgml.deploy('versions', 'most_recent')");

      assertThat(ProxyUnderTest.value(trainer, asked)).isEqualTo("t");
      assertThat(ProxyUnderTest.value(other, asked)).isEqualTo("f");
      trainer.rollback();
      assertThat(ProxyUnderTest.value(other, asked)).isEqualTo("f");
      assertThat(ProxyUnderTest.value(other, functionCount("versions"))).isEqualTo("1");

      ProxyUnderTest.run(
          trainer,
          "SELECT * FROM pgml.train('versions', relation_name => 'high', y_column_name => 'y',"
              + " algorithm => 'decision_tree', automatic_deploy => false)",
          "SELECT * FROM pgml.deploy('versions', 'most_recent')");
      trainer.commit();
      assertThat(ProxyUnderTest.value(other, asked)).isEqualTo("t");
      assertThat(ProxyUnderTest.value(repeatable, asked)).isEqualTo("f");
      ProxyUnderTest.run(trainer, "SELECT * FROM pgml.deploy('versions', 'rollback')");
      trainer.commit();
      assertThat(ProxyUnderTest.value(other, asked)).isEqualTo("f");
    }
  }

  private static String functionCount(String project) {
    return "SELECT count(*) FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id WHERE"
        + " p.name = '"
        + project
        + "' AND to_regprocedure('pgml._model_' || m.id || '(real[],integer)') IS NOT NULL";
  }

  @Test
  void functions_go_with_their_models() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection, "SELECT * FROM pgml.train('gone', 'regression', 'known', 'class', 'linear')");
      String id =
          ProxyUnderTest.value(
              past,
              "SELECT m.id FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id WHERE"
                  + " p.name = 'gone'");
      String function = "SELECT to_regprocedure('pgml._model_" + id + "(real[],integer)')";
      assertThat(ProxyUnderTest.value(past, function)).isNotNull();

      ProxyUnderTest.run(past, "DELETE FROM pgml.projects WHERE name = 'gone'");

      assertThat(ProxyUnderTest.value(past, function)).isNull();
    }
  }

  @Test
  void usage_of_the_schema_is_all_that_a_role_needs() throws SQLException {
    String asked = "SELECT pgml.predict('flowers', ARRAY[5, 3, 1, 0.2])";
    try (Connection role = connect(ROLE)) {
      assertThatThrownBy(() -> ProxyUnderTest.value(role, asked))
          .hasMessageContaining("permission denied for schema pgml");
      PROXY.onServer(
          "GRANT USAGE ON SCHEMA pgml TO " + ROLE,
          "REVOKE SELECT ON ALL TABLES IN SCHEMA pgml FROM PUBLIC");

      assertThat(ProxyUnderTest.value(role, asked)).isEqualTo(ProxyUnderTest.value(past, asked));
      assertThatThrownBy(() -> ProxyUnderTest.run(role, "TABLE pgml._exports"))
          .hasMessageContaining("permission denied for table _exports");
    } finally {
      PROXY.onServer("GRANT SELECT ON ALL TABLES IN SCHEMA pgml TO PUBLIC");
    }
  }

  /** Such a cast is the type's owner's code: it runs with the caller's rights, not the schema's. */
  @ParameterizedTest
  @ValueSource(strings = {"'x'::pg_temp.e", "ROW('x'::pg_temp.e)", "ARRAY['x'::pg_temp.e]"})
  void a_types_cast_to_json_gains_no_rights(String features) throws SQLException {
    String attacker = TestPostgres.freshName("casts");
    PROXY.onServer(
        "CREATE ROLE " + attacker + " LOGIN", "GRANT USAGE ON SCHEMA pgml TO " + attacker);
    for (String function : List.of("predict", "predict_joint")) {
      try (Connection role = connect(attacker)) {
        ProxyUnderTest.run(
            role,
            "CREATE TYPE pg_temp.e AS ENUM ('x')",
            "CREATE FUNCTION pg_temp.f(pg_temp.e) RETURNS json LANGUAGE plpgsql AS $$ BEGIN EXECUTE"
                + " 'ALTER ROLE "
                + attacker
                + " SUPERUSER'; RETURN '1'; END $$",
            "CREATE CAST (pg_temp.e AS json) WITH FUNCTION pg_temp.f(pg_temp.e)");

        assertThatThrownBy(() ->
                ProxyUnderTest.run(
                    role, "SELECT pgml.%s('flowers', %s)".formatted(function, features)))
            .hasMessageContaining("permission denied to alter role");
      }
    }
  }

  /** Whoever may train may store code that others run: it can do nothing but compute. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "answer := (select 1);",
        "answer := 1; perform pg_sleep(1);",
        "answer := r1 + 1;",
        "answer := r1 operator(public.+) 1;",
        "answer := exp(r1);",
        "answer := x2case(1);",
        "answer := \"current_user\";",
        "answer := 'a';",
        "answer := '1' '; select 1; --';",
        "answer := r1; end; $body$ language sql; --"
      })
  void no_code_but_arithmetic_is_taken(String code) throws SQLException {
    String id =
        ProxyUnderTest.value(past, "SELECT max(model_id) FROM pgml._exports WHERE refused IS NULL");
    String sql =
        "SELECT pgml._export_model("
            + id
            + ", '{\"features\": [\"a\"], \"missing\": [false], \"codes\": [null], \"columns\": [],"
            + " \"labels\": [], \"probabilities\": false}', '{}', '{1,0,0,0}', '', $code$"
            + code
            + "$code$, '')";

    assertThatThrownBy(() -> ProxyUnderTest.run(past, sql))
        .hasMessageContaining("a model's statements are not arithmetic");
  }

  /** U+2003 is a space to some locales' regular expressions and a letter to the SQL lexer. */
  @Test
  void a_space_that_is_a_letter_to_the_server_names_no_type() throws SQLException {
    String attacker = TestPostgres.freshName("spaces");
    PROXY.onServer(
        "CREATE ROLE " + attacker + " LOGIN",
        "GRANT USAGE ON SCHEMA pgml TO " + attacker,
        "GRANT EXECUTE ON FUNCTION pgml.train TO " + attacker);
    try (Connection role = connect(attacker)) {
      String model =
          ProxyUnderTest.value(
              role,
              "SELECT (pgml._begin_model(pgml._store_project('spaces', 'regression'),"
                  + " pgml._store_snapshot('t', '{y}', 0.25, 'last', '{}', false), 1, 'linear',"
                  + " '{}', NULL, '{}', '{}')).id");
      ProxyUnderTest.run(
          role,
          "CREATE FUNCTION pg_temp.f(real) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN EXECUTE"
              + " 'ALTER ROLE "
              + attacker
              + " SUPERUSER'; RETURN true; END $$",
          "CREATE DOMAIN pg_temp.\u2003real AS real CHECK (pg_temp.f(VALUE))");

      assertThatThrownBy(() ->
              ProxyUnderTest.run(
                  role,
                  "SELECT pgml._export_model("
                      + model
                      + ", '{\"features\": [\"a\"], \"missing\": [false], \"codes\": [null],"
                      + " \"columns\": [], \"labels\": [], \"probabilities\": false}', '{}',"
                      + " '{0,0,0,0}', '', 'answer := ''1''::\u2003real;' COLLATE unicode, '')",
                  "SELECT pgml.predict(%s::bigint, ARRAY[1]::real[])".formatted(model)))
          .hasMessageContaining("a model's statements are not arithmetic");
      assertThat(
              ProxyUnderTest.value(
                  role, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
          .isEqualTo("f");
    }
  }

  @Test
  void two_deployments_at_once_wait_for_each_other() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String project = "together" + i % 2;
      Thread thread =
          Thread.ofVirtual()
              .start(() -> {
                try (Connection connection = PROXY.connect()) {
                  ProxyUnderTest.run(
                      connection,
                      "SELECT * FROM pgml.train('%s', 'regression', 'known', 'class', 'ridge')"
                          .formatted(project));
                } catch (SQLException e) {
                  synchronized (failures) {
                    failures.add(e.getMessage());
                  }
                }
              });
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(ProxyUnderTest.value(past, functionCount("together0"))).isNotEqualTo("0");
  }

  @Test
  void each_statement_is_answered_by_one_version_while_others_are_deployed() throws Exception {
    PROXY.onServer(
        "CREATE TABLE zeros AS SELECT i::real AS x, 0.0 AS y FROM generate_series(1, 20) i",
        "CREATE TABLE nines AS SELECT i::real AS x, 9.0 AS y FROM generate_series(1, 20) i");
    String asked =
        "SELECT min(p) || ' ' || max(p) FROM (SELECT pgml.predict('switched', ARRAY[i]) AS p FROM"
            + " generate_series(1, 50) i) s";
    AtomicBoolean done = new AtomicBoolean();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    try (Connection deployer = PROXY.connect()) {
      String train =
          "SELECT * FROM pgml.train('switched', 'regression', '%s', 'y', 'decision_tree')";
      ProxyUnderTest.run(deployer, train.formatted("zeros"), train.formatted("nines"));
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(Thread.ofVirtual().start(() -> read(asked, done, seen)));
      }
      for (int i = 0; i < 40; i++) {
        String before = ProxyUnderTest.value(past, asked);
        ProxyUnderTest.run(deployer, "SELECT * FROM pgml.deploy('switched', 'rollback')");
        assertThat(ProxyUnderTest.value(past, asked)).isNotEqualTo(before);
      }
      done.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
    }
    assertThat(seen).isSubsetOf("0 0", "9 9").isNotEmpty();
  }

  private static void read(String asked, AtomicBoolean done, Set<String> seen) {
    try (Connection connection = connect("postgres")) {
      while (!done.get()) {
        seen.add(String.valueOf(ProxyUnderTest.value(connection, asked)));
      }
    } catch (SQLException e) {
      seen.add(e.toString());
    }
  }

  @Test
  void a_model_is_exported_as_statements_for_any_database() throws SQLException {
    String array = "ARRAY[5.1, 3.5, 1.4, 0.2]";
    String expected = ProxyUnderTest.value(past, "SELECT pgml.predict('flowers', " + array + ")");
    String script;
    try (Connection connection = PROXY.connect()) {
      script =
          String.valueOf(ProxyUnderTest.value(connection, "SELECT pgml.export_sql('flowers')"));
    }
    String name = script.replaceAll("(?s).*FUNCTION (pgml\\._model_\\d+).*", "$1");
    String database = PROXY.postgres().createDatabase("elsewhere");
    try {
      PROXY.postgres().execute(database, script);
      assertThat(
              PROXY
                  .postgres()
                  .value(database, "SELECT (" + name + "(" + array + "::real[], 0))[1]"))
          .isEqualTo(expected);
      assertThatThrownBy(
              () -> PROXY.postgres().value(database, "SELECT " + name + "('{1}'::real[], 0)"))
          .hasStackTraceContaining("these features are not what the model takes");
    } finally {
      PROXY.postgres().dropDatabase(database);
    }
  }
}
