package org.pglynx.proxy.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The limits that a pool's connections count against: its own, and those it shares with other
 * pools. Each connection, from the first attempt until it is closed, is counted in all of them.
 */
final class PoolBudget {
  private final ConnectionLimit own;
  private final List<ConnectionLimit> shared;

  PoolBudget(ConnectionLimit own, List<ConnectionLimit> shared) {
    this.own = own;
    this.shared = List.copyOf(shared);
  }

  ConnectionLimit own() {
    return own;
  }

  List<ConnectionLimit> shared() {
    return shared;
  }

  /**
   * Takes the right to one connection, unless a limit forbids it.
   *
   * @param reserve how many more than its size the pool may have
   */
  boolean tryAcquire(int reserve) {
    if (!own.tryAcquire(reserve)) {
      return false;
    }
    if (acquireAll(shared)) {
      return true;
    }
    own.release();
    return false;
  }

  private static boolean acquireAll(List<ConnectionLimit> limits) {
    for (int i = 0; i < limits.size(); i++) {
      if (!limits.get(i).tryAcquire(0)) {
        limits.subList(0, i).forEach(ConnectionLimit::release);
        return false;
      }
    }
    return true;
  }

  void release() {
    own.release();
    shared.forEach(ConnectionLimit::release);
  }

  /**
   * Gives notice to one connection, if one of the limits has been lowered below what is used. Loops
   * that do so at the same time do not give notice to more than are too many.
   *
   * @param reserve how many more than its size the pool may have
   */
  boolean dismissSurplus(int reserve) {
    if (own.tryDismiss(reserve)) {
      shared.forEach(ConnectionLimit::dismiss);
      return true;
    }
    // By index: asked each time that a connection is given back, where an iterator is garbage.
    for (int i = 0; i < shared.size(); i++) {
      if (shared.get(i).tryDismiss(0)) {
        dismissOthers(shared.get(i));
        return true;
      }
    }
    return false;
  }

  private void dismissOthers(ConnectionLimit dismissed) {
    own.dismiss();
    shared.stream().filter(other -> other != dismissed).forEach(ConnectionLimit::dismiss);
  }

  /** Gives notice to one connection, whatever the limits. */
  void dismiss() {
    own.dismiss();
    shared.forEach(ConnectionLimit::dismiss);
  }

  /** One that has had notice is gone. */
  void releaseDismissed() {
    own.releaseDismissed();
    shared.forEach(ConnectionLimit::releaseDismissed);
  }

  /**
   * Hands the right to one connection to another pool. What both are counted in stays taken all the
   * time, so that no third one gets in between.
   *
   * @return false if another limit of that pool forbids it; then nothing has changed
   */
  boolean transferTo(PoolBudget other) {
    List<ConnectionLimit> missing = new ArrayList<>(other.shared);
    missing.removeAll(shared);
    missing.add(other.own);
    if (!acquireAll(missing)) {
      return false;
    }
    own.release();
    shared.stream()
        .filter(limit -> !other.shared.contains(limit))
        .forEach(ConnectionLimit::release);
    return true;
  }

  /** Whether a limit that both share is all used up. */
  boolean contends(PoolBudget other) {
    for (ConnectionLimit limit : shared) {
      if (limit.exhausted() && other.shared.contains(limit)) {
        return true;
      }
    }
    return false;
  }

  /** The shared limit that holds the pool back although its own size does not; null if none. */
  @Nullable ConnectionLimit sharedShortage() {
    if (own.exhausted()) {
      return null;
    }
    return shared.stream().filter(ConnectionLimit::exhausted).findFirst().orElse(null);
  }

  int used() {
    return own.used();
  }

  int limit() {
    return own.max();
  }

  /**
   * The numbers, for a client that got no connection.
   *
   * @param reserve how many more than its size the pool may have
   */
  String describe(int reserve) {
    String others =
        shared.stream()
            .filter(ConnectionLimit::exhausted)
            .map(limit -> ", " + limit)
            .collect(Collectors.joining());
    return used()
        + " of "
        + limit()
        + (reserve > 0 ? " and " + reserve + " reserve" : "")
        + " connections are in use"
        + others;
  }
}
