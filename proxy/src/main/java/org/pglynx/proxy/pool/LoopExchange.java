package org.pglynx.proxy.pool;

import java.util.function.Predicate;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.relay.UpstreamProvider.Waiter;

/**
 * What one event loop of a pool gives to the others, of the same pool or of pools under the same
 * limit (HikariCP's bag does the same between threads). Confined to the loop.
 *
 * <p>When the budget is spent elsewhere, a hungry loop asks the others. They remember it until its
 * waiters are served: one that has an idle connection sends it over at once, a busy one sends the
 * next that comes free, if the hungry loop's oldest waiter has waited longer than its own.
 */
final class LoopExchange {
  /** How much older another loop's waiter must be to go first: a move costs some microseconds. */
  private static final long MOVE_PATIENCE_NANOS = 1_000_000;

  /** The same, where moving means to log in anew. */
  private static final long RECONNECT_PATIENCE_NANOS = 100_000_000;

  private final LoopPool here;
  private final boolean channelsMove;
  private final HungryLoops hungry = new HungryLoops();
  private final Predicate<LoopPool> mayGoFirst = this::yieldsTo;

  /**
   * Without anybody to give to.
   *
   * @param channelsMove whether a connection can go over; else only the right to one does
   */
  LoopExchange(LoopPool here, boolean channelsMove) {
    this.here = here;
    this.channelsMove = channelsMove;
  }

  /** Another loop has waiters and may not open connections: gives it what can be spared. */
  void asked(LoopPool other) {
    if (!other.mayHaveWaiters()) {
      return;
    }
    hungry.add(other);
    IdleConnections idle = here.connections().idle();
    while (here.waiters().isEmpty() && other.wantsMore() && mayHave(other)) {
      BackendConnection spare = idle.takeOldest();
      if (spare == null) {
        return;
      }
      if (!send(spare, other)) {
        idle.putBack(spare);
        return;
      }
    }
  }

  /**
   * Gives a connection that has come free to another loop, if one's turn comes first.
   *
   * @return whether it is gone
   */
  boolean passOn(BackendConnection free) {
    LoopPool other = hungry.first(mayGoFirst);
    return other != null && send(free, other);
  }

  /** Whether a connection of this loop is of any use to the other. */
  private boolean mayHave(LoopPool other) {
    if (samePool(other)) {
      return channelsMove || here.pool().gate().open();
    }
    return here.pool().budget().contends(other.pool().budget()) && other.pool().gate().open();
  }

  private boolean samePool(LoopPool other) {
    return other.pool() == here.pool();
  }

  private boolean send(BackendConnection connection, LoopPool to) {
    if (!samePool(to) && !here.pool().budget().transferTo(to.pool().budget())) {
      return false;
    }
    to.connections().expect();
    here.connections().left(connection);
    if (samePool(to) && channelsMove) {
      connection.migrate(to.loop(), to);
    } else {
      // Only the right to a connection moves.
      connection.close();
      to.loop().execute(to::connectGranted);
    }
    return true;
  }

  /**
   * Whether the other loop's waiters come first. A loop without connections is served in turn; one
   * that has some, until it has as many as this. Between pools the age alone decides.
   */
  private boolean yieldsTo(LoopPool other) {
    if (!other.wantsMore() || !mayHave(other)) {
      return false;
    }
    Waiter first = here.waiters().peek();
    if (first == null) {
      return true;
    }
    boolean same = samePool(other);
    int theirs = other.connections().total();
    long patience = same && channelsMove ? MOVE_PATIENCE_NANOS : RECONNECT_PATIENCE_NANOS;
    return (!same || theirs == 0 || theirs + 1 < here.connections().total())
        && first.waitingSinceNanos() - other.waiters().oldestSince() > patience;
  }
}
