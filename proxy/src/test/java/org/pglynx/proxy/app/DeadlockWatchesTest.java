package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ShardConfig;

class DeadlockWatchesTest {
  private final DeadlockWatches watches = new DeadlockWatches();

  private static Map<Integer, ShardConfig> shards(String database, int... ports) {
    Map<Integer, ShardConfig> shards = new LinkedHashMap<>();
    for (int port : ports) {
      int number = shards.size();
      shards.put(number, new ShardConfig(number, database, List.of(new ServerConfig("db", port))));
    }
    return shards;
  }

  @Test
  void databases_with_the_same_primaries_are_watched_together() {
    assertThat(watches.of(shards("one", 1, 2))).isSameAs(watches.of(shards("other", 1, 2)));
  }

  @Test
  void databases_with_other_primaries_are_watched_by_themselves() {
    assertThat(watches.of(shards("one", 1, 2)))
        .isNotSameAs(watches.of(shards("one", 1, 3)))
        .isNotSameAs(watches.of(shards("one", 2, 1)));
  }
}
