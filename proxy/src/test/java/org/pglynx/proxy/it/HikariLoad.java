package org.pglynx.proxy.it;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An application as most are: threads that take connections of a pool (HikariCP), and statements
 * that pgjdbc prepares at the server. Some write in transactions, some read, some check that they
 * read what they wrote. None repeats anything.
 */
final class HikariLoad {
  private static final int THREADS_EACH = 4;
  private static final int PAUSE_MILLIS = 20;
  private static final String READ =
      "SELECT v, current_setting('port'), current_setting('transaction_read_only') = 'on'"
          + " FROM counters WHERE c = ?";

  /** What a client does again and again; each time has a number. */
  private interface Act {
    void run(Connection connection, int client, int number) throws SQLException;
  }

  private final FailureFindings findings = new FailureFindings("HikariCP, pgjdbc");
  private final List<Thread> threads = new ArrayList<>();
  private final HikariDataSource connections;
  private volatile boolean stopping;

  private HikariLoad(String host, int port, String database) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:postgresql://" + host + ":" + port + "/" + database);
    config.setUsername("postgres");
    config.addDataSourceProperty("sslmode", "disable");
    config.addDataSourceProperty("prepareThreshold", "1");
    config.addDataSourceProperty("socketTimeout", "40");
    config.setMaximumPoolSize(clients());
    config.setConnectionTimeout(40_000);
    this.connections = new HikariDataSource(config);
  }

  static int clients() {
    return 3 * THREADS_EACH;
  }

  /**
   * Starts it.
   *
   * @param base the number of its first client; all have their own row in counters
   */
  static HikariLoad start(String host, int port, String database, int base) {
    HikariLoad load = new HikariLoad(host, port, database);
    for (int i = 0; i < THREADS_EACH; i++) {
      load.start(base + i, load::write);
      load.start(base + i, load::read);
      load.start(base + i, load::check);
    }
    return load;
  }

  private void start(int client, Act act) {
    threads.add(Thread.ofPlatform().daemon().start(() -> work(client, act)));
  }

  private void work(int client, Act act) {
    for (int number = 1; !stopping; number++) {
      try (Connection connection = connections.getConnection()) {
        act.run(connection, client, number);
      } catch (SQLException e) {
        findings.failed(e.getSQLState() + " " + e.getMessage());
      }
      Eventually.pause(PAUSE_MILLIS);
    }
  }

  private static long now() {
    return System.currentTimeMillis() * 1000;
  }

  private void write(Connection connection, int client, int number) throws SQLException {
    connection.setAutoCommit(false);
    change(connection, "INSERT INTO writes VALUES (?, ?)", client, number);
    connection.commit();
    findings.acknowledged(client, number);
    findings.wrote(now());
  }

  private static void change(Connection connection, String sql, int first, int second)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, first);
      statement.setInt(2, second);
      statement.executeUpdate();
    }
  }

  private void read(Connection connection, int client, int number) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setInt(1, client);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        findings.answeredBy(row.getString(2));
        findings.read(now());
      }
    }
  }

  private void check(Connection connection, int client, int number) throws SQLException {
    change(connection, "UPDATE counters SET v = ? WHERE c = ?", number, client);
    Eventually.pause(ThreadLocalRandom.current().nextInt(400));
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setInt(1, client);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (row.getInt(1) != number) {
          findings.failed("stale read: " + row.getInt(1) + " after " + number);
        } else if (row.getBoolean(3)) {
          findings.checkedAtReplica();
        } else {
          findings.checked();
        }
      }
    }
  }

  /** What there is so far. */
  FailureFindings soFar() {
    return findings;
  }

  /** Waits for the end of what is under way. */
  FailureFindings findings() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join(60_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    connections.close();
    return findings;
  }
}
