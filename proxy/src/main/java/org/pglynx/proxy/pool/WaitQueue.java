package org.pglynx.proxy.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.UpstreamProvider.Waiter;

/**
 * Who waits on one event loop, first come first served. Confined to the loop; what other loops need
 * to know of it is mirrored in volatile fields.
 */
final class WaitQueue {
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private boolean announced;
  private volatile int size;
  private volatile long oldest;

  void add(Waiter waiter, long now) {
    if (waiter.urgent()) {
      addUrgent(waiter, now);
    } else {
      waiter.waitingSinceNanos(now);
      waiters.addLast(waiter);
    }
    changed();
  }

  /** With the place of the first it gets its age, too: nobody's time is over before the first's. */
  private void addUrgent(Waiter waiter, long now) {
    Waiter first = waiters.peekFirst();
    waiter.waitingSinceNanos(first == null ? now : first.waitingSinceNanos());
    waiters.addFirst(waiter);
  }

  /** Whether one more connection than there may be is to be opened for the first. */
  boolean urgent() {
    Waiter first = waiters.peekFirst();
    return first != null && first.urgent();
  }

  boolean remove(Waiter waiter) {
    boolean found = waiters.remove(waiter);
    changed();
    return found;
  }

  @Nullable Waiter poll() {
    Waiter first = waiters.pollFirst();
    changed();
    return first;
  }

  @Nullable Waiter peek() {
    return waiters.peekFirst();
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  /** Takes all waiters out, oldest first. */
  List<Waiter> drain() {
    List<Waiter> all = new ArrayList<>(waiters);
    waiters.clear();
    changed();
    return all;
  }

  /**
   * Whether other loops are to be told that somebody waits here: once is enough, they remember it
   * until nobody does.
   */
  boolean announce() {
    boolean news = !announced && !waiters.isEmpty();
    announced |= news;
    return news;
  }

  boolean announced() {
    return announced;
  }

  /** Others may have forgotten. */
  void announceAgain() {
    announced = false;
  }

  private void changed() {
    Waiter first = waiters.peekFirst();
    if (first == null) {
      announced = false;
    } else {
      oldest = first.waitingSinceNanos();
    }
    size = waiters.size();
  }

  /** How many wait; any thread. */
  int size() {
    return size;
  }

  /** Since when the oldest waits, if any does; any thread. */
  long oldestSince() {
    return oldest;
  }
}
