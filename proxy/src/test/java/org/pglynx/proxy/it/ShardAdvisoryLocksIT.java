package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.it.ProxyUnderTest.run;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever takes an advisory lock keeps all others out, wherever their transactions are. */
class ShardAdvisoryLocksIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool("[[pools.app.sharded_tables]]", "name = \"accounts\"", "columns = [\"id\"]");

  @BeforeAll
  static void create() throws SQLException {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(PROXY.shardDatabase(shard), "CREATE TABLE accounts (id bigint, balance int)");
    }
    try (Connection client = PROXY.connect()) {
      for (int id = 1; id < 10; id++) {
        run(client, "INSERT INTO accounts (id, balance) VALUES (" + id + ", 1)");
      }
    }
  }

  @Test
  void a_lock_of_a_transaction_on_one_shard_keeps_out_one_on_another() throws SQLException {
    try (Connection first = PROXY.connect();
        Connection second = PROXY.connect()) {
      for (int id = 1; id < 10; id++) {
        run(first, "BEGIN", "UPDATE accounts SET balance = 2 WHERE id = " + id);
        run(second, "BEGIN", "UPDATE accounts SET balance = 3 WHERE id = " + (id % 9 + 1));

        assertThat(value(first, "SELECT pg_try_advisory_xact_lock(7)")).isEqualTo("t");
        assertThat(value(second, "SELECT pg_try_advisory_xact_lock(7)"))
            .as("%d", id)
            .isEqualTo("f");

        run(first, "ROLLBACK");
        run(second, "ROLLBACK");
      }
    }
  }

  /** What holds it is one server's, so that the session has no other until it gives it up. */
  @Test
  void a_lock_of_a_session_is_held_on_the_first_shard() throws SQLException {
    try (Connection first = PROXY.connect();
        Connection second = PROXY.connect()) {
      run(first, "SELECT pg_advisory_lock(8)");

      assertThat(value(second, "SELECT pg_try_advisory_lock(8)")).isEqualTo("f");
      assertThatThrownBy(() -> run(first, "UPDATE accounts SET balance = 6"))
          .hasMessageContaining("the one that holds the session's state");

      run(first, "DISCARD ALL", "UPDATE accounts SET balance = 6");
      assertThat(value(second, "SELECT pg_try_advisory_lock(8)")).isEqualTo("t");
    }
  }
}
