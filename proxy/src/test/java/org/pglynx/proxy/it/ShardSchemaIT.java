package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot run in a transaction, and rows that go from one table to another. */
class ShardSchemaIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(3)
          .pool(
              "reference_tables = [\"rates\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"accounts\"",
              "columns = [\"id\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"archive\"",
              "columns = [\"account\"]");

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < 3; shard++) {
      String here = " FOR VALUES WITH (MODULUS 3, REMAINDER %d)".formatted(shard);
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE accounts (id bigint, balance int) PARTITION BY HASH (id)",
              "CREATE TABLE accounts_here PARTITION OF accounts" + here,
              "CREATE TABLE archive (what text, account bigint, PRIMARY KEY (account)) PARTITION BY"
                  + " HASH (account)",
              "CREATE TABLE archive_here PARTITION OF archive" + here,
              "CREATE TABLE rates (code text, rate int)",
              "CREATE TABLE plain (id bigint, x int)",
              "INSERT INTO rates VALUES ('a', 1), ('b', 2)",
              "INSERT INTO accounts SELECT i, i FROM generate_series(1, 20) i WHERE"
                  + " satisfies_hash_partition('accounts'::regclass, 3, %d, i::bigint)"
                      .formatted(shard));
    }
  }

  private static List<String> onShards(String sql) {
    List<String> found = new ArrayList<>();
    for (int shard = 0; shard < 3; shard++) {
      found.add(PROXY.postgres().value(PROXY.shardDatabase(shard), sql));
    }
    return found;
  }

  private static final String INDEXES =
      "SELECT count(*) FROM pg_index WHERE indexrelid::regclass::text = 'plain_x' AND indisvalid";

  @Test
  void an_index_is_built_concurrently_on_one_shard_after_the_other() {
    try (RawConnection client = PROXY.raw()) {
      assertThat(client.ask("CREATE INDEX CONCURRENTLY plain_x ON plain (x)"))
          .containsSubsequence("C:CREATE INDEX", "Z:I");
      assertThat(onShards(INDEXES)).containsOnly("1");
      client.send(
          RawConnection.parse("", "DROP INDEX CONCURRENTLY plain_x"),
          RawConnection.bind("", ""),
          RawConnection.execute("", 0),
          RawConnection.sync());
      assertThat(client.shapes(1)).contains("C:DROP INDEX").endsWith("Z:I");
      assertThat(onShards(INDEXES)).containsOnly("0");
      assertThat(client.ask("VACUUM (ANALYZE) accounts")).contains("C:VACUUM").endsWith("Z:I");
    }
  }

  @Test
  void what_fails_on_one_shard_is_told_with_what_is_done() {
    PROXY.postgres().execute(PROXY.shardDatabase(1), "CREATE INDEX plain_x ON plain (id)");
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("CREATE INDEX CONCURRENTLY plain_x ON plain (x)"));
      RawConnection.Message error = client.error();
      assertThat(error.field('C')).isEqualTo("42P07");
      assertThat(error.field('M')).startsWith("on shard 1: ");
      assertThat(error.field('D')).contains("done on the shards 0");
      assertThat(error.field('H')).contains("shards 1, 2");
      assertThat(client.ask("SELECT 1")).contains("Z:I");
    } finally {
      for (int shard = 0; shard < 3; shard++) {
        PROXY.postgres().execute(PROXY.shardDatabase(shard), "DROP INDEX IF EXISTS plain_x");
      }
    }
  }

  @Test
  void in_a_transaction_it_is_refused_as_by_one_server() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("BEGIN");
      assertThat(client.ask("VACUUM accounts")).contains("E:ERROR:25001").endsWith("Z:E");
      client.ask("ROLLBACK");
    }
  }

  @Test
  void rows_that_stay_on_their_shard_are_stored_by_each_for_itself() {
    try (RawConnection client = PROXY.raw()) {
      assertThat(
              client.ask(
                  "INSERT INTO archive (what, account) SELECT 'n' || balance, id FROM accounts"
                      + " WHERE balance > 5"))
          .contains("C:INSERT 0 15");
      assertThat(
              client.ask(
                  "INSERT INTO archive (account, what) SELECT a.id, r.code FROM accounts AS a JOIN"
                      + " rates r ON r.rate = a.balance ON CONFLICT (account) DO NOTHING RETURNING"
                      + " account"))
          .contains("C:INSERT 0 2");
      assertThat(
              client.ask(
                  "INSERT INTO archive (account, what) SELECT id, 'again' FROM accounts ON CONFLICT"
                      + " (account) DO UPDATE SET what = excluded.what"))
          .contains("C:INSERT 0 20");
      assertThat(
              client.ask(
                  "INSERT INTO archive (account, what) SELECT id, 'x' FROM accounts WHERE id = 7 ON"
                      + " CONFLICT DO NOTHING"))
          .contains("C:INSERT 0 0");
      assertThat(
              client.ask("INSERT INTO archive (account, what) SELECT 77, code FROM rates LIMIT 1"))
          .contains("C:INSERT 0 1");
      assertThat(client.value("SELECT count(*) FROM archive WHERE what = 'again'")).isEqualTo("20");
      client.ask("DELETE FROM archive");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO archive (account, what) SELECT balance, 'x' FROM accounts",
        "INSERT INTO archive (account, what) SELECT id + 1, 'x' FROM accounts",
        "INSERT INTO archive (account, what) SELECT rate, code FROM rates",
        "INSERT INTO archive (account, what) SELECT id, 'x' FROM accounts ORDER BY balance LIMIT 3",
        "INSERT INTO archive (account, what) SELECT max(id), 'x' FROM accounts",
        "INSERT INTO archive (account, what) SELECT 5, 'x' FROM accounts",
        "INSERT INTO archive (account, what) SELECT id, random()::text FROM accounts",
        "INSERT INTO archive SELECT 'x', id FROM accounts",
        "INSERT INTO archive (account, what) SELECT id, 'x' FROM accounts UNION SELECT 1, 'y'",
        "MERGE INTO archive USING accounts ON id = account WHEN MATCHED THEN DELETE",
        "CREATE TABLE x AS SELECT * FROM accounts",
        "SELECT * INTO x FROM accounts"
      })
  void what_would_come_to_other_shards_is_refused(String sql) {
    try (RawConnection client = PROXY.raw()) {
      assertThat(client.ask(sql)).contains("E:ERROR:0A000");
    }
  }

  @Test
  void truncate_is_on_all_shards() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("INSERT INTO archive (account, what) SELECT id, 'x' FROM accounts");
      client.ask("BEGIN");
      assertThat(client.ask("TRUNCATE archive")).contains("C:TRUNCATE TABLE");
      client.ask("ROLLBACK");
      assertThat(client.value("SELECT count(*) FROM archive")).isEqualTo("20");
      client.ask("TRUNCATE archive");
      assertThat(client.value("SELECT count(*) FROM archive")).isEqualTo("0");
    }
  }
}
