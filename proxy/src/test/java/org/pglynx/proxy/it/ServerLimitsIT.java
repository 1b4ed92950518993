package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Limits that several pools share hold at the server, whoever asks; an idle connection of one pool
 * makes room for another, and who waits in vain is told which limit it was.
 */
class ServerLimitsIT {
  private static final TestPostgres POSTGRES = TestPostgres.shared();
  private static final List<ProxyServer> STARTED = new ArrayList<>();
  private static String one = "";
  private static String two = "";
  private static String three = "";
  private static String four = "";
  private static String own = "";

  private static String pool(String database, String lines) {
    return """
    [pools.%s]
    %s
    shards.0.servers = [["127.0.0.1", %d, "primary"]]
    users.anna = { username = "anna", auth_type = "trust", server_username = "postgres", pool_size = 5 }
    users.ben = { username = "ben", auth_type = "trust", server_username = "postgres", pool_size = 5 }
    """
        .formatted(database, lines, POSTGRES.port());
  }

  private static ProxyServer start(String general, String... pools) {
    String head =
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        query_wait_timeout = 500
        """;
    String toml = head + general + "\n" + String.join("\n", pools);
    ProxyServer proxy = ProxyServer.start(ConfigLoader.parse(toml, "test.toml"));
    STARTED.add(proxy);
    return proxy;
  }

  @BeforeAll
  static void create() {
    one = POSTGRES.createDatabase("it_limits");
    two = POSTGRES.createDatabase("it_limits");
    three = POSTGRES.createDatabase("it_limits");
    four = POSTGRES.createDatabase("it_limits");
    own = POSTGRES.createDatabase("it_limits");
  }

  @AfterEach
  void stop() {
    STARTED.forEach(ProxyServer::close);
    STARTED.clear();
  }

  @AfterAll
  static void drop() {
    for (String database : List.of(one, two, three, four, own)) {
      POSTGRES.dropDatabase(database);
    }
  }

  /** Server processes of the proxy for the databases. */
  private static int processes(String... databases) {
    return Integer.parseInt(
        POSTGRES.value(
            "postgres",
            "SELECT count(*) FROM pg_stat_activity WHERE application_name <> 'observer' AND datname"
                + " IN ('"
                + String.join("','", databases)
                + "')"));
  }

  private static RawConnection login(ProxyServer proxy, String database, String user) {
    return RawConnection.login(proxy.port(), database, user);
  }

  private static RawConnection.Message refusal(RawConnection waiter) {
    waiter.send(RawConnection.query("SELECT 1"));
    List<RawConnection.Message> replies = waiter.untilReady();
    assertThat(replies).as("one error and ReadyForQuery").hasSize(2);
    return replies.getFirst();
  }

  /** Begins a transaction; BEGIN alone would wait for its first statement. */
  private static void takesServer(RawConnection client) {
    assertThat(client.ask("BEGIN; SELECT 1")).endsWith("Z:T");
  }

  private static void assertHolds(RawConnection first, RawConnection second, String limit) {
    takesServer(first);

    RawConnection.Message error = refusal(second);

    assertThat(error.field('V')).isEqualTo("ERROR");
    assertThat(error.field('C')).isEqualTo("53300");
    assertThat(error.field('M')).contains("within 500 ms");
    assertThat(error.field('D')).contains("0 of 5 connections are in use", limit + ": 1 of 1");
    assertThat(error.field('H')).contains("Raise " + limit.substring(0, limit.indexOf(' ')));
    first.ask("COMMIT");
    assertThat(second.value("SELECT 'served'")).isEqualTo("served");
  }

  @Test
  void the_users_of_a_database_share_its_limit() {
    ProxyServer proxy = start("", pool(own, "max_db_connections = 1"));
    try (RawConnection anna = login(proxy, own, "anna");
        RawConnection ben = login(proxy, own, "ben")) {
      assertHolds(anna, ben, "max_db_connections of " + own);
      // Anna's idle connection has made room; its process may take a moment to end.
      Eventually.equal(() -> processes(own), 1);
    }
  }

  @Test
  void a_user_has_a_limit_over_all_databases_and_others_are_not_held_by_it() {
    ProxyServer proxy = start("max_user_connections = 1", pool(two, ""), pool(three, ""));
    try (RawConnection here = login(proxy, two, "anna");
        RawConnection there = login(proxy, three, "anna");
        RawConnection ben = login(proxy, three, "ben")) {
      assertHolds(here, there, "max_user_connections of anna");
      takesServer(here);
      assertThat(ben.value("SELECT 'served'")).isEqualTo("served");
    }
  }

  @Test
  void everybody_shares_the_limit_of_a_server_and_takes_turns() {
    ProxyServer proxy = start("max_server_connections = 1", pool(one, ""), pool(four, ""));
    try (RawConnection anna = login(proxy, one, "anna");
        RawConnection ben = login(proxy, four, "ben")) {
      assertHolds(anna, ben, "max_server_connections of 127.0.0.1:" + POSTGRES.port());
      for (int i = 0; i < 20; i++) {
        assertThat(anna.value("SELECT current_database()")).isEqualTo(one);
        assertThat(ben.value("SELECT current_database()")).isEqualTo(four);
      }
    }
  }

  @Test
  void the_console_shows_limits_and_use() {
    ProxyServer proxy =
        start(
            """
            max_db_connections = 4
            max_user_connections = 3
            reserve_pool_size = 2
            admin_username = "boss"
            admin_auth_type = "trust"
            """,
            pool(four, ""));
    try (RawConnection anna = login(proxy, four, "anna");
        RawConnection ben = login(proxy, four, "ben");
        RawConnection boss = login(proxy, "pglynx", "boss")) {
      takesServer(anna);
      takesServer(ben);

      assertThat(row(boss, "SHOW DATABASES"))
          .containsEntry("max_connections", "4")
          .containsEntry("current_connections", "2")
          .containsEntry("reserve_pool_size", "2");
      assertThat(row(boss, "SHOW USERS"))
          .containsEntry("max_user_connections", "3")
          .containsEntry("current_connections", "1")
          .containsEntry("reserve_pool_size", "2");
    }
  }

  /** The first row by column. */
  private static Map<String, String> row(RawConnection console, String sql) {
    console.send(RawConnection.query(sql));
    List<RawConnection.Message> answer = console.untilReady();
    List<String> names = new ArrayList<>();
    ByteBuffer columns = ByteBuffer.wrap(answer.getFirst().body());
    int count = columns.getShort();
    for (int i = 0; i < count; i++) {
      StringBuilder name = new StringBuilder();
      for (byte b = columns.get(); b != 0; b = columns.get()) {
        name.append((char) b);
      }
      names.add(name.toString());
      columns.position(columns.position() + 18);
    }
    Map<String, String> row = new HashMap<>();
    ByteBuffer values = ByteBuffer.wrap(answer.get(1).body());
    values.getShort();
    for (String name : names) {
      int length = values.getInt();
      if (length >= 0) {
        byte[] text = new byte[length];
        values.get(text);
        row.put(name, new String(text, StandardCharsets.UTF_8));
      }
    }
    return row;
  }

  @Test
  void many_clients_of_several_pools_under_one_limit_all_get_their_turn() throws Exception {
    ProxyServer proxy =
        start(
            "max_server_connections = 3",
            pool(one, "query_wait_timeout = 20000"),
            pool(two, "query_wait_timeout = 20000"));
    List<Thread> threads = new ArrayList<>();
    List<String> trouble = Collections.synchronizedList(new ArrayList<>());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    for (int i = 0; i < 12; i++) {
      String database = i % 2 == 0 ? one : two;
      String user = i % 3 == 0 ? "anna" : "ben";
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                int rounds = 0;
                try (RawConnection client = login(proxy, database, user)) {
                  while (System.nanoTime() < end || rounds == 0) {
                    assertThat(client.value("SELECT current_database()")).isEqualTo(database);
                    rounds++;
                  }
                } catch (RuntimeException | AssertionError e) {
                  trouble.add(database + "/" + user + " after " + rounds + ": " + e);
                }
              }));
    }
    int most = 0;
    while (System.nanoTime() < end) {
      most = Math.max(most, processes(one, two));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(trouble).isEmpty();
    assertThat(most).as("without a limit each client has one").isBetween(1, 11);
    // A process that ends is seen for a moment beside the one that takes its place.
    Eventually.equal(() -> processes(one, two) <= 3, true);
  }
}
