package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The dashboard's API in front of a real server: who may do what, and that it is done. */
class DashboardIT {
  private static final String OWNER = TestPostgres.freshName("owner");
  private static final String READER = TestPostgres.freshName("reader");
  private static final String FAR = TestPostgres.freshName("far");
  private static final String PASSWORD = "ein \"Paßwort\"";

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(5)
          .general(
              "http_port = 0",
              "track_queries = true",
              "admin_username = \"admin\"",
              "admin_password = \"secret\"",
              "stats_username = \"stats\"",
              "stats_password = \"secret\"")
          .anotherUser(user(OWNER))
          .anotherUser(user(READER));

  private static String[] user(String name) {
    return new String[] {
      "username = \"" + name + "\"",
      "password = \"" + PASSWORD.replace("\"", "\\\"") + "\"",
      "pool_size = 5"
    };
  }

  @BeforeAll
  static void createRelations() throws Exception {
    PROXY.onServer(
        "CREATE ROLE " + OWNER + " LOGIN",
        "CREATE ROLE " + READER + " LOGIN",
        "CREATE TABLE open_rows AS SELECT i AS x, i % 7 AS z, 2 * i + i % 7 AS y"
            + " FROM generate_series(1, 200) i",
        "CREATE TABLE kinds AS SELECT i AS x, CASE WHEN i > 100 THEN 'big' ELSE 'small' END AS y"
            + " FROM generate_series(1, 200) i",
        "CREATE TABLE secret_rows AS SELECT i AS x, 2 * i AS y FROM generate_series(1, 60) i",
        "CREATE TABLE many_rows AS SELECT random() AS a, random() AS b, random() AS c, random() AS"
            + " d, random() AS y FROM generate_series(1, 20000)",
        "GRANT SELECT ON open_rows, kinds, many_rows TO " + OWNER + ", " + READER);
    try (Connection admin = PROXY.connect()) {
      ProxyUnderTest.run(admin, "CREATE EXTENSION pgml");
    }
    PROXY.onServer(
        "GRANT USAGE ON SCHEMA pgml TO " + OWNER + ", " + READER,
        "GRANT EXECUTE ON FUNCTION pgml.train TO " + OWNER,
        "GRANT EXECUTE ON FUNCTION pgml.deploy(bigint) TO " + OWNER,
        "GRANT EXECUTE ON FUNCTION pgml.deploy(text, pgml.strategy, pgml.algorithm) TO " + OWNER);
  }

  private static Browser browser() {
    return new Browser(PROXY.server().httpPort());
  }

  private static Browser owner() {
    return browser().login(ProxyUnderTest.DATABASE, OWNER, PASSWORD);
  }

  private static Browser admin() {
    return browser().login("pglynx", "admin", "secret");
  }

  // ---- coming in -------------------------------------------------------------------------------

  @Test
  void a_wrong_password_opens_nothing() {
    try (Browser browser = browser()) {
      Browser.Reply reply = browser.tryLogin(ProxyUnderTest.DATABASE, OWNER, "wrong");

      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.sqlState()).isEqualTo("28P01");
      assertThat(reply.http().headers().firstValue("set-cookie")).isEmpty();
      assertThat(browser.get("/api/projects").status()).isEqualTo(401);
      assertThat(browser.get("/api/session").json().get("database").isNull()).isTrue();
    }
    try (Browser next = browser()) {
      // Forgives the address, which the other tests come from.
      next.login("pglynx", "admin", "secret");
    }
  }

  @Test
  void guesses_have_to_wait_whichever_name_they_try() {
    ProxyUnderTest other =
        ProxyUnderTest.deferring(1)
            .general("http_port = 0", "admin_username = \"admin\"", "admin_password = \"secret\"")
            .start();
    try (Browser browser = new Browser(other.server().httpPort())) {
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        statuses.add(browser.tryLogin("pglynx", "nobody" + i, "wrong").status());
      }

      assertThat(statuses).containsExactly(401, 401, 401, 401, 401, 429);
      Browser.Reply right = browser.tryLogin("pglynx", "admin", "secret");
      assertThat(right.status()).isEqualTo(429);
      assertThat(right.http().headers().firstValue("retry-after")).isPresent();
    } finally {
      other.stop();
    }
  }

  @Test
  void a_user_whom_the_proxy_trusts_without_a_password_is_refused() {
    try (Browser browser = browser()) {
      Browser.Reply reply = browser.tryLogin(ProxyUnderTest.DATABASE, "postgres", "whatever");

      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.message()).contains("without a password");
    } finally {
      admin().close();
    }
  }

  @Test
  void rules_about_clients_are_asked_about_the_address_of_the_browser() {
    ProxyUnderTest ruled =
        ProxyUnderTest.deferring(1)
            .general(
                "http_port = 0",
                "[[general.hba]]",
                "type = \"host\"",
                "database = \"all\"",
                "user = \"postgres\"",
                "address = \"127.0.0.1/32\"",
                "method = \"reject\"",
                "[[general.hba]]",
                "type = \"host\"",
                "database = \"all\"",
                "user = \"" + FAR + "\"",
                "address = \"127.0.0.1/32\"",
                "method = \"scram-sha-256\"")
            .anotherUser(user(FAR))
            .start();
    try (Browser browser = new Browser(ruled.server().httpPort())) {
      Browser.Reply rejected = browser.tryLogin(ProxyUnderTest.DATABASE, "postgres", "whatever");

      assertThat(rejected.message())
          .contains("pg_hba.conf rejects connection for host \"127.0.0.1\"");
    } finally {
      ruled.stop();
    }
  }

  @Test
  void cookies_are_out_of_reach_for_scripts_and_other_sites() {
    try (Browser browser = browser()) {
      Browser.Reply reply = browser.tryLogin(ProxyUnderTest.DATABASE, OWNER, PASSWORD);

      assertThat(reply.http().headers().firstValue("set-cookie").orElse(""))
          .contains("HttpOnly", "SameSite=Strict", "Path=/")
          .doesNotContain("Secure");
      assertThat(reply.http().headers().firstValue("content-security-policy").orElse(""))
          .contains("default-src 'none'", "frame-ancestors 'none'")
          .doesNotContain("unsafe");
      Browser.Reply behindTls =
          browser.postJson(
              "/api/login",
              "{\"database\":\"pglynx\",\"user\":\"admin\",\"password\":\"secret\"}",
              "X-Forwarded-Proto",
              "https");
      assertThat(behindTls.http().headers().firstValue("set-cookie").orElse(""))
          .startsWith("__Host-pglynx=")
          .contains("; Secure");
    }
  }

  @Test
  void what_changes_something_needs_the_token_and_a_page_of_ours() {
    try (Browser browser = admin()) {
      assertThat(browser.postForm("/api/cluster/reload", "").status()).isEqualTo(415);
      assertThat(
              browser
                  .postJson("/api/cluster/reload", "{}", "Sec-Fetch-Site", "cross-site")
                  .status())
          .isEqualTo(403);
      browser.token("wrong");
      assertThat(browser.post("/api/cluster/reload").status()).isEqualTo(403);
      browser.token(null);
      Browser.Reply missing = browser.post("/api/cluster/reload");
      assertThat(missing.status()).isEqualTo(403);
      assertThat(missing.message()).contains("token");
      assertThat(browser.post("/api/logout").status()).isEqualTo(403);
      assertThat(browser.get("/api/cluster").status()).isEqualTo(200);
    }
  }

  @Test
  void who_logs_out_is_out_also_with_the_old_cookie() {
    try (Browser browser = owner()) {
      String cookie = browser.cookie();
      assertThat(browser.get("/api/projects").status()).isEqualTo(200);

      assertThat(browser.post("/api/logout").status()).isEqualTo(200);

      assertThat(browser.cookie(cookie).get("/api/projects").status()).isEqualTo(401);
    }
  }

  @Test
  void one_session_may_have_the_console_and_a_database() {
    try (Browser browser = admin()) {
      String before = browser.cookie();
      assertThat(browser.get("/api/projects").status()).isEqualTo(403);

      browser.login(ProxyUnderTest.DATABASE, OWNER, PASSWORD);

      assertThat(browser.cookie()).isNotEqualTo(before);
      assertThat(browser.get("/api/projects").status()).isEqualTo(200);
      assertThat(browser.get("/api/cluster/pools").status()).isEqualTo(200);
      assertThat(browser.get("/api/session").json().at("/database/user").asText()).isEqualTo(OWNER);
    }
  }

  // ---- cluster ---------------------------------------------------------------------------------

  @Test
  void the_cluster_is_what_the_console_shows() {
    try (Browser browser = admin();
        RawConnection client = PROXY.raw()) {
      client.ask("SELECT 1");

      JsonNode cluster = browser.get("/api/cluster").json();

      List<String> users = new ArrayList<>();
      cluster.get("pools").forEach(pool -> users.add(pool.get("user").asText()));
      assertThat(users).contains("postgres", OWNER, READER);
      assertThat(cluster.at("/pools/0/cl_active").isNumber()).isTrue();
      assertThat(cluster.at("/state/0").isMissingNode()).isFalse();
      assertThat(cluster.get("stats").isEmpty()).isFalse();
      for (String topic :
          List.of("clients", "servers", "percentiles", "pools-extended", "config")) {
        Browser.Reply shown = browser.get("/api/cluster/" + topic);
        assertThat(shown.status()).as(topic).isEqualTo(200);
        assertThat(shown.json().isEmpty()).as(topic).isFalse();
      }
    }
  }

  @Test
  void what_runs_is_seen_and_cancelled() {
    try (Browser browser = admin();
        RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("SELECT pg_sleep(60)"));
      Eventually.equal(() -> sleeping(browser) > 0, true);

      browser.postJson("/api/cluster/cancel", "{\"id\":" + sleeping(browser) + "}");

      assertThat(client.shapes(1)).contains("E:ERROR:57014");
      assertThat(browser.get("/api/cluster/slow").status()).isEqualTo(200);
    }
  }

  private static int sleeping(Browser admin) {
    for (JsonNode each : admin.get("/api/cluster/queries").json()) {
      if (each.get("query").asText().contains("pg_sleep")) {
        return each.get("id").asInt();
      }
    }
    return 0;
  }

  @Test
  void an_admin_pauses_a_pool_and_who_may_only_look_does_not() throws Exception {
    try (Browser admin = admin();
        Browser stats = browser().login("pglynx", "stats", "secret");
        Browser user = owner();
        RawConnection waiting = PROXY.raw()) {
      waiting.ask("SELECT 1");
      assertThat(user.get("/api/cluster/pools").status()).isEqualTo(403);
      assertThat(stats.get("/api/cluster/pools").status()).isEqualTo(200);
      Browser.Reply refused = stats.post("/api/cluster/pause", "database", ProxyUnderTest.DATABASE);
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.sqlState()).isEqualTo("42501");

      Browser.Reply paused =
          admin.post("/api/cluster/pause", "database", "app", "user", "postgres");
      assertThat(paused.json().get("tag").asText()).isEqualTo("PAUSE");
      waiting.send(RawConnection.query("SELECT 1"));
      Eventually.equal(() -> waiting(admin), true);
      assertThat(admin.post("/api/cluster/resume", "database", "app", "user", "postgres").status())
          .isEqualTo(200);
      assertThat(waiting.shapes(1)).endsWith("Z:I");
    }
  }

  private static boolean waiting(Browser admin) {
    for (JsonNode pool : admin.get("/api/cluster/pools").json()) {
      if (pool.get("user").asText().equals("postgres")) {
        return pool.get("cl_waiting").asInt() == 1;
      }
    }
    return false;
  }

  @Test
  void names_and_hosts_are_no_way_to_say_something_else_to_the_console() {
    try (Browser admin = admin()) {
      Browser.Reply name = admin.post("/api/cluster/pause", "database", "x\"; SHUTDOWN");
      assertThat(name.status()).isNotEqualTo(200);
      Browser.Reply host = admin.post("/api/cluster/ban", "host", "x 5; SHUTDOWN");
      assertThat(host.status()).isEqualTo(400);
      assertThat(admin.get("/api/cluster/state").status()).isEqualTo(200);
      assertThat(admin.post("/api/cluster/unban", "host", "nowhere").json().toString())
          .isNotEmpty();
    }
  }

  // ---- learning --------------------------------------------------------------------------------

  private static String plan(String project, String task, String relation, String algorithms) {
    return String.format(
        Locale.ROOT,
        "{\"project\":\"%s\",\"task\":\"%s\",\"relation\":\"%s\",\"targets\":[\"y\"],"
            + "\"algorithms\":[%s],\"deploy\":true}",
        project,
        task,
        relation,
        algorithms);
  }

  private static JsonNode trained(Browser browser, String plan) {
    Browser.Reply begun = browser.postJson("/api/train", plan);
    assertThat(begun.status()).as(begun.http().body()).isEqualTo(200);
    String id = begun.json().get("id").asText();
    Eventually.equal(
        () -> browser.get("/api/training", "id", id).json().get("state").asText().equals("running"),
        false);
    return browser.get("/api/training", "id", id).json();
  }

  private static String deployed(Browser browser, String project) {
    for (JsonNode each : browser.get("/api/projects").json()) {
      if (each.get("name").asText().equals(project)) {
        return each.get("deployed_model").asText();
      }
    }
    return "";
  }

  @Test
  void models_are_trained_ranked_deployed_and_rolled_back() {
    try (Browser browser = owner()) {
      JsonNode run =
          trained(
              browser, plan("Häuser", "regression", "open_rows", "\"linear\",\"knn\",\"nope\""));
      assertThat(run.get("state").asText()).isEqualTo("done");
      assertThat(run.at("/steps/0/state").asText()).isEqualTo("successful");
      assertThat(run.at("/steps/1/state").asText()).isEqualTo("successful");
      assertThat(run.at("/steps/2/state").asText()).as("the others go on").isEqualTo("failed");
      assertThat(run.at("/steps/2/error/sqlstate").asText()).isNotEmpty();

      JsonNode ranked = browser.get("/api/models", "project", "Häuser").json();
      assertThat(ranked.get("total").asInt()).isEqualTo(2);
      assertThat(ranked.at("/models/0/key_metric").asText()).isEqualTo("r2");
      assertThat(ranked.at("/models/0/score").asDouble())
          .isGreaterThanOrEqualTo(ranked.at("/models/1/score").asDouble());
      String first = run.at("/steps/0/model").asText();
      String second = run.at("/steps/1/model").asText();
      JsonNode model = browser.get("/api/model", "id", first).json();
      assertThat(model.at("/metrics/r2").asDouble()).isGreaterThan(0.99);
      assertThat(model.at("/columns/0/name").asText()).isEqualTo("x");

      assertThat(browser.postJson("/api/deploy", "{\"id\":" + second + "}").status())
          .isEqualTo(200);
      assertThat(deployed(browser, "Häuser")).isEqualTo(second);
      assertThat(browser.post("/api/rollback", "project", "Häuser").status()).isEqualTo(200);
      assertThat(deployed(browser, "Häuser")).isEqualTo(first);
      JsonNode deployments = browser.get("/api/deployments", "project", "Häuser").json();
      assertThat(deployments.at("/0/strategy").asText()).isEqualTo("rollback");
      assertThat(deployments.at("/0/active").asBoolean()).isTrue();

      JsonNode predicted =
          browser
              .postJson("/api/predict", "{\"id\":" + first + ",\"features\":{\"x\":50,\"z\":1}}")
              .json();
      assertThat(predicted.get("prediction").asDouble()).isBetween(100.5, 101.5);
      assertThat(
              browser.postJson("/api/predict", "{\"id\":" + first + ",\"features\":[50,1]}").json())
          .isEqualTo(predicted);
      JsonNode explained =
          browser.postJson("/api/explain", "{\"id\":" + first + ",\"features\":[50,1]}").json();
      double sum = 0;
      for (JsonNode each : explained) {
        sum += each.get("contribution").asDouble();
      }
      assertThat(sum).isBetween(100.5, 101.5);
      assertThat(browser.get("/api/importance", "id", first).json()).hasSize(2);
      assertThat(browser.get("/api/snapshots").json().isEmpty()).isFalse();
    }
  }

  @Test
  void classes_are_predicted_with_label_and_probabilities() {
    try (Browser browser = owner()) {
      JsonNode run = trained(browser, plan("sizes", "classification", "kinds", "\"xgboost\""));
      String id = run.at("/steps/0/model").asText();

      JsonNode big =
          browser.postJson("/api/predict", "{\"id\":" + id + ",\"features\":{\"x\":180}}").json();

      assertThat(big.get("label").asText()).isEqualTo("big");
      assertThat(big.get("probabilities")).hasSize(2);
    }
  }

  @Test
  void a_training_that_runs_is_cancelled() {
    try (Browser browser = owner()) {
      String plan =
          "{\"project\":\"long\",\"task\":\"regression\",\"relation\":\"many_rows\","
              + "\"targets\":[\"y\"],\"algorithms\":[\"random_forest\",\"linear\"],"
              + "\"hyperparams\":{\"n_estimators\":4000}}";
      String id = browser.postJson("/api/train", plan).json().get("id").asText();
      Eventually.equal(
          () -> browser.get("/api/training", "id", id).json().at("/steps/0/round").asInt() > 0,
          true);
      assertThat(browser.get("/api/training", "id", id).json().at("/steps/0/rounds").asInt())
          .isEqualTo(4000);
      long start = System.nanoTime();

      browser.postJson("/api/training/cancel", "{\"id\":" + id + "}");

      Eventually.equal(
          () -> browser.get("/api/training", "id", id).json().get("state").asText(), "cancelled");
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
      JsonNode run = browser.get("/api/training", "id", id).json();
      assertThat(run.at("/steps/0/state").asText()).isEqualTo("cancelled");
      assertThat(run.at("/steps/0/error/sqlstate").asText()).isEqualTo("57014");
      assertThat(run.at("/steps/1/state").asText()).isEqualTo("cancelled");
    }
  }

  @Test
  void a_table_without_rights_is_neither_shown_nor_learnt_from() {
    try (Browser browser = owner()) {
      List<String> relations = new ArrayList<>();
      browser
          .get("/api/relations")
          .json()
          .forEach(each -> relations.add(each.get("name").asText()));
      assertThat(relations).contains("open_rows").doesNotContain("secret_rows", "files");

      Browser.Reply sample = browser.get("/api/relation", "name", "secret_rows");
      assertThat(sample.status()).isEqualTo(403);
      assertThat(sample.sqlState()).isEqualTo("42501");
      JsonNode run = trained(browser, plan("secret", "regression", "secret_rows", "\"linear\""));
      assertThat(run.at("/steps/0/error/sqlstate").asText()).isEqualTo("42501");
    }
  }

  @Test
  void who_may_read_only_trains_nothing_and_deploys_nothing() {
    try (Browser owner = owner();
        Browser reader = browser().login(ProxyUnderTest.DATABASE, READER, PASSWORD)) {
      JsonNode run = trained(owner, plan("others", "regression", "open_rows", "\"linear\""));
      String id = run.at("/steps/0/model").asText();

      assertThat(
              trained(reader, plan("others", "regression", "open_rows", "\"linear\""))
                  .at("/steps/0/error/sqlstate")
                  .asText())
          .isEqualTo("42501");
      assertThat(reader.postJson("/api/deploy", "{\"id\":" + id + "}").status()).isEqualTo(403);
      assertThat(
              reader.postJson("/api/predict", "{\"id\":" + id + ",\"features\":[50,1]}").status())
          .isEqualTo(200);
      assertThat(reader.get("/api/model", "id", id).json().get("columns").isNull()).isTrue();
      assertThat(reader.get("/api/training", "id", "1").json().get("project").asText())
          .as("one's own, not the owner's")
          .isEqualTo("others");
    }
  }

  @Test
  void statements_run_with_the_rights_of_who_types_them_and_show_some_rows() {
    try (Browser browser = owner()) {
      Browser.Reply rows =
          browser.postJson(
              "/api/sql",
              "{\"sql\":\"SELECT i, i::text AS t, null AS n FROM generate_series(1, 50) i\","
                  + "\"rows\":3}");
      assertThat(rows.json().at("/rows").toString())
          .isEqualTo("[[1,\"1\",null],[2,\"2\",null],[3,\"3\",null]]");
      assertThat(rows.json().get("more").asBoolean()).isTrue();
      Browser.Reply wrong = browser.post("/api/sql", "sql", "SELECT nothing");
      assertThat(wrong.status()).isEqualTo(400);
      assertThat(wrong.json().at("/error/position").asInt()).isEqualTo(8);
      assertThat(browser.post("/api/sql", "sql", "TABLE secret_rows").status()).isEqualTo(403);
      assertThat(browser.post("/api/sql", "sql", "COPY open_rows TO STDOUT").sqlState())
          .isEqualTo("0A000");
      assertThat(browser.post("/api/sql").message()).contains("\"sql\" is missing");
      assertThat(browser.post("/api/sql", "sql", "SELECT 1", "what", "x").message())
          .contains("\"what\" is not known");
    }
  }

  private static String sleeping(String run, int seconds) {
    return "{\"sql\":\"SELECT pg_sleep(60)\",\"run\":\"%s\",\"seconds\":%d}"
        .formatted(run, seconds);
  }

  private static long asleep() {
    return Long.parseLong(
        PROXY.valueOnServer(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state ="
                + " 'active' AND usename = '"
                + OWNER
                + "'"));
  }

  @Test
  void a_statement_is_cancelled_by_whoever_has_begun_it_and_by_nobody_else() throws Exception {
    try (Browser browser = owner();
        Browser other = owner()) {
      CompletableFuture<Browser.Reply> answer =
          CompletableFuture.supplyAsync(() -> browser.postJson("/api/sql", sleeping("one", 50)));
      Eventually.equal(DashboardIT::asleep, 1L);

      assertThat(browser.postJson("/api/sql", sleeping("one", 50)).sqlState()).isEqualTo("22023");
      assertThat(other.post("/api/sql/cancel", "run", "one").status()).isEqualTo(404);
      assertThat(answer).isNotDone();
      assertThat(browser.post("/api/sql/cancel", "run", "one").status()).isEqualTo(200);

      assertThat(answer.get(20, TimeUnit.SECONDS).sqlState()).isEqualTo("57014");
      assertThat(browser.post("/api/sql/cancel", "run", "one").status()).isEqualTo(404);
      assertThat(asleep()).isZero();
    }
  }

  @Test
  void a_statement_that_takes_too_long_or_whose_session_ends_does_not_run_on() throws Exception {
    try (Browser browser = owner()) {
      Browser.Reply late = browser.postJson("/api/sql", sleeping("late", 1));

      assertThat(late.sqlState()).isEqualTo("57014");
      assertThat(late.message()).contains("takes too long");
      Eventually.equal(DashboardIT::asleep, 0L);

      CompletableFuture<Browser.Reply> answer =
          CompletableFuture.supplyAsync(() -> browser.postJson("/api/sql", sleeping("left", 50)));
      Eventually.equal(DashboardIT::asleep, 1L);
      browser.post("/api/logout");

      assertThat(answer.get(20, TimeUnit.SECONDS).sqlState()).isEqualTo("57014");
      Eventually.equal(DashboardIT::asleep, 0L);
    }
  }

  @Test
  void a_statement_that_tells_something_all_the_time_is_cancelled_in_time_as_well() {
    try (Browser browser = owner()) {
      Browser.Reply late =
          browser.postJson(
              "/api/sql",
              "{\"sql\":\"DO $$ BEGIN FOR i IN 1..30 LOOP RAISE NOTICE '%', i; PERFORM"
                  + " pg_sleep(0.2); END LOOP; END $$\",\"seconds\":1}");

      assertThat(late.sqlState()).isEqualTo("57014");
      assertThat(late.message()).contains("takes too long");
    }
  }

  @Test
  void a_transaction_that_waits_for_its_client_is_seen_and_has_nothing_to_cancel()
      throws Exception {
    Properties login = new Properties();
    login.putAll(Map.of("user", OWNER, "password", PASSWORD));
    try (Connection idle =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + PROXY.port() + "/" + ProxyUnderTest.DATABASE,
                login);
        Browser browser = owner()) {
      idle.setAutoCommit(false);
      ProxyUnderTest.run(idle, "SELECT 'in a transaction'");
      String cancel = "";
      for (JsonNode each : browser.get("/api/activity").json()) {
        if (each.get("state").asText().equals("idle in transaction")) {
          cancel = "{\"pid\":%s,\"began\":%s}".formatted(each.get("pid"), each.get("began"));
        }
      }

      assertThat(browser.postJson("/api/activity/cancel", cancel).sqlState()).isEqualTo("02000");
      idle.rollback();
    }
  }

  @Test
  void what_runs_in_the_database_is_cancelled_by_whoever_sees_when_it_began() throws Exception {
    try (Browser browser = owner();
        Browser reader = browser().login(ProxyUnderTest.DATABASE, READER, PASSWORD)) {
      CompletableFuture<Browser.Reply> answer =
          CompletableFuture.supplyAsync(() -> browser.postJson("/api/sql", sleeping("seen", 50)));
      Eventually.equal(DashboardIT::asleep, 1L);
      String cancel = "";
      for (JsonNode each : browser.get("/api/activity").json()) {
        if (each.get("query").asText().contains("pg_sleep(60)")) {
          cancel = "{\"pid\":%s,\"began\":%s}".formatted(each.get("pid"), each.get("began"));
        }
      }
      String earlier = cancel.replaceFirst("\\d{4}-", "1999-");

      assertThat(browser.postJson("/api/activity/cancel", earlier).message()).contains("has ended");
      // Of others' statements the server tells nobody when they began.
      assertThat(reader.postJson("/api/activity/cancel", cancel).sqlState()).isEqualTo("02000");
      assertThat(answer).isNotDone();
      assertThat(browser.postJson("/api/activity/cancel", cancel).json().toString())
          .isEqualTo("{\"cancelled\":true}");
      assertThat(answer.get(20, TimeUnit.SECONDS).sqlState()).isEqualTo("57014");
    }
  }

  @Test
  void the_document_tells_of_each_endpoint_and_each_endpoint_is_there() {
    try (Browser browser = browser()) {
      JsonNode document = browser.get("/api/openapi.json").json();

      assertThat(document.get("openapi").asText()).isEqualTo("3.1.0");
      List<String> paths = new ArrayList<>();
      for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
        paths.add(path.getKey());
        boolean reads = path.getValue().has("get");
        Browser.Reply reply =
            reads ? browser.get(path.getKey()) : browser.postJson(path.getKey(), "{}");
        boolean open = path.getValue().at(reads ? "/get/security" : "/post/security").isEmpty();
        assertThat(reply.status()).as(path.getKey()).isEqualTo(open ? reads ? 200 : 400 : 401);
        assertThat(
                path.getValue()
                    .path(reads ? "get" : "post")
                    .at("/responses/200/content/application~1json/schema/type")
                    .isMissingNode())
            .as("what %s answers is not said", path.getKey())
            .isFalse();
      }
      assertThat(paths).contains("/api/login", "/api/train", "/api/cluster/pools", "/api/predict");
    }
  }
}
