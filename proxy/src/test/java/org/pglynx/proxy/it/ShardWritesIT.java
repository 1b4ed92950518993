package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that write on several shards: on all, or on none. */
class ShardWritesIT {
  private static final Path DIRECTORY = ShardTransactionsIT.directory();

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + DIRECTORY + "\"")
          .shards(3)
          .pool(
              "reference_tables = [\"rates\", \"made\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"accounts\"",
              "columns = [\"id\"]");

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < 3; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE accounts (id bigint, balance int CHECK (balance > -1000), note text,"
                  + " at timestamptz DEFAULT now()) PARTITION BY HASH (id)",
              "CREATE TABLE accounts_here PARTITION OF accounts FOR VALUES WITH (MODULUS 3,"
                  + " REMAINDER "
                  + shard
                  + ")",
              "ALTER TABLE accounts ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED",
              "CREATE TABLE rates (code text, rate int)");
    }
  }

  @BeforeEach
  void empty() {
    for (int shard = 0; shard < 3; shard++) {
      PROXY.postgres().execute(PROXY.shardDatabase(shard), "TRUNCATE accounts, rates");
    }
  }

  private static Connection client(String mode) throws SQLException {
    return mode.equals("unnamed")
        ? PROXY.connect("prepareThreshold", "0")
        : PROXY.connect("preferQueryMode", mode, "prepareThreshold", "1");
  }

  private static List<String> onShards(String sql) {
    List<String> found = new ArrayList<>();
    for (int shard = 0; shard < 3; shard++) {
      found.add(PROXY.postgres().value(PROXY.shardDatabase(shard), sql));
    }
    return found;
  }

  private static int total(String sql) {
    return onShards(sql).stream().mapToInt(Integer::parseInt).sum();
  }

  private static int update(Connection client, String sql) throws SQLException {
    try (Statement statement = client.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static void fill(Connection client) throws SQLException {
    StringBuilder sql = new StringBuilder("INSERT INTO accounts (id, balance, note) VALUES ");
    for (int id = 0; id < 30; id++) {
      sql.append(id == 0 ? "" : ", ").append("(%d, %d, 'n%d')".formatted(id, 10 * id, id));
    }
    assertThat(update(client, sql.toString())).isEqualTo(30);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void rows_of_one_insert_go_each_to_its_shard(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      fill(client);
      assertThat(total("SELECT count(*) FROM accounts_here")).isEqualTo(30);
      assertThat(onShards("SELECT count(*) FROM accounts")).doesNotContain("0");
      assertThat(total("SELECT count(*) FROM accounts WHERE at IS NULL")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void parameters_and_expressions_of_split_rows_are_theirs(String mode) throws SQLException {
    try (Connection client = client(mode);
        PreparedStatement insert =
            client.prepareStatement(
                "INSERT INTO accounts (note, id, balance, at) VALUES (?, ?, ? + 1, DEFAULT),"
                    + " (upper(?), ?, 7, now()), ('c,(é)', 3, ?, NULL), (?, ?, ?, DEFAULT)"
                    + " RETURNING id, note, balance")) {
      for (int round = 0; round < 4; round++) {
        int base = 100 * round;
        insert.setString(1, "a" + round);
        insert.setLong(2, base + 1);
        insert.setInt(3, 41);
        insert.setString(4, "bé");
        insert.setLong(5, base + 2);
        insert.setInt(6, round);
        insert.setString(7, null);
        insert.setLong(8, base + 4);
        insert.setInt(9, 9);
        List<String> rows = new ArrayList<>();
        try (ResultSet result = insert.executeQuery()) {
          while (result.next()) {
            rows.add(result.getLong(1) + result.getString(2) + result.getInt(3));
          }
        }
        assertThat(rows)
            .containsExactly(
                (base + 1) + "a" + round + "42",
                (base + 2) + "BÉ7",
                "3c,(é)" + round,
                (base + 4) + "null9");
        update(client, "DELETE FROM accounts WHERE id = 3");
      }
      assertThat(total("SELECT count(*) FROM accounts")).isEqualTo(12);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void an_error_in_one_row_leaves_none_and_says_where(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      for (String wrong : new String[] {"-5000", "1 / 0", "nowhere"}) {
        String sql =
            "INSERT INTO accounts (id, balance) VALUES (1, 1), (2, 1), (3, 1), (4, "
                + wrong
                + "), (5, 1)";
        assertThatThrownBy(() -> update(client, sql))
            .isInstanceOf(SQLException.class)
            .satisfies(e -> {
              if (wrong.equals("nowhere")) {
                assertThat(e).hasMessageContaining("Position: " + (sql.indexOf(wrong) + 1));
              }
            });
      }
      assertThat(total("SELECT count(*) FROM accounts")).isZero();
      fill(client);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void rows_without_a_key_are_changed_on_all_shards_and_counted(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      fill(client);
      assertThat(update(client, "UPDATE accounts SET balance = balance + 1")).isEqualTo(30);
      assertThat(total("SELECT sum(balance) FROM accounts")).isEqualTo(4350 + 30);
      assertThat(update(client, "DELETE FROM accounts WHERE id IN (1, 2, 3, 4)")).isEqualTo(4);
      assertThat(update(client, "DELETE FROM accounts WHERE balance > 200")).isEqualTo(10);
      try (Statement statement = client.createStatement();
          ResultSet rows =
              statement.executeQuery("UPDATE accounts SET note = 'x' RETURNING id, note")) {
        int count = 0;
        while (rows.next()) {
          assertThat(rows.getString(2)).isEqualTo("x");
          count++;
        }
        assertThat(count).isEqualTo(16);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void what_fails_on_one_shard_has_changed_nothing_on_any(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      fill(client);
      assertThatThrownBy(() -> update(client, "UPDATE accounts SET balance = balance / (id - 17)"))
          .isInstanceOf(SQLException.class)
          .extracting("SQLState")
          .isEqualTo("22012");
      assertThat(total("SELECT sum(balance) FROM accounts")).isEqualTo(4350);
      // Only the commit finds the deferred constraint violated.
      assertThatThrownBy(() ->
              update(
                  client,
                  "INSERT INTO accounts (id, balance) VALUES (100, 1), (101, 1), (102, 1),"
                      + " (5, 1)"))
          .isInstanceOf(SQLException.class)
          .extracting("SQLState")
          .isEqualTo("23505");
      assertThat(total("SELECT count(*) FROM accounts")).isEqualTo(30);
      assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts")).isEqualTo("30");
      assertThat(PROXY.valueOnServer("SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "unnamed"})
  void reference_tables_and_the_schema_are_the_same_everywhere(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      assertThat(update(client, "INSERT INTO rates VALUES ('a', 1), ('b', 2)")).isEqualTo(2);
      assertThat(update(client, "UPDATE rates SET rate = rate + 1 WHERE code = 'a'")).isEqualTo(1);
      assertThat(onShards("SELECT sum(rate) FROM rates")).containsOnly("4");
      assertThat(ProxyUnderTest.value(client, "DELETE FROM rates WHERE code = 'b' RETURNING rate"))
          .isEqualTo("2");
      assertThat(onShards("SELECT count(*) FROM rates")).containsOnly("1");
      update(client, "CREATE TABLE made (id int)");
      update(client, "CREATE INDEX made_id ON made (id)");
      assertThat(update(client, "INSERT INTO made VALUES (1)")).isEqualTo(1);
      assertThat(onShards("SELECT count(*) FROM made")).containsOnly("1");
      update(client, "ALTER TABLE made ADD COLUMN x int");
      update(client, "TRUNCATE made");
      update(client, "DROP TABLE made");
      assertThat(onShards("SELECT to_regclass('made') IS NULL")).containsOnly("t");
    }
  }

  @Test
  void schema_changes_that_fail_on_one_shard_are_on_none() throws SQLException {
    PROXY.postgres().execute(PROXY.shardDatabase(2), "CREATE TABLE made (id int)");
    try (Connection client = client("simple")) {
      assertThatThrownBy(() -> update(client, "CREATE TABLE made (id int)"))
          .isInstanceOf(SQLException.class)
          .extracting("SQLState")
          .isEqualTo("42P07");
      assertThat(onShards("SELECT to_regclass('made') IS NULL")).containsExactly("t", "t", "f");
    } finally {
      PROXY.postgres().execute(PROXY.shardDatabase(2), "DROP TABLE made");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void the_first_statement_of_a_transaction_is_part_of_it_too(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      fill(client);
      client.setAutoCommit(false);
      for (int round = 0; round < 3; round++) {
        assertThat(update(client, "UPDATE accounts SET note = 'y'")).isEqualTo(30);
        client.rollback();
        assertThat(total("SELECT count(*) FROM accounts WHERE note = 'y'")).isZero();
        assertThat(
                update(
                    client, "INSERT INTO accounts (id, balance) VALUES (50, 1), (51, 1), (52, 1)"))
            .isEqualTo(3);
        client.rollback();
        assertThat(total("SELECT count(*) FROM accounts")).isEqualTo(30);
        assertThat(update(client, "DELETE FROM accounts WHERE balance < 50")).isPositive();
        assertThat(update(client, "UPDATE accounts SET note = 'y'")).isEqualTo(25);
        client.rollback();
        assertThat(total("SELECT count(*) FROM accounts WHERE note = 'y'")).isZero();
      }
      assertThat(update(client, "UPDATE accounts SET note = 'y'")).isEqualTo(30);
      client.commit();
      assertThat(total("SELECT count(*) FROM accounts WHERE note = 'y'")).isEqualTo(30);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void writes_on_all_shards_are_part_of_the_clients_transaction(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      fill(client);
      client.setAutoCommit(false);
      assertThat(update(client, "UPDATE accounts SET balance = 0 WHERE id = 3")).isEqualTo(1);
      assertThat(update(client, "UPDATE accounts SET note = 'y'")).isEqualTo(30);
      assertThat(
              update(client, "INSERT INTO accounts (id, balance) VALUES (50, 1), (51, 1), (52, 1)"))
          .isEqualTo(3);
      client.rollback();
      assertThat(total("SELECT count(*) FROM accounts WHERE note = 'y'")).isZero();
      assertThat(update(client, "UPDATE accounts SET note = 'z'")).isEqualTo(30);
      client.commit();
      assertThat(total("SELECT count(*) FROM accounts WHERE note = 'z'")).isEqualTo(30);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO rates VALUES ('a', 1), ('b', random()::int)",
        "UPDATE rates SET code = current_date::text",
        "UPDATE accounts SET balance = nextval('x')",
        "UPDATE accounts SET note = 'x' WHERE ctid = '(0,1)'",
        "UPDATE accounts SET balance = (SELECT max(balance) FROM accounts)",
        "INSERT INTO accounts SELECT * FROM accounts",
        "CREATE TABLE x AS SELECT * FROM accounts",
        "CREATE TEMP TABLE x (id int)"
      })
  void what_would_not_be_the_same_is_refused(String sql) throws SQLException {
    try (Connection client = client("simple")) {
      assertThatThrownBy(() -> update(client, sql))
          .isInstanceOf(SQLException.class)
          .extracting("SQLState")
          .isEqualTo("0A000");
    }
  }

  private static List<String> shapes(RawConnection client, String sql, String... values) {
    client.send(
        RawConnection.parse("", sql),
        RawConnection.bind("", "", values),
        RawConnection.execute("", 0),
        RawConnection.sync());
    return client.shapes(1);
  }

  @Test
  void split_rows_whose_parameters_are_in_descending_order_are_stored_as_they_are() {
    String[] values = new String[24];
    StringBuilder sql = new StringBuilder("INSERT INTO accounts (id, note) VALUES ");
    for (int id = 0; id < 12; id++) {
      sql.append(id == 0 ? "" : ",").append("($%d,$%d)".formatted(24 - 2 * id, 23 - 2 * id));
      values[23 - 2 * id] = String.valueOf(id);
      values[22 - 2 * id] = "n" + id;
    }
    try (RawConnection client = PROXY.raw()) {
      assertThat(shapes(client, sql.toString(), values)).contains("C:INSERT 0 12");
    }
    assertThat(total("SELECT count(*) FROM accounts WHERE note = 'n' || id")).isEqualTo(12);
  }

  @Test
  void a_client_that_binds_too_few_values_hears_so_from_a_server_and_goes_on() {
    String sql = "INSERT INTO accounts (id, note) VALUES ($1,'a'),($2,$3),(3,'c'),(4,'d'),(5,'e')";
    try (RawConnection client = PROXY.raw()) {
      assertThat(shapes(client, sql, "1", "2")).anyMatch(each -> each.contains("08P01"));
      assertThat(shapes(client, sql, "1", "2", "b")).contains("C:INSERT 0 5");
    }
    assertThat(total("SELECT count(*) FROM accounts")).isEqualTo(5);
  }

  @Test
  void a_statement_of_split_rows_without_bound_keys_is_prepared_ahead_of_its_values() {
    String sql = "INSERT INTO accounts (id, note) VALUES (1,$1),(2,$2),(3,$1),(4,$2)";
    try (RawConnection client = PROXY.raw()) {
      client.send(
          RawConnection.parse("s", sql),
          RawConnection.describeStatement("s"),
          RawConnection.sync());
      client.untilReady();
      client.send(
          RawConnection.bind("", "s", "odd", "even"),
          RawConnection.execute("", 0),
          RawConnection.sync());
      assertThat(client.shapes(1)).contains("C:INSERT 0 4");
    }
    assertThat(total("SELECT count(*) FROM accounts WHERE note = 'odd'")).isEqualTo(2);
  }

  @Test
  void lock_timeout_ends_the_wait_for_a_lock_of_one_shard_and_nothing_is_changed_on_any()
      throws SQLException {
    try (Connection filler = client("simple")) {
      fill(filler);
    }
    try (RawConnection holder = PROXY.raw();
        RawConnection client = PROXY.raw()) {
      for (int id = 0; id < 5; id++) {
        holder.ask("BEGIN");
        assertThat(holder.ask("UPDATE accounts SET note = 'held' WHERE id = " + id))
            .contains("C:UPDATE 1");
        client.ask("SET lock_timeout = '50ms'");
        assertThat(client.ask("UPDATE accounts SET note = 'all'")).contains("E:ERROR:55P03");
        holder.ask("ROLLBACK");
        assertThat(total("SELECT count(*) FROM accounts WHERE note = 'all'")).isZero();
      }
    }
  }
}
