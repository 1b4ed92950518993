package org.pglynx.proxy.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.stats.ServerWork;

/**
 * A pool's connections on one event loop, by what they do: on their way, idle, being checked; the
 * others are in use. Confined to the loop, but for what other loops need to know of them.
 */
final class LoopConnections {
  private final IdleConnections idle = new IdleConnections();
  private final List<BackendConnection> live = new ArrayList<>();
  private final List<BackendConnection> checking = new ArrayList<>();

  /** Connections that are on their way to this loop, whoever sent for them. */
  private final AtomicInteger opening = new AtomicInteger();

  /** What those have done that are gone. */
  private ServerWork gone = ServerWork.NONE;

  /** How many are live, for other loops. */
  private volatile int count;

  IdleConnections idle() {
    return idle;
  }

  /** All that have arrived and are not gone. */
  List<BackendConnection> live() {
    return live;
  }

  boolean isEmpty() {
    return live.isEmpty();
  }

  // ---- on their way; any thread ----------------------------------------------------------------

  /** One more is on its way to this loop. */
  void expect() {
    opening.incrementAndGet();
  }

  /** One that was on its way does not come. */
  void expectOneLess() {
    opening.decrementAndGet();
  }

  /** How many are on their way. */
  int opening() {
    return opening.get();
  }

  /** Those that this loop has, and those on their way. */
  int total() {
    return count + opening.get();
  }

  // ---- come and go -----------------------------------------------------------------------------

  void arrived(BackendConnection connection) {
    opening.decrementAndGet();
    live.add(connection);
    count = live.size();
  }

  /** One that was taken out of the idle ones leaves this loop. */
  void left(BackendConnection connection) {
    live.remove(connection);
    count = live.size();
  }

  /**
   * A connection has ended, whatever it did.
   *
   * @return whether this loop had it
   */
  boolean ended(BackendConnection connection) {
    if (!live.remove(connection)) {
      return false;
    }
    count = live.size();
    gone = gone.plus(connection.work());
    idle.remove(connection);
    checking.remove(connection);
    return true;
  }

  // ---- asked before use ------------------------------------------------------------------------

  /** An idle one that has to be asked whether it still works; from now on it is being checked. */
  @Nullable BackendConnection takeToCheck() {
    BackendConnection stale = idle.takeStale();
    if (stale != null) {
      checking.add(stale);
    }
    return stale;
  }

  /** It has answered, or was not being checked at all. */
  void checked(BackendConnection connection) {
    checking.remove(connection);
  }

  /** Those that are being checked. */
  List<BackendConnection> checking() {
    return checking;
  }

  /** How many will be there soon without anybody giving one back. */
  int coming() {
    return opening.get() + checking.size();
  }

  /** Whether a session has it, or had it and it is being cleaned after it. */
  boolean uses(BackendConnection connection) {
    return live.contains(connection)
        && !idle.contains(connection)
        && !checking.contains(connection);
  }

  /** How many sessions have one, or had it and it is being cleaned after them. */
  int inUse() {
    return live.size() - idle.size() - checking.size();
  }

  /** What all have done, those that are gone included. */
  ServerWork work() {
    ServerWork sum = gone;
    for (BackendConnection server : live) {
      sum = sum.plus(server.work());
    }
    return sum;
  }

  /**
   * What SHOW SERVERS tells of each.
   *
   * @param closing whether all are closed when they come back
   */
  List<PoolSnapshot.ServerView> views(long now, boolean closing) {
    List<PoolSnapshot.ServerView> views = new ArrayList<>();
    for (BackendConnection server : live) {
      views.add(
          new PoolSnapshot.ServerView(
              server.pid(),
              idle.isStale(server) ? "used" : server.stateName(),
              now - server.lifetime().createdNanos(),
              server.attachments(),
              server.preparedStatements(),
              server.cancels(),
              "none",
              server.tls(),
              server.reported().getOrDefault("application_name", ""),
              server.target().host(),
              server.target().port(),
              server.target().database(),
              server.work(),
              server.socket(),
              closing || server.lifetime().over(now)));
    }
    return views;
  }
}
