package org.pglynx.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The embedded PostgreSQL with an empty database {@code demo}, and two for shards. */
final class DemoDatabase implements AutoCloseable {
  static final String NAME = "demo";

  /** The databases of the shards. */
  static final List<String> SHARDS = List.of("demo_shard_0", "demo_shard_1");

  /** Where zonky unpacks the binaries and looks for servers of its own that were left behind. */
  private static final String ZONKY_DIRECTORY = "ot.epg.working-dir";

  private final Path directory;
  private final FileChannel lockFile;
  private final EmbeddedPostgres postgres;

  private DemoDatabase(Path directory, FileChannel lockFile, EmbeddedPostgres postgres) {
    this.directory = directory;
    this.lockFile = lockFile;
    this.postgres = postgres;
  }

  /** True if a start has to unpack PostgreSQL and create its data directory first. */
  static boolean isNew(Path directory) {
    return !Files.exists(dataDirectory(directory).resolve("postgresql.conf"));
  }

  /**
   * Starts PostgreSQL on a free port.
   *
   * @param directory where its files are kept from start to start
   */
  static DemoDatabase start(Path directory) throws DemoUnavailableException {
    try {
      Files.createDirectories(directory);
      return start(directory, locked(directory.resolve("demo.lock")));
    } catch (IOException | SQLException e) {
      throw notStarted(directory, e);
    }
  }

  private static DemoDatabase start(Path directory, FileChannel lockFile)
      throws IOException, SQLException, DemoUnavailableException {
    boolean started = false;
    try {
      LeftoverServer.stop(dataDirectory(directory));
      EmbeddedPostgres postgres = startPostgres(directory);
      DemoDatabase database = new DemoDatabase(directory, lockFile, postgres);
      database.recreate();
      started = true;
      return database;
    } finally {
      if (!started) {
        lockFile.close();
      }
    }
  }

  int port() {
    return postgres.getPort();
  }

  /** Where its files are. */
  Path data() {
    return dataDirectory(directory);
  }

  /** A connection to it as its owner. */
  Connection connect() throws SQLException {
    return postgres.getPostgresDatabase().getConnection();
  }

  /** The server's version as it tells it, without what the packager appended. */
  String version() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW server_version")) {
      row.next();
      return row.getString(1).split(" ")[0];
    }
  }

  @Override
  public void close() throws IOException {
    try (lockFile) {
      postgres.close();
    }
  }

  private static Path dataDirectory(Path directory) {
    return directory.resolve("demo-data");
  }

  /** Two demos on one data directory would damage it, so the second is told off. */
  private static FileChannel locked(Path file) throws IOException, DemoUnavailableException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException _) {
      // Held by this very JVM.
    }
    if (lock == null) {
      channel.close();
      throw new DemoUnavailableException(
          "another demo is running; stop it, or give this one its own --directory and --port");
    }
    return channel;
  }

  private static EmbeddedPostgres startPostgres(Path directory)
      throws IOException, DemoUnavailableException {
    // zonky reads the property each time; without it, it leaves a directory in the temp directory.
    System.setProperty(ZONKY_DIRECTORY, directory.resolve("postgres").toString());
    Redirect log = Redirect.to(directory.resolve("postgres.log").toFile());
    try {
      return EmbeddedPostgres.builder()
          .setDataDirectory(dataDirectory(directory))
          .setCleanDataDirectory(false)
          .setRegisterShutdownHook(false)
          .setPGStartupWait(Duration.ofSeconds(60))
          .setServerConfig("unix_socket_directories", "")
          .setServerConfig("max_connections", "100")
          // Transactions over both shards commit in two phases.
          .setServerConfig("max_prepared_transactions", "20")
          .setOutputRedirector(log)
          .setErrorRedirector(Redirect.appendTo(directory.resolve("postgres.log").toFile()))
          .start();
    } catch (IllegalStateException e) {
      throw notStarted(directory, e);
    }
  }

  private static DemoUnavailableException notStarted(Path directory, Exception cause) {
    String log = directory.resolve("postgres.log").toString();
    return new DemoUnavailableException(
        "PostgreSQL did not start: "
            + cause.getMessage()
            + "\nIts log is "
            + log
            + ". Started by root it needs user namespaces (unshare -U): where they are forbidden,"
            + " run as another user.",
        cause);
  }

  private static void recreate(Statement statement, String database) throws SQLException {
    statement.execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
    statement.execute("CREATE DATABASE " + database);
  }

  /** Each start begins with an empty database, so that the tour shows the same every time. */
  private void recreate() throws IOException, SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      recreate(statement, NAME);
      for (String shard : SHARDS) {
        recreate(statement, shard);
      }
    } catch (SQLException e) {
      postgres.close();
      throw e;
    }
  }
}
