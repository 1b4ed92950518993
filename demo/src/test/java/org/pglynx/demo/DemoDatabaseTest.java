package org.pglynx.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Real PostgreSQL: the embedded server's life. The files are kept for the next run of the tests.
 */
@TestMethodOrder(OrderAnnotation.class)
class DemoDatabaseTest {
  static final Path DIRECTORY = Path.of("target", "demo-cache").toAbsolutePath();

  @Test
  @Order(1)
  void everyStartBeginsWithAnEmptyDatabase() throws Exception {
    for (int start = 0; start < 2; start++) {
      try (DemoDatabase database = DemoDatabase.start(DIRECTORY);
          Connection client = connect(database.port())) {
        assertThat(tables(client)).isZero();
        client.createStatement().execute("CREATE TABLE left_over ()");
      }
    }
    assertThat(DemoDatabase.isNew(DIRECTORY)).isFalse();
  }

  @Test
  @Order(2)
  void aStoppedServerLeavesNoProcessBehind() throws Exception {
    int port;
    ProcessHandle server;
    try (DemoDatabase database = DemoDatabase.start(DIRECTORY)) {
      port = database.port();
      server = server();
      assertThat(database.version()).matches("\\d+\\.\\d+");
    }

    // pg_ctl returns when the pid file is gone, the process itself a moment later.
    assertThat(server.onExit()).succeedsWithin(Duration.ofSeconds(5));
    assertThatThrownBy(() -> connect(port)).isInstanceOf(SQLException.class);
  }

  @Test
  @Order(3)
  void aSecondDemoOnTheSameFilesIsToldOff() throws Exception {
    try (DemoDatabase _ = DemoDatabase.start(DIRECTORY)) {
      assertThatThrownBy(() -> DemoDatabase.start(DIRECTORY))
          .isInstanceOf(DemoUnavailableException.class)
          .hasMessageStartingWith("another demo is running");
    }
  }

  private static Connection connect(int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/demo?user=postgres");
  }

  private static int tables(Connection client) throws SQLException {
    try (ResultSet row =
        client
            .createStatement()
            .executeQuery("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static ProcessHandle server() throws Exception {
    Path pidFile = DIRECTORY.resolve("demo-data").resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst());
    return ProcessHandle.of(pid).orElseThrow();
  }
}
