package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom on all shards (Knapp, "Deadlock detection in distributed databases", 1987, the
 * central waits-for graph). What is on several shards is one node; all others are one for each
 * shard, as nothing says that they belong together.
 */
final class WaitGraph {
  /** Somebody waits for somebody on a shard. */
  private record Edge(String to, int shard) {}

  /** A way through the graph. */
  private record Path(List<String> nodes, BitSet shards) {}

  private final Map<String, List<Edge>> edges = new HashMap<>();

  /** Somebody waits. */
  void waits(String who, String whom, int shard) {
    edges.computeIfAbsent(who, none -> new ArrayList<>()).add(new Edge(whom, shard));
  }

  /**
   * A circle through the node that no server sees alone.
   *
   * @return its nodes from that one on; null if there is none
   */
  @Nullable List<String> circle(String through) {
    Path found =
        search(through, through, new Path(List.of(through), new BitSet()), new HashSet<>());
    return found == null ? null : found.nodes();
  }

  private @Nullable Path search(String at, String to, Path path, Set<String> seen) {
    for (Edge each : edges.getOrDefault(at, List.of())) {
      BitSet shards = (BitSet) path.shards().clone();
      shards.set(each.shard());
      if (each.to().equals(to)) {
        if (shards.cardinality() > 1) {
          return new Path(path.nodes(), shards);
        }
        continue;
      }
      if (!seen.add(each.to() + shards)) {
        continue;
      }
      List<String> nodes = new ArrayList<>(path.nodes());
      nodes.add(each.to());
      Path found = search(each.to(), to, new Path(nodes, shards), seen);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
