package org.pglynx.proxy.shard;

import java.util.BitSet;
import java.util.List;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.relay.UpstreamProvider;

/**
 * The servers of a database as an event loop sees them.
 *
 * @param shards of each shard, in order
 * @param commits how transactions on several of them end
 */
record ShardServers(List<UpstreamProvider> shards, CommitPolicy commits) {
  ShardServers {
    shards = List.copyOf(shards);
  }

  /** Which shards the provider stands for. */
  BitSet numbers(UpstreamProvider servers) {
    if (servers instanceof ScatterProvider several) {
      return several.members();
    }
    BitSet one = new BitSet();
    one.set(shards.indexOf(servers));
    return one;
  }
}
