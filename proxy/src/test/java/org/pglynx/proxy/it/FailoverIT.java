package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Two standbys and a primary, to which happens what happens to servers, while clients write and
 * read: only statements in flight on the server that failed may fail, none that was acknowledged
 * may be lost, and the rest goes on. The quick part of {@link FailoverTableIT}.
 */
class FailoverIT {
  private static final int CLIENTS = 8;
  private static final AtomicLong IDS = new AtomicLong();
  private static StreamingCluster cluster;

  private ProxyServer proxy;
  private final List<FailoverLoad> loads = new ArrayList<>();

  @BeforeAll
  static void startServers() {
    cluster = StreamingCluster.start(2, "CREATE TABLE writes (id bigint PRIMARY KEY)");
  }

  @AfterAll
  static void stopServers() {
    cluster.close();
  }

  @BeforeEach
  void startProxy() {
    proxy = ProxyServer.start(ConfigLoader.parse(toml(cluster.toml("auto", "auto")), "test.toml"));
  }

  @AfterEach
  void stopProxy() {
    loads.forEach(FailoverLoad::close);
    proxy.close();
  }

  private static String toml(String servers) {
    StringBuilder toml =
        new StringBuilder(
            """
            [general]
            host = "127.0.0.1"
            port = 0
            worker_threads = 2
            query_wait_timeout = 20000
            healthcheck_timeout = 500
            admin_username = "admin"
            admin_auth_type = "trust"
            [ml]
            enabled = false
            """);
    pool(toml, servers, "rw", "default_role = \"primary\"");
    pool(toml, servers, "ro", "default_role = \"replica\"\nload_balancing_mode = \"round_robin\"");
    pool(toml, servers, "fresh", "default_role = \"replica\"\nmax_replica_lag = 300");
    return toml.toString();
  }

  private static void pool(StringBuilder toml, String servers, String name, String lines) {
    toml.append(
        """
        [pools.%s]
        probe_interval = 200
        %s
        [pools.%s.shards.0]
        database = "postgres"
        servers = %s
        [pools.%s.users.0]
        username = "postgres"
        auth_type = "trust"
        pool_size = 10
        """
            .formatted(name, lines, name, servers, name));
  }

  private FailoverLoad writers() {
    FailoverLoad load = FailoverLoad.writers(proxy.port(), "rw", CLIENTS, IDS);
    loads.add(load);
    return load;
  }

  private FailoverLoad readers(String database) {
    FailoverLoad load = FailoverLoad.readers(proxy.port(), database, CLIENTS);
    loads.add(load);
    return load;
  }

  private static StreamingServer primary() {
    for (int i = 0; i < cluster.size(); i++) {
      if (cluster.server(i).value("SELECT pg_is_in_recovery()").equals("f")) {
        return cluster.server(i);
      }
    }
    throw new IllegalStateException("no primary");
  }

  private static List<StreamingServer> standbys() {
    List<StreamingServer> all = new ArrayList<>();
    for (int i = 0; i < cluster.size(); i++) {
      if (cluster.server(i).value("SELECT pg_is_in_recovery()").equals("t")) {
        all.add(cluster.server(i));
      }
    }
    return all;
  }

  private static void goesOn(FailoverLoad load, StreamingServer at, int answers) {
    int before = load.answers(at);
    Eventually.equal(() -> load.answers(at) >= before + answers, true);
  }

  private static void allThere(FailoverLoad writers, StreamingServer server) {
    Set<Long> missing = new HashSet<>(writers.acknowledged());
    String[] found = server.value("SELECT string_agg(id::text, ',') FROM writes").split(",");
    for (String id : found) {
      missing.remove(Long.valueOf(id));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void reads_are_shared_by_the_standbys_and_writes_go_to_the_primary() {
    StreamingServer primary = primary();
    FailoverLoad readers = readers("ro");
    FailoverLoad writers = writers();
    Eventually.equal(() -> readers.answered() > 1_000, true);
    readers.close();
    writers.close();

    assertThat(readers.errors()).isEmpty();
    assertThat(writers.errors()).isEmpty();
    assertThat(readers.answers(primary)).isZero();
    int all = readers.answered();
    for (StreamingServer standby : standbys()) {
      assertThat(readers.answers(standby) / (double) all).isBetween(0.45, 0.55);
    }
    allThere(writers, primary);
  }

  @Test
  void a_killed_standby_costs_what_was_in_flight_and_comes_back() {
    List<StreamingServer> standbys = standbys();
    StreamingServer victim = standbys.getFirst();
    FailoverLoad readers = readers("ro");
    goesOn(readers, victim, 20);
    readers.begin();

    victim.kill();
    goesOn(readers, standbys.getLast(), 200);
    assertThat(readers.errors()).hasSizeLessThanOrEqualTo(CLIENTS);
    assertThat(readers.longestGapMillis()).isLessThan(1_000);
    assertThat(readers.lostConnections()).isZero();

    victim.restart();
    goesOn(readers, victim, 20);
    assertThat(readers.errors()).hasSizeLessThanOrEqualTo(CLIENTS);
  }

  @Test
  void a_frozen_standby_costs_what_was_in_flight_and_comes_back() {
    List<StreamingServer> standbys = standbys();
    StreamingServer victim = standbys.getFirst();
    FailoverLoad readers = readers("ro");
    goesOn(readers, victim, 20);
    readers.begin();

    victim.freeze();
    try {
      goesOn(readers, standbys.getLast(), 200);
      Eventually.equal(() -> readers.errors().isEmpty(), false);
      readers.turnOver();
      assertThat(readers.errors()).hasSizeLessThanOrEqualTo(CLIENTS);
      assertThat(readers.lostConnections()).isZero();
    } finally {
      victim.thaw();
    }
    goesOn(readers, victim, 20);
    assertThat(readers.errors()).hasSizeLessThanOrEqualTo(CLIENTS);
  }

  @Test
  void with_all_standbys_down_the_primary_answers_reads() {
    StreamingServer primary = primary();
    List<StreamingServer> standbys = standbys();
    FailoverLoad readers = readers("ro");
    goesOn(readers, standbys.getFirst(), 20);
    readers.begin();

    standbys.forEach(StreamingServer::kill);
    goesOn(readers, primary, 200);
    assertThat(readers.errors()).hasSizeLessThanOrEqualTo(2 * CLIENTS);

    standbys.forEach(StreamingServer::restart);
    standbys.forEach(standby -> goesOn(readers, standby, 20));
    assertThat(readers.errors()).hasSizeLessThanOrEqualTo(2 * CLIENTS);
  }

  @Test
  void a_promotion_is_followed_and_no_acknowledged_write_is_lost() {
    StreamingServer old = primary();
    List<StreamingServer> standbys = standbys();
    synchronous(old);
    FailoverLoad writers = writers();
    Eventually.equal(() -> writers.acknowledged().size() > 200, true);
    writers.begin();

    old.kill();
    StreamingServer successor = ahead(standbys);
    StreamingServer other = standbys.get(1 - standbys.indexOf(successor));
    successor.promote();
    int before = writers.acknowledged().size();
    Eventually.equal(() -> writers.acknowledged().size() > before + 200, true);
    writers.close();

    assertThat(writers.errors()).hasSizeLessThanOrEqualTo(CLIENTS);
    assertThat(writers.lostConnections()).isZero();
    allThere(writers, successor);
    other.follow(successor);
    old.becomeCopyOf(other);
    cluster.settle(successor);
  }

  /** Whoever has received the most: the other one can follow it. */
  private static StreamingServer ahead(List<StreamingServer> standbys) {
    String first = standbys.getFirst().value("SELECT pg_last_wal_receive_lsn()");
    return standbys
            .getLast()
            .value("SELECT pg_last_wal_receive_lsn() > '" + first + "'::pg_lsn")
            .equals("t")
        ? standbys.getLast()
        : standbys.getFirst();
  }

  /** What is acknowledged is there, whichever of the standbys becomes the primary. */
  private static void synchronous(StreamingServer primary) {
    primary.execute(
        "ALTER SYSTEM SET synchronous_standby_names = 'ANY 2 (s0, s1, s2)'",
        "SELECT pg_reload_conf()");
  }

  @Test
  void a_standby_that_lags_takes_no_reads_until_it_has_caught_up() {
    StreamingServer late = standbys().getFirst();
    StreamingServer other = standbys().getLast();
    FailoverLoad readers = readers("fresh");
    FailoverLoad writers = writers();
    goesOn(readers, late, 20);

    late.execute("SELECT pg_wal_replay_pause()");
    try {
      Eventually.equal(
          () -> {
            int before = readers.answers(late);
            int others = readers.answers(other);
            Eventually.equal(() -> readers.answers(other) > others + 50, true);
            return readers.answers(late) == before;
          },
          true);
      readers.turnOver();
      readers.begin();
      goesOn(readers, other, 200);
      assertThat(readers.answers(late)).isZero();
    } finally {
      late.execute("SELECT pg_wal_replay_resume()");
    }
    goesOn(readers, late, 20);

    assertThat(readers.errors()).isEmpty();
    assertThat(writers.errors()).isEmpty();
  }

  @Test
  void a_standby_that_is_cut_off_costs_what_was_in_flight_and_comes_back() {
    StreamingServer victim = standbys().getFirst();
    StreamingServer other = standbys().getLast();
    try (ChaosWire wire = ChaosWire.to(victim.port(), ChaosWire.Temper.CALM)) {
      String servers =
          cluster
              .toml("auto", "auto")
              .replace(", " + victim.port() + ",", ", " + wire.port() + ",");
      proxy.close();
      proxy = ProxyServer.start(ConfigLoader.parse(toml(servers), "test.toml"));
      FailoverLoad readers = readers("ro");
      goesOn(readers, victim, 20);
      readers.begin();

      wire.drop(true);
      goesOn(readers, other, 200);
      // What was in flight is given up; mended before, the line would not bring its answers either.
      readers.turnOver();
      assertThat(readers.errors()).hasSizeLessThanOrEqualTo(CLIENTS);
      assertThat(readers.lostConnections()).isZero();

      wire.drop(false);
      goesOn(readers, victim, 20);
      assertThat(readers.errors()).hasSizeLessThanOrEqualTo(CLIENTS);
      readers.close();
    }
  }

  /** A proxy that predicts, with a second port for those who want standbys. */
  private static ProxyServer predicting() {
    return ProxyServer.start(
        ConfigLoader.parse(
            toml(cluster.toml("auto", "auto"))
                .replace(
                    "enabled = false",
                    """
                    enabled = true
                    [listeners.standbys]
                    port = 0
                    target_session_attrs = "standby"
                    """),
            "test.toml"));
  }

  private static Connection connect(int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/rw?user=postgres&sslmode=disable".formatted(port)
            + "&preferQueryMode=simple&assumeMinServerVersion=14");
  }

  @Test
  void a_model_that_nobody_has_asked_for_yet_is_read_from_a_standby_while_there_is_no_primary()
      throws SQLException {
    StreamingServer old = primary();
    try (ProxyServer first = predicting();
        Connection client = connect(first.port())) {
      ProxyUnderTest.run(
          client,
          "CREATE VIEW doubled AS SELECT i::real AS x, 2 * i::real AS y FROM generate_series(1, 50) i",
          "SELECT * FROM pgml.train('p', 'regression', 'doubled', 'y')");
    }
    cluster.settle(old);
    old.kill();
    try (ProxyServer second = predicting()) {
      for (int port : List.of(second.port("standbys"), second.port())) {
        try (Connection client = connect(port)) {
          String answer =
              String.valueOf(
                  ProxyUnderTest.value(client, "SELECT pgml.predict('p', ARRAY[100::real])"));
          assertThat(Double.parseDouble(answer)).isBetween(199.0, 201.0);
        }
      }
    } finally {
      old.restart();
      cluster.settle(old);
    }
  }

  @Test
  void an_operator_takes_a_server_out_and_brings_it_back() {
    FailoverLoad readers = readers("ro");
    standbys().forEach(standby -> goesOn(readers, standby, 20));
    try (RawConnection admin = RawConnection.login(proxy.port(), "pglynx", "admin")) {
      assertThat(admin.ask("SHOW BANS")).endsWith("C:SHOW", "Z:I");

      // All three have the same host name; the primary goes on taking writes.
      assertThat(admin.ask("BAN 127.0.0.1 60")).endsWith("C:BAN", "Z:I");
      FailoverLoad writers = writers();
      Eventually.equal(() -> writers.acknowledged().size() > 50, true);
      assertThat(writers.errors()).isEmpty();

      assertThat(admin.ask("UNBAN 127.0.0.1")).endsWith("C:UNBAN", "Z:I");
      standbys().forEach(standby -> goesOn(readers, standby, 20));
    }
  }
}
