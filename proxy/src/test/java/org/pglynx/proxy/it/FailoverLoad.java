package org.pglynx.proxy.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that write or read without pause, and remember what they were told. */
final class FailoverLoad implements AutoCloseable {
  private final String url;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
  private final Map<Thread, Integer> rounds = new ConcurrentHashMap<>();
  private final AtomicInteger lostConnections = new AtomicInteger();
  private final AtomicLong ids;
  private volatile long lastNanos = System.nanoTime();
  private volatile long longestGapNanos;
  private volatile boolean stopping;

  private interface Act {
    void run(Connection connection) throws SQLException;
  }

  private FailoverLoad(int port, String database, AtomicLong ids) {
    this.url =
        "jdbc:postgresql://127.0.0.1:"
            + port
            + "/"
            + database
            + "?user=postgres&preferQueryMode=simple&socketTimeout=30";
    this.ids = ids;
  }

  /** Each insert has an id of its own, and is not repeated if it fails. */
  static FailoverLoad writers(int port, String database, int clients, AtomicLong ids) {
    FailoverLoad load = new FailoverLoad(port, database, ids);
    load.start(clients, load::write);
    return load;
  }

  /** They ask which server answers. */
  static FailoverLoad readers(int port, String database, int clients) {
    FailoverLoad load = new FailoverLoad(port, database, new AtomicLong());
    load.start(clients, load::read);
    return load;
  }

  private void start(int clients, Act act) {
    for (int i = 0; i < clients; i++) {
      threads.add(Thread.ofPlatform().daemon().start(() -> work(act)));
    }
  }

  private void work(Act act) {
    while (!stopping) {
      try (Connection connection = DriverManager.getConnection(url)) {
        while (!stopping && !connection.isClosed()) {
          step(connection, act);
        }
        if (!stopping) {
          lostConnections.incrementAndGet();
        }
      } catch (SQLException e) {
        errors.add("login: " + e.getSQLState() + " " + e.getMessage());
        Eventually.pause(20);
      }
    }
  }

  private void step(Connection connection, Act act) {
    try {
      act.run(connection);
      succeeded();
    } catch (SQLException e) {
      errors.add(e.getSQLState() + " " + e.getMessage());
      Eventually.pause(5);
    }
    rounds.merge(Thread.currentThread(), 1, Integer::sum);
    Eventually.pause(1);
  }

  private synchronized void succeeded() {
    long now = System.nanoTime();
    longestGapNanos = Math.max(longestGapNanos, now - lastNanos);
    lastNanos = now;
  }

  private void write(Connection connection) throws SQLException {
    long id = ids.incrementAndGet();
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO writes VALUES (" + id + ")");
    }
    acknowledged.add(id);
  }

  private void read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_setting('port')")) {
      row.next();
      answers.computeIfAbsent(row.getString(1), port -> new AtomicInteger()).incrementAndGet();
    }
  }

  /** Waits until all that is under way has ended, for each client; they go on. */
  void turnOver() {
    Map<Thread, Integer> before = Map.copyOf(rounds);
    Eventually.equal(
        () ->
            before.entrySet().stream()
                .allMatch(each -> rounds.getOrDefault(each.getKey(), 0) > each.getValue()),
        true);
  }

  /** Forgets what was told so far. */
  synchronized void begin() {
    errors.clear();
    answers.clear();
    lastNanos = System.nanoTime();
    longestGapNanos = 0;
    lostConnections.set(0);
  }

  /** Writes of which clients were told that they are done. */
  List<Long> acknowledged() {
    synchronized (acknowledged) {
      return List.copyOf(acknowledged);
    }
  }

  List<String> errors() {
    synchronized (errors) {
      return List.copyOf(errors);
    }
  }

  /** How often the server answered. */
  int answers(StreamingServer server) {
    AtomicInteger count = answers.get(String.valueOf(server.port()));
    return count == null ? 0 : count.get();
  }

  int lostConnections() {
    return lostConnections.get();
  }

  /** The longest time in which no client had success, up to the last one. */
  long longestGapMillis() {
    return longestGapNanos / 1_000_000;
  }

  /** How many have had an answer since the beginning. */
  int answered() {
    return answers.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  @Override
  public void close() {
    stopping = true;
    for (Thread thread : threads) {
      try {
        thread.join(35_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
