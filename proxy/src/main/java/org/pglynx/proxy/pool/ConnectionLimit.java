package org.pglynx.proxy.pool;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The most server connections that one pool may have, or several together (of a database, of a
 * user, of the process), and how many they have. Any thread.
 */
public final class ConnectionLimit {
  /** No limit, as long as nobody sets one. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  private final String name;
  private final AtomicInteger used = new AtomicInteger();

  /** Of those that are used, how many are being closed. */
  private final AtomicInteger leaving = new AtomicInteger();

  /** Pools that have been told of it and do not share it yet. */
  private final AtomicInteger promised = new AtomicInteger();

  private final List<ConnectionPool> sharers = new CopyOnWriteArrayList<>();
  private volatile int max;

  /**
   * A limit with nothing used of it.
   *
   * @param name the configuration's key and whom it holds for, for messages
   */
  public ConnectionLimit(String name, int max) {
    this.name = name;
    this.max = max;
  }

  /** The configuration's key and whom it holds for. */
  public String name() {
    return name;
  }

  /** The configuration's key. */
  String key() {
    int end = name.indexOf(' ');
    return end < 0 ? name : name.substring(0, end);
  }

  /** The most connections. */
  public int max() {
    return max;
  }

  /** Another limit from now on; more connections than that end as they come back. */
  public void max(int changed) {
    max = changed;
  }

  int used() {
    return used.get();
  }

  /** The pools under this limit. */
  List<ConnectionPool> sharers() {
    return sharers;
  }

  /** A pool that is being made will share it. */
  public void promise() {
    promised.incrementAndGet();
  }

  /** Whether a pool is being made that will share it. */
  public boolean promised() {
    return promised.get() > 0;
  }

  void sharedBy(ConnectionPool pool) {
    sharers.add(pool);
    promised.updateAndGet(count -> Math.max(0, count - 1));
  }

  void leftBy(ConnectionPool pool) {
    sharers.remove(pool);
  }

  /** Takes the right to one connection, unless all and so many more are taken. */
  boolean tryAcquire(int more) {
    int now = used.get();
    while (now < (long) max + more) {
      if (used.compareAndSet(now, now + 1)) {
        return true;
      }
      now = used.get();
    }
    return false;
  }

  void release() {
    used.decrementAndGet();
  }

  /**
   * Counts one more connection as being closed, if more are used than there may be and so many
   * more, those not counted that are being closed already.
   */
  boolean tryDismiss(int more) {
    int now = leaving.get();
    while (used.get() - now > (long) max + more) {
      if (leaving.compareAndSet(now, now + 1)) {
        return true;
      }
      now = leaving.get();
    }
    return false;
  }

  /** One more connection is being closed. */
  void dismiss() {
    leaving.incrementAndGet();
  }

  /** One that was being closed is gone. */
  void releaseDismissed() {
    // In this order: at worst one goes too late, and none too many.
    used.decrementAndGet();
    leaving.decrementAndGet();
  }

  /** Whether neither a pool, there or being made, nor a connection counts against it. */
  public boolean unused() {
    return sharers.isEmpty() && used.get() == 0 && !promised();
  }

  boolean exhausted() {
    return taken(0);
  }

  /** Whether all and so many more are taken. */
  boolean taken(int more) {
    return used.get() >= (long) max + more;
  }

  /** Whether it limits anything: one that does not may do so later. */
  boolean bounded() {
    return max != UNBOUNDED;
  }

  @Override
  public String toString() {
    return name + ": " + used.get() + " of " + max;
  }
}
