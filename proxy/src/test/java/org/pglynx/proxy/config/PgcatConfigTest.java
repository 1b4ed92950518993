package org.pglynx.proxy.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unit: files with everything that pgcat's users write, and what they mean here. */
class PgcatConfigTest {
  /** The keys of pgcat's own examples, of several of its versions. */
  private static final String EXAMPLE =
      """
      [general]
      host = "0.0.0.0"
      port = 6432
      enable_prometheus_exporter = true
      prometheus_exporter_port = 9930
      connect_timeout = 5000 # milliseconds
      idle_timeout = 30000
      server_lifetime = 86400000
      idle_client_in_transaction_timeout = 0
      healthcheck_timeout = 1000
      healthcheck_delay = 30000
      shutdown_timeout = 60000
      ban_time = 60 # seconds
      log_client_connections = false
      log_client_disconnections = false
      autoreload = 15000
      worker_threads = 5
      tcp_keepalives_idle = 5
      tcp_keepalives_count = 5
      tcp_keepalives_interval = 5
      dns_cache_enabled = false
      dns_max_ttl = 30
      validate_config = true
      server_tls = true
      verify_server_certificate = false
      admin_username = "admin_user"
      admin_password = "admin_pass"

      [plugins]
      [plugins.prewarmer]
      enabled = true
      queries = ["SELECT pg_prewarm('accounts')"]
      [plugins.query_logger]
      enabled = true
      [plugins.table_access]
      enabled = false
      tables = ["pg_user", "pg_roles"]
      [plugins.intercept]
      enabled = true
      [plugins.intercept.queries.0]
      query = "select current_database() as a"
      schema = [["a", "text"]]
      result = [["${DATABASE}"]]

      [pools.spread]
      pool_mode = "transaction"
      load_balancing_mode = "random"
      default_role = "any"
      query_parser_enabled = true
      primary_reads_enabled = true
      sharding_key_regex = '/\\* sharding_key: (\\d+) \\*/'
      shard_id_regex = '/\\* shard_id: (\\d+) \\*/'
      regex_search_limit = 1000
      sharding_function = "pg_bigint_hash"
      automatic_sharding_key = "data.id"
      idle_timeout = 40000
      connect_timeout = 3000
      [pools.spread.users.0]
      username = "spread_user"
      password = "spread_pass"
      pool_size = 9
      statement_timeout = 0
      [pools.spread.users.1]
      username = "other"
      password = "other"
      pool_size = 21
      statement_timeout = 15000
      server_username = "on_server"
      server_password = "there"
      [pools.spread.shards.0]
      servers = [["127.0.0.1", 5432, "primary"], ["localhost", 5432, "replica"]]
      database = "shard0"
      [pools.spread.shards.1]
      servers = [["127.0.0.1", 5432, "primary"], ["localhost", 5432, "replica"]]
      database = "shard1"

      [pools.simple]
      pool_mode = "session"
      default_role = "primary"
      query_parser_enabled = true
      query_parser_read_write_splitting = true
      prepared_statements_cache_size = 500
      [pools.simple.users.0]
      username = "simple"
      password = "simple"
      pool_size = 5
      min_pool_size = 3
      server_lifetime = 60000
      [pools.simple.shards.0]
      servers = [["127.0.0.1", 5432, "primary"], ["localhost", 5432, "replica"]]
      database = "some_db"
      """;

  @TempDir private Path directory = Path.of("");

  @Test
  void a_file_with_everything_runs_unchanged() {
    ProxyConfig config = ConfigLoader.parse(EXAMPLE, "pgcat.toml");

    assertThat(config.general().validates()).isTrue();
    assertThat(config.general().autoreloadMillis()).isEqualTo(15_000);
    assertThat(config.general().http().port()).isEqualTo(9_930);
    assertThat(config.general().tls().servers().mode()).isEqualTo(TlsMode.PREFER);
    PoolConfig spread = requireNonNull(config.pools().get("spread"));
    assertThat(spread.shards()).hasSize(2);
    assertThat(spread.timeouts().queryWaitTimeoutMillis()).isEqualTo(3_000);
    assertThat(requireNonNull(spread.users().get("other")).serverUsername()).isEqualTo("on_server");
    assertThat(requireNonNull(config.pools().get("simple")).poolMode()).isEqualTo(PoolMode.SESSION);
  }

  @Test
  void its_plugins_are_those_of_all_pools_that_name_none() {
    PluginsConfig plugins =
        requireNonNull(ConfigLoader.parse(EXAMPLE, "pgcat.toml").pools().get("simple")).plugins();

    assertThat(plugins.prewarm()).containsExactly("SELECT pg_prewarm('accounts')");
    assertThat(plugins.log()).contains(new PluginsConfig.QueryLog(100, false, 0));
    assertThat(plugins.deniedTables()).as("it is not enabled").isEmpty();
    assertThat(plugins.answers())
        .extracting(PluginsConfig.CannedAnswer::query)
        .containsExactly("select current_database() as a");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void autoreload_may_be_a_flag_as_in_its_first_versions(boolean on) {
    ProxyConfig config =
        ConfigLoader.parse(
            EXAMPLE.replace("autoreload = 15000", "autoreload = " + on), "pgcat.toml");

    assertThat(config.general().autoreloadMillis()).isEqualTo(on ? 15_000 : 0);
  }

  @Test
  void it_is_printed_without_what_has_no_effect() throws IOException {
    Path file = Files.writeString(directory.resolve("pgcat.toml"), EXAMPLE);

    Conversion conversion = Conversion.of(file);
    Path ours = Files.writeString(directory.resolve("pglynx.toml"), conversion.toml());

    assertThat(conversion.faults()).isEmpty();
    assertThat(conversion.toml()).contains("# dns_cache_enabled = false  # has no effect: ");
    // Expressions are equal to none but themselves.
    assertThat(ConfigLoader.load(ours).pools())
        .hasToString(ConfigLoader.load(file).pools().toString());
  }
}
