package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second process takes over the port of the first, under the load of a real pgbench. */
class RollingRestartIT {
  private static String database = "";

  @TempDir private Path directory = Path.of("");
  private int port;

  @BeforeAll
  static void createDatabase() {
    database = TestPostgres.shared().createDatabase("rolling");
  }

  @AfterAll
  static void dropDatabase() {
    TestPostgres.shared().dropDatabase(database);
  }

  @BeforeEach
  void choosePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    for (int peer = 1; peer <= 2; peer++) {
      Files.createDirectories(socketDirectory(peer));
    }
  }

  private Path socketDirectory(int peer) {
    return directory.resolve("peer" + peer);
  }

  private SmallProxy start(int peer, int patienceMillis) {
    return SmallProxy.start(
        """
        [general]
        host = "127.0.0.1"
        port = %1$d
        so_reuseport = true
        peer_id = %2$d
        unix_socket_dir = "%3$s"
        shutdown_wait_for_clients = %4$d
        worker_threads = 2
        [peers.1]
        host = "%5$s"
        port = %1$d
        [peers.2]
        host = "%6$s"
        port = %1$d
        [pools.app]
        [pools.app.shards.0]
        database = "%7$s"
        servers = [["127.0.0.1", %8$d, "primary"]]
        [pools.app.users.0]
        username = "postgres"
        auth_type = "trust"
        pool_size = 4
        """
            .formatted(
                port,
                peer,
                socketDirectory(peer),
                patienceMillis,
                socketDirectory(1),
                socketDirectory(2),
                database,
                TestPostgres.shared().port()));
  }

  private CompletableFuture<Program.Outcome> pgbench(String... options) throws IOException {
    Program pgbench = Program.require("pgbench");
    Path script = Files.writeString(directory.resolve("one.sql"), "SELECT 1;\n");
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of("-n", "-h", "127.0.0.1", "-p", "" + port, "-U", "postgres", "-f", "" + script));
    arguments.addAll(List.of(options));
    arguments.add("app");
    return CompletableFuture.supplyAsync(
        () -> pgbench.run(Map.of("PGSSLMODE", "disable"), arguments));
  }

  private static void assertNothingFailed(Program.Outcome outcome) {
    assertThat(outcome.output())
        .contains("number of failed transactions: 0 (0.000%)")
        .doesNotContain("aborted")
        .doesNotContain("error:");
    assertThat(outcome.exit()).isZero();
  }

  private static long transactions(Program.Outcome outcome) {
    return outcome
        .output()
        .lines()
        .filter(line -> line.startsWith("number of transactions actually processed:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  @Test
  void clients_that_connect_for_each_transaction_lose_none() throws Exception {
    try (SmallProxy old = start(1, 1_000);
        SmallProxy successor = start(2, 1_000)) {
      // Both accept now; how it is to start beside a load is looked at below.
      CompletableFuture<Program.Outcome> load = pgbench("-C", "-c", "8", "-j", "2", "-T", "5");
      old.terminate();
      assertThat(old.exitCode()).as(old.log()).isZero();

      Program.Outcome outcome = load.join();
      assertNothingFailed(outcome);
      assertThat(transactions(outcome)).isGreaterThan(100);
      assertThat(successor.log()).doesNotContain("ERROR");
    }
  }

  @Test
  void clients_that_stay_are_waited_for_while_new_ones_go_to_the_successor() throws Exception {
    try (SmallProxy old = start(1, 60_000)) {
      CompletableFuture<Program.Outcome> load = pgbench("-c", "4", "-j", "2", "-T", "7");
      Eventually.equal(() -> old.log().contains("ERROR"), false);
      try (SmallProxy successor = start(2, 60_000)) {
        old.terminate();
        Eventually.equal(() -> old.log().contains("stopping: clients="), true);
        try (RawConnection fresh = successor.raw()) {
          assertThat(fresh.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
        }
        assertNothingFailed(load.join());
        assertThat(old.exitCode()).isZero();
      }
    }
  }

  @Test
  void a_cancel_request_reaches_the_process_that_is_on_its_way_out() {
    try (SmallProxy old = start(1, 60_000);
        RawConnection client = old.raw()) {
      client.send(RawConnection.query("SELECT pg_sleep(30)"));
      Eventually.equal(RollingRestartIT::sleepers, "1");
      try (SmallProxy successor = start(2, 60_000)) {
        old.terminate();
        Eventually.equal(() -> old.log().contains("stopping: clients="), true);

        RawConnection.cancel(successor.port(), client.pid(), client.key());

        assertThat(client.shapes(1)).contains("E:ERROR:57014");
      }
    }
  }

  private static String sleepers() {
    return TestPostgres.shared()
        .value(
            "postgres",
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state ="
                + " 'active' AND datname = '"
                + database
                + "'");
  }

  @Test
  void the_file_of_a_unix_socket_is_taken_over_and_stays_the_successors() throws Exception {
    String toml =
        SmallProxy.toml(TestPostgres.shared().port(), database, 2)
            .replace(
                "port = 0",
                "port = %d\nso_reuseport = true\nunix_socket_dir = \"%s\""
                    .formatted(port, socketDirectory(1)));
    Path file = socketDirectory(1).resolve(".s.PGSQL." + port);
    try (SmallProxy old = SmallProxy.start(toml);
        SmallProxy _ = SmallProxy.start(toml)) {
      old.terminate();
      assertThat(old.exitCode()).isZero();

      assertThat(file).exists();
      Program.Outcome outcome =
          Program.require("psql")
              .run(
                  Map.of(),
                  List.of(
                      "-h",
                      "" + socketDirectory(1),
                      "-p",
                      "" + port,
                      "-U",
                      "postgres",
                      "-Atc",
                      "SELECT 42",
                      "app"));
      assertThat(outcome.output().strip()).isEqualTo("42");
    }
    assertThat(file).doesNotExist();
  }
}
