package org.pglynx.proxy.app;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pglynx.proxy.config.ShardConfig;
import org.pglynx.proxy.shard.DeadlockWatch;

/**
 * The watches for deadlocks across shards: one for each list of primaries, as transactions wait for
 * each other whatever their user and their database in the configuration are.
 */
final class DeadlockWatches {
  private final Map<List<String>, DeadlockWatch> watches = new ConcurrentHashMap<>();

  /** The watch over the shards; the databases on their servers make no difference to processes. */
  DeadlockWatch of(Map<Integer, ShardConfig> shards) {
    List<String> primaries =
        shards.values().stream().map(shard -> shard.primary().toString()).toList();
    return watches.computeIfAbsent(primaries, none -> new DeadlockWatch());
  }
}
