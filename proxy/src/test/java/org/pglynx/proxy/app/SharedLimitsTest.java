package org.pglynx.proxy.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.pool.ConnectionLimit;

class SharedLimitsTest {
  private final SharedLimits limits = new SharedLimits();

  private static ProxyConfig config(int maxUser) {
    return ConfigLoader.parse(
        """
        [general]
        max_db_connections = 7
        [pools.app]
        [pools.app.shards.0]
        database = "app"
        servers = [["db", 5432, "primary"]]
        [pools.app.users.0]
        username = "*"
        auth_type = "trust"
        pool_size = 5
        max_user_connections = %d
        """
            .formatted(maxUser),
        "test.toml");
  }

  private List<ConnectionLimit> of(ProxyConfig config, String user) {
    PoolConfig pool = requireNonNull(config.pools().get("app"));
    UserConfig any = requireNonNull(pool.users().get("*"));
    return limits.of(pool, any.named(user), pool.shard().primary());
  }

  @Test
  void two_pools_made_at_the_same_time_have_the_same_limits() {
    ProxyConfig config = config(3);
    List<ConnectionLimit> first = of(config, "anna");
    List<ConnectionLimit> second = of(config, "ben");

    assertThat(second.getFirst()).isSameAs(first.getFirst());
    assertThat(second.get(2)).isSameAs(first.get(2));
    assertThat(second.get(1)).isNotSameAs(first.get(1));
    assertThat(of(config, "anna")).isEqualTo(first);
  }

  @Test
  void a_pool_that_is_being_made_while_the_configuration_changes_keeps_its_limits() {
    List<ConnectionLimit> made = of(config(3), "anna");

    limits.become(config(4), List.of());

    assertThat(made).extracting(ConnectionLimit::max).contains(7, 3);
  }
}
