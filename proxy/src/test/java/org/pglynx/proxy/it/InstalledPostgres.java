package org.pglynx.proxy.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of the PostgreSQL that this machine has installed, so that its programs can be used with
 * it; where there is none, the calling test is skipped.
 */
final class InstalledPostgres implements AutoCloseable {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final long LIMIT_SECONDS = 60;

  private final Path data;
  private final int port;
  private final Process process;

  private InstalledPostgres(Path data, int port, Process process) {
    this.data = data;
    this.port = port;
    this.process = process;
  }

  /** Makes a cluster below the directory, and starts it. */
  static InstalledPostgres primary(Path directory) {
    Path data = directory.resolve("primary");
    run(
        directory,
        "initdb",
        List.of("-D", data.toString(), "-U", "postgres", "-A", "trust", "--no-sync"));
    append(
        data,
        "wal_level = logical",
        "max_wal_senders = 10",
        "max_replication_slots = 10",
        "wal_keep_size = 64MB");
    return start(data);
  }

  /** Starts a server on a directory that holds a cluster, such as a copy of another one. */
  static InstalledPostgres start(Path data) {
    int port = freePort();
    append(
        data,
        "fsync = off",
        "port = " + port,
        "listen_addresses = '127.0.0.1'",
        "unix_socket_directories = ''");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(unprivileged("postgres", List.of("-D", data.toString())))
              .redirectErrorStream(true)
              .redirectOutput(data.resolveSibling(data.getFileName() + ".log").toFile());
      InstalledPostgres started = new InstalledPostgres(data, port, builder.start());
      Eventually.equal(started::answers, true);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() {
    try (Connection connection = connect("postgres")) {
      return connection.isValid(5);
    } catch (SQLException _) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void append(Path data, String... settings) {
    try {
      Files.write(
          data.resolve("postgresql.auto.conf"), List.of(settings), StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path binaries() {
    if (!Files.isDirectory(DEBIAN)) {
      return DEBIAN;
    }
    try (Stream<Path> versions = Files.list(DEBIAN)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElse(DEBIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server refuses to run as root; in a user namespace of its own the process is nobody. */
  private static List<String> unprivileged(String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(binaries().resolve(program).toString());
    command.addAll(arguments);
    return command;
  }

  private static void run(Path directory, String program, List<String> arguments) {
    Path executable = binaries().resolve(program);
    assumeTrue(Files.isExecutable(executable), "no PostgreSQL server is installed here");
    try {
      Path output = Files.createTempFile(directory, program, ".out");
      Process process =
          new ProcessBuilder(unprivileged(program, arguments))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      String said = Files.readString(output);
      assumeTrue(ended && process.exitValue() == 0, program + " does not work here: " + said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return port;
  }

  Path data() {
    return data;
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres");
  }

  void execute(String... statements) {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }

  /** The first column of the first row; what is wrong, if there is none. */
  String value(String sql) {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Stops it as fast as it can. */
  @Override
  public void close() {
    // SIGTERM waits for clients; SIGKILL of the postmaster ends its children, too.
    process.destroyForcibly();
    try {
      process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
