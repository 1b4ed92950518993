package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements on all shards at once: transactions, large results, lost servers, many clients. */
class ScatterIT {
  private static final int SHARDS = 3;
  private static final int ROWS = 60_000;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(3)
          .shards(SHARDS)
          .pool(
              "automatic_sharding_key = \"events.id\"",
              "[[pools.app.sharded_tables]]",
              "name = \"words\"",
              "columns = [\"word\"]",
              "types = [\"text\"]");

  @BeforeAll
  static void tables() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE SEQUENCE numbers",
              "CREATE FUNCTION tick() RETURNS bigint LANGUAGE sql AS $$SELECT nextval('numbers')$$",
              "CREATE TABLE words (word text) PARTITION BY HASH (word)",
              "CREATE TABLE words_here PARTITION OF words FOR VALUES WITH (MODULUS 3, REMAINDER "
                  + shard
                  + ")",
              "CREATE TABLE events (id bigint, n int, pad text)",
              "INSERT INTO events SELECT i, i * 7 % 1000, repeat('x', 100)"
                  + " FROM generate_series(1, "
                  + ROWS
                  + ") i WHERE i % 3 = "
                  + shard);
    }
  }

  @Test
  void a_transaction_reads_on_all_shards() throws Exception {
    for (String mode : new String[] {"simple", "extended"}) {
      try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
        connection.setAutoCommit(false);
        assertThat(value(connection, "SELECT count(*) FROM events"))
            .isEqualTo(String.valueOf(ROWS));
        assertThat(value(connection, "SELECT max(n) FROM events")).isEqualTo("999");
        connection.commit();
        assertThat(value(connection, "SELECT sum(n) FROM events WHERE id < 4")).isEqualTo("42");
        connection.rollback();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void what_is_to_run_once_runs_on_one_shard_of_a_transaction_on_all(String mode) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      connection.setAutoCommit(false);
      value(connection, "SELECT count(*) FROM events");

      assertThat(value(connection, "SELECT 1")).isEqualTo("1");
      int first = Integer.parseInt(String.valueOf(value(connection, "SELECT tick()")));
      assertThat(value(connection, "SELECT tick()")).isEqualTo(String.valueOf(first + 1));
      assertThat(value(connection, "SHOW work_mem")).isNotEmpty();
      run(connection, "SAVEPOINT b");
      assertThat(value(connection, "SELECT count(*) FROM events")).isEqualTo(String.valueOf(ROWS));
      connection.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SAVEPOINT a; SELECT 1", "SELECT 1; SAVEPOINT a"})
  void what_is_about_a_transaction_on_all_shards_is_a_message_of_its_own(String sql)
      throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      connection.setAutoCommit(false);
      value(connection, "SELECT count(*) FROM events");

      assertThatThrownBy(() -> run(connection, sql))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("0A000");
      assertThatThrownBy(() -> run(connection, "SAVEPOINT b"))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("25P02");
      connection.rollback();
      assertThat(value(connection, "SELECT 1")).isEqualTo("1");
    }
    try (Connection connection = PROXY.connect("preferQueryMode", "extended")) {
      connection.setAutoCommit(false);
      value(connection, "SELECT count(*) FROM events");

      // One batch of two statements.
      run(connection, sql);
      run(connection, "UPDATE events SET n = n + 1", "ROLLBACK TO SAVEPOINT a");
      assertThat(value(connection, "SELECT max(n) FROM events")).isEqualTo("999");
      connection.rollback();
    }
  }

  @Test
  void what_is_about_the_transaction_runs_on_all_its_shards() throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      connection.setAutoCommit(false);
      value(connection, "SELECT count(*) FROM events");
      run(connection, "SAVEPOINT a", "SET LOCAL work_mem = '5MB'", "ROLLBACK TO a");

      assertThat(value(connection, "SELECT count(*) FROM events")).isEqualTo(String.valueOf(ROWS));
      connection.commit();
    }
  }

  @Test
  void a_batch_does_not_run_on_all_shards_what_is_to_run_once() {
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.parse("one", "SELECT 1"), RawConnection.sync());
      client.untilReady();
      client.send(
          RawConnection.bind("", "one"),
          RawConnection.execute("", 0),
          RawConnection.parse("", "SELECT count(*) FROM events"),
          RawConnection.bind("", ""),
          RawConnection.execute("", 0),
          RawConnection.sync());

      assertThat(client.shapes(1)).first().asString().contains("0A000");
    }
  }

  @Test
  void a_text_key_is_read_only_in_an_encoding_that_is_known() {
    byte[] latin1 = {(byte) 0xE9};
    try (RawConnection client =
        RawConnection.login(
            PROXY.port(),
            Map.of("user", "postgres", "database", "app", "client_encoding", "LATIN1"))) {
      assertThat(bound(client, "INSERT INTO words (word) VALUES ($1)", latin1)).contains("0A000");
      client.ask("SET client_encoding TO 'UTF8'");
      for (int i = 0; i < 20; i++) {
        byte[] word = ("\u00E9" + i).getBytes(StandardCharsets.UTF_8);
        assertThat(bound(client, "INSERT INTO words (word) VALUES ($1)", word))
            .contains("INSERT 0 1");
      }
      client.ask("SET client_encoding TO 'LATIN1'");
      for (int i = 0; i < 20; i++) {
        byte[] word = ("\u00E9" + i).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(bound(client, "SELECT 1 FROM words WHERE word = $1", word)).contains("SELECT 1");
      }
    }
  }

  private static String bound(RawConnection client, String sql, byte[] value) {
    client.send(
        RawConnection.parse("", sql),
        RawConnection.frame(
            'B',
            RawConnection.cstring(""),
            RawConnection.cstring(""),
            RawConnection.int16(0),
            RawConnection.int16(1),
            RawConnection.int32(value.length),
            value,
            RawConnection.int16(0)),
        RawConnection.execute("", 0),
        RawConnection.sync());
    return client.shapes(1).toString();
  }

  @Test
  void a_large_result_is_merged_in_order_while_it_is_read() throws Exception {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT n, id, pad FROM events ORDER BY n DESC, id")) {
      int count = 0;
      int lastN = Integer.MAX_VALUE;
      long lastId = 0;
      while (rows.next()) {
        int n = rows.getInt(1);
        long id = rows.getLong(2);
        assertThat(n < lastN || n == lastN && id > lastId).isTrue();
        lastN = n;
        lastId = id;
        count++;
      }
      assertThat(count).isEqualTo(ROWS);
    }
  }

  /** Holds a table of one shard, so that what reads it there waits. */
  private static Connection locked(int shard) throws SQLException {
    Connection holder =
        java.sql.DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:%d/%s?ApplicationName=observer"
                .formatted(PROXY.postgres().port(), PROXY.shardDatabase(shard)),
            "postgres",
            "");
    holder.setAutoCommit(false);
    run(holder, "LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
    return holder;
  }

  @Test
  void rows_of_the_others_come_while_one_shard_is_slow() throws Exception {
    try (Connection holder = locked(2);
        RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("SELECT id FROM events"));

      assertThat(client.next().tag()).isEqualTo('T');
      // All but those of the one are about two thirds.
      for (int i = 0; i < ROWS / 2; i++) {
        assertThat(client.next().tag()).isEqualTo('D');
      }
      holder.rollback();
      assertThat(client.untilReady()).hasSize(ROWS - ROWS / 2 + 2);
    }
  }

  @Test
  void a_failing_shard_cancels_the_one_that_is_slow() throws Exception {
    try (Connection holder = locked(2);
        Connection connection = PROXY.connect("socketTimeout", "20")) {
      assertThatThrownBy(() -> value(connection, "SELECT 1 / (id - 3) FROM events"))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("22012");
      holder.rollback();
      assertThat(value(connection, "SELECT count(*) FROM events")).isEqualTo(String.valueOf(ROWS));
    }
  }

  @Test
  void a_cancel_request_ends_it_on_all_shards() throws Exception {
    try (Connection holder = locked(1);
        Connection connection = PROXY.connect("socketTimeout", "20");
        Statement statement = connection.createStatement()) {
      Thread canceller =
          Thread.ofVirtual()
              .start(() -> Eventually.equal(() -> waits(1) && cancelled(statement), true));

      assertThatThrownBy(() -> statement.executeQuery("SELECT max(n) FROM events"))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("57014");
      canceller.join();
      holder.rollback();
      assertThat(value(connection, "SELECT max(n) FROM events")).isEqualTo("999");
    }
  }

  @Test
  void a_cancel_request_reaches_each_shard() throws Exception {
    try (Connection first = locked(0);
        Connection second = locked(1);
        Connection third = locked(2);
        Connection connection = PROXY.connect("socketTimeout", "20");
        Statement statement = connection.createStatement()) {
      Thread canceller =
          Thread.ofVirtual()
              .start(() ->
                  Eventually.equal(
                      () -> waits(0) && waits(1) && waits(2) && cancelled(statement), true));

      assertThatThrownBy(() -> statement.executeQuery("SELECT id FROM events ORDER BY id LIMIT 3"))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isEqualTo("57014");
      canceller.join();
      for (int shard = 0; shard < SHARDS; shard++) {
        assertThat(waits(shard)).as("shard %d still waits for its lock", shard).isFalse();
      }
      first.rollback();
      second.rollback();
      third.rollback();
      assertThat(value(connection, "SELECT count(*) FROM events")).isEqualTo(String.valueOf(ROWS));
    }
  }

  private static boolean waits(int shard) {
    return PROXY
        .postgres()
        .value(
            "postgres",
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '"
                + PROXY.shardDatabase(shard)
                + "'")
        .equals("1");
  }

  private static boolean cancelled(Statement statement) {
    try {
      statement.cancel();
      return true;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_lost_server_fails_the_statement_and_the_session_goes_on() throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      value(connection, "SELECT count(*) FROM events");
      PROXY
          .postgres()
          .execute(
              "postgres",
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                  + PROXY.shardDatabase(2)
                  + "' AND application_name <> 'observer'");
      Eventually.equal(() -> countOrState(connection), String.valueOf(ROWS));
    }
  }

  private static String countOrState(Connection connection) {
    try {
      return String.valueOf(value(connection, "SELECT count(*) FROM events"));
    } catch (SQLException e) {
      return String.valueOf(e.getSQLState());
    }
  }

  @Test
  void many_clients_share_few_connections_without_a_deadlock() throws Exception {
    Thread[] clients = new Thread[8];
    List<SQLException> failures = new CopyOnWriteArrayList<>();
    for (int i = 0; i < clients.length; i++) {
      int number = i;
      clients[i] =
          Thread.ofVirtual()
              .start(() -> {
                try (Connection connection = PROXY.connect()) {
                  for (int turn = 0; turn < 20; turn++) {
                    String sql =
                        turn % 2 == 0
                            ? "SELECT count(*) FROM events WHERE n = 7"
                            : "SELECT n FROM events WHERE id = " + (3 * turn + number);
                    value(connection, sql);
                  }
                } catch (SQLException e) {
                  failures.add(e);
                }
              });
    }
    for (Thread client : clients) {
      client.join();
    }
    assertThat(failures).isEmpty();
  }
}
