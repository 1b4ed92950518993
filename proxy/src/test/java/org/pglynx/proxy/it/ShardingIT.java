package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Statements go to the shard of their keys, or nowhere. The tables of the shards are partitions: a
 * row in the wrong place is an error of the server.
 */
class ShardingIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .shards(SHARDS)
          .pool(
              "reference_tables = [\"countries\"]",
              "shard_id_regex = '/\\* shard_id: (\\d+) \\*/'",
              "sharding_key_regex = '/\\* sharding_key: (\\d+) \\*/'",
              "[[pools.app.sharded_tables]]",
              "name = \"orders\"",
              "columns = [\"customer\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"items\"",
              "columns = [\"customer\"]");

  @BeforeAll
  static void tables() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE me (shard int)",
              "INSERT INTO me VALUES (" + shard + ")",
              "CREATE TABLE countries (code text)",
              "INSERT INTO countries VALUES ('de'), ('fr')",
              "CREATE TABLE orders (customer bigint, id int, note text) PARTITION BY HASH"
                  + " (customer)",
              "CREATE TABLE orders_here PARTITION OF orders FOR VALUES WITH (MODULUS 3, REMAINDER "
                  + shard
                  + ")",
              "CREATE TABLE items (customer bigint, order_id int, what text)");
    }
  }

  /** Customers on the shards 0, 1 and 2 are, among others, 2, 3 and 1. */
  private static int shardOf(long customer) {
    return Integer.parseInt(
        PROXY.valueOnServer(
            "SELECT r FROM generate_series(0, 2) r WHERE satisfies_hash_partition("
                + "'orders'::regclass, 3, r, "
                + customer
                + "::bigint)"));
  }

  private static @Nullable String here(Connection connection) throws SQLException {
    return value(connection, "SELECT current_database()");
  }

  // ---- chosen by the client ------------------------------------------------------------------

  @Test
  void a_client_chooses_its_shard_as_with_pgcat() throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      assertThat(value(connection, "SHOW SHARD")).isEqualTo("unset");
      for (int shard = 0; shard < SHARDS; shard++) {
        run(connection, "SET SHARD TO '" + shard + "'");

        assertThat(here(connection)).isEqualTo(PROXY.shardDatabase(shard));
        assertThat(value(connection, "SHOW SHARD")).isEqualTo(String.valueOf(shard));
      }
      run(connection, "SET SHARD TO DEFAULT");
      assertThat(value(connection, "SHOW SHARD")).isEqualTo("unset");
    }
  }

  @Test
  void a_client_chooses_its_shard_in_the_extended_protocol_too() throws Exception {
    try (Connection connection = PROXY.connect()) {
      for (int shard = 0; shard < SHARDS; shard++) {
        run(connection, "SET SHARD TO " + shard);

        assertThat(here(connection)).isEqualTo(PROXY.shardDatabase(shard));
        assertThat(value(connection, "SHOW SHARD")).isEqualTo(String.valueOf(shard));
      }
    }
  }

  @Test
  void a_client_names_a_key_and_is_on_its_shard() throws Exception {
    try (Connection connection = PROXY.connect()) {
      for (int customer = 0; customer < 20; customer++) {
        run(connection, "SET SHARDING KEY TO '" + customer + "'");

        assertThat(here(connection)).isEqualTo(PROXY.shardDatabase(shardOf(customer)));
      }
    }
  }

  @Test
  void a_shard_that_is_not_there_is_an_error_and_changes_nothing() throws Exception {
    try (Connection connection = PROXY.connect()) {
      run(connection, "SET SHARD TO 2");

      assertThatThrownBy(() -> run(connection, "SET SHARD TO 3"))
          .hasMessageContaining("shard 3 is not configured")
          .hasMessageContaining("staying on shard 2");
      assertThat(here(connection)).isEqualTo(PROXY.shardDatabase(2));
    }
  }

  @Test
  void a_comment_chooses_for_its_statement_alone() throws Exception {
    try (Connection connection = PROXY.connect()) {
      assertThat(value(connection, "/* shard_id: 2 */ SELECT current_database()"))
          .isEqualTo(PROXY.shardDatabase(2));
      assertThat(value(connection, "/* sharding_key: 3 */ SELECT current_database()"))
          .isEqualTo(PROXY.shardDatabase(shardOf(3)));
      assertThat(here(connection)).isEqualTo(PROXY.shardDatabase(0));
      assertThatThrownBy(() -> value(connection, "/* shard_id: 9 */ SELECT 1"))
          .hasMessageContaining("names shard 9");
    }
  }

  // ---- by keys -------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
  void rows_are_found_where_they_were_put_in_each_way_of_a_driver(String mode) throws Exception {
    int base = 1000 * mode.length();
    try (Connection connection =
            PROXY.connect(
                "preferQueryMode", mode, "prepareThreshold", "2", "binaryTransfer", "true");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO orders (id, customer, note) VALUES (?, ?, ?)");
        PreparedStatement select =
            connection.prepareStatement("SELECT note FROM orders WHERE customer = ? AND id = ?")) {
      for (int i = 0; i < 30; i++) {
        insert.setInt(1, i);
        insert.setLong(2, base + i);
        insert.setString(3, "n" + i);
        assertThat(insert.executeUpdate()).isEqualTo(1);
      }
      for (int i = 29; i >= 0; i--) {
        select.setLong(1, base + i);
        select.setInt(2, i);
        try (ResultSet row = select.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isEqualTo("n" + i);
        }
      }
    }
  }

  @Test
  void a_transaction_begins_where_its_first_statement_goes() throws Exception {
    try (Connection connection = PROXY.connect()) {
      connection.setAutoCommit(false);
      for (int customer = 1; customer < 10; customer++) {
        try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO orders (customer, id) VALUES (?, 77)")) {
          insert.setLong(1, 5_000 + customer);
          assertThat(insert.executeUpdate()).isEqualTo(1);
        }
        assertThat(here(connection)).isEqualTo(PROXY.shardDatabase(shardOf(5_000 + customer)));
        connection.commit();
      }
    }
  }

  @Test
  void without_a_log_of_decisions_a_transaction_may_write_on_one_shard_only() throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      run(connection, "BEGIN", "INSERT INTO orders (customer, id) VALUES (1, 99)");
      assertThat(value(connection, "SELECT count(*) FROM orders WHERE customer = 2")).isNotNull();
      run(connection, "COMMIT");
      run(connection, "BEGIN");
      for (int customer = 0; customer < 9; customer++) {
        run(connection, "INSERT INTO orders (customer, id) VALUES (" + customer + ", 98)");
      }

      assertThatThrownBy(() -> run(connection, "COMMIT"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("two_phase_commit_dir")
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("0A000");
      assertThat(value(connection, "SELECT count(*) FROM orders WHERE id = 98")).isEqualTo("0");
      assertThat(value(connection, "SELECT count(*) FROM orders WHERE customer = 1 AND id = 99"))
          .isEqualTo("1");
      run(connection, "DELETE FROM orders WHERE customer = 1 AND id = 99");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM orders WHERE customer = 4",
        "SELECT count(*) FROM orders o WHERE (o.customer = 4) AND o.id > 0",
        "SELECT count(*) FROM orders WHERE 4 = customer",
        "SELECT count(*) FROM orders WHERE customer = '4'",
        "SELECT count(*) FROM orders WHERE customer = CAST('4' AS bigint)",
        "SELECT count(*) FROM orders WHERE customer = 4::int8",
        "SELECT count(*) FROM public.orders WHERE public.orders.customer = 4",
        "SELECT count(*) FROM orders o JOIN items i USING (customer) WHERE i.customer = 4",
        "SELECT count(*) FROM orders o LEFT JOIN items i ON i.customer = o.customer"
            + " WHERE o.customer = 4",
        "SELECT count(*) FROM orders, countries WHERE customer = 4 AND note = code",
        "WITH mine AS (SELECT * FROM orders WHERE customer = 4) SELECT count(*) FROM mine",
        "SELECT count(*) FROM (SELECT * FROM orders WHERE customer = 4 OFFSET 0) sub",
        "SELECT count(*) FROM orders o WHERE o.customer = 4 AND EXISTS"
            + " (SELECT 1 FROM items i WHERE i.customer = o.customer)",
        "SELECT id FROM orders WHERE customer = 4 UNION ALL SELECT order_id FROM items"
            + " WHERE customer = 4",
        "EXPLAIN SELECT * FROM orders WHERE customer = 4",
        "UPDATE orders SET note = 'x' WHERE customer = 4 AND id = 1",
        "DELETE FROM orders WHERE customer = 4 AND id = -1",
        "INSERT INTO orders (customer, id) VALUES (4, -1), (4, -1)",
        "INSERT INTO items (customer, order_id) VALUES (4, 1) RETURNING what",
      })
  void statements_whose_rows_are_on_one_shard_run_there(String sql) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      connection.setAutoCommit(true);
      run(connection, "BEGIN", sql);

      assertThat(here(connection)).isEqualTo(PROXY.shardDatabase(shardOf(4)));
      run(connection, "ROLLBACK");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE orders SET note = 'x'",
        "DELETE FROM orders WHERE id = 1",
        "INSERT INTO orders (id) VALUES (1)",
        "INSERT INTO orders VALUES (1, 1, 'x')",
        "INSERT INTO orders (customer, id) VALUES (1, 1), (2, 1)",
        "INSERT INTO countries VALUES ('it')",
        "SELECT * FROM me",
        "CREATE TABLE x (y int)",
        "TRUNCATE orders",
      })
  void what_is_not_proven_is_refused(String sql) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      assertThatThrownBy(() -> run(connection, sql))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("0A000");
      assertThat(value(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void a_null_key_is_no_place_for_a_row() throws Exception {
    try (Connection connection = PROXY.connect();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO orders (customer, id) VALUES (?, 1)")) {
      insert.setNull(1, java.sql.Types.BIGINT);

      assertThatThrownBy(insert::executeUpdate)
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("23502");
      insert.setLong(1, 8);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
  }
}
