package org.pglynx.proxy.shard;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The sets of shards that sessions of one event loop use at once. Sessions compare providers, so
 * that there is one of each set for as long as anybody has it; of many shards there are too many
 * sets to keep those that nobody has.
 */
final class ShardSets {
  private static final class Held extends WeakReference<ScatterProvider> {
    private final BitSet numbers;

    Held(BitSet numbers, ScatterProvider provider, ReferenceQueue<ScatterProvider> dropped) {
      super(provider, dropped);
      this.numbers = numbers;
    }
  }

  private final ShardServers servers;
  private final Map<BitSet, Held> sets = new HashMap<>();
  private final ReferenceQueue<ScatterProvider> dropped = new ReferenceQueue<>();

  ShardSets(ShardServers servers) {
    this.servers = servers;
  }

  /** The servers of exactly these shards. */
  ScatterProvider of(BitSet numbers) {
    Held held = sets.get(numbers);
    ScatterProvider known = held == null ? null : held.get();
    return known == null ? made((BitSet) numbers.clone()) : known;
  }

  private ScatterProvider made(BitSet numbers) {
    forget();
    ScatterProvider made = new ScatterProvider(servers, numbers);
    sets.put(numbers, new Held(numbers, made, dropped));
    return made;
  }

  private void forget() {
    for (Reference<?> each = dropped.poll(); each != null; each = dropped.poll()) {
      if (each instanceof Held held) {
        sets.remove(held.numbers, held);
      }
    }
  }
}
