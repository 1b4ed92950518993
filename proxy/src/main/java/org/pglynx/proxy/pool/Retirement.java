package org.pglynx.proxy.pool;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.backend.Lifetime;

/**
 * When a pool's connections have to go: too old, idle for too long, more than the pool may have, or
 * connected to an address that the server's name does not lead to any more.
 */
final class Retirement {
  private final ConnectionPool pool;

  /** Those that are being closed: they count as used until they are gone, but are not too many. */
  private final Set<BackendConnection> dismissed =
      Collections.newSetFromMap(new IdentityHashMap<>());

  Retirement(ConnectionPool pool) {
    this.pool = pool;
  }

  /** Says when the connection will be too old, unless somebody has said already. */
  void appoint(BackendConnection connection) {
    Lifetime lifetime = connection.lifetime();
    if (lifetime.limited()) {
      return;
    }
    long limit = pool.settings().lifetimeNanos();
    if (limit == 0) {
      lifetime.neverEnds();
    } else {
      long early = pool.timing().chance().get().nextLong(limit / 10 + 1);
      lifetime.endsAt(lifetime.createdNanos() + limit - early);
    }
  }

  /**
   * Whether the connection is not to be used again; the caller closes it then.
   *
   * @param more how many more than its size and its reserve the pool may have
   */
  boolean due(BackendConnection connection, long now, int more) {
    if (connection.lifetime().over(now)) {
      dismiss(connection);
      return true;
    }
    return surplus(connection, more);
  }

  /** The pool has been made smaller, or a limit that it shares. */
  private boolean surplus(BackendConnection connection, int more) {
    if (!dismissed.isEmpty() && dismissed.contains(connection)) {
      return true;
    }
    boolean surplus = pool.budget().dismissSurplus(pool.settings().reserve() + more);
    if (surplus) {
      dismissed.add(connection);
    }
    return surplus;
  }

  private void dismiss(BackendConnection connection) {
    if (dismissed.add(connection)) {
      pool.budget().dismiss();
    }
  }

  /** The connection is gone, and others may take its place. */
  void gone(BackendConnection connection) {
    if (dismissed.remove(connection)) {
      pool.budget().releaseDismissed();
    } else {
      pool.budget().release();
    }
  }

  /** The host name leads elsewhere: those to its former addresses end as soon as they are idle. */
  void retireMoved(List<BackendConnection> live, long now) {
    for (BackendConnection connection : live) {
      if (connection.outdated()) {
        connection.lifetime().endsAt(now);
      }
    }
  }

  /** Closes what should not be used again, and what has idled for too long and is not missed. */
  void closeIdle(IdleConnections idle, long now) {
    PoolSettings settings = pool.settings();
    long limit = settings.idleTimeoutNanos();
    int spare = pool.budget().used() - settings.minimum();
    for (BackendConnection connection : idle.all()) {
      boolean tired =
          limit > 0 && spare > 0 && now - connection.lifetime().idleSinceNanos() > limit;
      if (tired) {
        dismiss(connection);
      }
      if (tired || due(connection, now, 0)) {
        spare--;
        idle.remove(connection);
        connection.close();
      }
    }
  }
}
