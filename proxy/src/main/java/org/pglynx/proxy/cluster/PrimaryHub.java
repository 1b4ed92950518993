package org.pglynx.proxy.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.wire.PgError;

/**
 * Listens at whichever server is the primary. When it is no longer, its connections are closed, and
 * all who listened there are told. Whoever wants to listen while there is no primary waits for one,
 * as a writer does: a standby refuses LISTEN. May be called from any thread.
 */
final class PrimaryHub implements NotificationHub {
  private record Waiting(Listener listener, String channel, Outcome outcome, long sinceNanos) {}

  private final Cluster cluster;
  private final List<? extends NotificationHub> hubs;
  private final ScheduledExecutorService timer;
  private final List<Waiting> waiting = new ArrayList<>();
  private volatile long waitLimitNanos;
  private volatile boolean closed;

  /**
   * One hub for each server.
   *
   * @param timer ends what has waited for too long
   * @param waitLimitNanos how long a session waits for a primary; 0 is without end
   */
  PrimaryHub(
      Cluster cluster,
      List<? extends NotificationHub> hubs,
      ScheduledExecutorService timer,
      long waitLimitNanos) {
    this.cluster = cluster;
    this.hubs = List.copyOf(hubs);
    this.timer = timer;
    this.waitLimitNanos = waitLimitNanos;
  }

  /** Who begins to wait from now on waits for so long. */
  void waitLimit(long nanos) {
    waitLimitNanos = nanos;
  }

  @Override
  public void listen(Listener listener, String channel, Outcome outcome) {
    Waiting wanted = new Waiting(listener, channel, outcome, System.nanoTime());
    View view;
    boolean waits;
    synchronized (waiting) {
      // The cluster tells of a change behind it: who waits by an older view is looked at then.
      view = cluster.view();
      waits = hopes(view);
      if (waits) {
        waiting.add(wanted);
      }
    }
    if (!waits) {
      settle(wanted, view);
    } else if (waitLimitNanos > 0) {
      timer.schedule(() -> giveUp(wanted), waitLimitNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void settle(Waiting wanted, View view) {
    if (view.primary() == View.NONE) {
      refuse(wanted, NoServer.now(cluster, ServerRole.PRIMARY));
    } else {
      hubs.get(view.primary()).listen(wanted.listener(), wanted.channel(), wanted.outcome());
    }
  }

  /** Whether a primary may yet come. */
  private boolean hopes(View view) {
    return view.primary() == View.NONE && !closed && (!view.settled() || cluster.elects());
  }

  private void giveUp(Waiting late) {
    boolean waits;
    synchronized (waiting) {
      waits = waiting.remove(late);
    }
    if (waits) {
      long waited = System.nanoTime() - late.sinceNanos();
      refuse(late, NoServer.since(cluster, ServerRole.PRIMARY, waited));
    }
  }

  private static void refuse(Waiting wanted, PgError error) {
    wanted.listener().loop().execute(() -> wanted.outcome().done(error));
  }

  /** The cluster tells of no change any more, so that nobody may wait for one. */
  void close() {
    closed = true;
    changed();
  }

  /** The cluster has looked anew. */
  void changed() {
    List<Waiting> all;
    View view;
    synchronized (waiting) {
      view = cluster.view();
      if (hopes(view)) {
        return;
      }
      all = List.copyOf(waiting);
      waiting.clear();
    }
    for (Waiting each : all) {
      settle(each, view);
    }
  }

  @Override
  public void unlisten(Listener listener, String channel) {
    // At the others it listens on nothing.
    hubs.forEach(hub -> hub.unlisten(listener, channel));
  }

  @Override
  public void leave(Listener listener) {
    synchronized (waiting) {
      waiting.removeIf(each -> each.listener() == listener);
    }
    hubs.forEach(hub -> hub.leave(listener));
  }

  @Override
  public void whenCaughtUp(Listener listener, Runnable task) {
    int primary = cluster.view().primary();
    if (primary == View.NONE) {
      caughtUp(0, listener, task);
    } else {
      hubs.get(primary).whenCaughtUp(listener, task);
    }
  }

  /** It may listen at any that has been the primary. */
  private void caughtUp(int from, Listener listener, Runnable task) {
    if (from == hubs.size()) {
      task.run();
    } else {
      hubs.get(from).whenCaughtUp(listener, () -> caughtUp(from + 1, listener, task));
    }
  }
}
