package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
  private static final int ROUNDS = Integer.getInteger("pglynx.kills", 12);

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

  private Path config(int port) throws IOException {
    StringBuilder toml =
        new StringBuilder(
            """
            [general]
            host = "127.0.0.1"
            port = %d
            worker_threads = 2
            two_phase_commit_dir = "%s"
            [ml]
            enabled = false
            [pools.app]
            pool_mode = "transaction"
            [[pools.app.sharded_tables]]
            name = "accounts"
            columns = ["id"]
            [pools.app.users.0]
            username = "postgres"
            pool_size = 8
            auth_type = "trust"
            """
                .formatted(port, directory.resolve("decisions")));
    for (int shard = 0; shard < SHARDS; shard++) {
      toml.append(
          "[pools.app.shards.%d]\ndatabase = \"%s\"\nservers = [[\"127.0.0.1\", %d, \"primary\"]]\n"
              .formatted(shard, databases.get(shard), postgres.port()));
    }
    return Files.writeString(directory.resolve("pglynx.toml"), toml);
  }

  private Process start(int port) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "org.pglynx.proxy.app.Main",
            "run",
            config(port).toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Connection connect(int port) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        return DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:"
                + port
                + "/app?user=postgres&sslmode=disable&socketTimeout=30");
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(e);
        }
        Eventually.pause(20);
      }
    }
  }

  /** Moves money between accounts of any shards until the connection breaks. */
  private static void transfer(int port, long seed) {
    Random random = new Random(seed);
    try (Connection client = connect(port);
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
    int port = freePort();
    Random random = new Random(7);
    int found = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Process proxy = start(port);
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        long seed = 100L * round + i;
        clients.add(Thread.ofPlatform().start(() -> transfer(port, seed)));
      }
      connect(port).close();
      Eventually.pause(300 + random.nextInt(700));
      proxy.destroyForcibly().waitFor();
      for (Thread each : clients) {
        each.join();
      }
      found += prepared();
    }
    System.out.printf("killed %d times; %d parts were left prepared%n", ROUNDS, found);
    Process last = start(port);
    try {
      Eventually.equal(this::prepared, 0);
      assertThat(sum()).isEqualTo(100 * ACCOUNTS);
      assertThat(found).as("parts that were left prepared").isPositive();
    } finally {
      last.destroyForcibly().waitFor();
    }
  }
}
