package org.pglynx.proxy.it;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A proxy in a process of its own, which can be killed and started again on its port. */
final class ProxyProcess implements AutoCloseable {
  private final Path directory;
  private final int port;
  private final Path config;
  private Process process;

  /**
   * Starts one.
   *
   * @param directory for its files
   * @param pools what stands behind [general]
   */
  ProxyProcess(Path directory, String pools) throws IOException {
    this.directory = directory;
    this.port = freePort();
    this.config =
        Files.writeString(
            directory.resolve("pglynx.toml"),
            """
            [general]
            host = "127.0.0.1"
            port = %d
            worker_threads = 2
            two_phase_commit_dir = "%s"
            [ml]
            enabled = false
            """
                    .formatted(port, directory.resolve("decisions"))
                + pools);
    this.process = launch();
  }

  /**
   * The pool {@code app} of several shards, of which table accounts is spread by its id.
   *
   * @param ports of the shards' servers
   * @param databases of the shards
   */
  static String accounts(List<Integer> ports, List<String> databases) {
    StringBuilder pool =
        new StringBuilder(
            """
            [pools.app]
            pool_mode = "transaction"
            [[pools.app.sharded_tables]]
            name = "accounts"
            columns = ["id"]
            [pools.app.users.0]
            username = "postgres"
            pool_size = 8
            auth_type = "trust"
            """);
    for (int shard = 0; shard < ports.size(); shard++) {
      pool.append(
          "[pools.app.shards.%d]\ndatabase = \"%s\"\nservers = [[\"127.0.0.1\", %d, \"primary\"]]\n"
              .formatted(shard, databases.get(shard), ports.get(shard)));
    }
    return pool.toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process launch() throws IOException {
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
            config.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Starts it again after a kill. */
  void startAgain() throws IOException {
    process = launch();
  }

  /** A client, as soon as there can be one. */
  Connection connect() {
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

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
