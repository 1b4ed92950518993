package org.pglynx.proxy.pool;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendConnection;
import org.pglynx.proxy.relay.UpstreamProvider.Waiter;

/**
 * What one event loop of a pool asks of the others, of the same pool or of pools under the same
 * limit, and gives to them (HikariCP's bag does the same between threads). Confined to the loop.
 *
 * <pre>
 *                              no connection here, another loop has more,
 *   nobody waits ──► waiting ────────────────────────────────────────────► others asked
 *        ▲              │      or {@link #PATIENCE_NANOS} are over                      │
 *        └──────────────┴── served by this loop, or by another one ◄────────────┘
 * </pre>
 *
 * <p>When the budget is spent elsewhere, a hungry loop asks the others. They remember it until its
 * waiters are served, and give it the next connection that comes free, or that idles, once its
 * oldest waiter's turn is come. A move takes both loops some 100 µs, in which the connection serves
 * nobody; so loops that have equally many do not exchange them for each short wait, and it is the
 * difference of ages that is bounded (docs/adr/0004-pools-per-event-loop.md).
 */
final class LoopExchange {
  /** How much older another loop's waiter must be to go first. */
  static final long PATIENCE_NANOS = 1_000_000;

  /** The same, where the other loop has its share of connections already and others wait here. */
  static final long EQUALS_PATIENCE_NANOS = 5_000_000;

  /** The same, where moving means to log in anew: from pool to pool. */
  private static final long RECONNECT_PATIENCE_NANOS = 100_000_000;

  private final LoopPool here;
  private final HungryLoops hungry = new HungryLoops();
  private final Predicate<LoopPool> mayGoFirst = this::yieldsTo;
  private @Nullable Future<?> asking;
  private @Nullable Future<?> looking;

  /** Without anybody to give to. */
  LoopExchange(LoopPool here) {
    this.here = here;
  }

  void stop() {
    Future<?> question = asking;
    if (question != null) {
      question.cancel(false);
    }
    Future<?> look = looking;
    if (look != null) {
      look.cancel(false);
    }
  }

  // ---- asking ----------------------------------------------------------------------------------

  /** Waiters of this loop need connections that only others have. */
  void beg() {
    if (here.waiters().announced() || !here.pool().hasOthersToAsk()) {
      return;
    }
    int own = here.connections().total();
    if (own == 0 || here.pool().someLoopHasMoreThan(own + 1)) {
      ask();
    } else if (asking == null) {
      asking = later(this::askIfLate);
    }
  }

  private void ask() {
    if (here.waiters().announce()) {
      here.pool().beg(here);
    }
  }

  private void askIfLate() {
    asking = null;
    Waiter first = here.waiters().peek();
    if (first == null) {
      return;
    }
    if (here.nanoTime() - first.waitingSinceNanos() >= PATIENCE_NANOS) {
      ask();
    } else {
      asking = later(this::askIfLate);
    }
  }

  private Future<?> later(Runnable task) {
    return here.loop().schedule(task, PATIENCE_NANOS, TimeUnit.NANOSECONDS);
  }

  // ---- giving ----------------------------------------------------------------------------------

  /** Another loop has waiters and may not open connections. */
  void asked(LoopPool other) {
    if (other.mayHaveWaiters()) {
      hungry.add(other);
      giveIdle();
    }
  }

  private void giveIdle() {
    IdleConnections idle = here.connections().idle();
    while (here.waiters().isEmpty() && idle.size() > 0) {
      LoopPool other = hungry.first(mayGoFirst);
      if (other == null) {
        lookLater();
        return;
      }
      BackendConnection spare = idle.takeOldest();
      if (spare == null || !send(spare, other)) {
        if (spare != null) {
          idle.putBack(spare);
        }
        return;
      }
    }
  }

  /** Nobody may come to make this loop think of those whose turn is not come yet. */
  private void lookLater() {
    if (looking == null && !hungry.isEmpty()) {
      looking =
          later(() -> {
            looking = null;
            giveIdle();
          });
    }
  }

  /**
   * Gives a connection that has come free to another loop, if one's turn comes first.
   *
   * @return whether it is gone
   */
  boolean passOn(BackendConnection free) {
    LoopPool other = hungry.first(mayGoFirst);
    boolean gone = other != null && send(free, other);
    if (here.waiters().isEmpty()) {
      lookLater();
    } else if (gone) {
      // It may have been the only one.
      beg();
    }
    return gone;
  }

  /** Whether a connection of this loop is of any use to the other. */
  private boolean mayHave(LoopPool other) {
    return samePool(other)
        || (here.pool().budget().contends(other.pool().budget()) && other.pool().gate().open());
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
    if (samePool(to)) {
      connection.migrate(to.loop(), to);
    } else {
      // Only the right to a connection moves.
      connection.close();
      to.loop().execute(to::connectGranted);
    }
    return true;
  }

  /** Whether the other loop's waiters come first. */
  private boolean yieldsTo(LoopPool other) {
    if (here.waiters().urgent() || !other.wantsMore() || !mayHave(other)) {
      return false;
    }
    Waiter first = here.waiters().peek();
    long ours = first == null ? here.nanoTime() : first.waitingSinceNanos();
    return ours - other.waiters().oldestSince() >= patience(other, first != null);
  }

  private long patience(LoopPool other, boolean othersWaitHere) {
    if (!samePool(other)) {
      return othersWaitHere ? RECONNECT_PATIENCE_NANOS : 0;
    }
    int theirs = other.connections().total();
    boolean poorer = theirs == 0 || theirs + 1 < here.connections().total();
    if (!othersWaitHere) {
      return poorer ? 0 : PATIENCE_NANOS;
    }
    return poorer ? PATIENCE_NANOS : EQUALS_PATIENCE_NANOS;
  }
}
