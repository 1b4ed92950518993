package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that reach several shards: all of each is there at the end, or nothing. */
class ShardTransactionsIT {
  private static final Path DIRECTORY = directory();

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + DIRECTORY + "\"")
          .shards(3)
          .pool(
              "reference_tables = [\"rates\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"accounts\"",
              "columns = [\"id\"]");

  static Path directory() {
    try {
      return Files.createTempDirectory("decisions");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < 3; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE accounts (id bigint, balance int CHECK (balance > -1000), note text)"
                  + " PARTITION BY HASH (id)",
              "CREATE TABLE accounts_here PARTITION OF accounts FOR VALUES WITH (MODULUS 3,"
                  + " REMAINDER "
                  + shard
                  + ")",
              "ALTER TABLE accounts ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED",
              "CREATE TABLE rates (code text, rate int)");
    }
  }

  @BeforeEach
  void fill() throws SQLException {
    for (int shard = 0; shard < 3; shard++) {
      PROXY.postgres().execute(PROXY.shardDatabase(shard), "TRUNCATE accounts");
    }
    try (Connection client = PROXY.connect()) {
      for (int id = 0; id < 12; id++) {
        ProxyUnderTest.run(client, "INSERT INTO accounts (id, balance) VALUES (" + id + ", 100)");
      }
    }
  }

  private static Connection client(String mode) throws SQLException {
    return PROXY.connect("preferQueryMode", mode, "prepareThreshold", "1");
  }

  private static void move(Connection client, int from, int to, int amount) throws SQLException {
    add(client, from, -amount);
    add(client, to, amount);
  }

  private static void add(Connection client, int id, int amount) throws SQLException {
    try (var statement =
        client.prepareStatement("UPDATE accounts SET balance = balance + ? WHERE id = ?")) {
      statement.setInt(1, amount);
      statement.setLong(2, id);
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
  }

  /** All balances, past the proxy. */
  private static List<Integer> balances() throws SQLException {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      found.add(-1);
    }
    for (int shard = 0; shard < 3; shard++) {
      try (Connection direct = direct(shard);
          Statement statement = direct.createStatement();
          ResultSet rows = statement.executeQuery("SELECT id, balance FROM accounts")) {
        while (rows.next()) {
          found.set(rows.getInt(1), rows.getInt(2));
        }
      }
    }
    return found;
  }

  private static Connection direct(int shard) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + PROXY.postgres().port()
            + "/"
            + PROXY.shardDatabase(shard)
            + "?user=postgres&sslmode=disable");
  }

  private static int prepared() {
    return Integer.parseInt(PROXY.valueOnServer("SELECT count(*) FROM pg_prepared_xacts"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void what_several_shards_have_of_a_transaction_is_there_when_it_commits(String mode)
      throws SQLException {
    try (Connection client = client(mode)) {
      client.setAutoCommit(false);
      for (int i = 0; i < 11; i++) {
        move(client, i, i + 1, 10);
      }
      assertThat(balances()).containsOnly(100);
      client.commit();
      List<Integer> expected = new ArrayList<>(java.util.Collections.nCopies(12, 100));
      expected.set(0, 90);
      expected.set(11, 110);
      assertThat(balances()).isEqualTo(expected);
      assertThat(prepared()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void what_is_rolled_back_is_rolled_back_on_all(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      client.setAutoCommit(false);
      for (int i = 0; i < 11; i++) {
        move(client, i, i + 1, 10);
      }
      client.rollback();
      assertThat(balances()).containsOnly(100);
      move(client, 1, 2, 5);
      client.commit();
      assertThat(balances().stream().mapToInt(Integer::intValue).sum()).isEqualTo(1200);
      assertThat(balances()).contains(95, 105);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void an_error_on_one_shard_fails_the_transaction_on_all(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      client.setAutoCommit(false);
      move(client, 0, 1, 10);
      move(client, 2, 3, 10);
      move(client, 4, 5, 10);
      assertThatThrownBy(() -> add(client, 6, -5000)).hasMessageContaining("check constraint");
      for (int i = 0; i < 6; i++) {
        int id = i;
        assertThatThrownBy(() -> add(client, id, 1))
            .isInstanceOf(SQLException.class)
            .extracting("SQLState")
            .isEqualTo("25P02");
      }
      client.rollback();
      assertThat(balances()).containsOnly(100);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void savepoints_are_those_of_all_shards_also_of_those_that_join_later(String mode)
      throws SQLException {
    try (Connection client = client(mode)) {
      client.setAutoCommit(false);
      add(client, 0, 1);
      Savepoint first = client.setSavepoint("first");
      for (int i = 1; i < 12; i++) {
        add(client, i, 1);
      }
      Savepoint second = client.setSavepoint("second");
      assertThatThrownBy(() -> add(client, 3, -5000)).isInstanceOf(SQLException.class);
      client.rollback(second);
      add(client, 4, 1);
      client.rollback(first);
      add(client, 5, 7);
      client.commit();
      List<Integer> expected = new ArrayList<>(java.util.Collections.nCopies(12, 100));
      expected.set(0, 101);
      expected.set(5, 107);
      assertThat(balances()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void settings_of_the_transaction_are_those_of_shards_that_join_later(String mode)
      throws SQLException {
    try (Connection client = client(mode)) {
      client.setAutoCommit(false);
      client.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      ProxyUnderTest.run(client, "SET LOCAL app.tenant = '7'");
      for (int id = 0; id < 12; id++) {
        assertThat(
                ProxyUnderTest.value(
                    client,
                    "SELECT current_setting('app.tenant') || current_setting('transaction_isolation')"
                        + " FROM accounts WHERE id = "
                        + id))
            .isEqualTo("7repeatable read");
      }
      client.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void a_commit_that_one_shard_refuses_is_refused_by_all(String mode) throws SQLException {
    try (Connection client = client(mode)) {
      client.setAutoCommit(false);
      move(client, 0, 1, 10);
      move(client, 2, 3, 10);
      // The constraint is deferred: only the commit finds it violated.
      ProxyUnderTest.run(client, "INSERT INTO accounts (id, balance) VALUES (4, 1)");
      assertThatThrownBy(client::commit)
          .isInstanceOf(SQLException.class)
          .extracting("SQLState")
          .isEqualTo("23505");
      client.rollback();
      assertThat(balances()).containsOnly(100);
      assertThat(prepared()).isZero();
      move(client, 0, 1, 10);
      client.commit();
    }
  }

  @Test
  void what_only_reads_on_other_shards_needs_no_second_phase() throws SQLException {
    try (Connection client = client("simple")) {
      client.setAutoCommit(false);
      for (int id = 0; id < 12; id++) {
        ProxyUnderTest.value(client, "SELECT balance FROM accounts WHERE id = " + id);
      }
      add(client, 3, 1);
      ProxyUnderTest.value(client, "SELECT count(*) FROM accounts");
      client.commit();
      assertThat(balances().get(3)).isEqualTo(101);
    }
  }

  @Test
  void a_reading_of_all_shards_goes_on_with_writes_to_some() throws SQLException {
    try (Connection client = client("extended")) {
      client.setAutoCommit(false);
      assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts")).isEqualTo("12");
      move(client, 0, 1, 10);
      assertThat(ProxyUnderTest.value(client, "SELECT sum(balance) FROM accounts"))
          .isEqualTo("1200");
      assertThat(ProxyUnderTest.value(client, "SELECT 1")).isEqualTo("1");
      move(client, 2, 3, 10);
      client.commit();
      assertThat(balances().subList(0, 4)).containsExactly(90, 110, 90, 110);
    }
  }

  @Test
  void what_is_about_the_transaction_among_others_is_refused_on_several_shards()
      throws SQLException {
    try (Connection client = client("simple")) {
      client.setAutoCommit(false);
      for (int i = 0; i < 11; i++) {
        move(client, i, i + 1, 10);
      }
      assertThatThrownBy(() ->
              ProxyUnderTest.run(client, "UPDATE accounts SET balance = 0 WHERE id = 1; COMMIT"))
          .isInstanceOf(SQLException.class)
          .extracting("SQLState")
          .isEqualTo("0A000");
      client.rollback();
      assertThat(balances()).containsOnly(100);
    }
  }

  @Test
  void statements_are_closed_on_the_way_from_shard_to_shard() {
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("BEGIN")).untilReady();
      client.send(
          RawConnection.parse("all", "SELECT balance FROM accounts WHERE id = $1", 20),
          RawConnection.sync());
      client.untilReady();
      for (int id = 0; id < 12; id++) {
        client.send(
            RawConnection.parse("one" + id, "SELECT note FROM accounts WHERE id = " + id),
            RawConnection.sync());
        client.untilReady();
        client.send(
            RawConnection.closeStatement("one" + id),
            RawConnection.bind("", "all", String.valueOf(id)),
            RawConnection.execute("", 0),
            RawConnection.sync());
        assertThat(client.shapes(1)).as("account %d", id).hasSize(5);
      }
      client.send(RawConnection.query("COMMIT")).untilReady();
    }
  }

  @Test
  void a_client_that_leaves_amid_its_transaction_leaves_nothing_behind() throws SQLException {
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("BEGIN")).untilReady();
      for (int id = 0; id < 6; id++) {
        client
            .send(RawConnection.query("UPDATE accounts SET balance = 0 WHERE id = " + id))
            .untilReady();
      }
    }
    Eventually.equal(
        () ->
            PROXY.valueOnServer(
                "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'"),
        "0");
    assertThat(balances()).containsOnly(100);
  }

  @Test
  void what_cannot_be_done_again_on_another_shard_keeps_the_transaction_where_it_is()
      throws SQLException {
    try (Connection client = client("simple")) {
      client.setAutoCommit(false);
      ProxyUnderTest.run(client, "SELECT set_config('app.x', '1', true)");
      boolean refused = false;
      for (int id = 0; id < 12 && !refused; id++) {
        try {
          add(client, id, 1);
        } catch (SQLException e) {
          refused = true;
          assertThat(e.getSQLState()).isEqualTo("0A000");
          assertThat(e.getMessage()).contains("cannot be done again");
        }
      }
      assertThat(refused).isTrue();
      client.rollback();
      assertThat(balances()).containsOnly(100);
    }
  }

  @Test
  void a_transaction_on_several_shards_is_not_chained() throws SQLException {
    try (Connection client = client("simple")) {
      client.setAutoCommit(false);
      for (int i = 0; i < 11; i++) {
        move(client, i, i + 1, 10);
      }
      assertThatThrownBy(() -> ProxyUnderTest.run(client, "COMMIT AND CHAIN"))
          .isInstanceOf(SQLException.class)
          .extracting("SQLState")
          .isEqualTo("0A000");
      client.rollback();
      assertThat(balances()).containsOnly(100);
    }
  }

  @Test
  void what_is_set_in_a_transaction_is_not_set_in_the_one_chained_to_it() throws SQLException {
    try (Connection client = client("simple")) {
      client.setAutoCommit(false);
      add(client, 0, 1);
      ProxyUnderTest.run(client, "SET LOCAL work_mem TO '1MB'");
      ProxyUnderTest.run(client, "COMMIT AND CHAIN");
      assertThatThrownBy(
              () -> {
                for (int id = 1; id < 12; id++) {
                  add(client, id, 1);
                }
              })
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("cannot be done again");
      client.rollback();
    }
  }

  /** One shard cannot commit, so that a COMMIT sent to each would commit on the others. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_commit_with_long_comments_is_one(boolean prepared) throws SQLException {
    String commit = "/* " + "x".repeat(2_000) + " */ COMMIT";
    try (RawConnection client = PROXY.raw()) {
      if (prepared) {
        client.send(RawConnection.parse("c", commit), RawConnection.sync());
        client.untilReady();
      }
      client.send(RawConnection.query("BEGIN")).untilReady();
      for (int id = 0; id < 12; id++) {
        client
            .send(RawConnection.query("UPDATE accounts SET balance = 0 WHERE id = " + id))
            .untilReady();
      }
      client
          .send(RawConnection.query("INSERT INTO accounts (id, balance) VALUES (5, 0)"))
          .untilReady();
      if (prepared) {
        client.send(
            RawConnection.bind("", "c"), RawConnection.execute("", 0), RawConnection.sync());
      } else {
        client.send(RawConnection.query(commit));
      }
      client.untilReady();
    }
    assertThat(balances()).containsOnly(100);
    assertThat(prepared()).isZero();
  }
}
