package org.pglynx.proxy.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom on all shards (Knapp, "Deadlock detection in distributed databases", 1987, the
 * central waits-for graph). What is on several shards is one node; all others are one for each
 * shard, as nothing says that they belong together. Nodes are numbers, as a hot row has as many
 * edges as the square of those that wait for it.
 */
final class WaitGraph {
  /** Of a way over edges of several shards. */
  private static final int SEVERAL = -2;

  /** Of a way without edges. */
  private static final int NONE = -1;

  /** Somebody waits for somebody on a shard. */
  private record Edge(long to, int shard) {}

  /** A node whose edges are being followed. */
  private record Visit(long node, Iterator<Edge> left) {}

  /** Where a way has come to, over edges of which shard. */
  private record Place(long node, int shard) {}

  /** A way from its end back to where it began. */
  private record Way(Place end, @Nullable Way before) {}

  private final Map<Long, List<Edge>> edges = new LinkedHashMap<>();
  private final Map<Long, List<Long>> waiters = new LinkedHashMap<>();
  private long followed;

  /** Somebody waits. */
  void waits(long who, long whom, int shard) {
    edges.computeIfAbsent(who, none -> new ArrayList<>()).add(new Edge(whom, shard));
    waiters.computeIfAbsent(whom, none -> new ArrayList<>()).add(who);
  }

  /** How many edges have been followed. */
  long followed() {
    return followed;
  }

  /**
   * A circle that no server sees alone: where nodes reach each other over edges of several shards,
   * it goes through the greatest of them.
   *
   * @return its nodes from that one on; null if there is none
   */
  @Nullable List<Long> circle() {
    Set<Long> first = null;
    for (Set<Long> each : components()) {
      if (spreads(each) && (first == null || Collections.max(each) < Collections.max(first))) {
        first = each;
      }
    }
    return first == null ? null : shortest(Collections.max(first), first);
  }

  private List<Edge> from(long node) {
    List<Edge> all = edges.getOrDefault(node, List.of());
    followed += all.size();
    return all;
  }

  // ---- nodes that reach each other -----------------------------------------------------------

  /** Nodes that reach each other (Sharir, 1981): against the edges, last left first. */
  private List<Set<Long>> components() {
    List<Set<Long>> all = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    for (Long root : left().reversed()) {
      if (seen.add(root)) {
        all.add(against(root, seen));
      }
    }
    return all;
  }

  /** All that wait, each behind those that it leads to. */
  private List<Long> left() {
    List<Long> left = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    Deque<Visit> open = new ArrayDeque<>();
    for (Long root : edges.keySet()) {
      visit(root, seen, open);
      while (!open.isEmpty()) {
        Visit last = open.getLast();
        if (last.left().hasNext()) {
          visit(last.left().next().to(), seen, open);
        } else {
          left.add(open.removeLast().node());
        }
      }
    }
    return left;
  }

  private void visit(long node, Set<Long> seen, Deque<Visit> open) {
    if (seen.add(node)) {
      open.add(new Visit(node, from(node).iterator()));
    }
  }

  private Set<Long> against(long root, Set<Long> seen) {
    Set<Long> reached = new HashSet<>();
    Deque<Long> open = new ArrayDeque<>();
    open.add(root);
    while (!open.isEmpty()) {
      long node = open.removeLast();
      reached.add(node);
      List<Long> all = waiters.getOrDefault(node, List.of());
      followed += all.size();
      for (Long each : all) {
        if (seen.add(each)) {
          open.add(each);
        }
      }
    }
    return reached;
  }

  /** Whether they wait for each other on several shards. */
  private boolean spreads(Set<Long> nodes) {
    int shard = NONE;
    for (Long node : nodes) {
      for (Edge each : from(node)) {
        shard = nodes.contains(each.to()) ? over(shard, each) : shard;
      }
    }
    return shard == SEVERAL;
  }

  // ---- ways ----------------------------------------------------------------------------------

  /** Over which shard a way goes, with one edge more. */
  private static int over(int shard, Edge next) {
    return shard == NONE || shard == next.shard() ? next.shard() : SEVERAL;
  }

  /** The shortest way back over edges of several shards. */
  private @Nullable List<Long> shortest(long start, Set<Long> within) {
    Place back = new Place(start, SEVERAL);
    Set<Place> seen = new HashSet<>();
    Queue<Way> open = new ArrayDeque<>();
    open.add(new Way(new Place(start, NONE), null));
    while (!open.isEmpty()) {
      Way way = open.remove();
      if (way.end().equals(back)) {
        return nodes(way.before());
      }
      for (Edge each : from(way.end().node())) {
        Place next = new Place(each.to(), over(way.end().shard(), each));
        if (within.contains(each.to()) && seen.add(next)) {
          open.add(new Way(next, way));
        }
      }
    }
    return null;
  }

  private static List<Long> nodes(@Nullable Way way) {
    List<Long> nodes = new ArrayList<>();
    for (Way each = way; each != null; each = each.before()) {
      nodes.add(each.end().node());
    }
    return nodes.reversed();
  }
}
