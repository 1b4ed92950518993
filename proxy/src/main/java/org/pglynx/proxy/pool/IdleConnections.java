package org.pglynx.proxy.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;

/**
 * Idle connections of one event loop in the order in which they became idle. Those that have idled
 * long are kept apart, to be asked before use: so that taking one needs no look at a clock.
 */
final class IdleConnections {
  private final ArrayDeque<BackendConnection> fresh = new ArrayDeque<>();
  private final ArrayDeque<BackendConnection> stale = new ArrayDeque<>();

  /**
   * One more.
   *
   * @param ask whether even this one is to be asked before use
   */
  void add(BackendConnection connection, boolean ask) {
    (ask ? stale : fresh).addLast(connection);
  }

  /** One to use at once: the one used last, or the one that has idled longest. */
  @Nullable BackendConnection take(boolean oldestFirst) {
    return oldestFirst ? fresh.pollFirst() : fresh.pollLast();
  }

  /** One to be asked before use. */
  @Nullable BackendConnection takeStale() {
    return stale.pollLast();
  }

  /** The one that is missed least. */
  @Nullable BackendConnection takeOldest() {
    BackendConnection oldest = stale.pollFirst();
    return oldest == null ? fresh.pollFirst() : oldest;
  }

  /** One that was taken as the oldest, and not used. */
  void putBack(BackendConnection connection) {
    fresh.addFirst(connection);
  }

  boolean remove(BackendConnection connection) {
    return fresh.remove(connection) || stale.remove(connection);
  }

  boolean contains(BackendConnection connection) {
    return fresh.contains(connection) || stale.contains(connection);
  }

  boolean isStale(BackendConnection connection) {
    return stale.contains(connection);
  }

  /** Sets apart those that have been idle since before the given time. */
  void ageBefore(long nanos) {
    BackendConnection first = fresh.peekFirst();
    while (first != null && first.lifetime().idleSinceNanos() - nanos < 0) {
      stale.addLast(fresh.removeFirst());
      first = fresh.peekFirst();
    }
  }

  /** All of them, longest idle first. */
  List<BackendConnection> all() {
    List<BackendConnection> all = new ArrayList<>(stale);
    all.addAll(fresh);
    return all;
  }

  int size() {
    return fresh.size() + stale.size();
  }
}
