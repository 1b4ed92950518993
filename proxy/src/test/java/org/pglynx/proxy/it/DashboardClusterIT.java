package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/** What the dashboard tells of a primary and standbys that stream its log, and does with them. */
class DashboardClusterIT {
  private static StreamingCluster servers;
  private static ProxyServer proxy;
  private static Browser admin;

  @BeforeAll
  static void start() {
    servers = StreamingCluster.start(2, "CREATE TABLE notes (id int)");
    proxy = ProxyServer.start(ConfigLoader.parse(toml(), "dashboard.toml"));
    admin = new Browser(proxy.httpPort()).login("pglynx", "admin", "secret");
  }

  private static String toml() {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    http_port = 0
    worker_threads = 2
    admin_username = "admin"
    admin_password = "secret"
    [ml]
    enabled = false
    [pools.db]
    probe_interval = 200
    [pools.db.shards.0]
    database = "postgres"
    servers = %s
    [pools.db.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = 4
    """
        .formatted(servers.toml("auto", "auto"));
  }

  @AfterAll
  static void stop() {
    admin.close();
    proxy.close();
    servers.close();
  }

  private static long count(String table, String column, String value) {
    long found = 0;
    for (JsonNode row : admin.get("/api/cluster").json().get(table)) {
      found += row.path(column).asText().equals(value) ? 1 : 0;
    }
    return found;
  }

  @Test
  void roles_and_lags_of_servers_are_told() {
    Eventually.equal(() -> count("replication", "role", "replica"), 2L);
    assertThat(count("replication", "role", "primary")).isEqualTo(1);
    for (JsonNode row : admin.get("/api/cluster").json().get("replication")) {
      assertThat(row.get("state").asText()).isNotEmpty();
      if (row.get("role").asText().equals("replica")) {
        assertThat(row.get("lag_bytes").isNull()).isFalse();
      }
    }
  }

  @Test
  void one_of_several_servers_on_a_machine_is_banned_and_let_in_again() {
    Eventually.equal(() -> count("replication", "role", "replica"), 2L);
    String one = "127.0.0.1:" + servers.server(2).port();

    assertThat(admin.post("/api/cluster/ban", "host", one).status()).isEqualTo(200);
    assertThat(count("bans", "host", "127.0.0.1")).isEqualTo(1);
    assertThat(count("bans", "port", Integer.toString(servers.server(2).port()))).isEqualTo(1);

    assertThat(admin.post("/api/cluster/unban", "host", one).status()).isEqualTo(200);
    assertThat(count("bans", "host", "127.0.0.1")).isZero();
  }
}
