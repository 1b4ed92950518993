package org.pglynx.proxy.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.pglynx.proxy.transport.TestAuthority;

/**
 * A PostgreSQL with TLS whose rules let each role in by one way only: {@code plain} without TLS,
 * {@code tls} with it, {@code bound} with it and SCRAM, {@code clear} with it and a cleartext
 * password, {@code certified} with a certificate of that name.
 */
final class TlsPostgres implements AutoCloseable {
  static final String PASSWORD = "of-the-server";

  private static final String RULES =
      """
      hostnossl all plain all scram-sha-256
      hostssl all tls all trust
      hostssl all bound all scram-sha-256
      hostssl all clear all password
      hostssl all certified all cert
      host all postgres all trust
      """;

  private final EmbeddedPostgres server;

  private TlsPostgres(EmbeddedPostgres server) {
    this.server = server;
  }

  static TlsPostgres start(TestAuthority authority, TestAuthority.Issued shown) {
    try {
      EmbeddedPostgres started =
          EmbeddedPostgres.builder()
              .setPGStartupWait(Duration.ofSeconds(60))
              .setServerConfig("fsync", "off")
              .setServerConfig("unix_socket_directories", "")
              .setServerConfig("ssl", "on")
              .setServerConfig("ssl_cert_file", shown.certificate().toString())
              .setServerConfig("ssl_key_file", shown.key().toString())
              .setServerConfig("ssl_ca_file", authority.certificate().toString())
              .start();
      TlsPostgres postgres = new TlsPostgres(started);
      postgres.createRoles();
      return postgres;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void createRoles() throws IOException {
    execute(
        "CREATE ROLE tls LOGIN",
        "CREATE ROLE certified LOGIN",
        "CREATE ROLE plain LOGIN PASSWORD '" + PASSWORD + "'",
        "CREATE ROLE bound LOGIN PASSWORD '" + PASSWORD + "'",
        "CREATE ROLE clear LOGIN PASSWORD '" + PASSWORD + "'");
    Files.writeString(Path.of(value("SHOW hba_file")), RULES);
    execute("SELECT pg_reload_conf()");
    Eventually.equal(() -> value("SELECT count(*) FROM pg_hba_file_rules"), "6");
  }

  int port() {
    return server.getPort();
  }

  void execute(String... statements) {
    try (Connection connection = server.getPostgresDatabase().getConnection()) {
      ProxyUnderTest.run(connection, statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  String value(String sql) {
    try (Connection connection = server.getPostgresDatabase().getConnection()) {
      return String.valueOf(ProxyUnderTest.value(connection, sql));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
