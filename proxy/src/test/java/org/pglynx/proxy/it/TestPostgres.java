package org.pglynx.proxy.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A real PostgreSQL: one for each major version in this JVM, started when first asked for. */
final class TestPostgres {
  /** The major versions under test. */
  enum Major {
    V17,
    V18
  }

  /** Where the build puts the binaries of the older major; the newer ones are on the class path. */
  private static final Path OLDER_BINARIES = Path.of("target", "postgres-17.jar");

  private static final Map<Major, TestPostgres> SHARED = new EnumMap<>(Major.class);
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final EmbeddedPostgres server;

  private TestPostgres(EmbeddedPostgres server) {
    this.server = server;
  }

  /** The newest version, which most tests use. */
  static TestPostgres shared() {
    return shared(Major.V18);
  }

  /** Whether the binaries of the version are here. */
  static boolean available(Major major) {
    return major == Major.V18 || Files.exists(OLDER_BINARIES);
  }

  static synchronized TestPostgres shared(Major major) {
    return SHARED.computeIfAbsent(major, TestPostgres::start);
  }

  private static TestPostgres start(Major major) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofSeconds(60))
            .setServerConfig("max_connections", "200")
            .setServerConfig("max_prepared_transactions", "50")
            .setServerConfig("fsync", "off")
            .setServerConfig("wal_level", "logical")
            .setServerConfig("unix_socket_directories", sockets().toString());
    if (major == Major.V17) {
      builder.setPgBinaryResolver(older());
    }
    try {
      EmbeddedPostgres started = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started)));
      return new TestPostgres(started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(EmbeddedPostgres started) {
    try {
      started.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PgBinaryResolver older() {
    return (system, architecture) -> {
      try (ZipFile jar = new ZipFile(OLDER_BINARIES.toFile())) {
        ZipEntry archive = jar.getEntry("postgres-linux-x86_64.txz");
        try (InputStream in = jar.getInputStream(archive)) {
          return new java.io.ByteArrayInputStream(in.readAllBytes());
        }
      }
    };
  }

  private static Path sockets() {
    try {
      Path directory = Files.createTempDirectory("pg");
      // The server may run as another user than the tests.
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory of its Unix socket. */
  String socketDirectory() {
    return value("postgres", "SHOW unix_socket_directories");
  }

  int port() {
    return server.getPort();
  }

  /** A name that no other test uses. */
  static String freshName(String prefix) {
    return prefix + "_" + NAMES.incrementAndGet();
  }

  /** Creates an empty database of its own for a test class. */
  String createDatabase(String prefix) {
    String name = freshName(prefix);
    execute("postgres", "CREATE DATABASE " + name);
    return name;
  }

  void dropDatabase(String name) {
    execute("postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }

  /** A connection past the proxy, as superuser. */
  Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("ApplicationName", "observer");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port() + "/" + database, properties);
  }

  /** Runs statements past the proxy. */
  void execute(String database, String... statements) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }

  /** The first column of the first row, asked past the proxy. */
  String value(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Creates a login role whose password the server asks for by the method of pg_hba.conf. */
  void createRole(String name, String password, String method) {
    String encryption = method.equals("md5") ? "md5" : "scram-sha-256";
    execute(
        "postgres",
        "SET password_encryption = '" + encryption + "'",
        "CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
    Path rules = dataDirectory().resolve("pg_hba.conf");
    try {
      String before = Files.readString(rules);
      Files.writeString(rules, "host all " + name + " 127.0.0.1/32 " + method + "\n" + before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    execute("postgres", "SELECT pg_reload_conf()");
  }

  /** The directory of the server's files. */
  Path dataDirectory() {
    return Path.of(value("postgres", "SHOW data_directory"));
  }
}
