package org.pglynx.proxy.session;

import java.util.concurrent.atomic.AtomicInteger;

/** A number of places. Exact whatever the number of threads: never one too many, nor too few. */
final class Slots {
  private final AtomicInteger taken = new AtomicInteger();
  private volatile int all;

  Slots(int all) {
    this.all = all;
  }

  /** Takes a place, if there is one. */
  boolean take() {
    // Counting up first and back after a refusal would refuse others that there is room for.
    int now = taken.get();
    while (now < all) {
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
      now = taken.get();
    }
    return false;
  }

  /** Gives a place back. */
  void give() {
    taken.decrementAndGet();
  }

  int taken() {
    return taken.get();
  }

  int all() {
    return all;
  }

  /** Another number of places; those that are taken stay taken. */
  void all(int changed) {
    all = changed;
  }
}
