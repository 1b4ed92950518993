package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Shards whose servers have max_prepared_transactions = 0, as PostgreSQL has it unless set. */
class ShardUnpreparedIT {
  private static final CrashingPostgres SERVER = CrashingPostgres.start();
  private static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(2)
          .serverPort(SERVER.port())
          .pool("[[pools.app.sharded_tables]]", "name = \"accounts\"", "columns = [\"id\"]");

  @BeforeAll
  static void create() throws SQLException {
    PROXY.start();
    for (int shard = 0; shard < 2; shard++) {
      run("postgres", "CREATE DATABASE " + PROXY.shardDatabase(shard));
      run(PROXY.shardDatabase(shard), "CREATE TABLE accounts (id bigint, balance int)");
    }
    // The proxy has met servers without these databases, and lets some time pass before it tries
    // again.
    Eventually.equal(ShardUnpreparedIT::answers, true);
  }

  @AfterAll
  static void end() {
    PROXY.stop();
    SERVER.close();
  }

  private static void run(String database, String sql) throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:" + SERVER.port() + "/" + database;
    try (Connection direct = DriverManager.getConnection(url, "postgres", "")) {
      ProxyUnderTest.run(direct, sql);
    }
  }

  private static boolean answers() {
    try (Connection client = PROXY.connect()) {
      return "0".equals(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts"));
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void what_has_written_on_several_is_undone_with_what_to_set_and_on_one_commits() {
    try (RawConnection client = PROXY.raw()) {
      client.send(
          RawConnection.query("INSERT INTO accounts (id) VALUES (1), (2), (3), (4), (5), (6)"));
      List<RawConnection.Message> answer = client.untilReady();
      assertThat(answer.getFirst().field('C')).isEqualTo("55000");
      assertThat(answer.getFirst().field('M')).contains("max_prepared_transactions is 0");
      assertThat(answer.getFirst().field('H')).contains("Set max_prepared_transactions");

      client.ask("BEGIN");
      client.ask("INSERT INTO accounts (id) VALUES (1)");
      client.ask("INSERT INTO accounts (id) VALUES (2)");
      client.ask("INSERT INTO accounts (id) VALUES (3)");
      client.ask("INSERT INTO accounts (id) VALUES (4)");
      assertThat(client.ask("COMMIT")).contains("E:ERROR:55000").endsWith("Z:I");
      assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("0");

      client.ask("BEGIN");
      client.ask("SELECT count(*) FROM accounts");
      client.ask("INSERT INTO accounts (id) VALUES (1)");
      assertThat(client.ask("COMMIT")).contains("C:COMMIT");
      assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("1");
    }
  }
}
