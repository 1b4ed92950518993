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

  void sharedBy(ConnectionPool pool) {
    sharers.add(pool);
  }

  void leftBy(ConnectionPool pool) {
    sharers.remove(pool);
  }

  /** Takes the right to one connection, unless all and so many more are taken. */
  boolean tryAcquire(int more) {
    int now = used.get();
    while (now < max + more) {
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

  /** Whether neither a pool nor a connection counts against it. */
  public boolean unused() {
    return sharers.isEmpty() && used.get() == 0;
  }

  boolean exhausted() {
    return used.get() >= max;
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
