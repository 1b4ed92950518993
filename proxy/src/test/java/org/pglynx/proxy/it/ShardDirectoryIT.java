package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.copyData;
import static org.pglynx.proxy.it.RawConnection.copyDone;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Tables whose keys are looked up in a table that says where each lives. */
class ShardDirectoryIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool(
              "[[pools.app.sharded_tables]]",
              "name = \"orders\"",
              "columns = [\"tenant\"]",
              "types = [\"text\"]",
              "directory = {table = \"tenants\", key = \"name\", on = 1, max_age = 200}",
              "[[pools.app.sharded_tables]]",
              "name = \"bills\"",
              "columns = [\"tenant\"]",
              "types = [\"text\"]",
              "directory = {table = \"tenants\", key = \"name\", on = 1, max_age = 200}",
              "[[pools.app.sharded_tables]]",
              "name = \"devices\"",
              "columns = [\"id\"]",
              "directory = {table = \"public.places\"}");

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE orders (id int, tenant text, amount int)",
              "CREATE TABLE bills (tenant text, total int)",
              "CREATE TABLE devices (id bigint, note text)");
    }
    on(1, "CREATE TABLE tenants (name text, shard int)");
    on(0, "CREATE TABLE places (id bigint PRIMARY KEY, shard int)");
    on(0, "INSERT INTO places SELECT i, i % 3 FROM generate_series(0, 999) i");
  }

  @BeforeEach
  void empty() {
    for (int shard = 0; shard < SHARDS; shard++) {
      on(shard, "TRUNCATE orders, bills, devices");
    }
    on(1, "TRUNCATE tenants");
  }

  private static void on(int shard, String sql) {
    PROXY.postgres().execute(PROXY.shardDatabase(shard), sql);
  }

  private static String there(int shard, String sql) {
    return PROXY.postgres().value(PROXY.shardDatabase(shard), sql);
  }

  private static List<String> counts(String table) {
    return List.of(
        there(0, "SELECT count(*) FROM " + table),
        there(1, "SELECT count(*) FROM " + table),
        there(2, "SELECT count(*) FROM " + table));
  }

  private static String tenant(String name, int shard) {
    on(1, "INSERT INTO tenants VALUES ('" + name.replace("'", "''") + "', " + shard + ")");
    return name;
  }

  @Test
  void rows_are_where_the_directory_says_and_are_found_there() throws SQLException {
    tenant("dire-a", 2);
    tenant("dire-b", 0);
    try (Connection client = PROXY.connect()) {
      // when
      run(
          client,
          "INSERT INTO orders (id, tenant, amount) VALUES (1, 'dire-a', 10)",
          "INSERT INTO orders (id, tenant, amount) VALUES (2, 'dire-b', 20), (3, 'dire-a', 30)",
          "UPDATE orders SET amount = amount + 1 WHERE tenant = 'dire-b'",
          "INSERT INTO bills (tenant, total) SELECT tenant, amount FROM orders WHERE id < 3");

      // then
      assertThat(counts("orders")).containsExactly("1", "0", "2");
      assertThat(counts("bills")).containsExactly("1", "0", "1");
      assertThat(value(client, "SELECT sum(amount) FROM orders WHERE tenant = 'dire-a'"))
          .isEqualTo("40");
      assertThat(
              value(client, "SELECT sum(amount) FROM orders WHERE tenant IN ('dire-a', 'dire-b')"))
          .isEqualTo("61");
      assertThat(
              value(
                  client,
                  "SELECT string_agg(b.total::text, ',' ORDER BY b.total) FROM orders o"
                      + " JOIN bills b ON b.tenant = o.tenant WHERE o.id < 3"))
          .isEqualTo("10,21");
      run(client, "DELETE FROM orders WHERE tenant = 'dire-a'");
      assertThat(counts("orders")).containsExactly("1", "0", "0");
    }
  }

  @Test
  void a_key_without_a_place_is_an_error_until_it_has_one_and_is_seen_then_at_once()
      throws SQLException {
    try (Connection client = PROXY.connect()) {
      for (int i = 0; i < 20; i++) {
        String name = "late-" + i;
        String insert = "INSERT INTO orders (id, tenant) VALUES (1, '" + name + "')";
        // when there is no row for it
        assertThatThrownBy(() -> run(client, insert))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23514"));
        assertThat(value(client, "SELECT count(*) FROM orders WHERE tenant = '" + name + "'"))
            .isEqualTo("0");

        // when there is one, written through the proxy, where the directory is a table of its shard
        run(client, "INSERT INTO tenants VALUES ('" + name + "', " + i % SHARDS + ")", insert);

        // then
        assertThat(there(i % SHARDS, "SELECT count(*) FROM orders WHERE tenant = '" + name + "'"))
            .isEqualTo("1");
      }
    }
  }

  @Test
  void a_changed_place_is_seen_within_the_age_that_is_configured() throws SQLException {
    tenant("moves", 0);
    try (Connection client = PROXY.connect()) {
      run(client, "INSERT INTO orders (id, tenant) VALUES (1, 'moves')");

      // when
      on(1, "UPDATE tenants SET shard = 2 WHERE name = 'moves'");
      on(2, "INSERT INTO orders VALUES (2, 'moves', 5)");
      on(0, "DELETE FROM orders WHERE tenant = 'moves'");

      // then
      Eventually.equal(() -> found(client), "2");
    }
  }

  private static String found(Connection client) {
    try {
      return String.valueOf(value(client, "SELECT max(id) FROM orders WHERE tenant = 'moves'"));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void keys_of_parameters_in_both_formats_are_looked_up_for_each_execution() throws SQLException {
    for (String threshold : List.of("-1", "0")) {
      try (Connection client = PROXY.connect("prepareThreshold", threshold);
          PreparedStatement insert =
              client.prepareStatement("INSERT INTO devices (id, note) VALUES (?, ?)");
          PreparedStatement find =
              client.prepareStatement("SELECT note FROM devices WHERE id = ?")) {
        for (int i = 0; i < 30; i++) {
          insert.setLong(1, i);
          insert.setString(2, "n" + i);
          assertThat(insert.executeUpdate()).isOne();
          find.setLong(1, i);
          try (ResultSet row = find.executeQuery()) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("n" + i);
          }
        }
        assertThat(counts("devices")).containsExactly("10", "10", "10");
      }
      empty();
    }
  }

  @Test
  void a_batch_and_a_transaction_wait_for_their_keys() throws SQLException {
    try (Connection client = PROXY.connect();
        PreparedStatement insert =
            client.prepareStatement("INSERT INTO devices (id, note) VALUES (?, 'b')")) {
      // when
      client.setAutoCommit(false);
      for (int i = 500; i < 560; i++) {
        insert.setLong(1, i);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(60);
      run(client, "UPDATE devices SET note = 'c' WHERE id = ANY ('{500,501,502}')");
      client.commit();

      // then
      assertThat(counts("devices")).containsExactly("20", "20", "20");
      assertThat(value(client, "SELECT count(*) FROM devices WHERE note = 'c'")).isEqualTo("3");
    }
  }

  @Test
  void pipelined_messages_wait_in_their_order() {
    tenant("pipe", 1);
    try (RawConnection client = PROXY.raw()) {
      client.send(
          parse("", "INSERT INTO orders (id, tenant) VALUES ($1, $2)", 23, 25),
          bind("", "", "1", "pipe"),
          execute("", 0),
          bind("", "", "2", "nowhere-at-all"),
          execute("", 0),
          bind("", "", "3", "pipe"),
          execute("", 0),
          sync());
      List<RawConnection.Message> replies = client.untilReady();

      assertThat(replies.stream().filter(each -> each.tag() == 'E').map(each -> each.field('C')))
          .containsExactly("23514");
      assertThat(client.value("SELECT count(*) FROM orders")).isEqualTo("0");
      client.send(query("INSERT INTO orders (id, tenant) VALUES (4, 'pipe')"));
      client.untilReady();
      assertThat(counts("orders")).containsExactly("0", "1", "0");
    }
  }

  /** A text that would end a literal, whatever the settings of the connection are. */
  @ParameterizedTest
  @ValueSource(strings = {"it's", "\\'; DROP TABLE tenants; --", "Zoë 漢", "", " blank "})
  void any_text_may_be_a_key(String name) throws SQLException {
    tenant(name, 2);
    try (Connection client = PROXY.connect();
        PreparedStatement insert =
            client.prepareStatement("INSERT INTO orders (id, tenant) VALUES (1, ?)")) {
      insert.setString(1, name);
      insert.executeUpdate();
      assertThat(counts("orders")).containsExactly("0", "0", "1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY devices FROM STDIN",
        "COPY devices (note, id) FROM STDIN (FORMAT csv)",
      })
  void copied_rows_go_where_the_directory_says(String sql) throws SQLException, IOException {
    StringBuilder data = new StringBuilder();
    boolean csv = sql.contains("csv");
    for (int i = 0; i < 999; i++) {
      data.append(csv ? "n," + i : i + "\tn").append('\n');
    }
    try (Connection client = PROXY.connect()) {
      assertThat(copy(client, sql, data.toString())).isEqualTo(999);
      assertThat(counts("devices")).containsExactly("333", "333", "333");
      assertThat(there(2, "SELECT count(*) FROM devices WHERE id % 3 <> 2")).isEqualTo("0");

      // when one row has no place
      assertThatThrownBy(() -> copy(client, sql, data + (csv ? "n,4000\n" : "4000\tn\n")))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23514"));
      assertThat(counts("devices")).containsExactly("333", "333", "333");
    }
  }

  private static long copy(Connection client, String sql, String data)
      throws SQLException, IOException {
    return client
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(sql, new ByteArrayInputStream(data.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void a_copy_sees_the_places_that_its_own_transaction_has_written() {
    try (RawConnection client = PROXY.raw()) {
      client.send(query("BEGIN"));
      client.untilReady();
      client.send(query("INSERT INTO tenants VALUES ('own', 2)"));
      client.untilReady();
      client.send(query("COPY orders (id, tenant) FROM STDIN"));
      client.until('G');
      client.send(copyData("7\town\n"), copyDone());
      client.untilReady();
      client.send(query("COMMIT"));
      client.untilReady();

      assertThat(counts("orders")).containsExactly("0", "0", "1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "-1", "NULL"})
  void a_place_that_is_none_is_an_error(String shard) throws SQLException {
    on(1, "INSERT INTO tenants VALUES ('broken', " + shard + ")");
    try (Connection client = PROXY.connect()) {
      assertThatThrownBy(() -> value(client, "SELECT id FROM orders WHERE tenant = 'broken'"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55000"));
      assertThat(value(client, "SELECT count(*) FROM orders")).isEqualTo("0");
    }
  }

  @Test
  void a_key_with_two_places_is_an_error() throws SQLException {
    tenant("twice", 0);
    tenant("twice", 1);
    try (Connection client = PROXY.connect()) {
      assertThatThrownBy(() -> run(client, "DELETE FROM orders WHERE tenant = 'twice'"))
          .hasMessageContaining("has two shards for the key (twice)");
    }
  }

  @Test
  void what_would_have_to_guess_is_refused() {
    try (RawConnection client = PROXY.raw()) {
      for (String sql :
          List.of(
              "SET SHARDING KEY TO '5'", "UPDATE orders SET tenant = tenant || 'x' WHERE id = 1")) {
        assertThat(client.ask(sql)).as(sql).contains("E:ERROR:0A000");
      }
    }
  }

  @Test
  void an_update_of_the_key_moves_the_row_to_the_place_of_the_new_one() throws SQLException {
    tenant("before", 0);
    tenant("after", 2);
    try (Connection client = PROXY.connect()) {
      run(
          client,
          "INSERT INTO orders (id, tenant) VALUES (1, 'before')",
          "UPDATE orders SET tenant = 'after' WHERE id = 1");

      assertThat(counts("orders")).containsExactly("0", "0", "1");
    }
  }

  @Test
  void a_directory_that_cannot_be_read_is_an_error_and_the_session_goes_on() throws SQLException {
    tenant("here", 0);
    try (Connection client = PROXY.connect()) {
      on(1, "ALTER TABLE tenants RENAME TO gone");
      try {
        assertThatThrownBy(() -> value(client, "SELECT id FROM orders WHERE tenant = 'here'"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
      } finally {
        on(1, "ALTER TABLE gone RENAME TO tenants");
      }
      run(client, "INSERT INTO orders (id, tenant) VALUES (1, 'here')");
      assertThat(counts("orders")).containsExactly("1", "0", "0");
    }
  }

  @Test
  void more_keys_than_are_looked_up_for_one_statement_are_refused() throws SQLException {
    try (Connection client = PROXY.connect();
        PreparedStatement find =
            client.prepareStatement("SELECT count(*) FROM devices WHERE id = ANY (?)")) {
      Long[] keys = java.util.stream.LongStream.range(0, 250_000).boxed().toArray(Long[]::new);
      find.setArray(1, client.createArrayOf("bigint", keys));

      assertThatThrownBy(find::executeQuery)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("54000"));
      assertThat(value(client, "SELECT count(*) FROM devices")).isEqualTo("0");
    }
  }

  @Test
  void a_row_of_the_directory_without_a_key_does_not_concern_a_copy()
      throws SQLException, IOException {
    tenant("copied", 2);
    on(1, "INSERT INTO tenants VALUES (NULL, 0)");
    try (Connection client = PROXY.connect()) {
      assertThat(copy(client, "COPY orders (id, tenant) FROM STDIN", "1\tcopied\n")).isOne();
      assertThat(counts("orders")).containsExactly("0", "0", "1");
    }
  }

  @Test
  void a_cancel_request_ends_a_look_up() throws Exception {
    try (Connection locker = PROXY.postgres().connect(PROXY.shardDatabase(1));
        Connection client = PROXY.connect();
        java.sql.Statement find = client.createStatement()) {
      locker.setAutoCommit(false);
      run(locker, "LOCK TABLE tenants");
      var failed =
          java.util.concurrent.CompletableFuture.supplyAsync(() -> {
            try {
              find.executeQuery("SELECT id FROM orders WHERE tenant = 'locked'");
              return "";
            } catch (SQLException e) {
              return String.valueOf(e.getSQLState());
            }
          });
      Eventually.equal(ShardDirectoryIT::lookupsThatWait, "1");

      find.cancel();

      assertThat(failed.get(8, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("57014");
      locker.rollback();
      assertThat(value(client, "SELECT count(*) FROM orders WHERE tenant = 'locked'"))
          .isEqualTo("0");
    }
  }

  private static String lookupsThatWait() {
    return there(
        1,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND wait_event_type = 'Lock' AND query LIKE '%FROM \"tenants\"%'");
  }
}
