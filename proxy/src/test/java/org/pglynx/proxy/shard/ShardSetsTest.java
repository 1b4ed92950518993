package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.UpstreamProvider;

class ShardSetsTest {
  private static final int COUNT = 12;

  private static final ShardingConfig CONFIG =
      new ShardingConfig(
          List.of(),
          ShardingConfig.Function.HASH,
          Set.of(),
          new ShardingConfig.DefaultShard(0),
          new ShardingConfig.Hints(Optional.empty(), Optional.empty(), 1_000),
          1 << 20);

  @Test
  void however_many_sets_are_in_use_each_is_of_its_own_shards_and_stays_the_same() {
    Shards shards =
        new ShardedDatabase(CONFIG, COUNT)
            .on(
                Collections.nCopies(COUNT, new FakeProvider()),
                new CommitPolicy(Runnable::run, "app/me", null));
    UpstreamProvider[] given = new UpstreamProvider[1 << COUNT];
    for (int i = 0; i < given.length; i++) {
      BitSet numbers = BitSet.valueOf(new long[] {i});
      given[i] = shards.some(numbers);
      assertThat(((ScatterProvider) given[i]).members()).isEqualTo(numbers);
    }
    for (int i = 0; i < given.length; i++) {
      assertThat(shards.some(BitSet.valueOf(new long[] {i}))).isSameAs(given[i]);
    }
    assertThat(given[given.length - 1]).isSameAs(shards.together());
  }
}
