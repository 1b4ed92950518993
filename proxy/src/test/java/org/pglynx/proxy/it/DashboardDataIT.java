package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the dashboard tells of data and of models, and files that become tables. */
class DashboardDataIT {
  private static final String OWNER = TestPostgres.freshName("owner");
  private static final String READER = TestPostgres.freshName("reader");
  private static final String PASSWORD = "secret";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(5)
          .general("http_port = 0")
          .anotherUser(user(OWNER))
          .anotherUser(user(READER));

  private static Browser owner = new Browser(0);

  private static String[] user(String name) {
    return new String[] {
      "username = \"" + name + "\"", "password = \"" + PASSWORD + "\"", "pool_size = 5"
    };
  }

  @BeforeAll
  static void train() throws Exception {
    PROXY.onServer(
        "CREATE ROLE " + OWNER + " LOGIN",
        "CREATE ROLE " + READER + " LOGIN",
        "GRANT CREATE ON SCHEMA public TO " + OWNER,
        "CREATE TABLE measures AS SELECT i AS x, CASE WHEN i % 10 = 0 THEN NULL ELSE i % 3 END AS"
            + " z, CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END AS kind, i > 50 AS big,"
            + " (2 * i)::float8 AS y, ARRAY[i, i] AS pair, date '2026-01-01' + i AS day, 7::oid AS odd_number, '3'::money AS paid"
            + " FROM generate_series(1, 100) i",
        "INSERT INTO measures VALUES (10000, 1, 'odd', true, 'NaN', '{1,2}', NULL, 7, '3')",
        "CREATE VIEW plain AS SELECT x, kind, y FROM measures WHERE x <= 100",
        "CREATE TABLE hidden AS SELECT 1 AS x",
        "GRANT SELECT ON measures, plain TO " + OWNER);
    try (Connection admin = PROXY.connect()) {
      ProxyUnderTest.run(admin, "CREATE EXTENSION pgml");
    }
    PROXY.onServer(
        "GRANT USAGE ON SCHEMA pgml TO " + OWNER + ", " + READER,
        "GRANT EXECUTE ON FUNCTION pgml.train TO " + OWNER);
    owner = login(OWNER);
    try (Connection trainer = PROXY.connect("user", OWNER, "password", PASSWORD)) {
      ProxyUnderTest.run(
          trainer,
          "SELECT * FROM pgml.train('lines', 'regression', 'plain', 'y', 'linear')",
          "SELECT * FROM pgml.train('kinds', 'classification', 'plain', 'kind', 'random_forest',"
              + " search => 'grid', search_params => '{\"n_estimators\": [2, 5]}')");
    }
  }

  @AfterAll
  static void logout() {
    owner.close();
  }

  private static Browser login(String user) {
    return new Browser(PROXY.server().httpPort()).login(ProxyUnderTest.DATABASE, user, PASSWORD);
  }

  private static String model(String project) {
    return owner.get("/api/models", "project", project).json().at("/models/0/id").asText();
  }

  private static JsonNode named(JsonNode all, String name) {
    for (JsonNode each : all) {
      if (each.get("name").asText().equals(name)) {
        return each;
      }
    }
    throw new AssertionError(name + " is not among " + all);
  }

  // ---- what is in a table ----------------------------------------------------------------------

  @Test
  void columns_are_described_before_anything_is_learnt() {
    JsonNode found = owner.get("/api/analysis", "name", "measures", "target", "y").json();

    assertThat(found.get("rows").asInt()).isEqualTo(101);
    assertThat(found.get("sampled").asBoolean()).isFalse();
    JsonNode x = named(found.get("columns"), "x");
    assertThat(x.get("kind").asText()).isEqualTo("number");
    assertThat(x.get("quartiles").toString()).isEqualTo("[26,51,76]");
    assertThat(x.get("outliers_above").asInt()).isEqualTo(1);
    assertThat(x.get("outliers_below").asInt()).isZero();
    assertThat(x.at("/histogram/0").asInt()).isEqualTo(100);
    assertThat(x.at("/histogram/19").asInt()).isEqualTo(1);
    assertThat(x.get("correlation").asDouble()).isCloseTo(1, within(1e-9));
    JsonNode z = named(found.get("columns"), "z");
    assertThat(z.get("missing").asInt()).isEqualTo(10);
    assertThat(z.get("distinct").asInt()).isEqualTo(3);
    JsonNode y = named(found.get("columns"), "y");
    assertThat(y.get("missing").asInt()).as("NaN is no value").isEqualTo(1);
    JsonNode kind = named(found.get("columns"), "kind");
    assertThat(kind.at("/frequent/0/value").asText()).isEqualTo("odd");
    assertThat(kind.at("/frequent/0/rows").asInt()).isEqualTo(51);
    assertThat(kind.at("/frequent/1/target_mean").asDouble()).isEqualTo(102);
    assertThat(named(found.get("columns"), "big").get("distinct").asInt()).isEqualTo(2);
    assertThat(named(found.get("columns"), "pair").get("missing").asInt()).isZero();
    assertThat(named(found.get("columns"), "day").get("missing").asInt()).isEqualTo(1);
  }

  @Test
  void of_a_large_table_some_rows_are_looked_at_and_that_is_told() throws Exception {
    PROXY.onServer(
        "CREATE TABLE large AS SELECT i AS x, i % 2 AS y FROM generate_series(1, 300000) i",
        "ANALYZE large", "GRANT SELECT ON large TO " + OWNER);

    JsonNode found = owner.get("/api/analysis", "name", "large").json();

    assertThat(found.get("sampled").asBoolean()).isTrue();
    assertThat(found.get("rows").asInt()).isBetween(80_000, 100_000);
    assertThat(named(found.get("columns"), "y").get("mean").asDouble())
        .isCloseTo(0.5, within(0.01));
  }

  @Test
  void what_may_not_be_read_is_not_described() {
    assertThat(owner.get("/api/analysis", "name", "hidden").sqlState()).isEqualTo("42501");
    assertThat(owner.get("/api/analysis", "name", "nowhere").sqlState()).isEqualTo("42P01");
    assertThat(owner.get("/api/analysis", "name", "measures", "target", "x'; DROP").status())
        .isEqualTo(200);
  }

  // ---- what is known of models -----------------------------------------------------------------

  @Test
  void a_snapshot_has_histograms_outliers_and_how_columns_go_with_the_target() {
    String id = owner.get("/api/model", "id", model("lines")).json().get("snapshot").asText();

    JsonNode snapshot = owner.get("/api/snapshot", "id", id).json();

    JsonNode x = named(snapshot.get("columns"), "x");
    int counted = 0;
    for (JsonNode bin : x.at("/statistics/histogram")) {
      counted += bin.asInt();
    }
    assertThat(counted).as("three quarters are learnt from").isEqualTo(75);
    assertThat(x.at("/statistics/outliers_above").asInt()).isZero();
    assertThat(x.at("/associations/y/measure").asText()).isEqualTo("pearson");
    assertThat(x.at("/associations/y/strength").asDouble()).isCloseTo(1, within(1e-6));
    assertThat(named(snapshot.get("columns"), "kind").at("/associations/y/measure").asText())
        .isEqualTo("eta");
    assertThat(snapshot.at("/models/0/project").asText()).isEqualTo("lines");
  }

  @Test
  void a_regressions_residuals_are_those_of_the_held_out_rows() {
    JsonNode residuals =
        owner.get("/api/evaluation", "id", model("lines")).json().at("/evaluation/residuals/0");

    assertThat(residuals.get("target").asText()).isEqualTo("y");
    int counted = 0;
    for (JsonNode bin : residuals.get("histogram")) {
      counted += bin.asInt();
    }
    assertThat(counted).isEqualTo(25);
    assertThat(residuals.get("high").asDouble()).isCloseTo(0, within(0.01));
  }

  @Test
  void a_classifier_has_its_confusion_curves_and_search() {
    String id = model("kinds");

    JsonNode evaluation = owner.get("/api/evaluation", "id", id).json().get("evaluation");
    JsonNode metrics = owner.get("/api/model", "id", id).json().get("metrics");

    assertThat(evaluation.at("/confusion/labels").toString()).isEqualTo("[\"even\",\"odd\"]");
    int right =
        evaluation.at("/confusion/counts/0/0").asInt()
            + evaluation.at("/confusion/counts/1/1").asInt();
    assertThat(right / 25.0).isCloseTo(metrics.get("accuracy").asDouble(), within(1e-9));
    assertThat(evaluation.at("/curves/0/roc_auc").asDouble())
        .isCloseTo(metrics.get("roc_auc").asDouble(), within(1e-9));
    assertThat(metrics.at("/search_results/param_n_estimators").toString()).isEqualTo("[2,5]");
    assertThat(metrics.at("/search_results/mean_test_score")).hasSize(2);
  }

  @Test
  void errors_of_others_models_are_not_told_as_they_tell_about_rows() {
    try (Browser reader = login(READER)) {
      Browser.Reply reply = reader.get("/api/evaluation", "id", model("lines"));

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.json().get("evaluation").isNull()).isTrue();
      assertThat(reader.get("/api/snapshots").json()).isEmpty();
    }
  }

  @Test
  void hyperparameters_are_the_catalogues() {
    JsonNode forest =
        owner
            .get("/api/hyperparameters", "algorithm", "random_forest", "task", "classification")
            .json();

    JsonNode depth = named(forest, "max_depth");
    assertThat(depth.get("kind").asText()).isEqualTo("whole");
    assertThat(depth.get("nullable").asBoolean()).isTrue();
    assertThat(depth.get("min").asInt()).isEqualTo(1);
    assertThat(named(forest, "criterion").get("choices").toString()).contains("gini", "entropy");
    assertThat(named(forest, "bootstrap").get("kind").asText()).isEqualTo("flag");
    assertThat(owner.get("/api/hyperparameters", "algorithm", "kmeans", "task", "rank").status())
        .isEqualTo(404);
  }

  @Test
  void algorithms_of_one_training_have_each_its_own_hyperparameters_and_ranges() {
    Browser.Reply begun =
        owner.postJson(
            "/api/train",
            "{\"project\":\"each\",\"task\":\"regression\",\"relation\":\"plain\","
                + "\"targets\":[\"y\"],\"algorithms\":[\"ridge\",\"knn\"],"
                + "\"search\":\"grid\",\"search_args\":{\"cv\":2},"
                + "\"each\":{\"ridge\":{\"search_params\":{\"alpha\":[0.1,1]}},"
                + "\"knn\":{\"hyperparams\":{\"n_neighbors\":2}}}}");
    String id = begun.json().get("id").asText();
    Eventually.equal(
        () -> owner.get("/api/training", "id", id).json().get("state").asText(), "done");

    JsonNode steps = owner.get("/api/training", "id", id).json().get("steps");
    JsonNode ridge = owner.get("/api/model", "id", steps.at("/0/model").asText()).json();
    JsonNode knn = owner.get("/api/model", "id", steps.at("/1/model").asText()).json();
    assertThat(ridge.get("search").asText()).isEqualTo("grid");
    assertThat(ridge.at("/metrics/search_results/n_splits").asInt()).isEqualTo(2);
    assertThat(
            owner
                .postJson(
                    "/api/train",
                    "{\"project\":\"each\",\"task\":\"regression\",\"relation\":\"plain\","
                        + "\"algorithms\":[\"ridge\"],\"search\":\"grid\"}")
                .message())
        .contains("a search needs search_params");
    assertThat(knn.get("search").isNull()).isTrue();
    assertThat(knn.at("/hyperparams/n_neighbors").asInt()).isEqualTo(2);
  }

  @Test
  void ten_thousand_models_are_ranked_and_paged_quickly() throws Exception {
    PROXY.onServer(
        "INSERT INTO pgml.projects (name, task) VALUES ('crowded', 'regression')",
        "INSERT INTO pgml.models (project_id, num_features, algorithm, hyperparams, status,"
            + " metrics, search_params, search_args) SELECT p.id, 2, 'linear', '{}', 'successful',"
            + " jsonb_build_object('r2', i / 10000.0), '{}', '{}' FROM pgml.projects p,"
            + " generate_series(1, 10000) i WHERE p.name = 'crowded'");
    owner.get("/api/models", "project", "crowded");
    long start = System.nanoTime();

    JsonNode first = owner.get("/api/models", "project", "crowded", "limit", "50").json();
    JsonNode last =
        owner.get("/api/models", "project", "crowded", "limit", "50", "offset", "9950").json();

    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
    assertThat(first.get("total").asInt()).isEqualTo(10_000);
    assertThat(first.get("models")).hasSize(50);
    assertThat(first.at("/models/0/score").asDouble()).isEqualTo(1);
    assertThat(last.at("/models/49/rank").asInt()).isEqualTo(10_000);
  }

  // ---- files -----------------------------------------------------------------------------------

  private static Browser.Reply begin(String table, String columns, String types) {
    return owner.postJson(
        "/api/upload",
        "{\"table\":\"%s\",\"columns\":[%s],\"types\":[%s],\"header\":true}"
            .formatted(table, columns, types));
  }

  private static Browser.Reply part(String id, int part, String text) {
    return owner.postJson(
        "/api/upload/part",
        "{\"id\":%s,\"part\":%d,\"text\":\"%s\"}".formatted(id, part, text.replace("\n", "\\n")));
  }

  private static String end(String id) {
    return "{\"id\":" + id + "}";
  }

  @Test
  void a_file_becomes_a_table_part_by_part() throws Exception {
    String id = begin("sent", "\"a b\",\"Ü\"", "\"integer\",\"text\"").json().get("id").asText();
    assertThat(part(id, 0, "a b,Ü\n1,eins\n2,").status()).isEqualTo(200);
    assertThat(part(id, 0, "a b,Ü\n1,eins\n2,").status()).as("sent again").isEqualTo(200);
    assertThat(part(id, 1, "zwei\n3,\n").json().get("parts").asInt()).isEqualTo(2);
    assertThat(part(id, 5, "x").status()).isEqualTo(400);

    JsonNode done = owner.postJson("/api/upload/end", end(id)).json();

    assertThat(done.get("rows").asInt()).isEqualTo(3);
    assertThat(
            PROXY.valueOnServer(
                "SELECT string_agg(\"a b\" || coalesce(\"Ü\", '-'), ' ' ORDER BY 1) FROM sent"))
        .isEqualTo("1eins 2zwei 3-");
    assertThat(PROXY.valueOnServer("SELECT tableowner FROM pg_tables WHERE tablename = 'sent'"))
        .isEqualTo(OWNER);
    assertThat(owner.postJson("/api/upload/end", end(id)).status()).isNotEqualTo(200);
  }

  @Test
  void a_fault_is_told_with_its_line_and_leaves_no_table() throws Exception {
    String id = begin("faulty", "\"a\",\"b\"", "\"integer\",\"text\"").json().get("id").asText();
    part(id, 0, "a,b\n1,x\n2,y\nthree,z\n");

    Browser.Reply end = owner.postJson("/api/upload/end", end(id));

    assertThat(end.status()).isEqualTo(400);
    assertThat(end.sqlState()).isEqualTo("22P02");
    assertThat(end.message()).startsWith("line 4: invalid input syntax for type integer");
    assertThat(PROXY.valueOnServer("SELECT to_regclass('faulty') IS NULL")).isEqualTo("t");
  }

  @Test
  void a_cancelled_upload_leaves_no_table() throws Exception {
    String id = begin("stopped", "\"a\"", "\"integer\"").json().get("id").asText();
    part(id, 0, "a\n1\n");

    assertThat(owner.postJson("/api/upload/cancel", end(id)).status()).isEqualTo(200);

    assertThat(PROXY.valueOnServer("SELECT to_regclass('stopped') IS NULL")).isEqualTo("t");
    assertThat(part(id, 1, "2\n").status()).isNotEqualTo(200);
  }

  @Test
  void what_may_not_be_made_is_refused_at_once() {
    assertThat(begin("measures", "\"a\"", "\"integer\"").sqlState()).isEqualTo("42P07");
    assertThat(begin("t", "\"a\"", "\"int; DROP TABLE measures\"").status()).isEqualTo(400);
    assertThat(begin("t", "\"a\",\"a\"", "\"text\",\"text\"").message()).contains("two columns");
    assertThat(begin("t", "\"a\"", "").status()).isEqualTo(400);
    assertThat(
            owner
                .postJson(
                    "/api/upload",
                    "{\"table\":\"t\",\"columns\":[\"a\"],\"types\":[\"text\"],\"bytes\":999999999}")
                .sqlState())
        .isEqualTo("54000");
    try (Browser reader = login(READER)) {
      Browser.Reply refused =
          reader.postJson(
              "/api/upload", "{\"table\":\"theirs\",\"columns\":[\"a\"],\"types\":[\"text\"]}");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.sqlState()).isEqualTo("42501");
    }
  }

  @Test
  void only_so_many_files_are_sent_at_a_time() {
    try (Browser busy = login(OWNER)) {
      List<String> open = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        open.add(
            busy.postJson(
                    "/api/upload",
                    "{\"table\":\"wait%d\",\"columns\":[\"a\"],\"types\":[\"text\"]}".formatted(i))
                .json()
                .get("id")
                .asText());
      }

      Browser.Reply third =
          busy.postJson(
              "/api/upload", "{\"table\":\"wait3\",\"columns\":[\"a\"],\"types\":[\"text\"]}");

      assertThat(third.sqlState()).isEqualTo("53400");
      assertThat(busy.post("/api/logout").status()).isEqualTo(200);
      Eventually.equal(
          () ->
              PROXY.valueOnServer(
                  "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY \"wait%' AND state"
                      + " = 'active'"),
          "0");
    }
  }
}
