package org.pglynx.proxy.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One server of a {@link StreamingCluster}: it can be killed, frozen, promoted and brought back.
 */
final class StreamingServer {
  private final Path data;
  private final int port;
  private EmbeddedPostgres server;
  private boolean up;

  private StreamingServer(Path data, int port, EmbeddedPostgres server) {
    this.data = data;
    this.port = port;
    this.server = server;
    this.up = true;
  }

  /** Starts one on the directory, which is made if it is not there. */
  static StreamingServer start(Path data) {
    int port = freePort();
    return new StreamingServer(data, port, start(data, port));
  }

  private static EmbeddedPostgres start(Path data, int port) {
    try {
      return EmbeddedPostgres.builder()
          .setDataDirectory(data)
          .setCleanDataDirectory(false)
          .setRegisterShutdownHook(false)
          .setPGStartupWait(Duration.ofSeconds(60))
          .setServerConfig("fsync", "off")
          .setServerConfig("unix_socket_directories", "")
          .setServerConfig("listen_addresses", "*")
          .setServerConfig("max_connections", "100")
          .setServerConfig("wal_level", "replica")
          .setServerConfig("wal_keep_size", "512MB")
          .setServerConfig("wal_receiver_timeout", "5s")
          .setServerConfig("wal_retrieve_retry_interval", "100ms")
          .setServerConfig("synchronous_commit", "on")
          .setPort(port)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  // ---- what happens to it ----------------------------------------------------------------------

  /** Follows another server's log from the next start on. */
  void follow(StreamingServer leader) {
    prepare(data, leader);
  }

  /** Lets everybody in who comes from the network, on a server that is not running. */
  static void trust(Path data, String network) {
    try {
      Files.write(
          data.resolve("pg_hba.conf"),
          List.of("host all all " + network + " trust"),
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a server on the directory follow another one's log. */
  static void prepare(Path data, StreamingServer leader) {
    try {
      Files.writeString(data.resolve("standby.signal"), "");
      Files.write(
          data.resolve("postgresql.auto.conf"),
          List.of(
              "primary_conninfo = 'host=127.0.0.1 port="
                  + leader.port
                  + " user=postgres application_name="
                  + data.getFileName()
                  + "'"),
          StandardOpenOption.APPEND,
          StandardOpenOption.CREATE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops it in order, however long that takes. */
  void stop() {
    List<ProcessHandle> all = processes();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Eventually.equal(() -> all.stream().anyMatch(ProcessHandle::isAlive), false);
    up = false;
  }

  /** Kills the postmaster and all of its children. */
  void kill() {
    List<ProcessHandle> all = processes();
    all.forEach(ProcessHandle::destroyForcibly);
    // onExit() of a process that is no child of this one looks only twice a second.
    Eventually.equal(() -> all.stream().anyMatch(ProcessHandle::isAlive), false);
    up = false;
  }

  /** All processes stand still: connections are there, and nothing comes from them. */
  void freeze() {
    signal("STOP");
  }

  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    for (ProcessHandle process : processes()) {
      try {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** The postmaster first, so that it makes no more. */
  private List<ProcessHandle> processes() {
    try {
      long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
      List<ProcessHandle> all = new ArrayList<>();
      ProcessHandle.of(pid)
          .ifPresent(postmaster -> {
            all.add(postmaster);
            postmaster.descendants().forEach(all::add);
          });
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts again what was stopped or killed. */
  void restart() {
    try {
      if (up) {
        server.close();
      } else {
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        // Nothing runs any more, but the lock on the directory is still held.
        closeQuietly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = start(data, port);
    up = true;
  }

  private void closeQuietly() {
    try {
      server.close();
    } catch (IOException | RuntimeException _) {
      // There is nothing to stop.
    }
  }

  /** Begins anew with the files of another one, which is restarted; this one is down. */
  void becomeCopyOf(StreamingServer other) {
    closeQuietly();
    delete(data);
    other.stop();
    other.copyTo(data);
    other.restart();
    server = start(data, port);
    up = true;
  }

  /** Begins anew as a standby of the other one, which is restarted; whatever this one was. */
  void becomeStandbyOf(StreamingServer leader) {
    if (up) {
      kill();
    }
    closeQuietly();
    delete(data);
    leader.stop();
    leader.copyTo(data);
    prepare(data, leader);
    leader.restart();
    server = start(data, port);
    up = true;
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Becomes a primary. */
  void promote() {
    execute("SELECT pg_promote(true, 30)");
  }

  /** A copy of the files of this one, which is stopped. */
  void copyTo(Path copy) {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(data.relativize(file).toString());
        Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what it says ----------------------------------------------------------------------------

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&connectTimeout=5");
  }

  void execute(String... statements) {
    try (Connection connection = connect();
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
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  void close() {
    if (up) {
      thaw();
    }
    closeQuietly();
  }
}
