package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of a database of several shards: learnt from the rows of all, known to all. */
class ShardedModelsIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool(
              "reference_tables = [\"grades\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"houses\"",
              "columns = [\"id\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"held_houses\"",
              "columns = [\"id\"]");

  @BeforeAll
  static void fill() throws SQLException {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE houses (id bigint, size float8, rooms int, price float8)"
                  + " PARTITION BY HASH (id)",
              "CREATE TABLE houses_here PARTITION OF houses FOR VALUES WITH (MODULUS 3, REMAINDER "
                  + shard
                  + ")",
              "CREATE TABLE grades (x float8, y float8)",
              "INSERT INTO grades SELECT i, 3 * i + 1 FROM generate_series(1, 30) i");
    }
    try (Connection client = PROXY.connect()) {
      StringBuilder rows = new StringBuilder();
      for (int id = 0; id < 600; id++) {
        rows.append(id == 0 ? "" : ", ")
            .append("(%d, %d, %d, %d)".formatted(id, 40 + id % 97, 1 + id % 5, price(id)));
      }
      ProxyUnderTest.run(client, "INSERT INTO houses (id, size, rooms, price) VALUES " + rows);
      ProxyUnderTest.run(client, "CREATE EXTENSION pgml");
    }
  }

  /** As it is for a while when a column is retyped on one shard after the other. */
  @Test
  void a_column_that_one_shard_has_of_another_type_is_read_as_what_it_is() throws SQLException {
    PROXY
        .postgres()
        .execute(
            PROXY.shardDatabase(1),
            "ALTER TABLE houses ALTER COLUMN rooms TYPE real, ALTER COLUMN size TYPE bigint");
    try (Connection client = PROXY.connect()) {
      assertThat(trained(client, "retyped")).containsExactly("retyped|regression|linear|t");

      assertThat(rows(client, "SELECT round(pgml.predict('retyped', ARRAY[3, 50, 2])::numeric)"))
          .containsExactly("614");
    } finally {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(1),
              "ALTER TABLE houses ALTER COLUMN rooms TYPE int, ALTER COLUMN size TYPE float8");
    }
  }

  private static int price(int id) {
    return 10 * (40 + id % 97) + 7 * (1 + id % 5) + 100;
  }

  private static List<String> trained(Connection client, String project) throws SQLException {
    return rows(
        client,
        "SELECT * FROM pgml.train('%s', 'regression', 'houses', 'price', 'linear', test_size => 0.25)"
            .formatted(project));
  }

  private static List<String> rows(Connection client, String sql) throws SQLException {
    try (Statement statement = client.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          values.add(result.getString(i));
        }
        rows.add(String.join("|", values));
      }
      return rows;
    }
  }

  private static List<String> onEach(String sql) {
    List<String> found = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      found.add(PROXY.postgres().value(PROXY.shardDatabase(shard), sql));
    }
    return found;
  }

  @Test
  void a_training_learns_from_the_rows_of_all_shards_and_is_known_to_all() throws SQLException {
    // when
    try (Connection client = PROXY.connect()) {
      assertThat(trained(client, "all rows")).containsExactly("all rows|regression|linear|t");
    }

    // then
    String model =
        "SELECT m.id || ' ' || m.status || ' ' || d.id || ' ' || p.id || ' '"
            + " || (SELECT s.analysis->>'samples' FROM pgml.snapshots s WHERE s.id = m.snapshot_id)"
            + " || ' ' || (SELECT md5(string_agg(data, '' ORDER BY part)) FROM pgml.files f"
            + "            WHERE f.model_id = m.id)"
            + " FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id"
            + " JOIN pgml.deployments d ON d.model_id = m.id WHERE p.name = 'all rows'";
    List<String> known = onEach(model);
    assertThat(new HashSet<>(known)).hasSize(1);
    assertThat(known.getFirst()).contains(" successful ").contains(" 600 ");
  }

  @Test
  void all_shards_are_read_at_the_same_time() throws Exception {
    // given rows that cannot be read while somebody else has the lock
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE FUNCTION held(float8) RETURNS float8 LANGUAGE plpgsql VOLATILE AS"
                  + " $$BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN $1; END$$",
              "CREATE VIEW held_houses AS SELECT id, held(size) AS size, rooms, price FROM houses");
    }
    List<Connection> holders = new ArrayList<>();
    try (Connection client = PROXY.connect()) {
      for (int shard = 0; shard < SHARDS; shard++) {
        Connection holder = PROXY.postgres().connect(PROXY.shardDatabase(shard));
        ProxyUnderTest.run(holder, "SELECT pg_advisory_lock(4711)");
        holders.add(holder);
      }

      // when
      CompletableFuture<List<String>> training =
          CompletableFuture.supplyAsync(() -> trainedOn(client, "held_houses"));

      // then
      Eventually.equal(
          () ->
              onEach(
                  "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                      + " AND database = (SELECT oid FROM pg_database"
                      + " WHERE datname = current_database())"),
          Collections.nCopies(SHARDS, "1"));
      for (Connection holder : holders) {
        holder.close();
      }
      assertThat(training.get(20, TimeUnit.SECONDS))
          .containsExactly("held_houses|regression|linear|t");
    } finally {
      for (Connection holder : holders) {
        holder.close();
      }
    }
  }

  private static List<String> trainedOn(Connection client, String relation) {
    try {
      return rows(
          client,
          "SELECT * FROM pgml.train('%1$s', 'regression', '%1$s', 'price', 'linear')"
              .formatted(relation));
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_training_prepared_by_sql_is_executed_as_over_one_server(String mode) throws SQLException {
    try (Connection client = PROXY.connect("preferQueryMode", mode);
        Statement statement = client.createStatement()) {
      statement.execute(
          "PREPARE learn (text) AS SELECT * FROM pgml.train($1, 'regression', 'houses', 'price',"
              + " 'linear', test_size => 0.25)");

      assertThat(rows(client, "EXECUTE learn('by " + mode + "')"))
          .containsExactly("by " + mode + "|regression|linear|t");
      assertThat(onEach("SELECT count(*) FROM pgml.projects WHERE name = 'by " + mode + "'"))
          .containsOnly("1");

      statement.execute("DEALLOCATE learn");
      assertThatThrownBy(() -> rows(client, "EXECUTE learn('again')"))
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void predictions_are_the_same_wherever_they_are_made() throws SQLException {
    try (Connection client = PROXY.connect()) {
      trained(client, "anywhere");

      // when
      double alone =
          Double.parseDouble(
              rows(client, "SELECT pgml.predict('anywhere', ARRAY[17, 57, 3])").getFirst());
      List<String> all =
          rows(client, "SELECT id, pgml.predict('anywhere', ARRAY[id, size, rooms]) FROM houses");
      List<String> one =
          rows(
              client,
              "SELECT pgml.predict('anywhere', ARRAY[id, size, rooms]) FROM houses WHERE id = 17");

      // then
      assertThat(alone).isCloseTo(price(17), within(0.01));
      assertThat(all).hasSize(600);
      for (String row : all) {
        int id = Integer.parseInt(row.substring(0, row.indexOf('|')));
        assertThat(Double.parseDouble(row.substring(row.indexOf('|') + 1)))
            .isCloseTo(price(id), within(0.01));
      }
      assertThat(Double.parseDouble(one.getFirst())).isCloseTo(price(17), within(0.01));
    }
  }

  @Test
  void the_best_of_all_shards_come_first() throws SQLException {
    try (Connection client = PROXY.connect()) {
      trained(client, "ranked");

      // when
      List<String> best =
          rows(
              client,
              "SELECT id FROM houses"
                  + " ORDER BY pgml.predict('ranked', ARRAY[id, size, rooms]) DESC, id LIMIT 7");
      List<String> dear =
          rows(
              client,
              "SELECT count(*) FROM houses WHERE pgml.predict('ranked', ARRAY[id, size, rooms]) > 1000");

      // then
      List<Integer> prices = new ArrayList<>();
      for (int id = 0; id < 600; id++) {
        prices.add(price(id));
      }
      prices.sort(Collections.reverseOrder());
      assertThat(best.stream().map(id -> price(Integer.parseInt(id))).toList())
          .isEqualTo(prices.subList(0, 7));
      assertThat(dear)
          .containsExactly(String.valueOf(prices.stream().filter(p -> p > 1000).count()));
    }
  }

  @Test
  void rows_of_a_table_that_all_shards_have_are_learnt_from_once() throws SQLException {
    try (Connection client = PROXY.connect()) {
      // when
      rows(
          client,
          "SELECT * FROM pgml.train('grades', 'regression', 'grades', 'y', test_size => 0.0)");

      // then
      assertThat(
              onEach(
                  "SELECT s.analysis->>'samples' FROM pgml.snapshots s WHERE relation_name LIKE '%grades%'"))
          .containsOnly("30");
    }
  }

  @Test
  void ids_stay_the_same_after_sequences_have_come_apart() throws SQLException {
    try (Connection client = PROXY.connect()) {
      trained(client, "apart");
      for (int i = 0; i < 5; i++) {
        PROXY
            .postgres()
            .value(PROXY.shardDatabase(1), "SELECT nextval('pgml.models_id_seq')::text");
      }
      PROXY
          .postgres()
          .value(PROXY.shardDatabase(2), "SELECT nextval('pgml.snapshots_id_seq')::text");

      // when
      trained(client, "apart");

      // then
      List<String> last =
          onEach("SELECT max(m.id) || ' ' || max(m.snapshot_id) FROM pgml.models m");
      assertThat(new HashSet<>(last)).hasSize(1);
    }
  }

  @Test
  void what_was_done_on_one_shard_alone_is_not_mixed_up() throws SQLException {
    try (Connection client = PROXY.connect()) {
      trained(client, "before");
      PROXY
          .postgres()
          .value(PROXY.shardDatabase(2), "SELECT pgml._store_project('alone', 'regression')::text");
      trained(client, "between");

      // when, then
      assertThatThrownBy(() -> trained(client, "alone"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55000"))
          .hasMessageContaining("the shards do not know the same models");
      PROXY
          .postgres()
          .execute(PROXY.shardDatabase(2), "DELETE FROM pgml.projects WHERE name = 'alone'");
      assertThat(trained(client, "alone")).hasSize(1);
    }
  }

  @Test
  void a_training_that_fails_is_failed_on_all_shards() throws SQLException {
    try (Connection client = PROXY.connect()) {
      // when
      assertThatThrownBy(
              () -> {
                try (Statement statement = client.createStatement()) {
                  statement.setQueryTimeout(1);
                  statement.execute(
                      "SELECT * FROM pgml.train('broken', 'regression', 'houses', 'price',"
                          + " 'xgboost', '{\"n_estimators\": 100000, \"max_depth\": 12}')");
                }
              })
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));

      // then
      assertThat(
              onEach(
                  "SELECT m.status::text FROM pgml.models m JOIN pgml.projects p"
                      + " ON p.id = m.project_id WHERE p.name = 'broken'"))
          .containsOnly("failed");
    }
  }

  @Test
  void inside_a_transaction_training_is_refused_and_predicting_is_not() throws SQLException {
    try (Connection client = PROXY.connect()) {
      trained(client, "inside");
      client.setAutoCommit(false);
      rows(client, "SELECT id FROM houses WHERE id = 3");

      // when, then
      assertThat(
              Double.parseDouble(
                  rows(client, "SELECT pgml.predict('inside', ARRAY[3, 43, 4])").getFirst()))
          .isCloseTo(price(3), within(0.01));
      assertThatThrownBy(() -> trained(client, "inside"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"))
          .hasMessageContaining("outside of transactions only, and this session is in one")
          .hasMessageContaining("COMMIT or ROLLBACK it");
      client.rollback();
    }
  }

  /** BEGIN takes no server: its transaction would not be known by that. */
  @Test
  void training_is_refused_as_the_first_statement_of_a_transaction_too() throws SQLException {
    try (Connection client = PROXY.connect("preferQueryMode", "simple")) {
      trained(client, "earlier");
      client.setAutoCommit(false);

      // when, then
      assertThatThrownBy(() -> trained(client, "first"))
          .hasMessageContaining("outside of transactions only");
      client.rollback();
      client.setAutoCommit(true);
      assertThat(rows(client, "SELECT count(*) FROM pgml.projects WHERE name = 'first'"))
          .containsExactly("0");
    }
  }

  @Test
  void a_project_is_deleted_on_all_shards_by_one_statement() throws SQLException {
    try (Connection client = PROXY.connect()) {
      trained(client, "passing");

      ProxyUnderTest.run(client, "DELETE FROM pgml.projects WHERE name = 'passing'");

      assertThat(onEach("SELECT count(*) FROM pgml.projects WHERE name = 'passing'"))
          .containsOnly("0");
    }
  }

  /** No server has begun the transaction, or is asked for what the proxy refuses or answers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pgml.predict('nobody''s', ARRAY[1])",
        "SELECT * FROM pgml.train('first', 'regression', 'houses', 'price')",
        "SELECT pgml.train(1, 2, 3)",
        "SELECT pgml.embed('a')"
      })
  void a_call_that_fails_first_in_a_transaction_fails_it(String call) {
    try (RawConnection client = PROXY.raw()) {
      for (byte[] failing :
          List.of(
              RawConnection.query(call),
              RawConnection.join(
                  RawConnection.parse("", call),
                  RawConnection.bind("", ""),
                  RawConnection.execute("", 0),
                  RawConnection.sync()))) {
        client.send(RawConnection.query("BEGIN")).untilReady();

        assertThat(client.send(failing).shapes(1)).endsWith("Z:E");
        assertThat(
                client
                    .send(RawConnection.query("INSERT INTO houses (id, size) VALUES (-1, 1)"))
                    .shapes(1))
            .containsExactly("E:ERROR:25P02", "Z:E");
        assertThat(client.send(RawConnection.query("COMMIT")).shapes(1))
            .containsExactly("C:ROLLBACK", "Z:I");
      }
      assertThat(client.value("SELECT count(*) FROM houses WHERE id = -1")).isEqualTo("0");
    }
  }

  @Test
  void what_is_known_of_models_is_read_like_a_table_that_all_shards_have() throws SQLException {
    try (Connection client = PROXY.connect()) {
      trained(client, "known");

      assertThat(
              rows(
                  client,
                  "SELECT d.algorithm FROM pgml.deployed_models d JOIN pgml.projects p"
                      + " ON p.name = d.name WHERE p.name = 'known'"))
          .containsExactly("linear");
    }
  }

  @Test
  void a_deployment_changes_all_shards_and_can_be_taken_back() throws SQLException {
    try (Connection client = PROXY.connect()) {
      trained(client, "back");
      rows(
          client,
          "SELECT * FROM pgml.train('back', 'regression', 'houses', 'price', 'lasso',"
              + " '{\"alpha\": 1000}')");
      String deployed =
          "SELECT m.algorithm FROM pgml.deployed_models d JOIN pgml.models m ON m.id = d.id"
              + " WHERE d.name = 'back'";
      assertThat(onEach(deployed)).containsOnly("linear");

      // when
      rows(client, "SELECT * FROM pgml.deploy('back', 'most_recent')");

      // then
      assertThat(onEach(deployed)).containsOnly("lasso");
      rows(client, "SELECT * FROM pgml.deploy('back', 'rollback')");
      assertThat(onEach(deployed)).containsOnly("linear");
    }
  }
}
