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
 * @param watch finds those that wait for each other
 */
record ShardServers(
    List<UpstreamProvider> shards, CommitPolicy commits, DeadlockWatch.OnLoop watch) {
  /** Servers that nobody else watches. */
  ShardServers(List<UpstreamProvider> shards, CommitPolicy commits) {
    this(shards, commits, new DeadlockWatch().on(shards, commits.loop()));
  }

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
