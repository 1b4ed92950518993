package org.pglynx.proxy.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The other loops, of this pool or of one that shares a limit with it, that have asked for a
 * connection; each is remembered until nobody waits there. Confined to the asked loop.
 */
final class HungryLoops {
  private final List<LoopPool> loops = new ArrayList<>();

  void add(LoopPool loop) {
    if (!loops.contains(loop)) {
      loops.add(loop);
    }
  }

  boolean isEmpty() {
    return loops.isEmpty();
  }

  /** Drops those that wait no more; the rest is sorted, longest waiting first. */
  List<LoopPool> byAge() {
    if (loops.isEmpty()) {
      return loops;
    }
    loops.removeIf(loop -> !loop.mayHaveWaiters());
    loops.sort((a, b) -> Long.signum(a.waiters().oldestSince() - b.waiters().oldestSince()));
    return loops;
  }

  /** The one that has waited longest among those that satisfy the condition. */
  @Nullable LoopPool first(Predicate<LoopPool> condition) {
    if (loops.isEmpty()) {
      // Nearly always, and each time that a connection is given back.
      return null;
    }
    for (LoopPool loop : byAge()) {
      if (condition.test(loop)) {
        return loop;
      }
    }
    return null;
  }
}
