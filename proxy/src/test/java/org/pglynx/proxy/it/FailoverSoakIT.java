package org.pglynx.proxy.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * The clients of {@link SoakIT} whose primary is killed amid their work, and its standby promoted:
 * each gets its own replies or hears of the loss, all are served again, and nothing that was
 * acknowledged is lost. The Maven profile {@code soak} has fifty promotions.
 */
class FailoverSoakIT {
  private static final List<String> POOLS = List.of("split", "tight", "writes", "sessions");

  private static final String SPLIT =
      """
      query_parser_enabled = true
      query_parser_read_write_splitting = true
      read_your_writes = true
      """;

  /** So many looks go by before the primary is killed. */
  private static final int LOOKS = 4;

  private static StreamingCluster cluster;
  private static ProxyServer proxy;

  @BeforeAll
  static void start() throws SQLException {
    cluster = StreamingCluster.start(1, SoakServer.TABLES);
    String general =
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        query_wait_timeout = 20000
        healthcheck_timeout = 500
        %s
        """
            .formatted(String.join("\n", AdminTable.OPEN));
    String toml =
        general
            + pool("split", "pool_mode = \"transaction\"\n" + SPLIT, 6)
            + pool("tight", "pool_mode = \"transaction\"\n" + SPLIT, 1)
            + pool("writes", "pool_mode = \"transaction\"\ndefault_role = \"primary\"", 6)
            + pool("sessions", "pool_mode = \"session\"\nsession_split = true\n" + SPLIT, 10);
    proxy = ProxyServer.start(ConfigLoader.parse(toml, "soak.toml"));
    try (Connection client =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/writes?user=postgres")) {
      SoakCalls.train(client);
    }
    cluster.settle(cluster.server(0));
  }

  private static String pool(String name, String lines, int size) {
    return """
    [pools.%1$s]
    probe_interval = 200
    %2$s
    [pools.%1$s.shards.0]
    database = "postgres"
    servers = %3$s
    [pools.%1$s.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = %4$d
    """
        .formatted(name, lines, cluster.toml("auto", "auto"), size);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    cluster.close();
  }

  @Test
  void all_clients_are_served_by_the_promoted_server_and_nothing_is_left_behind() {
    SoakCrowd crowd = new SoakCrowd(SoakClient.Door.plain(proxy.port()), POOLS, SoakTalk::new);
    StreamingServer primary = cluster.server(0);
    StreamingServer standby = cluster.server(1);

    for (int i = 0; i < SoakCrowd.PHASES; i += 2) {
      if (i > 0) {
        standby.becomeStandbyOf(primary);
      }
      synchronous(primary);
      crowd.lossyPhase(promotion(primary, standby));
      settles(crowd, standby);
      crowd.calmPhase();
      settles(crowd, standby);
      StreamingServer former = primary;
      primary = standby;
      standby = former;
    }
    System.out.println(crowd.report());
  }

  private static void settles(SoakCrowd crowd, StreamingServer primary) {
    SoakServer server = new SoakServer(primary.port());
    crowd.settles(server::atWork);
    server.keeps(crowd.report());
  }

  /** What it acknowledges, the standby has. */
  private static void synchronous(StreamingServer primary) {
    Eventually.equal(() -> primary.value("SELECT count(*) FROM pg_stat_replication"), "1");
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
    Eventually.equal(() -> primary.value("SELECT sync_state FROM pg_stat_replication"), "sync");
  }

  private static Runnable promotion(StreamingServer primary, StreamingServer standby) {
    AtomicInteger looks = new AtomicInteger();
    return () -> {
      if (looks.incrementAndGet() == LOOKS) {
        primary.kill();
        standby.promote();
      }
    };
  }
}
