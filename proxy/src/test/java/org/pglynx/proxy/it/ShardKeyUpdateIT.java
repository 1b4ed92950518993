package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UPDATE of the sharding key: rows come to their new shard, with what one server answers. */
class ShardKeyUpdateIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(3)
          .pool(
              "[[pools.app.sharded_tables]]",
              "name = \"accounts\"",
              "columns = [\"id\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"pairs\"",
              "columns = [\"a\", \"b\"]",
              "types = [\"bigint\", \"text\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"watched\"",
              "columns = [\"id\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"typed\"",
              "columns = [\"id\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"ids\"",
              "columns = [\"id\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"codes\"",
              "columns = [\"code\"]",
              "types = [\"varchar\"]");

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
    String here = " FOR VALUES WITH (MODULUS %d, REMAINDER %d)".formatted(modulus, remainder);
    PROXY
        .postgres()
        .execute(
            database,
            "CREATE TABLE accounts (id bigint, balance int CHECK (balance < 1000), note varchar(9),"
                + " tags text[], rate float8, twice int GENERATED ALWAYS AS (2 * balance) STORED,"
                + " at timestamptz, raw bytea) PARTITION BY HASH (id)",
            "CREATE TABLE accounts_here PARTITION OF accounts" + here,
            "CREATE UNIQUE INDEX ON accounts (id)",
            "CREATE TABLE pairs (a bigint, b text, c text) PARTITION BY HASH (a, b)",
            "CREATE TABLE pairs_here PARTITION OF pairs" + here,
            "CREATE TABLE typed (id bigint, c char(5), cs char(3)[], b bit(4), bs bit(2)[], v"
                + " varchar(4), n numeric(10,2), t timestamp(0), i interval, q \"char\")"
                + " PARTITION BY HASH (id)",
            "CREATE TABLE typed_here PARTITION OF typed" + here,
            "CREATE TABLE ids (id bigint) PARTITION BY HASH (id)",
            "CREATE TABLE ids_here PARTITION OF ids" + here,
            "CREATE TABLE codes (code varchar(3), n text) PARTITION BY HASH (code)",
            "CREATE TABLE codes_here PARTITION OF codes" + here,
            "CREATE TABLE watched (id bigint PRIMARY KEY)",
            "CREATE TABLE watching (id bigint REFERENCES watched ON DELETE CASCADE)");
  }

  @AfterAll
  static void drop() {
    PROXY.postgres().dropDatabase(single);
  }

  @BeforeEach
  void fill() {
    fill(single, 1, 0);
    for (int shard = 0; shard < 3; shard++) {
      fill(PROXY.shardDatabase(shard), 3, shard);
    }
  }

  private static void fill(String database, int modulus, int remainder) {
    String here =
        " WHERE satisfies_hash_partition('%s'::regclass, " + modulus + ", " + remainder + ", %s)";
    PROXY
        .postgres()
        .execute(
            database,
            "TRUNCATE accounts, pairs, typed, ids, codes",
            "INSERT INTO accounts (id, balance, note, tags, rate, at, raw) SELECT i, CASE WHEN i % 4"
                + " > 0 THEN i END, 'é\"\\,' || i, ARRAY[ARRAY['a,b', NULL], ARRAY['{', '\"']], i /"
                + " 3.0, timestamptz '2024-01-01' + i * interval '1h', '\\x00ff'::bytea FROM"
                + " generate_series(1, 20) i"
                + here.formatted("accounts", "i::bigint"),
            "INSERT INTO pairs SELECT i, 'b' || i, 'c' FROM generate_series(1, 20) i"
                + here.formatted("pairs", "i::bigint, 'b' || i"),
            "INSERT INTO typed SELECT i, 'abc', ARRAY['xyz', 'x'], '1011', ARRAY[B'01'], 'ab ', i /"
                + " 3.0, timestamp '2024-01-01 10:00:00', '1 day 2:03:04.5', 'q' FROM"
                + " generate_series(1, 20) i"
                + here.formatted("typed", "i::bigint"),
            "INSERT INTO ids SELECT i FROM generate_series(1, 20) i"
                + here.formatted("ids", "i::bigint"),
            "INSERT INTO codes SELECT 'c' || i, 'n' FROM generate_series(1, 20) i"
                + here.formatted("codes", "('c' || i)::varchar"));
  }

  private static List<String> rows(String database, String table) {
    return PROXY
        .postgres()
        .value(database, "SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM " + table + " t")
        .lines()
        .toList();
  }

  private static void same() {
    for (String table : List.of("accounts", "pairs", "typed", "ids", "codes")) {
      List<String> spread = new ArrayList<>();
      for (int shard = 0; shard < 3; shard++) {
        spread.addAll(rows(PROXY.shardDatabase(shard), table));
      }
      assertThat(spread).containsExactlyInAnyOrderElementsOf(rows(single, table));
    }
  }

  private static Connection direct(String mode) throws SQLException {
    return java.sql.DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres&preferQueryMode=%s&prepareThreshold=1"
            .formatted(PROXY.postgres().port(), single, mode));
  }

  private static List<String> outcome(Connection client, String sql, Object... values) {
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = client.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      if (!statement.execute()) {
        return List.of("count " + statement.getUpdateCount());
      }
      try (ResultSet rows = statement.getResultSet()) {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          StringBuilder row = new StringBuilder();
          for (int i = 1; i <= columns; i++) {
            row.append(rows.getMetaData().getColumnName(i)).append(rows.getString(i));
          }
          found.add(row.toString());
        }
      }
      found.sort(null);
      return found;
    } catch (SQLException e) {
      return List.of("error " + e.getSQLState());
    }
  }

  private static final List<String> STATEMENTS =
      List.of(
          "UPDATE accounts SET id = 100 WHERE id = 1",
          "UPDATE accounts SET id = 2, note = 'same' WHERE id = 2",
          "UPDATE accounts a SET id = id + 100, balance = a.balance + 1 WHERE id < 5",
          "UPDATE accounts AS a SET id = a.id + 200 RETURNING a.id, balance, twice, note, tags",
          "UPDATE public.accounts SET id = 7000 WHERE id = 999 RETURNING *",
          "UPDATE accounts SET id = 300 WHERE id IN (207, 1000) RETURNING id * 2 AS x, raw",
          "UPDATE accounts SET id = 208 WHERE id = 209",
          "UPDATE accounts SET id = 400, balance = 5000 WHERE id = 210",
          "UPDATE accounts SET id = 400, note = 'much too long' WHERE id = 210",
          "UPDATE accounts SET id = 401, note = upper(note), tags = NULL, rate = rate / 2 WHERE id ="
              + " 211",
          "UPDATE accounts SET id = 402, balance = 1.6 WHERE id = 212",
          "UPDATE accounts SET id = 403, balance = 1.6 * 2 WHERE id = 213",
          "UPDATE pairs SET b = 'x' WHERE a = 3",
          "UPDATE pairs SET b = c || b, c = b WHERE a > 10 RETURNING a, b, c",
          "UPDATE pairs SET a = 4 WHERE a = 5 AND b = 'b5'");

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void rows_are_moved_as_one_server_updates_them(String mode) throws SQLException {
    try (Connection client = PROXY.connect("preferQueryMode", mode, "prepareThreshold", "1");
        Connection one = direct(mode)) {
      for (String sql : STATEMENTS) {
        List<String> expected = outcome(one, sql);
        assertThat(outcome(client, sql)).as(sql).isEqualTo(expected);
        same();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void parameters_say_where_rows_go(String mode) throws SQLException {
    String sql = "UPDATE accounts SET id = ?, note = ?, balance = balance + ? WHERE id = ?";
    try (Connection client = PROXY.connect("preferQueryMode", mode, "prepareThreshold", "1");
        Connection one = direct(mode)) {
      for (int i = 1; i <= 12; i++) {
        Object[] values = {50L + i, "n" + i, 7, (long) i};
        assertThat(outcome(client, sql, values)).isEqualTo(outcome(one, sql, values));
      }
      same();
    }
  }

  /** A length that a type's name is without is 1 for char and bit. */
  @Test
  void moved_values_keep_their_length() throws SQLException {
    try (Connection client = PROXY.connect();
        Connection one = direct("extended")) {
      for (String sql :
          List.of(
              "UPDATE typed SET id = id + 100 WHERE id < 15",
              "UPDATE typed SET id = 200, c = 'abcde' WHERE id = 16 RETURNING *",
              "UPDATE typed SET id = 201, n = n / 7 WHERE id = 17 RETURNING *")) {
        assertThat(outcome(client, sql)).as(sql).isEqualTo(outcome(one, sql));
        same();
      }
    }
  }

  @Test
  void a_move_may_give_all_columns_a_value() throws SQLException {
    try (Connection client = PROXY.connect();
        Connection one = direct("extended")) {
      for (String sql :
          List.of(
              "UPDATE ids SET id = 50 WHERE id = 1",
              "UPDATE ids SET id = 51 WHERE id < 4 RETURNING id",
              "UPDATE ids SET id = 52 WHERE id = 1000",
              "UPDATE ids SET id = 5")) {
        assertThat(outcome(client, sql)).as(sql).isEqualTo(outcome(one, sql));
        same();
      }
    }
  }

  /** varchar(3) would lose it, and the row its shard. */
  @Test
  void a_key_that_becomes_a_varchar_with_a_blank_at_its_end_is_refused() throws SQLException {
    try (Connection client = PROXY.connect()) {
      assertThat(outcome(client, "UPDATE codes SET code = code || '  ' WHERE code = 'c1'"))
          .containsExactly("error 0A000");
      assertThat(outcome(client, "UPDATE codes SET code = 'x  ' WHERE code = 'c1'"))
          .containsExactly("error 0A000");
      same();
    }
  }

  @Test
  void a_move_is_part_of_the_clients_transaction() throws SQLException {
    try (Connection client = PROXY.connect()) {
      client.setAutoCommit(false);
      assertThat(outcome(client, "UPDATE accounts SET id = 90 WHERE id = 9"))
          .containsExactly("count 1");
      assertThat(outcome(client, "SELECT balance FROM accounts WHERE id = 90"))
          .containsExactly("balance9");
      client.rollback();
      same();
      assertThat(outcome(client, "UPDATE accounts SET id = 91 WHERE id = 9"))
          .containsExactly("count 1");
      client.commit();
      assertThat(outcome(client, "SELECT balance FROM accounts WHERE id = 91"))
          .containsExactly("balance9");
      assertThat(outcome(client, "SELECT count(*) FROM accounts")).containsExactly("count20");
    }
  }

  @Test
  void rows_that_others_refer_to_or_that_triggers_watch_are_not_moved() throws SQLException {
    try (Connection client = PROXY.connect()) {
      assertThat(outcome(client, "UPDATE watched SET id = id + 1")).containsExactly("error 0A000");
      assertThat(outcome(client, "UPDATE accounts SET id = NULL WHERE id = 1"))
          .containsExactly("error 23502");
      assertThat(outcome(client, "UPDATE accounts SET id = nullif(id, 1)"))
          .containsExactly("error 23502");
      for (String refused :
          List.of(
              "UPDATE accounts SET id = DEFAULT WHERE id = 1",
              "UPDATE accounts SET (id, balance) = (2, 3) WHERE id = 1",
              "UPDATE accounts a SET id = p.a FROM pairs p WHERE p.a = a.id",
              "UPDATE accounts SET id = (SELECT max(id) FROM accounts)",
              "UPDATE accounts SET id = random()::int",
              "INSERT INTO accounts (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 7")) {
        assertThat(outcome(client, refused)).as(refused).containsExactly("error 0A000");
      }
      same();
    }
  }

  @Test
  void a_row_that_is_being_moved_is_locked() throws SQLException {
    try (RawConnection mover = PROXY.raw();
        RawConnection other = PROXY.raw()) {
      mover.ask("BEGIN");
      assertThat(mover.ask("UPDATE accounts SET id = 77 WHERE id = 3")).contains("C:UPDATE 1");
      other.ask("SET lock_timeout = '50ms'");
      assertThat(other.ask("UPDATE accounts SET balance = 1 WHERE id = 3"))
          .contains("E:ERROR:55P03");
      assertThat(mover.ask("COMMIT")).contains("C:COMMIT");
      assertThat(other.ask("UPDATE accounts SET balance = 1 WHERE id = 3")).contains("C:UPDATE 0");
      assertThat(other.ask("UPDATE accounts SET balance = 1 WHERE id = 77")).contains("C:UPDATE 1");
    }
  }
}
