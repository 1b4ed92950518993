package org.pglynx.proxy.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A real PostgreSQL that lets nobody but its superuser in without a password; anna's is {@code
 * right}.
 */
final class PasswordPostgres implements AutoCloseable {
  private static final String RULES =
      """
      host all postgres 127.0.0.1/32 trust
      host all all 127.0.0.1/32 scram-sha-256
      """;

  private final EmbeddedPostgres server;

  private PasswordPostgres(EmbeddedPostgres server) {
    this.server = server;
  }

  static PasswordPostgres start() throws IOException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofSeconds(60))
            .setServerConfig("fsync", "off")
            .setServerConfig("unix_socket_directories", "")
            .start();
    PasswordPostgres started = new PasswordPostgres(server);
    started.guard();
    return started;
  }

  private void guard() throws IOException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE anna LOGIN SUPERUSER PASSWORD 'right'");
      String file;
      try (ResultSet row = statement.executeQuery("SHOW hba_file")) {
        row.next();
        file = row.getString(1);
      }
      String lines = "SELECT unnest(string_to_array('" + RULES.strip() + "', E'\\n'))";
      statement.execute("COPY (" + lines + ") TO '" + file + "'");
      statement.execute("SELECT pg_reload_conf()");
      Eventually.equal(() -> rules(), 2);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** How many rules are in the file, once the server has read it. */
  private int rules() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_hba_file_rules")) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port() + "/postgres?user=postgres");
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
