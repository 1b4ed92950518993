package org.pglynx.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Real PostgreSQL: the demo's standby. */
class DemoReplicaTest {
  private static Connection connect(int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/demo?user=postgres");
  }

  private static String value(Connection client, String sql) throws SQLException {
    try (ResultSet row = client.createStatement().executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private static ProcessHandle process(Path directory) throws Exception {
    Path file = directory.resolve("demo-replica").resolve("postmaster.pid");
    return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst())).orElseThrow();
  }

  @Test
  void it_follows_the_database_and_leaves_no_process_behind() throws Exception {
    ProcessHandle standby;
    try (DemoDatabase primary = DemoDatabase.start(DemoDatabaseTest.DIRECTORY);
        DemoReplica replica = DemoReplica.start(DemoDatabaseTest.DIRECTORY, primary);
        Connection writer = connect(primary.port());
        Connection reader = connect(replica.port())) {
      standby = process(DemoDatabaseTest.DIRECTORY);
      writer.createStatement().execute("CREATE TABLE followed AS SELECT 42 AS answer");

      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (value(reader, "SELECT to_regclass('followed') IS NULL").equals("t")
          && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(value(reader, "SELECT pg_is_in_recovery()")).isEqualTo("t");
      assertThat(value(reader, "SELECT answer FROM followed")).isEqualTo("42");
    }

    assertThat(standby.onExit()).succeedsWithin(Duration.ofSeconds(5));
  }
}
