package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Clients of mixed behaviour, whose servers are killed: no reply is another's, nothing that was
 * committed is lost, nothing that was left is kept, and nothing is held when all are gone.
 *
 * <p>First without kills, when every error is wrong; then with kills. Some clients for seconds
 * here; the Maven profile {@code soak} has 1000 for ten minutes. {@code -Dsoak.seed} repeats the
 * clients' choices.
 */
class SoakIT {
  private static final int CLIENTS = Integer.getInteger("soak.clients", 60);
  private static final int CALM_SECONDS = Integer.getInteger("soak.calm.seconds", 3);
  private static final int SECONDS = Integer.getInteger("soak.seconds", 12);
  private static final int KILL_SECONDS = Integer.getInteger("soak.kill.seconds", 3);
  private static final long SEED = Long.getLong("soak.seed", System.nanoTime());
  private static final int POOL = 20;
  private static final int SESSION_POOL = 25;

  /** Every so many clients one uses the pool in session mode. */
  private static final int SESSIONS_EVERY = 50;

  private static final long SLACK = 24L << 20;

  private static final CrashingPostgres POSTGRES = CrashingPostgres.start(freePort());
  private static final ProxyServer PROXY =
      ProxyServer.start(ConfigLoader.parse(toml(), "soak.toml"));

  private final Random random = new Random(SEED);
  private final SoakReport report = new SoakReport();
  private final Map<String, Integer> kills = new LinkedHashMap<>();
  private int phases;

  /** Below those that the system gives to clients, so that it is free again behind a restart. */
  private static int freePort() {
    for (int port = 20_000 + (int) (System.nanoTime() & 0xfff); ; port++) {
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException _) {
        // Taken; the next one may not be.
      }
    }
  }

  private static String toml() {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 2
    connect_timeout = 5000
    admin_username = "admin"
    admin_auth_type = "trust"
    [pools.app]
    pool_mode = "transaction"
    shards.0.database = "postgres"
    shards.0.servers = [["127.0.0.1", %1$d, "primary"]]
    users.0 = { username = "postgres", auth_type = "trust", pool_size = %2$d }
    [pools.sticky]
    pool_mode = "session"
    shards.0.database = "postgres"
    shards.0.servers = [["127.0.0.1", %1$d, "primary"]]
    users.0 = { username = "postgres", auth_type = "trust", pool_size = %3$d }
    """
        .formatted(POSTGRES.port(), POOL, SESSION_POOL);
  }

  @BeforeAll
  static void createTables() throws SQLException {
    try (Connection observer = observer();
        Statement statement = observer.createStatement()) {
      for (String table : SoakServer.TABLES) {
        statement.execute(table);
      }
    }
    try (Connection client = client()) {
      SoakCalls.train(client);
    }
  }

  @AfterAll
  static void stop() {
    PROXY.close();
    POSTGRES.close();
  }

  @Test
  void clients_get_their_own_replies_and_leave_nothing_while_servers_are_killed()
      throws InterruptedException, SQLException {
    System.out.println("soak with seed " + SEED);
    phase(false, CALM_SECONDS);
    settled();
    SoakResources before = SoakResources.held();
    System.out.println("calm: " + report + "\nheld " + before);
    phase(true, SECONDS);
    settled();
    System.out.println("with kills " + kills + ": " + report);

    assertThat(report.wrong()).as("seed %s", SEED).isEmpty();
    rowsAreThoseThatWereCommitted();
    serversAreIdle();
    // What the test itself has noted of each row is no leak.
    report.forgetRows();
    SoakResources after = SoakResources.held();
    System.out.println("held " + after);
    assertThat(after.heap()).as("heap").isLessThan(before.heap() + SLACK);
    assertThat(after.direct()).as("direct memory").isLessThan(before.direct() + SLACK);
    // The pools may have more servers now than they had then.
    assertThat(after.files()).as("files").isLessThanOrEqualTo(before.files() + POOL + SESSION_POOL);
    assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + 8);
  }

  // ---- the clients ---------------------------------------------------------------------------

  private void phase(boolean lossy, int seconds) throws InterruptedException {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    SoakClient.Setting setting =
        new SoakClient.Setting(
            SoakClient.Door.plain(PROXY.port()), lossy, goesOn::get, report, SoakTalk::new, false);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String pool = i % SESSIONS_EVERY == 0 ? "sticky" : "app";
      int number = phases * 10_000 + i;
      clients.add(Thread.startVirtualThread(new SoakClient(number, pool, setting, SEED)));
    }
    phases++;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (int round = 1; System.nanoTime() < end; round++) {
      TimeUnit.SECONDS.sleep(Math.min(KILL_SECONDS, seconds));
      if (lossy && System.nanoTime() < end) {
        kill(round);
        System.out.println(kills + " " + report);
      }
    }
    goesOn.set(false);
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    for (Thread client : clients) {
      boolean over =
          client.join(java.time.Duration.ofNanos(Math.max(1, patience - System.nanoTime())));
      assertThat(over).as("a client comes to its end").isTrue();
    }
  }

  // ---- the kills -----------------------------------------------------------------------------

  private void kill(int round) throws InterruptedException {
    if (round % 4 == 3) {
      kills.merge("postmaster", 1, Integer::sum);
      POSTGRES.kill9();
      TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(2_000));
      POSTGRES.restart();
      return;
    }
    try (Connection observer = observer()) {
      List<Integer> pids = pids(observer);
      if (pids.isEmpty()) {
        return;
      }
      int pid = pids.get(random.nextInt(pids.size()));
      if (round % 4 == 2) {
        kills.merge("process", 1, Integer::sum);
        POSTGRES.kill9(pid);
      } else {
        kills.merge("terminated", 1, Integer::sum);
        values(observer, "SELECT pg_terminate_backend(" + pid + ")");
      }
    } catch (SQLException e) {
      // It is still recovering from the last one.
      kills.merge("missed", 1, Integer::sum);
    }
  }

  private static List<Integer> pids(Connection observer) throws SQLException {
    return values(observer, SERVERS.formatted("pid", "true")).stream()
        .map(Integer::valueOf)
        .toList();
  }

  private static final String SERVERS =
      "SELECT %s FROM pg_stat_activity WHERE backend_type = 'client backend'"
          + " AND pid <> pg_backend_pid() AND %s";

  // ---- what is left --------------------------------------------------------------------------

  private static Connection client() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + PROXY.port() + "/app?user=postgres&sslmode=disable");
  }

  private static Connection observer() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + POSTGRES.port() + "/postgres?user=postgres");
  }

  private static List<String> values(Connection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private static List<String> observed(String sql) {
    try (Connection observer = observer()) {
      return values(observer, sql);
    } catch (SQLException e) {
      return List.of(e.toString());
    }
  }

  /** Every client is gone, every server free. */
  private static void settled() throws SQLException {
    try (Connection admin = AdminTable.login(PROXY.port())) {
      // The observer of it all is a client of the proxy, too.
      Eventually.equal(() -> clients(admin), Map.of("used_clients", "1", "login_clients", "0"));
      Eventually.equal(() -> usedServers(admin), List.of());
    }
  }

  private static Map<String, String> clients(Connection admin) {
    Map<String, String> clients = new HashMap<>();
    for (Map<String, String> row : shown(admin, "LISTS")) {
      String list = Objects.requireNonNull(row.get("list"));
      if (list.endsWith("_clients") && !list.startsWith("free")) {
        clients.put(list, row.get("items"));
      }
    }
    return clients;
  }

  /** Those stay on which the pools listen, for their clients and for deployments. */
  private static List<Map<String, String>> usedServers(Connection admin) {
    return shown(admin, "SERVERS").stream()
        .filter(row -> !Set.of("idle", "listen").contains(row.get("state")))
        .toList();
  }

  private static List<Map<String, String>> shown(Connection admin, String topic) {
    try {
      return AdminTable.show(admin, topic);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void serversAreIdle() {
    Eventually.equal(() -> observed(SERVERS.formatted("query", "state <> 'idle'")), List.of());
    assertThat(observed(SERVERS.formatted("pid", "true")))
        .as("the pools' connections and those on which they listen")
        .hasSizeLessThanOrEqualTo(POOL + SESSION_POOL + 2);
    assertThat(observed("SELECT objid FROM pg_locks WHERE locktype = 'advisory'")).isEmpty();
  }

  private void rowsAreThoseThatWereCommitted() {
    Set<String> rows = new HashSet<>(observed("SELECT tag FROM soak_rows"));
    Map<String, Integer> copied = new HashMap<>();
    for (String each : observed("SELECT tag || ' ' || count(*) FROM soak_copied GROUP BY tag")) {
      copied.put(each.substring(0, each.indexOf(' ')), Integer.valueOf(each.split(" ")[1]));
    }
    System.out.println(
        report.committed().size()
            + " rows and "
            + report.copied().size()
            + " copies were committed, "
            + report.undone().size()
            + " were not; there are "
            + rows.size()
            + " and "
            + copied.size());

    assertThat(filtered(report.committed(), tag -> !rows.contains(tag)))
        .as("committed, but lost")
        .isEmpty();
    assertThat(filtered(report.undone(), tag -> rows.contains(tag) || copied.containsKey(tag)))
        .as("never committed, but there")
        .isEmpty();
    assertThat(
            filtered(
                report.copied().keySet(),
                tag -> !Objects.equals(report.copied().get(tag), copied.get(tag))))
        .as("copied, but not whole")
        .isEmpty();
  }

  private static List<String> filtered(Set<String> tags, Predicate<String> wrong) {
    return tags.stream().filter(wrong).limit(20).toList();
  }
}
