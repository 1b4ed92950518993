package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.closePortal;
import static org.pglynx.proxy.it.RawConnection.describePortal;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries that are run on all shards and finished by one server: batches, failures, limits. */
class GatherIT {
  private static final int SHARDS = 3;
  private static final int ROWS = 300;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(3)
          .shards(SHARDS)
          .pool("automatic_sharding_key = \"events.id\"", "max_merge_memory = 30000");

  @BeforeAll
  static void tables() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE events (id bigint, n int, pad text)",
              "INSERT INTO events SELECT i, i % 7, repeat('x', 100) FROM generate_series(1, "
                  + ROWS
                  + ") i WHERE i % 3 = "
                  + shard);
    }
  }

  private static String state(Throwable thrown) {
    return String.valueOf(((SQLException) thrown).getSQLState());
  }

  @Test
  void several_of_one_batch_are_answered_in_turn() {
    try (RawConnection client = PROXY.raw()) {
      client.send(
          parse("", "SELECT n, count(*) FROM events GROUP BY n ORDER BY n LIMIT 2"),
          bind("", ""),
          describePortal(""),
          execute("", 0),
          parse("", "SELECT id FROM events WHERE id > 298"),
          bind("", ""),
          execute("", 0),
          parse("", "SELECT max(n) + 1 FROM events"),
          bind("", ""),
          execute("", 0),
          closePortal(""),
          sync(),
          query("SELECT count(DISTINCT n) FROM events WHERE id < 200"));

      assertThat(client.shapes(2))
          .containsExactly(
              "1",
              "2",
              "T",
              "D",
              "D",
              "C:SELECT 2",
              "1",
              "2",
              "D",
              "D",
              "C:SELECT 2",
              "1",
              "2",
              "D",
              "C:SELECT 1",
              "3",
              "Z:I",
              "T",
              "D",
              "C:SELECT 1",
              "Z:I");
    }
  }

  @Test
  void what_comes_behind_a_failed_step_is_skipped() {
    try (RawConnection client = PROXY.raw()) {
      for (String failing :
          List.of(
              "SELECT n, count(*) FROM events WHERE 1 / (id - 5) < 9 GROUP BY n",
              "SELECT 1 / (count(*) - 300) FROM events")) {
        client.send(
            parse("", failing),
            bind("", ""),
            execute("", 0),
            parse("", "SELECT id FROM events WHERE id > 298"),
            bind("", ""),
            execute("", 0),
            sync(),
            query("SELECT max(id) - 1 FROM events"));

        assertThat(client.shapes(2))
            .as(failing)
            .containsExactly("1", "2", "E:ERROR:22012", "Z:I", "T", "D", "C:SELECT 1", "Z:I");
      }
    }
  }

  @Test
  void what_comes_behind_an_earlier_failure_is_skipped() {
    try (RawConnection client = PROXY.raw()) {
      client.send(
          parse("", "SELECT 1 / (id - id) FROM events"),
          bind("", ""),
          execute("", 0),
          parse("", "SELECT max(n) + 1 FROM events"),
          bind("", ""),
          execute("", 0),
          sync());

      assertThat(client.shapes(1)).containsExactly("1", "2", "E:ERROR:22012", "Z:I");
      assertThat(client.value("SELECT max(n) + 1 FROM events")).isEqualTo("7");
    }
  }

  @Test
  void the_clients_unnamed_statement_stays() {
    try (RawConnection client = PROXY.raw()) {
      client.send(parse("", "SELECT sum(n) + $1 FROM events", 20), describeStatement(""), sync());
      assertThat(client.shapes(1)).containsExactly("1", "t", "T", "Z:I");
      for (int i = 0; i < 3; i++) {
        client.send(bind("", "", "1"), execute("", 0), sync());
        assertThat(client.shapes(1)).containsExactly("2", "D", "C:SELECT 1", "Z:I");
      }
    }
  }

  @Test
  void a_failed_step_fails_the_transaction_on_all_shards() throws Exception {
    for (String mode : new String[] {"simple", "extended"}) {
      try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
        connection.setAutoCommit(false);
        value(connection, "SELECT max(n) + 1 FROM events");

        assertThatThrownBy(() -> run(connection, "SELECT 1 / (count(*) - 300) FROM events"))
            .extracting(GatherIT::state)
            .isEqualTo("22012");
        assertThatThrownBy(() -> run(connection, "SELECT id FROM events"))
            .extracting(GatherIT::state)
            .isEqualTo("25P02");
        connection.rollback();
        assertThat(value(connection, "SELECT max(n) + 1 FROM events")).isEqualTo("7");
        connection.commit();
      }
    }
  }

  private static String explained(Connection connection, String sql) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        text.append(rows.getString(1)).append('\n');
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void explain_tells_of_each_shard_and_of_what_becomes_of_the_rows(String mode) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
      String merged = "SELECT id FROM events ORDER BY id LIMIT 3";
      assertThat(explained(connection, "EXPLAIN (COSTS off) " + merged))
          .startsWith("Shards: all 3\nmerged in order, 3 at most\nShard 0: " + merged + "\n  Limit")
          .contains("Shard 1: ", "Shard 2: " + merged + "\n  Limit\n    ->  Sort\n");
      assertThat(explained(connection, "EXPLAIN ANALYZE SELECT n, avg(id) FROM events GROUP BY n"))
          .contains(
              "Finished on shard 0: WITH pglynx_all", "GROUP BY 1\n  HashAggregate", "actual");
      assertThat(
              explained(connection, "EXPLAIN (FORMAT JSON) SELECT count(DISTINCT n) FROM events"))
          .startsWith("[{\"Shards\": \"all 3\"")
          .contains("\"Node Type\": \"Seq Scan\"");
      assertThat(explained(connection, "EXPLAIN (FORMAT XML) " + merged))
          .contains("<Step>merged in");
      assertThat(explained(connection, "EXPLAIN (FORMAT YAML) " + merged))
          .contains("Explain:\n        - Plan:");
      assertThat(explained(connection, "EXPLAIN DELETE FROM events")).contains("Delete on events");
      assertThat(value(connection, "SELECT count(*) FROM events")).isEqualTo(String.valueOf(ROWS));
      assertThatThrownBy(() -> explained(connection, "EXPLAIN ANALYZE DELETE FROM events"))
          .extracting(GatherIT::state)
          .isEqualTo("0A000");
      assertThatThrownBy(() -> explained(connection, "EXPLAIN (NONSENSE) " + merged))
          .extracting(GatherIT::state)
          .isEqualTo("42601");
    }
  }

  @Test
  void errors_of_the_clients_own_text_are_those_of_a_server() throws Exception {
    for (String mode : new String[] {"simple", "extended"}) {
      try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
        assertThatThrownBy(() -> run(connection, "SELECT nowhere, count(*) FROM events GROUP BY 1"))
            .hasMessageContaining("column \"nowhere\" does not exist")
            .hasMessageContaining("Position: 8")
            .extracting(GatherIT::state)
            .isEqualTo("42703");
      }
    }
  }

  @Test
  void more_than_max_merge_memory_is_an_error_that_names_it() throws Exception {
    String all = "SELECT pad, row_number() OVER (ORDER BY id) FROM events WHERE id < 200";
    for (String mode : new String[] {"simple", "extended"}) {
      try (Connection connection = PROXY.connect("preferQueryMode", mode)) {
        connection.setAutoCommit(false);
        value(connection, all);
        connection.commit();

        assertThatThrownBy(() -> value(connection, all.replace("200", "2000")))
            .hasMessageContaining("max_merge_memory")
            .extracting(GatherIT::state)
            .isEqualTo("53400");
        connection.rollback();
        assertThat(value(connection, "SELECT max(n) + 1 FROM events")).isEqualTo("7");
        connection.commit();
      }
    }
  }

  @Test
  void texts_that_lose_digits_or_are_in_another_encoding_are_refused() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("SET extra_float_digits = 0");
      assertThat(client.value("SELECT max(n) + 1 FROM events")).contains("extra_float_digits");
    }
    try (RawConnection client =
        RawConnection.login(
            PROXY.port(),
            Map.of("user", "postgres", "database", "app", "client_encoding", "LATIN1"))) {
      assertThat(client.value("SELECT max(n) + 1 FROM events")).contains("client_encoding");
      client.ask("SET client_encoding TO 'UTF8'");
      assertThat(client.value("SELECT max(n) + 1 FROM events")).isEqualTo("7");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void parameters_are_those_of_each_execution(String mode) throws Exception {
    try (Connection connection = PROXY.connect("preferQueryMode", mode, "prepareThreshold", "2");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT n, sum(id) FROM events WHERE n < ? GROUP BY n ORDER BY n DESC LIMIT ?")) {
      for (int i = 1; i < 6; i++) {
        statement.setInt(1, i + 1);
        statement.setInt(2, i);
        try (ResultSet rows = statement.executeQuery()) {
          int expected = i;
          int count = 0;
          while (rows.next()) {
            assertThat(rows.getInt(1)).isEqualTo(expected--);
            count++;
          }
          assertThat(count).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void a_cancel_request_reaches_the_steps() throws Exception {
    try (Connection connection = PROXY.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<String> running =
          CompletableFuture.supplyAsync(() -> {
            try {
              statement.executeQuery(
                  "SELECT count(*) + 0 FROM events a, generate_series(1, 1000000000) g"
                      + " WHERE a.id < 100");
              return "done";
            } catch (SQLException e) {
              return String.valueOf(e.getSQLState());
            }
          });
      // The driver sends one request only, which must not come before the statement does.
      Eventually.equal(
          () ->
              PROXY.valueOnServer(
                  "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE"
                      + " 'WITH pglynx_all%'"),
          "1");
      statement.cancel();

      assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo("57014");
      assertThat(value(connection, "SELECT max(n) + 1 FROM events")).isEqualTo("7");
    }
  }
}
