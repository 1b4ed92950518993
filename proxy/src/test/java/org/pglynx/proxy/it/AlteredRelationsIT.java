package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Relations that are altered while a training looks at them, between its steps, and between two.
 */
class AlteredRelationsIT {
  private static final String TRAIN =
      "SELECT * FROM pgml.train('altered', 'regression', 'changing', 'y')";

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void createSchema() throws SQLException {
    try (Connection client = PROXY.connect()) {
      ProxyUnderTest.run(client, "CREATE EXTENSION pgml");
    }
  }

  @BeforeEach
  void createRelation() {
    PROXY.onServer(
        "DELETE FROM pgml.projects",
        "DELETE FROM pgml.snapshots",
        "DROP TABLE IF EXISTS changing CASCADE",
        "CREATE TABLE changing AS SELECT i::int AS a, 0::int AS b, 2.0::real * i AS y"
            + " FROM generate_series(1, 200) i");
  }

  /** The training waits to store the snapshot: it knows the columns, and has read no row yet. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE changing ALTER COLUMN a TYPE real",
        "ALTER TABLE changing DROP COLUMN b CASCADE",
        "TRUNCATE changing",
        "DROP TABLE changing CASCADE"
      })
  void what_is_altered_between_two_steps_of_a_training_waits_for_its_rows(String alter)
      throws Exception {
    try (Connection client = PROXY.connect();
        Connection blocker = server();
        Connection owner = server()) {
      ProxyUnderTest.run(blocker, "BEGIN", "LOCK TABLE pgml.snapshots IN SHARE ROW EXCLUSIVE MODE");
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(client.createStatement(), TRAIN);
      awaitWaiting(1);

      assertThatThrownBy(() -> ProxyUnderTest.run(owner, "SET lock_timeout = '50ms'; " + alter))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
      ProxyUnderTest.run(blocker, "COMMIT");

      assertThat(state(outcome)).isEqualTo("no error");
      assertThat(ProxyUnderTest.value(client, "SELECT round(pgml.predict('altered', '{7,0}'))"))
          .isEqualTo("14");
    }
  }

  @Test
  void what_is_altered_while_rows_are_read_waits_for_them() throws Exception {
    PROXY.onServer(
        "CREATE VIEW slowly AS SELECT a, b, y, pg_sleep(0.01)::text <> 'x' AS c FROM changing");
    try (Connection client = PROXY.connect();
        Connection owner = server()) {
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(
              client.createStatement(), TRAIN.replace("changing", "slowly"));
      Eventually.equal(
          () ->
              PROXY.valueOnServer(
                  "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (%' AND state ="
                      + " 'active' AND datname = current_database()"),
          "1");

      ProxyUnderTest.run(owner, "ALTER TABLE changing ADD COLUMN d int, DROP COLUMN b CASCADE");

      assertThat(state(outcome)).isEqualTo("no error");
      assertThat(
              PROXY.valueOnServer(
                  "SELECT num_features || ' ' || (SELECT s.analysis->>'samples' FROM"
                      + " pgml.snapshots s WHERE s.id = snapshot_id) FROM pgml.models"))
          .isEqualTo("3 200");
    }
  }

  /** The training waits for whoever alters it: it has found the name, and nothing else. */
  @Test
  void a_label_that_goes_as_the_training_begins_is_told_and_nothing_is_stored() throws Exception {
    assertThat(trainedBeside("ALTER TABLE changing DROP COLUMN y CASCADE"))
        .isEqualTo("42703 column \"y\" of relation \"changing\" does not exist");
    assertThat(stored()).isEqualTo("0 0 0");
  }

  @Test
  void a_relation_that_goes_as_the_training_begins_is_told_and_nothing_is_stored()
      throws Exception {
    assertThat(trainedBeside("DROP TABLE changing CASCADE"))
        .startsWith("42P01 relation \"public.changing\" does not exist");
    assertThat(stored()).isEqualTo("0 0 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE changing ALTER COLUMN a TYPE double precision",
        "ALTER TABLE changing ALTER COLUMN a TYPE numeric USING a + 0.5",
        "ALTER TABLE changing ALTER COLUMN y TYPE bigint"
      })
  void a_column_that_is_retyped_as_the_training_begins_is_read_as_what_it_is(String alter)
      throws Exception {
    assertThat(trainedBeside(alter)).isEqualTo("no error");
    assertThat(
            PROXY.valueOnServer(
                "SELECT c->>'pg_type' = (SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
                    + " WHERE attrelid = 'changing'::regclass AND attname = c->>'name')"
                    + " AND abs((c->'statistics'->>'max')::float8"
                    + "   - (SELECT max(CASE c->>'name' WHEN 'a' THEN a ELSE y END) FROM changing)) < 9"
                    + " FROM pgml.snapshots, jsonb_array_elements(columns) c"
                    + " WHERE c->>'name' = substring('"
                    + alter
                    + "' FROM 'COLUMN (.)')"))
        .isEqualTo("t");
  }

  /** A project's next model learns from the columns that the relation has by then. */
  @Test
  void a_column_that_has_gone_since_is_not_missed_by_the_next_model_and_a_label_is()
      throws SQLException {
    try (Connection client = PROXY.connect()) {
      ProxyUnderTest.run(client, TRAIN);
      PROXY.onServer("ALTER TABLE changing DROP COLUMN b CASCADE");
      ProxyUnderTest.run(client, "SELECT * FROM pgml.train('altered')");
      assertThat(
              PROXY.valueOnServer("SELECT num_features FROM pgml.models ORDER BY id DESC LIMIT 1"))
          .isEqualTo("1");
      PROXY.onServer("ALTER TABLE changing DROP COLUMN y CASCADE");

      assertThatThrownBy(() -> ProxyUnderTest.run(client, "SELECT * FROM pgml.train('altered')"))
          .hasMessageContaining("column \"y\" of relation \"public.changing\" does not exist")
          .hasMessageContaining(
              "Pass relation_name (and y_column_name) to train on something else");
      assertThat(stored()).isEqualTo("1 1 2");
      assertThat(ProxyUnderTest.value(client, "SELECT round(pgml.predict('altered', '{7}'))"))
          .isEqualTo("14");
    }
  }

  @Test
  void a_repeatable_read_transaction_learns_from_the_rows_of_its_snapshot() throws SQLException {
    try (Connection client = PROXY.connect()) {
      ProxyUnderTest.run(
          client, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM changing");
      PROXY.onServer("INSERT INTO changing SELECT 1, 1, 1 FROM generate_series(1, 50)");

      ProxyUnderTest.run(client, TRAIN, "COMMIT");

      assertThat(PROXY.valueOnServer("SELECT analysis->>'samples' FROM pgml.snapshots"))
          .isEqualTo("200");
    }
  }

  @Test
  void a_transaction_that_has_altered_a_relation_learns_from_it_as_it_is_there()
      throws SQLException {
    try (Connection client = PROXY.connect()) {
      ProxyUnderTest.run(
          client,
          "BEGIN",
          "ALTER TABLE changing DROP COLUMN b CASCADE, ALTER COLUMN a TYPE real",
          TRAIN,
          "ROLLBACK",
          TRAIN);

      assertThat(PROXY.valueOnServer("SELECT string_agg(num_features::text, ' ') FROM pgml.models"))
          .isEqualTo("2");
    }
  }

  /** How a training ends that has begun while another transaction was altering its relation. */
  private static String trainedBeside(String alter) throws Exception {
    try (Connection client = PROXY.connect();
        Connection owner = server()) {
      ProxyUnderTest.run(owner, "BEGIN", alter);
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(client.createStatement(), TRAIN);
      awaitWaiting(1);
      ProxyUnderTest.run(owner, "COMMIT");

      SQLException error = outcome.get(30, TimeUnit.SECONDS);
      assertThat(ProxyUnderTest.value(client, "SELECT 1")).isEqualTo("1");
      return error == null
          ? "no error"
          : error.getSQLState()
              + " "
              + String.valueOf(error.getMessage()).replace("ERROR: ", "").lines().findFirst().get();
    }
  }

  /** Of how many projects, snapshots and models is known. */
  private static String stored() {
    return PROXY.valueOnServer(
        "SELECT (SELECT count(*) FROM pgml.projects) || ' ' || (SELECT count(*) FROM"
            + " pgml.snapshots) || ' ' || (SELECT count(*) FROM pgml.models)");
  }

  private static void awaitWaiting(int count) {
    Eventually.equal(
        () ->
            PROXY.valueOnServer(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname ="
                    + " current_database()"),
        String.valueOf(count));
  }

  private static Connection server() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres"
            .formatted(PROXY.postgres().port(), PROXY.serverDatabase()));
  }

  private static String state(CompletableFuture<@Nullable SQLException> outcome) throws Exception {
    SQLException error = outcome.get(30, TimeUnit.SECONDS);
    return error == null ? "no error" : error.getSQLState() + " " + error.getMessage();
  }
}
