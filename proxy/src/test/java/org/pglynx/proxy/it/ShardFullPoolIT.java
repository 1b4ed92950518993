package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.query;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions over shards whose pools have not a connection more than they use. */
class ShardFullPoolIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(2)
          .general(
              "two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"",
              "query_wait_timeout = 0",
              "admin_username = \"admin\"",
              "admin_auth_type = \"trust\"")
          .shards(2)
          .pool("[[pools.app.sharded_tables]]", "name = \"accounts\"", "columns = [\"id\"]");

  private static final List<Integer> KEYS = new ArrayList<>();

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < 2; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE accounts (id bigint, balance int) PARTITION BY HASH (id)",
              "CREATE TABLE accounts_here PARTITION OF accounts FOR VALUES WITH (MODULUS 2,"
                  + " REMAINDER %d)".formatted(shard),
              "INSERT INTO accounts SELECT i, 0 FROM generate_series(1, 9) i WHERE"
                  + " satisfies_hash_partition('accounts'::regclass, 2, %d, i::bigint)"
                      .formatted(shard));
      KEYS.add(
          Integer.valueOf(
              PROXY.postgres().value(PROXY.shardDatabase(shard), "SELECT min(id) FROM accounts")));
    }
  }

  @BeforeEach
  void nobody_has_a_server() {
    Eventually.equal(() -> inTransaction(0) + inTransaction(1), 0L);
  }

  private static long inTransaction(int shard) {
    return Long.parseLong(
        PROXY
            .postgres()
            .value(
                PROXY.shardDatabase(shard),
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND state LIKE 'idle in%'"));
  }

  private static String add(int shard) {
    return "UPDATE accounts SET balance = balance + 1 WHERE id = " + KEYS.get(shard);
  }

  private static RawConnection begun(int shard) {
    RawConnection client = PROXY.raw();
    client.ask("BEGIN");
    assertThat(client.ask(add(shard))).containsExactly("C:UPDATE 1", "Z:T");
    return client;
  }

  @Test
  void a_deadlock_is_found_although_all_connections_wait_for_each_other() {
    try (RawConnection first = begun(0);
        RawConnection second = begun(1)) {
      first.send(query(add(1)));
      second.send(query(add(0)));

      List<List<String>> ends = Stream.of(first, second).map(each -> each.shapes(1)).toList();

      assertThat(ends)
          .containsExactlyInAnyOrder(List.of("C:UPDATE 1", "Z:T"), List.of("E:ERROR:40P01", "Z:E"));
      assertThat(first.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
      assertThat(second.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
    }
  }

  @Test
  void a_wait_for_a_further_shard_that_is_cancelled_is_over() {
    try (RawConnection first = begun(0);
        RawConnection second = PROXY.raw();
        RawConnection third = PROXY.raw()) {
      second.ask("BEGIN");
      second.ask("SELECT balance FROM accounts WHERE id = " + KEYS.get(1));
      third.ask("BEGIN");
      third.ask("SELECT balance FROM accounts WHERE id = " + KEYS.get(1));
      first.send(query(add(1)));
      Eventually.equal(ShardFullPoolIT::waiting, "1");

      RawConnection.cancel(PROXY.port(), first.pid(), first.key());

      assertThat(first.shapes(1)).containsExactly("E:ERROR:57014", "Z:E");
      assertThat(first.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
    }
  }

  /** How many clients wait for a server. */
  private static String waiting() {
    try (RawConnection admin = RawConnection.login(PROXY.port(), "pglynx", "admin")) {
      admin.send(query("SHOW POOLS"));
      return admin.untilReady().stream()
          .filter(message -> message.tag() == 'D')
          .map(Replies::text)
          .filter(row -> row.startsWith("D:app|"))
          .map(row -> row.split("\\|")[3])
          .findFirst()
          .orElse("");
    }
  }

  /** Its end came with the statement that fails, and so waits for the answer already. */
  @Test
  void a_transaction_that_fails_on_one_of_its_shards_is_ended_by_what_came_with_the_statement() {
    try (RawConnection client = begun(0)) {
      client.ask(add(1));
      client.send(
          query("SELECT 1 / (id - id) FROM accounts WHERE id = " + KEYS.get(1)), query("ROLLBACK"));

      assertThat(client.shapes(2)).endsWith("E:ERROR:22012", "Z:E", "C:ROLLBACK", "Z:I");
    }
  }
}
