package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.Oid;

/** What becomes of statements that mention pgml. */
class PlanningTest {
  private final Recorder answers = new Recorder();
  private final StatementPlanner planner =
      new StatementPlanner(
          new LocalPlanner(answers), new RewritePlanner(answers), new GivenPlanner(answers));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM pgml.models",
        "SELECT 'pgml.train()'",
        "select 1 /* pgml.predict(1) */",
        "INSERT INTO pgml.diabetes (target) VALUES (1)",
        "SELECT pgml.predict('p', ARRAY[1)",
        "CREATE TABLE pgml.t (a int)",
        "DROP SCHEMA pgml CASCADE",
        "BEGIN; SELECT * FROM pgml.models; COMMIT",
        "CREATE EXTENSION pgmlx",
        "SELECT pgml.norm_l2(v) FROM t WHERE pgml.dot_product(v, w) > 1 ORDER BY pgml.sum(v)",
        "UPDATE t SET v = pgml.normalize_l2(v)",
        "SELECT pgml.sklearn_f1_score(a, b) FROM t",
        "SELECT pgml.add(a, b); SELECT 1",
        "SELECT pgml.my_own_function(1)",
        "SELECT pgml.predict('p"
      })
  void passes_what_calls_nothing(String sql) {
    assertThat(plan(sql)).isEqualTo(Decision.PASS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM pgml.train('p', 'regression', 'pgml.diabetes', 'target')",
        "select * from pgml.train('p', task => 'regression', relation_name := 't',"
            + " y_column_name => 'y', algorithm => 'xgboost'::pgml.algorithm,"
            + " hyperparams => '{\"n_estimators\": 50}'::jsonb, test_size => 0.5)",
        "SELECT * FROM pgml.train($1, $2, $3, $4) AS t;",
        "SELECT project, deployed AS d FROM \"pgml\".\"train\"('p')",
        "SELECT t.algorithm, t.\"deployed\" AS d, t.* FROM pgml.train('p') AS t",
        "SELECT train.algorithm FROM pgml.train('p')"
      })
  void answers_train_as_a_table(String sql) {
    assertThat(plan(sql)).isInstanceOf(Decision.Answer.class);
    assertThat(answers.form().indexes()).isNotEmpty();
  }

  @Test
  void answers_train_with_its_four_columns() {
    plan("SELECT * FROM pgml.train('p')");
    assertThat(answers.form().columns())
        .extracting(Column::name)
        .containsExactly("project", "task", "algorithm", "deployed");
  }

  @Test
  void answers_train_in_the_select_list_with_one_composite() {
    plan("SELECT pgml.train('p', 'regression', 't', 'y')");
    assertThat(answers.form().columns()).containsExactly(Column.record("train"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT * FROM pgml.train('p') AS t(a, b, c, d)                    | a b c d                          | 0 1 2 3
          SELECT * FROM pgml.train('p') t(a)                                | a task algorithm deployed        | 0 1 2 3
          SELECT t.b, a x, "C" FROM pgml.train('p') AS t (a, b, "C")        | b x C                            | 1 0 2
          SELECT t.*, t.d AS again FROM pgml.train('p') AS t(a, b, c, d)    | a b c d again                    | 0 1 2 3 3
          SELECT project p, t.task kind FROM pgml.train('p') t              | p kind                           | 0 1
          SELECT t FROM pgml.train('p') t                                   | t                                |
          SELECT train AS all_of_it FROM pgml.train('p')                    | all_of_it                        |
          SELECT (pgml.train('p')).*                                        | project task algorithm deployed  | 0 1 2 3
          SELECT (pgml.train('p')).deployed                                 | deployed                         | 3
          SELECT (pgml.train('p')).algorithm AS a                           | a                                | 2
          SELECT (pgml.train('p')).algorithm "A"                            | A                                | 2
          SELECT (pgml.deploy(5)).strategy                                  | strategy                         | 1
          SELECT (pgml.snapshot('t', 'y')).relation                         | relation                         | 0
          SELECT (pgml.load_dataset('iris')).*                              | table_name rows                  | 0 1
          SELECT (pgml.explain('p', ARRAY[1])).feature                      | feature                          | 0
          SELECT f, c FROM pgml.explain('p', ARRAY[1]) AS e(f, c)           | f c                              | 0 1
          SELECT * FROM pgml.cancel_training(5) AS stopped                  | stopped                          | 0
          SELECT c FROM pgml.cancel_training(5) stopped(c)                  | c                                | 0
          """)
  void rows_of_a_call_go_out_under_the_names_that_they_are_given(
      String sql, String names, @Nullable String indexes) {
    assertThat(plan(sql)).isInstanceOf(Decision.Answer.class);
    assertThat(answers.form().columns()).extracting(Column::name).containsExactly(names.split(" "));
    assertThat(answers.form().indexes())
        .map(String::valueOf)
        .containsExactly(indexes == null ? new String[0] : indexes.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT * FROM pgml.train('p') t(a, b, c, d, e) | 42P10 | table "t" has 4 columns available but 5 columns specified
          SELECT status FROM pgml.train('p')             | 42703 | column "status" does not exist
          SELECT project FROM pgml.train('p') t(a)       | 42703 | column "project" does not exist
          SELECT (pgml.train('p')).status                | 42703 | could not identify column "status" in record data type
          """)
  void refuses_columns_that_a_call_does_not_give(String sql, String code, String message) {
    Decision decision = plan(sql);
    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    assertThat(((Decision.Refuse) decision).error().code()).isEqualTo(code);
    assertThat(((Decision.Refuse) decision).error().message()).isEqualTo(message);
  }

  @Test
  void tells_the_types_of_the_parameters() {
    plan("SELECT * FROM pgml.train($1, $2, hyperparams => $4, test_size => $3, search => $5)");
    assertThat(answers.types).containsExactly(Oid.TEXT, Oid.TEXT, Oid.FLOAT4, Oid.JSONB, Oid.TEXT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT pgml.train()                                | 42883 | function pgml.train() does not exist
          SELECT pgml.train('p', 5)                          | 42883 | function pgml.train(unknown, integer) does not exist
          SELECT pgml.train('p', foo => 'x')                 | 42883 | function pgml.train(unknown, foo => unknown) does not exist
          SELECT pgml.train('p', project_name => 'q')        | 42883 | function pgml.train(unknown, project_name => unknown) does not exist
          SELECT pgml.train(task => 'x', 'p')                | 42601 | positional argument cannot follow named argument
          SELECT pgml.train(task => 'x', task => 'y')        | 42601 | argument name "task" used more than once
          SELECT pgml.train(lower($1))                       | 42P18 | could not determine data type of parameter $1
          SELECT pgml.embed('a', 'b')                        | 0A000 | pgml.embed is not served yet
          SELECT pgml.deploy(project_name => 'p')            | 42883 | function pgml.deploy(project_name => unknown) does not exist
          SELECT pgml.explain('p')                           | 42883 | function pgml.explain(unknown) does not exist
          """)
  void refuses_wrong_arguments(String sql, String code, String message) {
    Decision decision = plan(sql);
    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    assertThat(((Decision.Refuse) decision).error().code()).isEqualTo(code);
    assertThat(((Decision.Refuse) decision).error().message()).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t WHERE pgml.predict('p', ARRAY[a]) > 1",
        "SELECT a FROM t ORDER BY pgml.predict('p', ARRAY[a])",
        "SELECT a, pgml.predict('p', ARRAY[a]) FROM t ORDER BY 2 DESC",
        "SELECT a, pgml.predict('p', ARRAY[a]) FROM t ORDER BY predict",
        "SELECT a, pgml.predict('p', ARRAY[a]) AS y FROM t ORDER BY a, y DESC",
        "SELECT *, pgml.predict('p', ARRAY[a]) FROM t ORDER BY 1",
        "SELECT count(*) FROM t GROUP BY pgml.predict('p', ARRAY[a])",
        "SELECT pgml.predict('p', ARRAY[a]) AS y FROM t GROUP BY y",
        "SELECT count(*) FROM t GROUP BY a HAVING pgml.predict('p', ARRAY[a]) > 1",
        "SELECT round(pgml.predict('p', ARRAY[a])::numeric, 2) FROM t",
        "SELECT pgml.predict('p', ARRAY[a])::int, pgml.predict('q', ARRAY[a]) FROM t",
        "SELECT a FROM (SELECT pgml.predict('p', ARRAY[a]) AS a FROM t) x",
        "SELECT y FROM t, LATERAL pgml.predict('p', ARRAY[t.a]) y",
        "WITH x AS (SELECT pgml.predict('p', ARRAY[a]) FROM t) SELECT * FROM x",
        "WITH x AS (SELECT 1) INSERT INTO u SELECT pgml.predict('p', ARRAY[1]) FROM x",
        "SELECT DISTINCT pgml.predict('p', ARRAY[a]) FROM t",
        "SELECT DISTINCT ON (a) a, pgml.predict('p', ARRAY[a]) FROM t",
        "SELECT pgml.predict('p', ARRAY[a]) FROM t UNION SELECT 1",
        "SELECT pgml.predict('p', ARRAY[a]) INTO u FROM t",
        "SELECT t.*, pgml.predict('p', ARRAY[a]), u.* FROM t, u",
        "SELECT pgml.predict(p.name, ARRAY[a]) FROM p",
        "SELECT pgml.predict('p'::pg_catalog.bpchar, ARRAY[a]) FROM p",
        "SELECT pgml.predict('p', ARRAY[pgml.predict('q', ARRAY[a])]) FROM t",
        "SELECT pgml.predict_batch('p', array_agg(a)) FROM t",
        "SELECT pgml.predict_batch('p', ARRAY[1,2]), 1",
        "SELECT pgml.predict('p')",
        "SELECT pgml.predict('p', ARRAY[a], b) FROM t",
        "SELECT pgml.predict(features => ARRAY[a], 'p') FROM t",
        "(SELECT pgml.predict('p', ARRAY[a]) FROM t)",
        "INSERT INTO u SELECT pgml.predict('p', ARRAY[a]) FROM t RETURNING *",
        "CREATE TABLE u AS SELECT pgml.predict('p', ARRAY[a]) FROM t",
        "CREATE VIEW u AS SELECT pgml.predict('p', ARRAY[a]) FROM t",
        "COPY (SELECT a FROM t WHERE pgml.predict('p', ARRAY[a]) > 1) TO STDOUT",
        "DECLARE c CURSOR FOR SELECT pgml.predict('p', ARRAY[a]) FROM t",
        "PREPARE s AS SELECT pgml.predict('p', ARRAY[1])",
        "UPDATE t SET a = pgml.predict('p', ARRAY[a])",
        "DELETE FROM t WHERE pgml.predict('p', ARRAY[a]) > 1",
        "VALUES (pgml.predict('p', ARRAY[1]))",
        "SELECT 1; SELECT pgml.predict('p', ARRAY[1])",
        "BEGIN; UPDATE t SET a = pgml.predict('p', ARRAY[a]); COMMIT"
      })
  void leaves_predictions_to_the_database_where_it_must_compute_with_them(String sql) {
    assertThat(plan(sql)).isEqualTo(Decision.PASS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          INSERT INTO u SELECT pgml.train('p')                       | INSERT … SELECT
          CREATE TABLE u AS SELECT * FROM pgml.deploy(1)             | CREATE TABLE AS or a view (CREATE)
          COPY (SELECT pgml.train('p')) TO STDOUT                    | COPY
          PREPARE s AS SELECT pgml.train('p')                        | PREPARE
          VALUES (pgml.train())                                      | VALUES
          """)
  void refuses_places_by_name(String sql, String place) {
    Decision decision = plan(sql);
    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    assertThat(((Decision.Refuse) decision).error().code()).isEqualTo("0A000");
    assertThat(((Decision.Refuse) decision).error().message())
        .endsWith(" is not served in " + place + " yet");
    assertThat(((Decision.Refuse) decision).error().hint())
        .startsWith(
            place.equals("PREPARE")
                ? "A driver's prepared statement"
                : "Write SELECT * FROM pgml.");
  }

  /** What stands for the document is left out. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SELECT * FROM pgml.explain('p', ARRAY[1]) e ORDER BY 2        | SELECT * FROM {explain} e ORDER BY 2
          SELECT * FROM pgml.explain('p', ARRAY[1]) ORDER BY 2          | SELECT * FROM {explain} AS explain ORDER BY 2
          SELECT * FROM t JOIN pgml.explain('p', ARRAY[1]) e ON true    | SELECT * FROM t JOIN {explain} e ON true
          SELECT * FROM t, LATERAL pgml.explain('p', ARRAY[1]) AS e(a)  | SELECT * FROM t, LATERAL {explain} AS e(a)
          SELECT 1, pgml.version()                                      | SELECT 1, {version}
          SELECT a IS DISTINCT FROM pgml.version() FROM t               | SELECT a IS DISTINCT FROM {version} FROM t
          SELECT e, 1 FROM pgml.explain('p', ARRAY[1]) e                | SELECT e, 1 FROM {explain} e
          SELECT nothing FROM pgml.explain('p', ARRAY[1]) e             | SELECT nothing FROM {explain} e
          SELECT substring('x' FROM pgml.version()) FROM t              | SELECT substring('x' FROM {version}) FROM t
          SELECT f FROM t, pgml.version() f                             | SELECT f FROM t, {version} f(f)
          SELECT f FROM t, pgml.version() AS f WHERE true               | SELECT f FROM t, {version} AS f(f) WHERE true
          SELECT * FROM pgml.version() LIMIT 1                          | SELECT * FROM {version} AS version LIMIT 1
          """)
  void gives_rows_of_calls_to_the_server(String sql, String given) {
    assertThat(plan(sql)).isInstanceOf(Decision.Rewrite.class);
    assertThat(
            ((Decision.Rewrite) plan(sql)).sql().replaceAll("jsonb_to_recordset.*? AS given", "*"))
        .isEqualTo(
            given
                .replace(
                    "{explain}",
                    "(SELECT feature, contribution FROM pg_catalog.*(feature pg_catalog.text,"
                        + " contribution pg_catalog.float8))")
                .replace(
                    "{version}", "(SELECT version FROM pg_catalog.*(version pg_catalog.text))"));
  }

  @Test
  void parameters_of_given_rows_keep_their_numbers() {
    Decision decision =
        plan("SELECT * FROM pgml.explain($2, $3::real[]) e WHERE contribution > $1");
    assertThat(decision).isInstanceOf(Decision.Rewrite.class);
    assertThat(((Decision.Rewrite) decision).sql())
        .contains("$2::pg_catalog.text IS NULL OR $3::pg_catalog.float4[] IS NULL")
        .endsWith("WHERE contribution > $1");
  }

  @Test
  void asks_a_server_for_arguments_with_parameters_of_its_own() {
    planner.plan(
        "SELECT * FROM pgml.deploy((SELECT max(id) FROM pgml.models WHERE id < $2::bigint))",
        new int[] {Oid.TEXT});
    assertThat(Objects.requireNonNull(answers.computed).sql())
        .endsWith(
            "((SELECT max(id) FROM pgml.models WHERE id < $1::bigint)) AS v0 OFFSET 0) AS computed");
    assertThat(answers.computed.parameters()).containsExactly(1);
    assertThat(answers.types).containsExactly(Oid.TEXT, Oid.INT8);
  }

  @Test
  void refuses_calls_among_several_statements() {
    assertRefused("SELECT 1; SELECT pgml.train('p')", "several statements");
    assertRefused("SELECT pgml.train('p'), pgml.predict('p', ARRAY[1])", "the only thing");
    assertRefused("SELECT pgml.train('p'), 1", "the only thing");
    assertRefused("SELECT * FROM pgml.train('p') WHERE deployed", "the only thing");
    assertRefused("SELECT (pgml.train('p')).project || 'x'", "the only thing");
    assertRefused("SELECT * FROM pgml.train('p') AS t(a text, b text)", "the only thing");
    assertRefused("SELECT train.algorithm FROM pgml.train('p') t", "the only thing");
    assertRefused("SELECT * FROM pgml.train('p') t JOIN u ON true", "the only thing");
    assertRefused("BEGIN; CREATE EXTENSION pgml", "statements of their own");
    assertRefused("DROP EXTENSION pgml, other", "statements of their own");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pgml.predict('p', ARRAY[59,2,32.1,-101,+1.5e2,1_000,0x10])",
        "SELECT pgml.predict('p', ARRAY[1,2]::real[]);",
        "SELECT pgml.predict('p', ARRAY[[1,2],[3,$1]])",
        "SELECT pgml.predict('p', ARRAY[ARRAY[1,2],ARRAY[3,4]])",
        "SELECT PGML.PREDICT('p', ARRAY[$1,$2])",
        "SELECT pgml.predict('p', $1)",
        "SELECT pgml.predict('p', $1::real[]) AS y",
        "SELECT pgml.predict('p', '{1,2}')",
        "SELECT pgml.predict('p', '{1,NULL}'::float4[])",
        "SELECT pgml.predict('p', ARRAY[1,NULL]::numeric[]) prediction",
        "SELECT pgml.predict(1, ARRAY[1,2]), pgml.predict_proba('q', ARRAY[true,false])",
        "SELECT pgml.predict(project_name => 'p', features => ARRAY[1,2])",
        "SELECT pgml.predict($1, $2)",
        "SELECT * FROM pgml.predict('p', ARRAY[1])",
        "SELECT pgml.predict('p', ROW(1, 'a', NULL, 2.5, true))",
        "SELECT pgml.predict('p', (-1, $1::int, $2))",
        "SELECT pgml.predict('p', '{\"a\": 1}'::jsonb)",
        "SELECT pgml.predict('p', $1::jsonb)",
        "SELECT pgml.predict('p', NULL)"
      })
  void answers_constants_and_parameters(String sql) {
    assertThat(plan(sql)).isInstanceOf(Decision.Answer.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT target, pgml.predict('p', ARRAY[age,sex]) FROM t LIMIT 5          | SELECT target, (ARRAY[age,sex])::float4[] AS predict FROM t LIMIT 5
          select pgml . "predict" ( 'p' , x /*c*/ ) "Y" from t;                     | select {typed x} "Y" from t;
          SELECT pgml.predict('p', ARRAY[a]::real[]) AS y, b FROM t ORDER BY b     | SELECT (ARRAY[a]::real[])::float4[] AS y, b FROM t ORDER BY b
          SELECT pgml.norm_l1(v), pgml.predict('p', pgml.add(v, w)) FROM t         | SELECT pgml.norm_l1(v), {sent pgml.add(v, w)} AS predict FROM t
          SELECT pgml.predict('p', (array_agg(a))) FROM t                          | SELECT {sent (array_agg(a))} AS predict FROM t
          SELECT pgml.predict('p', f(a, $1)) FROM t                                | SELECT (f(a, $1))::float4[] AS predict FROM t
          SELECT pgml.predict('p', f(a) + f(b)) FROM t                             | SELECT (f(a) + f(b))::float4[] AS predict FROM t
          SELECT *, pgml.predict_proba('p', image) FROM t                          | SELECT *, {typed image} AS predict_proba FROM t
          WITH x AS (SELECT 1 AS a) SELECT pgml.predict(7, ARRAY[a]) FROM x        | WITH x AS (SELECT 1 AS a) SELECT (ARRAY[a])::float4[] AS predict FROM x
          SELECT pgml.predict('p', ROW(1, now()))                                  | SELECT {row ROW(1, now())} AS predict
          SELECT pgml.predict('p', ROW('2024-01-01'::date))                        | SELECT {row ROW('2024-01-01'::date)} AS predict
          SELECT pgml.predict('p', ROW(1, 2)::pair)                                | SELECT {row ROW(1, 2)::pair} AS predict
          SELECT pgml.predict('p', (a, b::int)) FROM t                             | SELECT {row (a, b::int)} AS predict FROM t
          SELECT pgml.predict('p', (a, b)) FROM t                                  | SELECT {row (a, b)} AS predict FROM t
          SELECT pgml.predict('p', t) FROM s.t                                     | SELECT {row t} AS predict FROM s.t
          SELECT pgml.predict('p', t.*) FROM t                                     | SELECT {row t.*} AS predict FROM t
          SELECT pgml.predict('p', x) FROM (SELECT x FROM t) s                     | SELECT {typed x} AS predict FROM (SELECT x FROM t) s
          SELECT pgml.predict('p', s) FROM (SELECT x FROM t) s                     | SELECT {row s} AS predict FROM (SELECT x FROM t) s
          SELECT pgml.predict('p', u) FROM (t u JOIN v ON true)                    | SELECT {row u} AS predict FROM (t u JOIN v ON true)
          SELECT pgml.predict('p', t.x) FROM t JOIN u ON t.x = u.x, w              | SELECT {typed t.x} AS predict FROM t JOIN u ON t.x = u.x, w
          SELECT pgml.predict('p', x) FROM t JOIN (u JOIN v ON x IS NULL) USING (x) | SELECT {typed x} AS predict FROM t JOIN (u JOIN v ON x IS NULL) USING (x)
          SELECT pgml.predict('p', v) FROM t JOIN (u JOIN v ON x IS NULL) USING (x) | SELECT {row v} AS predict FROM t JOIN (u JOIN v ON x IS NULL) USING (x)
          SELECT pgml.predict('p', w) FROM t JOIN u ON f(t.x, u.w) LEFT JOIN w ON true | SELECT {row w} AS predict FROM t JOIN u ON f(t.x, u.w) LEFT JOIN w ON true
          SELECT pgml.predict('p', w) FROM ((t JOIN u ON true) JOIN w ON true)     | SELECT {row w} AS predict FROM ((t JOIN u ON true) JOIN w ON true)
          SELECT pgml.predict('p', t.x) FROM t                                     | SELECT {typed t.x} AS predict FROM t
          SELECT pgml.predict('p', to_jsonb(t)) FROM t                             | SELECT {row to_jsonb(t)} AS predict FROM t
          SELECT pgml.decompose('p', vector => ARRAY[a]) FROM t                    | SELECT (ARRAY[a])::float4[] AS decompose FROM t
          SELECT pgml.predict('p', ARRAY[[1,2],[3]])                               | SELECT (ARRAY[[1,2],[3]])::float4[] AS predict
          SELECT pgml.predict('p', ARRAY[a, b::date]) FROM t                       | SELECT {row ARRAY[a, b::date]} AS predict FROM t
          SELECT pgml.predict('p', ARRAY[TIMESTAMP '2024-01-01', a]) FROM t        | SELECT {row ARRAY[TIMESTAMP '2024-01-01', a]} AS predict FROM t
          SELECT pgml.predict('p', ARRAY[now(), a]) FROM t                         | SELECT {row ARRAY[now(), a]} AS predict FROM t
          SELECT pgml.predict('p', ARRAY[(Current_Date)]) FROM t                   | SELECT {row ARRAY[(Current_Date)]} AS predict FROM t
          SELECT pgml.predict('p', ARRAY[a, b]::timestamp with time zone[]) FROM t | SELECT {row ARRAY[a, b]::timestamp with time zone[]} AS predict FROM t
          SELECT pgml.predict('p', ARRAY[1+1])                                     | SELECT (ARRAY[1+1])::float4[] AS predict
          SELECT pgml.predict($1, ARRAY[a, $2]) FROM t WHERE b = $3                | SELECT CASE WHEN $1::text IS NOT NULL THEN (ARRAY[a, $2])::float4[] END AS predict FROM t WHERE b = $3
          SELECT a, pgml.predict('p', ARRAY[avg(b)]) FROM t GROUP BY a             | SELECT a, (ARRAY[avg(b)])::float4[] AS predict FROM t GROUP BY a
          SELECT pgml.predict('p', ARRAY[a]), pgml.predict('q', ARRAY[b]) FROM t   | SELECT (ARRAY[a])::float4[] AS predict, (ARRAY[b])::float4[] AS predict FROM t
          """)
  void rewrites_predictions_per_row(String sql, String rewritten) {
    Decision decision = plan(sql);
    assertThat(decision).isInstanceOf(Decision.Rewrite.class);
    assertThat(((Decision.Rewrite) decision).sql()).isEqualTo(written(rewritten));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT a, pgml.predict('p', ARRAY[a]) AS y FROM t ORDER BY y DESC LIMIT 5 OFFSET 2      | SELECT a, (ARRAY[a])::float4[] AS y FROM t
          SELECT a, pgml.predict('p', ARRAY[a]) FROM t ORDER BY 2 LIMIT 5                          | SELECT a, (ARRAY[a])::float4[] AS predict FROM t
          SELECT a, pgml.predict('p', ARRAY[a]) FROM t ORDER BY predict FETCH FIRST 3 ROWS ONLY;   | SELECT a, (ARRAY[a])::float4[] AS predict FROM t ;
          SELECT pgml.predict('p', ARRAY[a]) y FROM t ORDER BY pgml.predict('p',ARRAY[a]) LIMIT 1  | SELECT (ARRAY[a])::float4[] y FROM t
          SELECT *, pgml.predict('p', b) FROM t ORDER BY pgml.predict('p', ARRAY[a]) ASC NULLS FIRST LIMIT 1 | SELECT *, {typed b} AS predict, {array ARRAY[a]} FROM t
          SELECT a FROM t WHERE b ORDER BY pgml.predict('p', ARRAY[a]) DESC LIMIT $2 OFFSET $1     | SELECT a, (ARRAY[a])::float4[] FROM t WHERE b LIMIT CASE WHEN $2::bigint < 0 THEN $2::bigint END OFFSET CASE WHEN $1::bigint < 0 THEN $1::bigint END
          COPY (SELECT a, pgml.predict('p', ARRAY[a]) FROM t) TO STDOUT                            | COPY (SELECT a, {array ARRAY[a]} AS predict FROM t) TO STDOUT
          COPY (SELECT pgml.predict('p', ARRAY[a]) FROM t) TO STDOUT WITH (FORMAT csv, HEADER)     | COPY (SELECT {array ARRAY[a]} AS predict FROM t) TO STDOUT WITH (FORMAT csv, HEADER)
          EXPLAIN (ANALYZE) SELECT pgml.predict('p', ARRAY[a]) FROM t                              | EXPLAIN (ANALYZE) SELECT (ARRAY[a])::float4[] AS predict FROM t
          EXPLAIN SELECT round(pgml.predict('p', ARRAY[a])) FROM t                                 | EXPLAIN SELECT round(pgml.predict('p', ARRAY[a])) FROM t
          """)
  void keeps_the_first_rows_copies_and_explains(String sql, String rewritten) {
    Decision decision = plan(sql);
    assertThat(decision).isInstanceOf(Decision.Rewrite.class);
    assertThat(((Decision.Rewrite) decision).sql().strip()).isEqualTo(written(rewritten));
  }

  /** What is asked for a row, a column, and for an array that comes as text. */
  private static String written(String rewritten) {
    String name = "pg_catalog.format_type(pg_catalog.pg_typeof($1), NULL)";
    String json =
        "pg_catalog.to_json($1)::pg_catalog.text OPERATOR(pg_catalog.||) ' '"
            + " OPERATOR(pg_catalog.||) pg_catalog.encode(pg_catalog.record_send(ROW($1)), 'hex')";
    String when =
        "CASE WHEN (SELECT pg_catalog.current_setting('extra_float_digits')::pg_catalog.int4"
            + " OPERATOR(pg_catalog.>) 0) THEN ";
    return rewritten
        .replaceAll(
            "\\{row (.*?)}", when + "pg_catalog.to_json($1)::pg_catalog.text ELSE " + json + " END")
        .replaceAll("\\{sent (.*?)}", "pg_catalog.record_send(ROW($1))")
        .replaceAll(
            "\\{typed (.*?)}",
            "CASE WHEN pg_catalog.pg_typeof($1)::pg_catalog.oid OPERATOR(pg_catalog.<) 16384"
                + " AND pg_catalog.pg_typeof($1)::pg_catalog.oid OPERATOR(pg_catalog.<>) 2249 OR "
                + name
                + " OPERATOR(pg_catalog.~) '^(.*[.])?(vector|halfvec)\\$'"
                + " THEN pg_catalog.record_send(ROW($1)) ELSE"
                + " pg_catalog.record_send(ROW("
                + name
                + ", "
                + json
                + ")) END")
        .replaceAll(
            "\\{array (.*?)}",
            when
                + "($1)::float4[]::pg_catalog.text ELSE"
                + " pg_catalog.encode(pg_catalog.array_send(($1)::float4[]), 'hex') END");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t ORDER BY pgml.predict('p', ARRAY[a]), b LIMIT 5",
        "SELECT a FROM t ORDER BY pgml.predict('p', ARRAY[a]) LIMIT 1000000",
        "SELECT a FROM t ORDER BY pgml.predict('p', ARRAY[a]) LIMIT ALL",
        "SELECT a FROM t ORDER BY pgml.predict('p', ARRAY[a]) FETCH FIRST 5 ROWS WITH TIES",
        "SELECT a FROM t ORDER BY -pgml.predict('p', ARRAY[a]) LIMIT 5",
        "SELECT a FROM t ORDER BY pgml.predict_label('p', ARRAY[a]) LIMIT 5",
        "SELECT a FROM t ORDER BY pgml.predict('p', ARRAY[a]) LIMIT 5 FOR UPDATE",
        "COPY (SELECT a FROM t ORDER BY pgml.predict('p', ARRAY[a]) LIMIT 5) TO STDOUT",
        "COPY (SELECT pgml.predict('p', ARRAY[a]) FROM t) TO STDOUT (FORCE_QUOTE *, FORMAT csv)",
        "COPY (SELECT pgml.predict('p', ARRAY[a]) FROM t) TO '/tmp/x'",
        "EXPLAIN (FORMAT csv) SELECT round(pgml.predict('p', ARRAY[a])) FROM t"
      })
  void leaves_other_orders_and_copies_to_the_database(String sql) {
    assertThat(plan(sql)).isEqualTo(Decision.PASS);
  }

  /** Without LIMIT they would be called for every row of the table. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, pg_try_advisory_lock(id), pgml.predict('p', ARRAY[a]) AS s FROM t ORDER BY s"
            + " DESC LIMIT 10",
        "SELECT nextval('q') FROM t ORDER BY pgml.predict('p', ARRAY[a]) LIMIT 10",
        "SELECT nextval('q') AS update FROM t ORDER BY pgml.predict('p', ARRAY[a]) LIMIT 10",
        "SELECT (SELECT max(mine(a))), pgml.predict('p', ARRAY[a]) FROM t ORDER BY 2 LIMIT $1",
        "SELECT pgml.predict('q', ARRAY[mine(a)]), pgml.predict('p', ARRAY[a]) FROM t ORDER BY 2"
            + " LIMIT 10"
      })
  void leaves_calls_that_may_do_something_to_the_database_with_its_limit(String sql) {
    assertThat(plan(sql)).isEqualTo(Decision.PASS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT lower(b), coalesce(a, 1), b::varchar(3), pgml.predict('p', ARRAY[a]) FROM t ORDER"
            + " BY 4 LIMIT 10",
        "SELECT a, pgml.predict('q', ARRAY[abs(a)]), pgml.predict('p', ARRAY[mine(a)]) FROM t ORDER"
            + " BY 3 LIMIT 10",
        "SELECT a, count(*), row_number() OVER (ORDER BY a) FROM t WHERE mine(b) GROUP BY a ORDER BY"
            + " pgml.predict('p', ARRAY[a]) LIMIT 10"
      })
  void calls_that_only_compute_do_not_hinder_the_first_rows(String sql) {
    assertThat(plan(sql)).isInstanceOf(Decision.Rewrite.class);
  }

  @Test
  void a_hidden_column_is_the_last_one() {
    plan("SELECT *, pgml.predict('p', b) FROM t ORDER BY pgml.predict('p', ARRAY[a]) LIMIT 1");

    assertThat(answers.columns).extracting(PredictColumn::position).containsExactly(-2, -1);
  }

  @Test
  void finds_a_predictions_column_behind_and_before_a_star() {
    plan("SELECT *, pgml.predict('p', ARRAY[a]), b FROM t");
    assertThat(answers.columns).extracting(PredictColumn::position).containsExactly(-2);

    plan("SELECT a, pgml.predict('p', ARRAY[a]), t.* FROM t");
    assertThat(answers.columns).extracting(PredictColumn::position).containsExactly(1);
  }

  @Test
  void tells_the_types_of_predictions_parameters() {
    plan("SELECT pgml.predict($1, ARRAY[$2, $3::int])");
    assertThat(answers.types).containsExactly(Oid.TEXT, Oid.FLOAT8, Oid.INT4);

    plan("SELECT pgml.predict('p', $1)");
    assertThat(answers.types).containsExactly(Oid.FLOAT4_ARRAY);

    planner.plan("SELECT pgml.predict($1, $2)", new int[] {Oid.INT8, Oid.FLOAT8_ARRAY});
    assertThat(answers.types).containsExactly(Oid.INT8, Oid.FLOAT8_ARRAY);
  }

  @Test
  void leaves_values_that_casts_change_to_the_server() {
    assertThat(plan("SELECT pgml.predict('p', ARRAY[1.7]::int[])"))
        .isInstanceOf(Decision.Rewrite.class);
    assertThat(plan("SELECT pgml.predict('p', ARRAY[1.7::int])"))
        .isInstanceOf(Decision.Rewrite.class);
  }

  @Test
  void refuses_parameters_whose_type_nobody_knows() {
    assertRefused("SELECT pgml.predict('p', ARRAY[$2])", "data type of parameter $1");
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE EXTENSION pgml, CREATE, false, false",
    "create extension if not exists \"pgml\" with schema x, CREATE, true, false",
    "DROP EXTENSION IF EXISTS pgml CASCADE, DROP, true, true",
    "ALTER EXTENSION pgml UPDATE, ALTER, false, false",
    "alter extension \"pgml\" update to '2.10.0', ALTER, false, false"
  })
  void answers_extension_statements(
      String sql, ExtensionStatement.Action action, boolean lenient, boolean cascade) {
    plan(sql);
    assertThat(answers.extension).isEqualTo(new ExtensionStatement(action, lenient, cascade));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER EXTENSION pgml SET SCHEMA x",
        "ALTER EXTENSION other UPDATE",
        "COMMENT ON EXTENSION pgml IS 'x'"
      })
  void passes_other_statements_about_extensions(String sql) {
    assertThat(plan(sql)).isEqualTo(Decision.PASS);
  }

  private Decision plan(String sql) {
    return planner.plan(sql, new int[0]);
  }

  private void assertRefused(String sql, String message) {
    Decision decision = plan(sql);
    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    assertThat(((Decision.Refuse) decision).error().message()).contains(message);
  }

  /** Remembers what was planned; none of it is ever run. */
  private static final class Recorder implements Answers {
    private final MlSettings settings = new MlSettings(1, 1, 1, 1, 1);
    private final List<RowForm> forms = new ArrayList<>();
    int[] types = {};
    List<PredictColumn> columns = List.of();
    @Nullable RewritePlan rewritePlan;
    @Nullable ComputedExpressions computed;
    ExtensionStatement extension =
        new ExtensionStatement(ExtensionStatement.Action.DROP, false, false);

    RowForm form() {
      return forms.get(forms.size() - 1);
    }

    @Override
    public LocalStatement extension(ExtensionStatement statement) {
      extension = statement;
      return new ExtensionService(statement, source(), Runnable::run);
    }

    @Override
    public LocalStatement service(BoundCall call, RowForm form, int[] parameterTypes) {
      forms.add(form);
      types = parameterTypes;
      return new ServiceStatement(
          call,
          form,
          parameterTypes,
          (ServiceStatement.OneRow) (values, context, cancel) -> List.of(),
          Runnable::run,
          CallTimeouts.NONE);
    }

    @Override
    public LocalStatement explanation(
        ModelSelector selector, Features features, RowForm form, int[] parameterTypes) {
      forms.add(form);
      types = parameterTypes;
      return new ExplainStatement(
          selector, features, form, parameterTypes, source(), Runnable::run);
    }

    @Override
    public LocalStatement batch(
        ModelSelector selector,
        Features features,
        RowForm form,
        boolean array,
        int[] parameterTypes) {
      forms.add(form);
      types = parameterTypes;
      return new PredictBatch(
          selector, features, form, array, parameterTypes, source(), Runnable::run);
    }

    @Override
    public LocalStatement predictions(
        List<PredictStatement.Item> items, List<Column> outputs, int[] parameterTypes) {
      types = parameterTypes;
      return new PredictStatement(
          items, outputs, parameterTypes, source(), Runnable::run, new PredictionStats());
    }

    @Override
    public LocalStatement computed(
        ComputedExpressions expressions,
        ComputedStatement.Call call,
        RowForm form,
        int[] parameterTypes) {
      computed = expressions;
      forms.add(form);
      types = parameterTypes;
      return new ComputedStatement(expressions, call, form, parameterTypes, Runnable::run);
    }

    @Override
    public RowRewrite given(GivenPlan plan) {
      return new GivenRewrite(plan, Runnable::run);
    }

    @Override
    public RowRewrite rewrite(RewritePlan plan) {
      rewritePlan = plan;
      columns = plan.columns();
      return new PredictRewrite(plan, source(), Runnable::run, new PredictionStats());
    }

    private ModelSource source() {
      return new ModelSource(
          "c",
          bytes -> FakeModel.sum(),
          new PostgresmlModels(source -> FakeModel.sum(), 1),
          new ModelCache(settings.cacheBytes()),
          new DeploymentCache(System::nanoTime),
          () -> {});
    }
  }
}
