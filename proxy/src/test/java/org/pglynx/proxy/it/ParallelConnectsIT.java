package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * When several clients wait, several connections are opened at once, so that a slow login is waited
 * for once and not once for each; a bound protects the server, and the oldest waiter comes first.
 */
class ParallelConnectsIT {
  /** As in the pool's gate. */
  private static final int ABREAST = 8;

  private static ProxyServer proxy(int serverPort, int poolSize) {
    return ProxyServer.start(
        ConfigLoader.parse(
            """
            [general]
            host = "127.0.0.1"
            port = 0
            worker_threads = 1
            connect_timeout = 20000
            [pools.app]
            shards.0 = { database = "postgres", servers = [["127.0.0.1", %d, "primary"]] }
            users.0 = { username = "postgres", auth_type = "trust", pool_size = %d }
            """
                .formatted(serverPort, poolSize),
            "test.toml"));
  }

  private static List<RawConnection> clients(ProxyServer proxy, int count) {
    List<RawConnection> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(RawConnection.login(proxy.port(), "app", "postgres"));
    }
    return clients;
  }

  private static void slowLogins(CrashingPostgres postgres, int seconds) {
    String url = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres?user=postgres";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET pre_auth_delay = " + seconds);
      statement.execute("SELECT pg_reload_conf()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void eight_clients_wait_for_a_slow_login_about_as_long_as_one() {
    int count = 1 + ABREAST;
    try (CrashingPostgres postgres = CrashingPostgres.start();
        ProxyServer proxy = proxy(postgres.port(), count)) {
      List<RawConnection> clients = clients(proxy, count);
      slowLogins(postgres, 2);
      // The connection that served the logins is taken, so that everybody else needs a new one.
      clients.getFirst().ask("BEGIN");
      assertThat(clients.getFirst().ask("SELECT 1")).endsWith("Z:T");
      long start = System.nanoTime();
      for (RawConnection client : clients.subList(1, count)) {
        client.send(RawConnection.query("BEGIN; SELECT pg_backend_pid()"));
      }
      for (RawConnection client : clients.subList(1, count)) {
        assertThat(client.patience(30_000).shapes(1)).endsWith("Z:T");
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

      assertThat(millis).as("one after the other: 16 s").isBetween(2_000L, 12_000L);
      clients.forEach(RawConnection::close);
    }
  }

  @Test
  void no_more_than_the_bound_are_opened_at_once_and_who_came_first_is_served_first() {
    int count = 3 * ABREAST;
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    FakePostgres.Script slow =
        peer -> {
          peer.startup();
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          Eventually.pause(400);
          now.decrementAndGet();
          peer.letsIn();
          for (String sql = peer.query(); !sql.isEmpty(); sql = peer.query()) {
            order.add(Integer.parseInt(sql.replaceAll("\\D", "")));
            // Longer than all logins take: each client keeps its connection.
            Eventually.pause(3_000);
            peer.says(RawConnection.frame('C', RawConnection.cstring("DONE")), FakePostgres.idle());
          }
        };
    try (FakePostgres server = FakePostgres.that(slow);
        ProxyServer proxy = proxy(server.port(), count)) {
      List<RawConnection> clients = clients(proxy, count);
      most.set(0);
      for (int i = 0; i < count; i++) {
        clients.get(i).send(RawConnection.query("SELECT " + i));
        // So that the order in which they ask is the order in which the proxy hears them.
        Eventually.pause(2);
      }
      clients.forEach(client -> assertThat(client.patience(30_000).shapes(1)).endsWith("Z:I"));

      assertThat(most.get()).isBetween(2, ABREAST);
      assertThat(server.connections()).isEqualTo(count);
      assertThat(order).hasSize(count);
      for (int i = 0; i < count; i++) {
        // Those whose logins end together are heard by the server in any order.
        assertThat(order.get(i)).isBetween(i - ABREAST, i + ABREAST);
      }
      clients.forEach(RawConnection::close);
    }
  }
}
