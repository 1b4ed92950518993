package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A proxy that is killed leaves no transaction on some shards only: a process of its own, killed
 * (SIGKILL) at whatever step it is at, and started again.
 */
class ShardRecoveryIT {
  private static final int SHARDS = 3;
  private static final int ACCOUNTS = 30;
  private static final int ROUNDS = Integer.getInteger("pglynx.kills", 5);

  @TempDir private Path directory = Path.of("");
  private final TestPostgres postgres = TestPostgres.shared(TestPostgres.Major.V18);
  private final List<String> databases = new ArrayList<>();

  @BeforeEach
  void create() {
    for (int shard = 0; shard < SHARDS; shard++) {
      String database = postgres.createDatabase("killed");
      databases.add(database);
      postgres.execute(
          database,
          "CREATE TABLE accounts (id bigint, balance int) PARTITION BY HASH (id)",
          "CREATE TABLE accounts_here PARTITION OF accounts FOR VALUES WITH (MODULUS 3, REMAINDER "
              + shard
              + ")",
          "INSERT INTO accounts SELECT i, 100 FROM generate_series(1, "
              + ACCOUNTS
              + ") i WHERE satisfies_hash_partition('accounts'::regclass, 3, "
              + shard
              + ", i::bigint)");
    }
  }

  @AfterEach
  void drop() {
    databases.forEach(postgres::dropDatabase);
  }

  private int prepared() {
    return Integer.parseInt(
        postgres.value(
            databases.getFirst(),
            "SELECT count(*) FROM pg_prepared_xacts WHERE database LIKE 'killed%'"));
  }

  /** All balances: each transfer that was seen to commit is there, and no half of any. */
  private int sum() {
    return databases.stream()
        .mapToInt(
            each -> Integer.parseInt(postgres.value(each, "SELECT sum(balance) FROM accounts")))
        .sum();
  }

  private String pool() {
    return ProxyProcess.accounts(Collections.nCopies(SHARDS, postgres.port()), databases);
  }

  /** Moves money between accounts of any shards until the connection breaks. */
  private static void transfer(ProxyProcess proxy, long seed) {
    Random random = new Random(seed);
    try (Connection client = proxy.connect();
        Statement statement = client.createStatement()) {
      client.setAutoCommit(false);
      while (true) {
        int from = 1 + random.nextInt(ACCOUNTS);
        int to = 1 + random.nextInt(ACCOUNTS);
        int low = Math.min(from, to);
        int high = Math.max(from, to);
        int amount = from < to ? 1 : -1;
        statement.execute(
            "UPDATE accounts SET balance = balance - " + amount + " WHERE id = " + low);
        statement.execute(
            "UPDATE accounts SET balance = balance + " + amount + " WHERE id = " + high);
        client.commit();
      }
    } catch (SQLException e) {
      // The proxy has been killed, or two transfers have met on two shards.
    }
  }

  @Test
  void a_proxy_that_is_killed_leaves_no_half_of_a_transaction() throws Exception {
    Random random = new Random(7);
    int found = 0;
    try (ProxyProcess proxy = new ProxyProcess(directory, pool())) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          long seed = 100L * round + i;
          clients.add(Thread.ofPlatform().start(() -> transfer(proxy, seed)));
        }
        proxy.connect().close();
        Eventually.pause(300 + random.nextInt(700));
        proxy.kill();
        for (Thread each : clients) {
          each.join();
        }
        found += prepared();
        proxy.startAgain();
      }
      System.out.printf("killed %d times; %d parts were left prepared%n", ROUNDS, found);
      Eventually.equal(this::prepared, 0);
      assertThat(sum()).isEqualTo(100 * ACCOUNTS);
      assertThat(found).as("parts that were left prepared").isPositive();
    }
  }
}
