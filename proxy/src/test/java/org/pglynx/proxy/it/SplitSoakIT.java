package org.pglynx.proxy.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * The clients of {@link SoakIT} where reads go to a replica and come back to what was written, in
 * transactions and in sessions, and where statements are mirrored. The Maven profile {@code soak}
 * has a hundred phases.
 */
class SplitSoakIT {
  private static final List<String> POOLS = List.of("split", "sessions", "mirrored", "tight");

  private static final String SPLIT =
      """
      query_parser_enabled = true
      query_parser_read_write_splitting = true
      primary_reads_enabled = false
      read_your_writes = true
      """;

  private static StreamingCluster cluster;
  private static ProxyServer proxy;

  @BeforeAll
  static void start() throws SQLException {
    cluster = StreamingCluster.start(1, SoakServer.TABLES);
    String both = "servers = " + cluster.toml("primary", "replica");
    String mirrored =
        "servers = [[\"127.0.0.1\", %d, \"primary\"]]\nmirrors = [[\"127.0.0.1\", %d, 0]]"
            .formatted(cluster.server(0).port(), cluster.server(1).port());
    String general =
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        %s
        """
            .formatted(String.join("\n", AdminTable.OPEN));
    String toml =
        general
            + pool("split", "pool_mode = \"transaction\"\n" + SPLIT, both, 6)
            + pool("tight", "pool_mode = \"transaction\"\n" + SPLIT, both, 1)
            + pool("sessions", "pool_mode = \"session\"\nsession_split = true\n" + SPLIT, both, 10)
            + pool("mirrored", "mirror_queue_kb = 256", mirrored, 6);
    proxy = ProxyServer.start(ConfigLoader.parse(toml, "soak.toml"));
    try (Connection client =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/split?user=postgres")) {
      SoakCalls.train(client);
    }
    cluster.settle(cluster.server(0));
  }

  private static String pool(String name, String lines, String servers, int size) {
    return """
    [pools.%1$s]
    %2$s
    [pools.%1$s.shards.0]
    database = "postgres"
    %3$s
    [pools.%1$s.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = %4$d
    """
        .formatted(name, lines, servers, size);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    cluster.close();
  }

  @Test
  void clients_get_their_own_replies_and_leave_nothing_behind() {
    SoakServer primary = new SoakServer(cluster.server(0).port());
    SoakServer replica = new SoakServer(cluster.server(1).port());
    SoakCrowd crowd = new SoakCrowd(SoakClient.Door.plain(proxy.port()), POOLS, SoakTalk::new);

    crowd.phases(
        () -> (ThreadLocalRandom.current().nextBoolean() ? primary : replica).kill(),
        () -> Stream.of(primary, replica).flatMap(each -> each.atWork().stream()).toList(),
        primary::keeps);
  }
}
