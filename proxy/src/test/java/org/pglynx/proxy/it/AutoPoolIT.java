package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/** Pools that are made on demand go when nobody uses them any more. */
class AutoPoolIT {
  private static final TestPostgres POSTGRES = TestPostgres.shared();
  private static final List<ProxyServer> STARTED = new ArrayList<>();
  private static String database = "";

  @BeforeAll
  static void start() {
    database = POSTGRES.createDatabase("it_auto");
    String toml =
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        auth_type = "trust"
        autodb_idle_timeout = 1
        max_auto_pools = 2
        [pools."*"]
        users."*".pool_size = 2
        shards.0.servers = [["127.0.0.1", %d, "primary"]]
        """
            .formatted(POSTGRES.port());
    STARTED.add(ProxyServer.start(ConfigLoader.parse(toml, "test.toml")));
  }

  @AfterAll
  static void stop() {
    STARTED.forEach(ProxyServer::close);
    POSTGRES.dropDatabase(database);
  }

  private static RawConnection login() {
    return RawConnection.login(STARTED.getFirst().port(), database, "postgres");
  }

  private static String connections() {
    return POSTGRES.value(
        "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database + "'");
  }

  @Test
  void a_pool_and_its_connections_outlive_their_last_session_for_the_configured_time_only() {
    try (RawConnection client = login()) {
      assertThat(client.value("SELECT 1")).isEqualTo("1");
      Eventually.pause(1_500);
      assertThat(client.value("SELECT 2")).as("a pool in use stays").isEqualTo("2");
    }

    // idle_timeout alone would keep the connection for 30 seconds.
    Eventually.equal(AutoPoolIT::connections, "0");
    try (RawConnection client = login()) {
      assertThat(client.value("SELECT 3")).as("and is made again").isEqualTo("3");
    }
  }

  @Test
  void databases_that_do_not_exist_fill_no_table() {
    for (int i = 0; i < 10; i++) {
      try (RawConnection stranger = RawConnection.open(STARTED.getFirst().port())) {
        stranger.send(
            RawConnection.startup(
                196_608, java.util.Map.of("user", "postgres", "database", "it_none_" + i)));
        assertThat(stranger.shapes(1)).containsExactly("R", "E:FATAL:3D000", "EOF");
      }
    }
    try (RawConnection client = login()) {
      assertThat(client.value("SELECT 1")).isEqualTo("1");
    }
  }
}
