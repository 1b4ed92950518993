package org.pglynx.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A standby that follows the demo's database: a copy of its files, made anew at each start, as
 * pg_basebackup makes it (PostgreSQL manual, "Making a Base Backup Using the Low Level API").
 */
final class DemoReplica implements AutoCloseable {
  /** What is another server's own. */
  private static final Set<String> NOT_COPIED =
      Set.of("postmaster.pid", "postmaster.opts", "epg-lock", "pg_replslot", "pg_stat_tmp");

  private final EmbeddedPostgres postgres;

  private DemoReplica(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  /**
   * Starts it on a free port.
   *
   * @param directory where its files are kept until the next start
   * @param primary whom it follows
   */
  static DemoReplica start(Path directory, DemoDatabase primary) throws DemoUnavailableException {
    Path data = directory.resolve("demo-replica");
    try {
      LeftoverServer.stop(data);
      delete(data);
      copy(primary, data);
      Files.writeString(data.resolve("standby.signal"), "");
      Files.writeString(
          data.resolve("postgresql.auto.conf"),
          "primary_conninfo = 'host=127.0.0.1 port=" + primary.port() + " user=postgres'\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      return new DemoReplica(start(directory, data));
    } catch (IOException | SQLException | IllegalStateException e) {
      throw new DemoUnavailableException("the replica did not start: " + e.getMessage(), e);
    }
  }

  int port() {
    return postgres.getPort();
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }

  private static EmbeddedPostgres start(Path directory, Path data) throws IOException {
    Path log = directory.resolve("replica.log");
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(Duration.ofSeconds(60))
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("max_connections", "100")
        .setServerConfig("max_prepared_transactions", "20")
        .setOutputRedirector(Redirect.to(log.toFile()))
        .setErrorRedirector(Redirect.appendTo(log.toFile()))
        .start();
  }

  /** The server goes on meanwhile; what changes in the files is in its log. */
  private static void copy(DemoDatabase primary, Path data) throws IOException, SQLException {
    try (Connection connection = primary.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('demo', true)");
      Files.walkFileTree(primary.data(), new Copy(primary.data(), data));
      try (ResultSet row =
          statement.executeQuery(
              "SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)")) {
        row.next();
        Files.writeString(data.resolve("backup_label"), row.getString(1));
      }
    }
  }

  private static final class Copy extends SimpleFileVisitor<Path> {
    private final Path from;
    private final Path to;

    Copy(Path from, Path to) {
      this.from = from;
      this.to = to;
    }

    private Path target(Path path) {
      return to.resolve(from.relativize(path).toString());
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      Files.createDirectories(target(directory));
      if (directory.equals(from)) {
        // PostgreSQL starts on no directory that others may read.
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
      }
      return NOT_COPIED.contains(directory.getFileName().toString())
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!NOT_COPIED.contains(file.getFileName().toString())) {
        try {
          Files.copy(file, target(file));
        } catch (NoSuchFileException _) {
          // The server has removed it since.
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(left);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
