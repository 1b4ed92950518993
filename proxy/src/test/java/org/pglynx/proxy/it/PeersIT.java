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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Layer 3: two proxies behind one address that takes turns, so that a cancel request never reaches
 * the proxy that its client is connected to by itself. Peer 3 listens and says nothing, at the
 * address of peer 4 nobody listens.
 */
class PeersIT {
  private static final List<String> DONE = List.of("T", "D", "C:SELECT 1", "Z:I");
  private static final List<ProxyServer> PROXIES = new ArrayList<>();
  private static @Nullable ServerSocket silent;
  private static @Nullable RoundRobin front;
  private static String database = "";

  @BeforeAll
  static void start() throws IOException {
    TestPostgres postgres = TestPostgres.shared();
    database = postgres.createDatabase("peers");
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    List<Integer> ports = new ArrayList<>(List.of(freePort(), freePort()));
    ports.add(silent.getLocalPort());
    ports.add(freePort());
    PROXIES.add(proxy(1, ports));
    PROXIES.add(proxy(2, ports));
    front = RoundRobin.before(ports.get(0), ports.get(1));
  }

  @AfterAll
  static void stop() throws IOException {
    front().close();
    PROXIES.forEach(ProxyServer::close);
    ServerSocket listening = silent;
    if (listening != null) {
      listening.close();
    }
    TestPostgres.shared().dropDatabase(database);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static ProxyServer proxy(int id, List<Integer> ports) {
    StringBuilder toml =
        new StringBuilder(
            """
            [general]
            host = "127.0.0.1"
            port = %d
            peer_id = %d
            worker_threads = 2
            admin_username = "admin"
            admin_auth_type = "trust"
            [pools.app]
            [pools.app.shards.0]
            database = "%s"
            servers = [["127.0.0.1", %d, "primary"]]
            [pools.app.users.0]
            username = "postgres"
            auth_type = "trust"
            pool_size = 6
            """
                .formatted(ports.get(id - 1), id, database, TestPostgres.shared().port()));
    for (int i = 0; i < ports.size(); i++) {
      toml.append("[peers.%d]%nhost = \"127.0.0.1\"%nport = %d%n".formatted(i + 1, ports.get(i)));
    }
    return ProxyServer.start(ConfigLoader.parse(toml.toString(), "peer.toml"));
  }

  private static RoundRobin front() {
    RoundRobin started = front;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  private static RawConnection raw() {
    return RawConnection.login(front().port(), "app", "postgres");
  }

  private static void cancel(RawConnection connection) {
    RawConnection.cancel(front().port(), connection.pid(), connection.key());
  }

  /** As if a proxy of that number had given it. */
  private static int pidOf(int peer) {
    return peer << 21 | 77;
  }

  @ParameterizedTest
  @ValueSource(ints = {196_608, 196_610})
  void aRequestFindsItsStatementThroughTheOtherProxy(int version) {
    Map<String, String> parameters = Map.of("user", "postgres", "database", "app");
    for (int i = 0; i < 5; i++) {
      try (RawConnection client = RawConnection.login(front().port(), version, parameters)) {
        client.send(RawConnection.query("SELECT pg_sleep(30)"));
        Eventually.equal(PeersIT::sleepers, "1");

        cancel(client);

        assertThat(client.shapes(1)).containsExactly("T", "E:ERROR:57014", "Z:I");
        assertThat(client.ask("SELECT 1")).isEqualTo(DONE);
      }
    }
  }

  private static String sleepers() {
    return TestPostgres.shared()
        .value(
            database,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND query = 'SELECT pg_sleep(30)' AND state = 'active'");
  }

  @Test
  void aRequestThatIsTakenIsOverWhenItsConnectionEnds() {
    try (RawConnection client = raw();
        RawConnection other = raw()) {
      for (int i = 0; i < 100; i++) {
        client.ask("SELECT 1");
        cancel(i % 2 == 0 ? client : other);
        assertThat(client.ask("SELECT pg_sleep(0.002)")).isEqualTo(DONE);
        assertThat(other.ask("SELECT pg_sleep(0.002)")).isEqualTo(DONE);
      }
    }
  }

  @Test
  void requestsAmidOtherClientsHitNobodyElse() throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    List<String> hit = Collections.synchronizedList(new ArrayList<>());
    List<Thread> innocents = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      innocents.add(Thread.ofPlatform().start(() -> runUnharmed(over, hit)));
    }
    int cancelled = 0;
    try (RawConnection target = raw()) {
      for (int i = 0; i < 100; i++) {
        target.send(RawConnection.query("SELECT pg_sleep(0.02)"));
        cancel(target);
        cancelled += target.shapes(1).contains("E:ERROR:57014") ? 1 : 0;
        assertThat(target.ask("SELECT 1")).isEqualTo(DONE);
      }
    } finally {
      over.set(true);
      for (Thread innocent : innocents) {
        innocent.join();
      }
    }
    assertThat(hit).isEmpty();
    assertThat(cancelled).as("cancels that came in time").isGreaterThan(10);
  }

  private static void runUnharmed(AtomicBoolean over, List<String> hit) {
    try (RawConnection innocent = raw()) {
      while (!over.get()) {
        List<String> shapes = innocent.ask("SELECT pg_sleep(0.002)");
        if (!shapes.equals(DONE)) {
          hit.add(shapes.toString());
        }
      }
    }
  }

  @Test
  void pgjdbcCancelsThroughTheFront() throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + front().port() + "/app?user=postgres";
    try (Connection connection = DriverManager.getConnection(url + "&sslmode=disable");
        Statement statement = connection.createStatement()) {
      Thread canceller =
          Thread.ofPlatform()
              .start(() -> {
                Eventually.equal(PeersIT::sleepers, "1");
                try {
                  statement.cancel();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      String state = "";
      try {
        statement.execute("SELECT pg_sleep(30)");
      } catch (SQLException e) {
        state = String.valueOf(e.getSQLState());
      }
      canceller.join();
      assertThat(state).isEqualTo("57014");
    }
  }

  @Test
  void aWrongKeyForTheOtherProxyEndsNothing() {
    try (RawConnection client = raw()) {
      client.send(RawConnection.query("SELECT 'done' FROM pg_sleep(0.5)"));
      byte[] wrong = client.key().clone();
      wrong[3] ^= 1;
      RawConnection.cancel(front().port(), client.pid(), wrong);
      RawConnection.cancel(front().port(), client.pid(), wrong);

      assertThat(client.shapes(1)).isEqualTo(DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 1000, 2047})
  void aKeyOfAProxyThatNobodyKnowsIsIgnored(int peer) {
    assertThat(timed(pidOf(peer))).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void aPeerWhereNobodyListensHoldsNobodyUp() {
    assertThat(timed(pidOf(4))).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void aPeerThatSaysNothingHoldsNobodyUpForLongAndNoOtherRequestAtAll() throws Exception {
    List<Thread> stuck = new ArrayList<>();
    AtomicInteger closed = new AtomicInteger();
    for (int i = 0; i < 60; i++) {
      stuck.add(
          Thread.ofVirtual()
              .start(() -> {
                RawConnection.cancel(front().port(), pidOf(3), new byte[4]);
                closed.incrementAndGet();
              }));
    }
    Eventually.equal(() -> underWay(0) > 0 && underWay(1) > 0, true);
    assertThat(underWay(0)).isLessThanOrEqualTo(20);
    try (RawConnection client = raw()) {
      client.send(RawConnection.query("SELECT pg_sleep(30)"));
      Eventually.equal(PeersIT::sleepers, "1");
      cancel(client);
      assertThat(client.shapes(1)).contains("E:ERROR:57014");
    }
    for (Thread each : stuck) {
      each.join(Duration.ofSeconds(30));
    }
    assertThat(closed).as("requests that the proxy has closed").hasValue(60);
    Eventually.equal(() -> underWay(0) + underWay(1), 0);
  }

  private static int underWay(int proxy) {
    String url = "jdbc:postgresql://127.0.0.1:" + PROXIES.get(proxy).port() + "/pglynx?user=admin";
    try (Connection admin = DriverManager.getConnection(url + "&preferQueryMode=simple");
        Statement statement = admin.createStatement();
        ResultSet rows = statement.executeQuery("SHOW PEER_POOLS")) {
      int sum = 0;
      while (rows.next()) {
        sum += rows.getInt("cl_active_cancel_req");
      }
      return sum;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Duration timed(int pid) {
    long begin = System.nanoTime();
    RawConnection.cancel(front().port(), pid, new byte[4]);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Both take peer 2 for the other one, which is none of them. */
  @Test
  void aTableThatLeadsInACircleMakesNoCircle() throws IOException {
    int first = freePort();
    int second = freePort();
    try (ProxyServer one = proxy(1, List.of(first, second));
        ProxyServer another = proxy(1, List.of(second, first))) {
      long begin = System.nanoTime();
      RawConnection.cancel(one.port(), pidOf(2), new byte[4]);
      RawConnection.cancel(another.port(), pidOf(2), new byte[4]);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    }
  }
}
