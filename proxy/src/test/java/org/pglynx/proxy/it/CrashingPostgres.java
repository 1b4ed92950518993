package org.pglynx.proxy.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A PostgreSQL of its own that can be killed and brought back on its port and its data. */
final class CrashingPostgres implements AutoCloseable {
  private final Path data;
  private final int prepared;
  private EmbeddedPostgres server;

  private CrashingPostgres(Path data, int prepared, EmbeddedPostgres server) {
    this.data = data;
    this.prepared = prepared;
    this.server = server;
  }

  static CrashingPostgres start() {
    return start(0);
  }

  /** Starts one on a port that nothing takes while it is down. */
  static CrashingPostgres start(int port) {
    return start(port, 0);
  }

  /** Starts one that takes part in transactions over several servers. */
  static CrashingPostgres preparing() {
    return start(0, 20);
  }

  private static CrashingPostgres start(int port, int prepared) {
    try {
      Path data = Files.createTempDirectory("crashing").resolve("data");
      return new CrashingPostgres(data, prepared, start(data, port, prepared));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EmbeddedPostgres start(Path data, int port, int prepared) throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPGStartupWait(Duration.ofSeconds(60))
            .setServerConfig("fsync", "off")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_prepared_transactions", String.valueOf(prepared))
            .setServerConfig("unix_socket_directories", "");
    if (port != 0) {
      builder.setPort(port);
    }
    return builder.start();
  }

  int port() {
    return server.getPort();
  }

  /** Kills one server process as the out-of-memory killer would: all others go down with it. */
  void kill9(int pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Kills the postmaster and all of its children. */
  void kill9() {
    try {
      long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
      ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
      var children = postmaster.descendants().toList();
      postmaster.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      postmaster.onExit().get(10, TimeUnit.SECONDS);
      for (ProcessHandle child : children) {
        child.onExit().get(10, TimeUnit.SECONDS);
      }
      Files.deleteIfExists(data.resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts again what was killed. */
  void restart() {
    int port = server.getPort();
    try {
      // Nothing runs any more, but the lock on the directory is still held.
      server.close();
      server = start(data, port, prepared);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      try (Stream<Path> files = Files.walk(data.getParent())) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
