package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Unit: what a good file becomes. */
class ConfigLoaderTest {
  private static final String MINIMAL =
      """
      [pools.shop]
      users.0 = { username = "anna", password = "s3cret", pool_size = 5 }
      shards.0 = { database = "shop_db", servers = [["db1", 5432, "primary"]] }
      """;

  @Test
  void aFileThatNamesOnlyAPoolGetsTheDocumentedDefaults() {
    GeneralConfig general = ConfigLoader.parse(MINIMAL, "p.toml").general();

    assertThat(general.host()).isEqualTo("0.0.0.0");
    assertThat(general.port()).isEqualTo(6432);
    assertThat(general.transport()).isEqualTo(TransportKind.AUTO);
    assertThat(general.workerThreads()).isZero();
    assertThat(general.clients()).isEqualTo(new ClientLimitConfig(0, 0, 0, 3, 128));
    assertThat(general.clientLoginTimeoutMillis()).isEqualTo(60_000);
    assertThat(general.timeouts())
        .isEqualTo(new TimeoutConfig(5_000, 120_000, 30_000, 86_400_000, WorkLimits.NONE));
    assertThat(general.tcp()).isEqualTo(new TcpConfig(true, 5, 5, 5, 10_000));
    assertThat(general.dnsMaxTtlSeconds()).isEqualTo(15);
    assertThat(general.admins()).isEmpty();
  }

  @Test
  void aPoolIsReadWithItsShardAndItsUser() {
    PoolConfig pool = pool(MINIMAL);

    assertThat(pool.poolMode()).isEqualTo(PoolMode.TRANSACTION);
    assertThat(pool.preparedStatementsCacheSize()).isEqualTo(500);
    assertThat(pool.cleanupServerConnections()).isTrue();
    assertThat(pool.shard().database()).isEqualTo("shop_db");
    assertThat(pool.shard().primary()).isEqualTo(new ServerConfig("db1", 5432));
    assertThat(pool.users()).containsOnlyKeys("anna");
  }

  @Test
  void replicasOfAnyShardAreReplicasOfThePool() {
    String second =
        "shards.1 = { database = \"b\", servers = [[\"b1\", 1, \"primary\"], [\"b2\", 1, \"replica\"]] }\n";

    PoolConfig pool = pool(MINIMAL + "read_your_writes = true\n" + second);

    assertThat(pool.replicated()).isTrue();
    assertThat(pool.balancing().readYourWrites()).isTrue();
    assertThat(pool(MINIMAL).replicated()).isFalse();
  }

  @Test
  void serversHaveRolesWeightsAndZones() {
    String servers =
        "[[\"db1\", 5432, \"auto\"],"
            + " { host = \"db2\", port = 5433, role = \"replica\", weight = 3, zone = \"b\" }]";

    PoolConfig pool = pool(MINIMAL.replace("[[\"db1\", 5432, \"primary\"]]", servers));

    assertThat(pool.shard().servers())
        .containsExactly(
            new ServerConfig("db1", 5432, ServerKind.AUTO, 1, ""),
            new ServerConfig("db2", 5433, ServerKind.REPLICA, 3, "b"));
    assertThat(pool.shard().single()).isFalse();
    assertThat(pool.balancing().mode()).isEqualTo(BalancingMode.RANDOM);
    assertThat(pool.balancing().defaultRole()).isEqualTo(DefaultRole.PRIMARY);
    assertThat(pool.balancing().health()).isEqualTo(new HealthConfig(1_000, 1_000, 60));
  }

  @Test
  void whoeverIsToReadItsOwnWritesHasServersAskedMoreOften() {
    PoolConfig pool =
        pool(
            MINIMAL.replace("5432, \"primary\"]", "5432, \"auto\"]")
                + "read_your_writes = true\nload_balancing_mode = \"least_outstanding_connections\"");

    assertThat(pool.balancing().health().probeMillis()).isEqualTo(100);
    assertThat(pool.balancing().mode()).isEqualTo(BalancingMode.LEAST_OUTSTANDING);
  }

  @Test
  void aUserLogsInToTheServerAsItselfUnlessToldOtherwise() {
    UserConfig user = anna(MINIMAL);

    assertThat(user.authType()).isEqualTo(AuthType.SCRAM_SHA_256);
    assertThat(user.serverUsername()).isEqualTo("anna");
    assertThat(user.serverPassword()).isEqualTo(new Secret("s3cret"));
    assertThat(user.poolSize()).isEqualTo(5);
    assertThat(user.minPoolSize()).isZero();
  }

  @Test
  void aUserOverridesThePoolAndThePoolOverridesGeneral() {
    String toml =
        """
        [general]
        idle_timeout = 1
        server_lifetime = 2
        query_wait_timeout = 3
        connect_timeout = 4
        [pools.shop]
        pool_mode = "transaction"
        server_lifetime = 20
        query_wait_timeout = 30
        [pools.shop.users.first]
        username = "anna"
        auth_type = "trust"
        pool_size = 5
        pool_mode = "session"
        query_wait_timeout = 300
        [pools.shop.shards.0]
        database = "d"
        servers = [{ host = "db1", port = 5432, role = "primary" }]
        """;

    assertThat(anna(toml).timeouts()).isEqualTo(new TimeoutConfig(4, 300, 1, 20, WorkLimits.NONE));
    assertThat(anna(toml).poolMode()).isEqualTo(PoolMode.SESSION);
    assertThat(pool(toml).timeouts()).isEqualTo(new TimeoutConfig(4, 30, 1, 20, WorkLimits.NONE));
    assertThat(pool(toml).shard().primary()).isEqualTo(new ServerConfig("db1", 5432));
  }

  @Test
  void whatPoolsDoForServerConnectionsIsOffByDefaultExceptTheCheck() {
    assertThat(anna(MINIMAL).supply())
        .isEqualTo(
            new SupplyConfig(
                0,
                5_000,
                false,
                new CheckConfig("<empty>", 30_000, 1_000),
                new ServerLimitConfig(0, 0, 0)));
  }

  @Test
  void whatPoolsDoForServerConnectionsIsInheritedToo() {
    String toml =
        """
        [general]
        reserve_pool_size = 1
        reserve_pool_timeout = 2
        server_round_robin = true
        server_check_query = "SELECT 1"
        server_check_delay = 3
        healthcheck_timeout = 4
        max_db_connections = 5
        max_user_connections = 6
        max_server_connections = 7
        [pools.shop]
        reserve_pool_timeout = 20
        server_round_robin = false
        healthcheck_delay = 30
        max_db_connections = 50
        [pools.shop.users.first]
        username = "anna"
        auth_type = "trust"
        pool_size = 5
        reserve_pool_size = 100
        max_user_connections = 600
        [pools.shop.shards.0]
        servers = [["db1", 5432, "primary"]]
        """;

    assertThat(anna(toml).supply())
        .isEqualTo(
            new SupplyConfig(
                100,
                20,
                false,
                new CheckConfig("SELECT 1", 30, 4),
                new ServerLimitConfig(50, 600, 7)));
  }

  @Test
  void limitsOfWorkAreInheritedLikeOtherTimes() {
    String toml =
        """
        [general]
        query_timeout = 1
        transaction_timeout = 2
        idle_transaction_timeout = 3
        client_idle_timeout = 4
        statement_timeout = 5
        [pools.shop]
        transaction_timeout = 20
        [pools.shop.users.first]
        username = "anna"
        auth_type = "trust"
        pool_size = 5
        query_timeout = 100
        statement_timeout = 500
        [pools.shop.shards.0]
        database = "d"
        servers = [{ host = "db1", port = 5432, role = "primary" }]
        """;

    assertThat(pool(toml).timeouts().work()).isEqualTo(new WorkLimits(1, 20, 3, 4, 5));
    assertThat(anna(toml).timeouts().work()).isEqualTo(new WorkLimits(100, 20, 3, 4, 500));
  }

  @Test
  void pgcatsNameOfTheLimitForIdleTransactionsIsUnderstood() {
    String toml = "[general]\nidle_client_in_transaction_timeout = 2500\n" + MINIMAL;

    ProxyConfig config = ConfigLoader.parse(toml, "p.toml");

    assertThat(anna(toml).timeouts().work().idleTransactionMillis()).isEqualTo(2_500);
    assertThat(config.settings())
        .filteredOn(setting -> setting.key().endsWith("general.idle_transaction_timeout"))
        .extracting(Setting::value)
        .containsExactly("2500");
  }

  @Test
  void connectTimeoutAloneAlsoLimitsTheWaitAsInPgcat() {
    String toml = "[general]\nconnect_timeout = 2500\n" + MINIMAL;

    TimeoutConfig timeouts = ConfigLoader.parse(toml, "p.toml").general().timeouts();

    assertThat(timeouts.connectTimeoutMillis()).isEqualTo(2_500);
    assertThat(timeouts.queryWaitTimeoutMillis()).isEqualTo(2_500);
  }

  @Test
  void theAdminLoginIsOpenOnlyWhenItIsNamed() {
    String toml =
        """
        [general]
        admin_username = "boss"
        admin_password = "key"
        admin_auth_type = "md5"
        """
            + MINIMAL;

    assertThat(ConfigLoader.parse(toml, "p.toml").general().admins())
        .contains(new AdminConfig("boss", new Secret("key"), AuthType.MD5, true));
  }

  @Test
  void aPoolNameMayHoldDots() {
    String toml = MINIMAL.replace("pools.shop", "pools.\"my.shop\"");

    assertThat(ConfigLoader.parse(toml, "p.toml").pools()).containsOnlyKeys("my.shop");
  }

  @Test
  void settingsShowWhatIsInEffectAndHideSecrets() {
    ProxyConfig config = ConfigLoader.parse(MINIMAL, "p.toml");

    assertThat(config.settings())
        .contains(
            new Setting("general.port", "6432", "6432"),
            new Setting("pools.shop.users.0.pool_size", "5", "-"),
            new Setting("pools.shop.users.0.password", "********", "-"));
  }

  @Test
  void noPartOfTheConfigurationPrintsASecret() {
    ProxyConfig config = ConfigLoader.parse(MINIMAL, "p.toml");

    assertThat(config.toString()).contains("anna").doesNotContain("s3cret");
  }

  @Test
  void aKeyThatChangesNothingIsAcceptedWithANotice() {
    String toml = "[general]\ndns_cache_enabled = true\n" + MINIMAL;

    assertThat(ConfigLoader.parse(toml, "p.toml").notices())
        .extracting(ConfigFault::toString)
        .containsExactly(
            "p.toml:2:1: general.dns_cache_enabled has no effect:"
                + " addresses are always looked up and followed");
  }

  private static PoolConfig pool(String toml) {
    return ConfigLoader.parse(toml, "p.toml").pools().values().iterator().next();
  }

  private static UserConfig anna(String toml) {
    return pool(toml).users().values().iterator().next();
  }
}
