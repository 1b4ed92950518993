package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.sql.Connection;
import java.sql.SQLException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keys that may not be changed, rows that come to a table of one shard, and what is refused with
 * what to write instead: nothing of it is done.
 */
class ShardRefusalsIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool(
              "sharding_key_updates = \"refuse\"",
              "reference_tables = [\"rates\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"accounts\"",
              "columns = [\"id\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"log\"",
              "shard = 1",
              "[[pools.app.sharded_tables]]",
              "name = \"old_log\"",
              "shard = 1",
              "[[pools.app.sharded_tables]]",
              "name = \"far_log\"",
              "shard = 2");

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE accounts (id bigint, balance int) PARTITION BY HASH (id)",
              "CREATE TABLE accounts_here PARTITION OF accounts FOR VALUES WITH (MODULUS 3,"
                  + " REMAINDER "
                  + shard
                  + ")",
              "CREATE TABLE rates (code text, rate int)",
              "INSERT INTO rates VALUES ('a', 1), ('b', 2)");
    }
    PROXY
        .postgres()
        .execute(
            PROXY.shardDatabase(1),
            "CREATE TABLE log (id bigint, what text)",
            "CREATE TABLE old_log (id bigint, what text)");
    PROXY.postgres().execute(PROXY.shardDatabase(2), "CREATE TABLE far_log (id bigint, what text)");
  }

  @BeforeEach
  void fill() throws SQLException {
    try (Connection client = PROXY.connect()) {
      run(
          client,
          "DELETE FROM accounts",
          "DELETE FROM log",
          "DELETE FROM old_log",
          "INSERT INTO accounts (id, balance) VALUES (1, 10), (2, 20), (3, 30)",
          "INSERT INTO old_log VALUES (1, 'x'), (2, 'y')");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE accounts SET id = 2 WHERE id = 1",
        "UPDATE accounts SET id = id + 1",
        "UPDATE accounts SET id = 99, balance = 0 WHERE balance = 10"
      })
  void a_key_is_not_changed_where_that_is_refused(String sql) throws SQLException {
    try (Connection client = PROXY.connect()) {
      assertThatRefused(client, sql).hasMessageContaining("sharding_key_updates is \"refuse\"");
      assertThat(value(client, "SELECT string_agg(id::text, ',' ORDER BY id) FROM accounts"))
          .isEqualTo("1,2,3");

      // but one whose row stays is no change of its shard
      run(client, "UPDATE accounts SET id = 1, balance = 11 WHERE id = 1");
      assertThat(value(client, "SELECT balance FROM accounts WHERE id = 1")).isEqualTo("11");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO log (id, what) SELECT id, what FROM old_log",
        "INSERT INTO log SELECT * FROM old_log",
        "INSERT INTO log TABLE old_log",
        "INSERT INTO log AS l (SELECT o.id, r.code FROM old_log o JOIN rates r ON r.rate = o.id)",
        "INSERT INTO log WITH w AS (SELECT 7) SELECT 1, code FROM rates, w RETURNING id"
      })
  void rows_of_its_own_shard_come_to_a_table_of_one_shard(String sql) throws SQLException {
    try (Connection client = PROXY.connect()) {
      run(client, sql);

      assertThat(value(client, "SELECT count(*) FROM log")).isEqualTo("2");
      assertThat(PROXY.postgres().value(PROXY.shardDatabase(1), "SELECT count(*) FROM log"))
          .isEqualTo("2");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO log (id, what) SELECT id, 'all' FROM accounts",
        "INSERT INTO log (id, what) SELECT id, what FROM far_log",
        "INSERT INTO log (id, what) SELECT count(*), 'sum' FROM accounts",
        "INSERT INTO log SELECT id, 'all' FROM accounts"
      })
  void rows_of_other_shards_do_not(String sql) throws SQLException {
    try (Connection client = PROXY.connect()) {
      assertThatRefused(client, sql);
      assertThat(value(client, "SELECT count(*) FROM log")).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MERGE INTO accounts a USING old_log o ON a.id = o.id WHEN MATCHED THEN DELETE"
            + " | INSERT ... ON CONFLICT",
        "CREATE TABLE sums AS SELECT id, balance FROM accounts | INSERT ... SELECT",
        "CREATE MATERIALIZED VIEW sums AS SELECT id FROM accounts | INSERT ... SELECT",
        "INSERT INTO accounts VALUES (4, 40) | INSERT INTO accounts (id, ...)",
        "INSERT INTO log SELECT id, 'all' FROM accounts | insert them by VALUES or COPY",
        "INSERT INTO rates SELECT what, 1 FROM old_log | it reads rows that only one shard has",
        "SELECT * FROM (accounts a JOIN rates r ON true) x | leave it out",
        "SELECT id INTO sums FROM accounts | INSERT ... SELECT",
        "SELECT id FROM accounts FOR UPDATE | lock rows of one shard only",
        "UPDATE accounts SET balance = 1 WHERE CURRENT OF c | name the row by its columns",
        "WITH w AS (DELETE FROM accounts RETURNING id) SELECT count(*) FROM w"
            + " | write its statements one by one",
        "SELECT pg_advisory_lock(id) FROM accounts | SELECT pg_advisory_lock(key)",
        "DO $$ BEGIN PERFORM 1; END $$ | run it for each shard by itself",
        "LISTEN news | choose the same shard in all sessions",
        "PREPARE p AS SELECT id FROM accounts | prepared statements of the protocol",
        "LOCK TABLE accounts | SELECT ... FOR UPDATE",
        "CHECKPOINT | choose one after the other",
        "SELEC id FROM accounts | begins no statement that is known",
        "ROLLBACK PREPARED 'x' | choose it"
      })
  void what_is_refused_says_what_to_write_instead(String sql, String instead) throws SQLException {
    try (Connection client = PROXY.connect()) {
      assertThatRefused(client, sql).hasMessageContaining(instead);
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertThatRefused(
      Connection client, String sql) {
    return assertThatThrownBy(() -> run(client, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
  }
}
