package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.PoolConfig;

class RoutersTest {
  private final Routers routers = new Routers();
  private final PoolConfig shop = pool();

  private static PoolConfig pool() {
    String file =
        """
        [pools.shop]
        users.0 = { username = "anna", password = "s3cret", pool_size = 5 }
        shards.0 = { database = "shop", servers = [["a", 1, "primary"], ["b", 1, "replica"]] }
        """;
    return Objects.requireNonNull(ConfigLoader.parse(file, "p.toml").pools().get("shop"));
  }

  @Test
  void the_pools_of_a_database_share_a_router() {
    assertThat(routers.of(shop).router()).isSameAs(routers.of(shop).router());
    assertThat(routers.of(shop.named("other")).router()).isNotSameAs(routers.of(shop).router());
  }

  @Test
  void the_last_pool_of_a_database_takes_its_router_along() {
    Routers.Share one = routers.of(shop);
    Routers.Share two = routers.of(shop);
    one.end();
    assertThat(routers.size()).isEqualTo(1);
    two.end();
    assertThat(routers.size()).isZero();
  }
}
