package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.describePortal;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of several shards that are fetched in parts: cursors of SQL, and portals. */
class ShardCursorsIT {
  private static final int SHARDS = 3;
  private static final int ROWS = 3000;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(3)
          .shards(SHARDS)
          .pool("automatic_sharding_key = \"events.id\"", "max_merge_memory = 200000");

  @BeforeAll
  static void tables() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE events (id bigint, n int, pad text) PARTITION BY HASH (id)",
              "CREATE TABLE events_here PARTITION OF events FOR VALUES WITH (MODULUS 3, REMAINDER "
                  + shard
                  + ")",
              "INSERT INTO events SELECT i, %d - i, repeat('x', 100) FROM generate_series(1, %d) i"
                      .formatted(ROWS, ROWS)
                  + " WHERE satisfies_hash_partition('events'::regclass, 3, %d, i::bigint)"
                      .formatted(shard));
    }
  }

  private static String state(Throwable thrown) {
    return String.valueOf(((SQLException) thrown).getSQLState());
  }

  private static List<Long> ids(Statement statement, String sql) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  private static List<Long> upTo(long last) {
    return java.util.stream.LongStream.rangeClosed(1, last).boxed().toList();
  }

  /** Far more than max_merge_memory, in order and without one: nothing is kept but a round. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, pad FROM events ORDER BY id",
        "SELECT id, pad FROM events",
        "SELECT id, n, pad FROM events WHERE id > 0 ORDER BY n DESC LIMIT 2500"
      })
  void a_fetch_size_gives_all_rows_in_bounded_memory(String sql) throws Exception {
    for (int size : new int[] {1, 7, 1000, 5000}) {
      if (size == 1 && sql.contains("LIMIT")) {
        continue;
      }
      try (Connection connection = PROXY.connect()) {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
          statement.setFetchSize(size);
          List<Long> ids = new ArrayList<>(ids(statement, sql));
          if (!sql.contains("ORDER")) {
            ids.sort(Comparator.naturalOrder());
          }
          assertThat(ids).isEqualTo(upTo(sql.contains("LIMIT") ? 2500 : ROWS));
        }
        connection.commit();
      }
    }
  }

  @Test
  void a_result_that_one_server_makes_is_fetched_in_parts_too() throws Exception {
    try (Connection connection = PROXY.connect()) {
      connection.setAutoCommit(false);
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT id % 10 AS g, count(*) FROM events WHERE id > ? GROUP BY 1 ORDER BY 1")) {
        statement.setFetchSize(3);
        for (int run = 0; run < 7; run++) {
          statement.setLong(1, run);
          try (ResultSet rows = statement.executeQuery()) {
            int count = 0;
            while (rows.next()) {
              assertThat(rows.getLong(1)).isEqualTo(count);
              count++;
            }
            assertThat(count).isEqualTo(10);
          }
        }
      }
      connection.commit();
    }
  }

  /** Two are open at once, with other statements on other shards between their parts. */
  @Test
  void portals_stay_where_they_are_while_the_transaction_goes_on_elsewhere() throws Exception {
    try (Connection connection = PROXY.connect()) {
      connection.setAutoCommit(false);
      try (Statement all = connection.createStatement();
          Statement one = connection.createStatement()) {
        all.setFetchSize(100);
        one.setFetchSize(100);
        try (ResultSet rows = all.executeQuery("SELECT id FROM events ORDER BY id");
            ResultSet desc = one.executeQuery("SELECT id FROM events ORDER BY id DESC")) {
          for (int i = 1; i <= ROWS; i++) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getLong(1)).isEqualTo(i);
            assertThat(desc.next()).isTrue();
            assertThat(desc.getLong(1)).isEqualTo(ROWS + 1 - i);
            if (i % 250 == 0) {
              assertThat(value(connection, "SELECT n FROM events WHERE id = " + i))
                  .isEqualTo(String.valueOf(ROWS - i));
              assertThat(value(connection, "SELECT count(*) FROM events WHERE id IN (1, 2)"))
                  .isEqualTo("2");
            }
          }
        }
      }
      connection.commit();
    }
  }

  @Test
  void execute_with_a_limit_suspends_as_postgres_does() {
    try (RawConnection client = PROXY.raw()) {
      client.send(
          query("BEGIN"),
          parse("", "SELECT id FROM events WHERE id < 8 ORDER BY id"),
          bind("p", ""),
          describePortal("p"),
          execute("p", 3),
          execute("p", 4),
          execute("p", 1),
          execute("p", 0),
          sync(),
          query("COMMIT"));

      assertThat(client.shapes(3))
          .containsExactly(
              "C:BEGIN",
              "Z:T",
              "1",
              "2",
              "T",
              "D",
              "D",
              "D",
              "s",
              "D",
              "D",
              "D",
              "D",
              "s",
              "C:SELECT 0",
              "C:SELECT 0",
              "Z:T",
              "C:COMMIT",
              "Z:I");
    }
  }

  /** What is behind a suspended portal in the batch is answered in its turn. */
  @Test
  void a_batch_goes_on_behind_a_suspended_portal() {
    try (RawConnection client = PROXY.raw()) {
      client.send(
          parse("", "SELECT id FROM events WHERE id < 8"),
          bind("", ""),
          execute("", 2),
          parse("", "SELECT count(*) FROM events"),
          bind("", ""),
          execute("", 0),
          parse("", "SELECT n % 2, count(*) FROM events GROUP BY 1 ORDER BY 1"),
          bind("q", ""),
          execute("q", 1),
          execute("q", 0),
          sync());

      assertThat(client.shapes(1))
          .containsExactly(
              "1",
              "2",
              "D",
              "D",
              "s",
              "1",
              "2",
              "D",
              "C:SELECT 1",
              "1",
              "2",
              "D",
              "s",
              "D",
              "C:SELECT 1",
              "Z:I");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_cursor_goes_forward_over_all_shards(String mode) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      run(connection, "DECLARE c CURSOR FOR SELECT id, n FROM events ORDER BY id");
      assertThat(ids(statement, "FETCH c")).isEqualTo(List.of(1L));
      assertThat(ids(statement, "FETCH FORWARD 3 FROM c")).isEqualTo(List.of(2L, 3L, 4L));
      assertThat(statement.executeUpdate("MOVE 10 IN c")).isEqualTo(10);
      assertThat(value(connection, "SELECT n FROM events WHERE id = 1")).isEqualTo("2999");
      assertThat(ids(statement, "FETCH NEXT FROM \"c\"")).isEqualTo(List.of(15L));
      assertThat(ids(statement, "FETCH 2000 FROM c")).hasSize(2000).startsWith(16L);
      assertThat(ids(statement, "FETCH ALL FROM c")).hasSize(ROWS - 2015).endsWith((long) ROWS);
      assertThat(ids(statement, "FETCH ALL FROM c")).isEmpty();
      run(connection, "CLOSE c");
      connection.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_cursor_that_scrolls_or_groups_is_on_one_server(String mode) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      run(
          connection,
          "DECLARE s SCROLL CURSOR FOR SELECT id FROM events WHERE id <= 100 ORDER BY id");
      run(connection, "DECLARE g CURSOR FOR SELECT id % 5, count(*) FROM events GROUP BY 1");
      assertThat(ids(statement, "FETCH LAST FROM s")).isEqualTo(List.of(100L));
      assertThat(ids(statement, "FETCH BACKWARD 2 FROM s")).isEqualTo(List.of(99L, 98L));
      assertThat(ids(statement, "FETCH ALL FROM g")).hasSize(5);
      assertThat(ids(statement, "FETCH ABSOLUTE 3 FROM s")).isEqualTo(List.of(3L));
      run(connection, "CLOSE g");
      connection.commit();
    }
  }

  /** What one server finishes has columns of the proxy's own, which nobody is told. */
  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void columns_of_a_cursor_are_called_as_its_query_calls_them(String mode) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", mode);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      run(
          connection,
          "DECLARE s SCROLL CURSOR FOR SELECT id, n AS \"N \"\"ü\"\"\", n AS id FROM events ORDER BY n");
      run(
          connection,
          "DECLARE g CURSOR FOR SELECT id % 5, count(*), sum(n) AS s FROM events GROUP BY 1");
      assertThat(columns(statement, "FETCH LAST FROM s")).containsExactly("id", "N \"ü\"", "id");
      assertThat(ids(statement, "FETCH BACKWARD 2 FROM s")).isEqualTo(List.of(2L, 3L));
      assertThat(columns(statement, "FETCH 1 FROM g")).containsExactly("?column?", "count", "s");
      connection.commit();
    }
  }

  private static List<String> columns(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        names.add(rows.getMetaData().getColumnName(i));
      }
      return names;
    }
  }

  @Test
  void a_cursor_with_hold_outlives_its_transaction() throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple");
        Statement statement = connection.createStatement()) {
      run(connection, "BEGIN");
      run(connection, "DECLARE h CURSOR WITH HOLD FOR SELECT id FROM events ORDER BY id");
      assertThat(ids(statement, "FETCH 2 FROM h")).isEqualTo(List.of(1L, 2L));
      run(connection, "COMMIT");
      assertThat(ids(statement, "FETCH 2 FROM h")).isEqualTo(List.of(3L, 4L));
      assertThat(value(connection, "SELECT n FROM events WHERE id = 2")).isEqualTo("2998");
      assertThat(ids(statement, "FETCH 2 FROM h")).isEqualTo(List.of(5L, 6L));
      run(connection, "CLOSE h");
      assertThat(value(connection, "SELECT count(*) FROM events")).isEqualTo("" + ROWS);
    }
  }

  /** One server had all of the rows of the first, and nobody says that it has ended. */
  @ParameterizedTest
  @ValueSource(strings = {"ROLLBACK TO s", "CLOSE ALL"})
  void a_cursor_is_looked_for_where_the_last_of_its_name_was_declared(String end) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple");
        Statement statement = connection.createStatement()) {
      for (long id = 1; id <= 8; id++) {
        run(connection, "BEGIN");
        run(connection, "SAVEPOINT s");
        run(connection, "DECLARE c CURSOR FOR SELECT n % 5, count(*) FROM events GROUP BY 1");
        assertThat(ids(statement, "FETCH 2 FROM c")).hasSize(2);
        run(connection, end);
        run(connection, "DECLARE c CURSOR FOR SELECT id FROM events WHERE id = " + id);
        assertThat(ids(statement, "FETCH ALL FROM c")).isEqualTo(List.of(id));
        run(connection, "COMMIT");
      }
    }
  }

  @Test
  void what_a_cursor_cannot_do_is_told() throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      for (String bad : new String[] {"FETCH PRIOR FROM c", "FETCH -1 FROM c", "MOVE LAST IN c"}) {
        run(connection, "BEGIN");
        run(connection, "DECLARE c CURSOR FOR SELECT id FROM events ORDER BY id");
        assertThatThrownBy(() -> run(connection, bad))
            .as(bad)
            .extracting(ShardCursorsIT::state)
            .isEqualTo("0A000");
        run(connection, "ROLLBACK");
      }
      run(connection, "BEGIN");
      run(connection, "SAVEPOINT s");
      run(connection, "DECLARE c CURSOR FOR SELECT id FROM events ORDER BY id");
      run(connection, "FETCH 1 FROM c");
      run(connection, "ROLLBACK TO s");
      assertThatThrownBy(() -> run(connection, "FETCH 1 FROM c"))
          .extracting(ShardCursorsIT::state)
          .isEqualTo("34000");
      run(connection, "ROLLBACK");
      assertThatThrownBy(() -> run(connection, "FETCH 1 FROM c"))
          .extracting(ShardCursorsIT::state)
          .isEqualTo("34000");
    }
  }

  @Test
  void a_failing_shard_ends_a_fetch_and_the_transaction() throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple");
        Statement statement = connection.createStatement()) {
      run(connection, "BEGIN");
      run(connection, "DECLARE c CURSOR FOR SELECT id, 1 / (id - 500) FROM events");
      assertThat(ids(statement, "FETCH 3 FROM c")).hasSize(3);
      assertThatThrownBy(() -> ids(statement, "FETCH ALL FROM c"))
          .extracting(ShardCursorsIT::state)
          .isEqualTo("22012");
      assertThatThrownBy(() -> value(connection, "SELECT n FROM events WHERE id = 1"))
          .extracting(ShardCursorsIT::state)
          .isEqualTo("25P02");
      run(connection, "ROLLBACK");
      assertThat(value(connection, "SELECT count(*) FROM events")).isEqualTo("" + ROWS);
    }
  }

  /** A Close that was skipped behind an error has closed nothing. */
  @Test
  void a_portal_is_there_until_its_close_is_executed() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("BEGIN");
      client.send(
          parse("", "SELECT id FROM events ORDER BY id"), bind("p", ""), execute("p", 2), sync());
      assertThat(client.shapes(1)).containsExactly("1", "2", "D", "D", "s", "Z:T");
      client.ask("SAVEPOINT s");
      client.send(
          parse("", "SELECT nothing FROM events WHERE id = 1"),
          RawConnection.closePortal("p"),
          sync());
      assertThat(client.shapes(1)).last().isEqualTo("Z:E");
      client.ask("ROLLBACK TO s");

      client.send(execute("p", 1), sync());
      assertThat(client.untilReady().getFirst().tag()).isEqualTo('D');
      client.send(RawConnection.closePortal("p"), sync());
      assertThat(client.shapes(1)).containsExactly("3", "Z:T");
      client.send(execute("p", 1), sync());
      assertThat(client.shapes(1)).containsExactly("E:ERROR:34000", "Z:E");
    }
  }

  /** A portal that is closed and bound anew in one batch is the new one. */
  @Test
  void a_name_may_be_used_again_in_the_batch_that_closes_it() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("BEGIN");
      client.send(
          parse("s", "SELECT id FROM events ORDER BY id"), bind("p", "s"), execute("p", 1), sync());
      client.untilReady();
      client.send(RawConnection.closePortal("p"), bind("p", "s"), execute("p", 1), sync());
      assertThat(client.shapes(1)).containsExactly("3", "2", "D", "s", "Z:T");
      client.send(execute("p", 2), sync());
      assertThat(client.shapes(1)).containsExactly("D", "D", "s", "Z:T");
    }
  }

  /** Far more behind a statement that takes steps than is kept for its turn. */
  @Test
  void a_client_that_does_not_wait_gets_all_answers_in_order() throws Exception {
    try (RawConnection client = PROXY.raw()) {
      byte[] counts = query("SELECT n % 2, count(*) FROM events GROUP BY 1 ORDER BY 1");
      byte[] large = query("SELECT length('" + "x".repeat(200_000) + "')");
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 20; i++) {
                  client.send(counts, large);
                }
              });
      for (int i = 0; i < 20; i++) {
        assertThat(client.shapes(1)).containsExactly("T", "D", "D", "C:SELECT 2", "Z:I");
        assertThat(client.shapes(1)).containsExactly("T", "D", "C:SELECT 1", "Z:I");
      }
      writer.join();
    }
  }
}
