package org.pglynx.proxy.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches of the extended protocol whose statements go to different shards. */
class ShardBatchIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(3)
          .pool(
              "reference_tables = [\"rates\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"accounts\"",
              "columns = [\"id\"]");

  private static String single = "";

  @BeforeAll
  static void create() {
    single = PROXY.postgres().createDatabase("single");
    create(single, 1, 0);
    for (int shard = 0; shard < 3; shard++) {
      create(PROXY.shardDatabase(shard), 3, shard);
    }
  }

  private static void create(String database, int modulus, int remainder) {
    PROXY
        .postgres()
        .execute(
            database,
            "CREATE TABLE accounts (id bigint, balance int CHECK (balance < 1000), note text)"
                + " PARTITION BY HASH (id)",
            "CREATE TABLE accounts_here PARTITION OF accounts FOR VALUES WITH (MODULUS %d,"
                    .formatted(modulus)
                + " REMAINDER %d)".formatted(remainder),
            "CREATE TABLE rates (code text, rate int)");
  }

  @AfterAll
  static void drop() {
    PROXY.postgres().dropDatabase(single);
  }

  @BeforeEach
  void empty() {
    PROXY.postgres().execute(single, "TRUNCATE accounts, rates");
    for (int shard = 0; shard < 3; shard++) {
      PROXY.postgres().execute(PROXY.shardDatabase(shard), "TRUNCATE accounts, rates");
    }
  }

  private static int rows() {
    int all = 0;
    for (int shard = 0; shard < 3; shard++) {
      all +=
          Integer.parseInt(
              PROXY.postgres().value(PROXY.shardDatabase(shard), "SELECT count(*) FROM accounts"));
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"0,true,false", "1,true,false", "5,false,false", "-1,false,false", "1,false,true"})
  void a_batch_of_rows_of_all_shards_is_stored_with_its_counts(
      int threshold, boolean autoCommit, boolean multiRow) throws SQLException {
    try (Connection client =
        PROXY.connect(
            "prepareThreshold",
            String.valueOf(threshold),
            "reWriteBatchedInserts",
            String.valueOf(multiRow))) {
      client.setAutoCommit(autoCommit);
      for (int round = 0; round < 3; round++) {
        try (PreparedStatement insert =
            client.prepareStatement("INSERT INTO accounts (id, balance) VALUES (?, ?)")) {
          for (int i = 0; i < 40; i++) {
            insert.setLong(1, 100 * round + i);
            insert.setInt(2, i);
            insert.addBatch();
          }
          int[] counts = insert.executeBatch();
          assertThat(counts).hasSize(40);
          if (!multiRow) {
            assertThat(counts).containsOnly(1);
          }
        }
        try (PreparedStatement update =
            client.prepareStatement("UPDATE accounts SET balance = balance + ? WHERE id = ?")) {
          for (int i = 0; i < 50; i++) {
            update.setInt(1, 1);
            update.setLong(2, 100 * round + i);
            update.addBatch();
          }
          int[] counts = update.executeBatch();
          for (int i = 0; i < 50; i++) {
            assertThat(counts[i]).isEqualTo(i < 40 ? 1 : 0);
          }
        }
        if (!autoCommit && round == 1) {
          client.rollback();
        } else if (!autoCommit) {
          client.commit();
        }
      }
    }
    assertThat(rows()).isEqualTo(autoCommit ? 120 : 80);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void an_error_amid_a_batch_undoes_all_of_it(boolean autoCommit) throws SQLException {
    try (Connection client = PROXY.connect("prepareThreshold", "1")) {
      client.setAutoCommit(autoCommit);
      for (int wrong : new int[] {0, 7, 19}) {
        try (PreparedStatement insert =
            client.prepareStatement("INSERT INTO accounts (id, balance) VALUES (?, ?)")) {
          for (int i = 0; i < 20; i++) {
            insert.setLong(1, i);
            insert.setInt(2, i == wrong ? 5000 : i);
            insert.addBatch();
          }
          assertThatThrownBy(insert::executeBatch)
              .isInstanceOf(BatchUpdateException.class)
              .extracting("SQLState")
              .isEqualTo("23514");
        }
        if (!autoCommit) {
          client.rollback();
        }
        assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts")).isEqualTo("0");
      }
    }
  }

  private static byte[] step(String sql, String... values) {
    return RawConnection.join(
        RawConnection.parse("", sql),
        RawConnection.bind("", "", values),
        RawConnection.execute("", 0));
  }

  private static List<String> onBoth(byte[]... messages) {
    List<List<String>> answers = new ArrayList<>();
    try (RawConnection one = RawConnection.login(PROXY.postgres().port(), single, "postgres");
        RawConnection client = PROXY.raw()) {
      for (RawConnection each : List.of(one, client)) {
        each.send(messages);
        answers.add(each.shapes(1));
      }
    }
    assertThat(answers.get(1)).isEqualTo(answers.get(0));
    return answers.get(1);
  }

  private static final String INSERT = "INSERT INTO accounts (id, balance) VALUES ($1, $2)";

  @Test
  void a_batch_without_begin_is_one_transaction_and_answers_in_order() {
    onBoth(
        step(INSERT, "1", "10"),
        step(INSERT, "2", "20"),
        step("SELECT balance FROM accounts WHERE id = $1", "1"),
        step("UPDATE accounts SET balance = 30 WHERE id = $1", "2"),
        step("SELECT balance FROM accounts WHERE id = $1", "2"),
        step("INSERT INTO accounts (id) VALUES (11), (12), (13), (14)"),
        step("SELECT count(*) FROM accounts"),
        step("SELECT 7"),
        step("INSERT INTO rates VALUES ('a', 1)"),
        step(INSERT, "3", "30"),
        RawConnection.sync());
    assertThat(rows()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({"P, s", "P, ''", "B, s", "B, ''", "D, Ss", "D, ''", "E, s", "C, Ss", "C, ''"})
  void a_message_that_breaks_off_fails_its_batch_and_no_more(char tag, String body) {
    onBoth(RawConnection.frame(tag, body.getBytes(UTF_8)), RawConnection.sync());
    onBoth(
        step(INSERT, "1", "10"),
        RawConnection.frame(tag, body.getBytes(UTF_8)),
        RawConnection.sync());
    assertThat(rows()).isZero();
  }

  @Test
  void what_comes_behind_an_error_is_skipped_on_all_shards() {
    onBoth(
        step(INSERT, "1", "10"),
        step(INSERT, "2", "20"),
        step(INSERT, "3", "5000"),
        step(INSERT, "4", "10"),
        step("SELECT balance FROM accounts WHERE id = $1", "1"),
        RawConnection.sync());
    assertThat(rows()).isZero();
  }

  @Test
  void a_transaction_that_begins_and_ends_in_one_batch_is_on_all_of_its_shards() {
    onBoth(
        step("BEGIN"),
        step(INSERT, "1", "10"),
        step(INSERT, "2", "20"),
        step("SAVEPOINT s"),
        step(INSERT, "3", "30"),
        step(INSERT, "4", "40"),
        step("ROLLBACK TO SAVEPOINT s"),
        step(INSERT, "5", "50"),
        step("COMMIT"),
        RawConnection.sync());
    assertThat(rows()).isEqualTo(3);
    onBoth(
        step("BEGIN"),
        step(INSERT, "6", "10"),
        step(INSERT, "7", "20"),
        step("ROLLBACK"),
        RawConnection.sync());
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void named_statements_and_several_batches_ahead_of_their_answers_keep_their_order() {
    List<byte[]> messages = new ArrayList<>();
    messages.add(RawConnection.parse("s", INSERT));
    for (int i = 0; i < 30; i++) {
      messages.add(RawConnection.bind("", "s", String.valueOf(i), "1"));
      messages.add(RawConnection.execute("", 0));
      if (i % 7 == 6) {
        messages.add(RawConnection.sync());
      }
    }
    messages.add(RawConnection.sync());
    byte[][] all = messages.toArray(byte[][]::new);
    try (RawConnection one = RawConnection.login(PROXY.postgres().port(), single, "postgres");
        RawConnection client = PROXY.raw()) {
      one.send(all);
      client.send(all);
      assertThat(client.shapes(5)).isEqualTo(one.shapes(5));
      assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("30");
    }
  }

  @Test
  void a_query_amid_a_batch_on_several_shards_is_refused() {
    try (RawConnection client = PROXY.raw()) {
      client.send(
          step(INSERT, "1", "10"), step(INSERT, "2", "20"), RawConnection.query("SELECT 1"));
      assertThat(client.until('E').getLast().field('C')).isEqualTo("0A000");
    }
    assertThat(rows()).isZero();
  }

  @Test
  void a_statement_for_one_shard_is_run_and_not_what_was_only_prepared() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("BEGIN");
      client.ask("INSERT INTO accounts (id, note) VALUES (1, 'one'), (2, 'two'), (3, 'three')");
      client.ask("SELECT count(*) FROM accounts");

      // As PQprepare does: nothing else is asked of it.
      client.send(
          RawConnection.parse(
              "later", "INSERT INTO accounts (id) VALUES (4), (5), (6), (7), (8), (9)"),
          RawConnection.sync());
      assertThat(client.shapes(1)).containsExactly("1", "Z:T");

      assertThat(client.ask("UPDATE accounts SET note = 'first' WHERE id = 1"))
          .containsExactly("C:UPDATE 1", "Z:T");
      assertThat(client.ask("COMMIT")).contains("C:COMMIT");
    }
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void a_commit_that_fails_is_told_at_sync_and_undoes_the_batch() {
    for (int shard = 0; shard < 3; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE IF NOT EXISTS late (id bigint, UNIQUE (id) DEFERRABLE INITIALLY"
                  + " DEFERRED)",
              "CREATE OR REPLACE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT"
                  + " INTO late VALUES (1), (1); RETURN NEW; END'",
              "CREATE OR REPLACE TRIGGER late AFTER INSERT ON accounts_here FOR EACH ROW WHEN"
                  + " (NEW.balance = 77) EXECUTE FUNCTION late()");
    }
    try (RawConnection client = PROXY.raw()) {
      client.send(
          step(INSERT, "1", "10"),
          step(INSERT, "2", "77"),
          step(INSERT, "3", "1"),
          RawConnection.sync());
      List<String> shapes = client.shapes(1);
      assertThat(shapes).contains("E:ERROR:23505").endsWith("Z:I");
      assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("0");
    }
  }

  @Test
  void the_proxy_gives_ids_of_which_no_two_are_the_same() throws SQLException {
    java.util.Set<Long> ids = new java.util.HashSet<>();
    for (String mode : new String[] {"simple", "extended"}) {
      try (Connection client = PROXY.connect("preferQueryMode", mode, "prepareThreshold", "-1");
          PreparedStatement next = client.prepareStatement("SELECT pglynx.unique_id()")) {
        long before = 0;
        for (int i = 0; i < 20; i++) {
          try (java.sql.ResultSet row = next.executeQuery()) {
            assertThat(row.next()).isTrue();
            long id = row.getLong("unique_id");
            assertThat(id).isGreaterThan(before);
            before = id;
            ids.add(id);
          }
        }
        assertThatThrownBy(() -> ProxyUnderTest.value(client, "SELECT nextval('s')"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("pglynx.unique_id()");
      }
    }
    assertThat(ids).hasSize(40);
  }
}
