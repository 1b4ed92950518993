package org.pglynx.proxy.mirror;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * What a session does from getting a server until it gives that back, done again on a mirror, whole
 * or not to its end: what is left out is rolled back there. Confined to the session's event loop.
 *
 * <pre>
 *          begin()              a connection               all sent           all answered
 *   BEHIND ───────► WAITING (queued) ────────► DOING ── end() ─────► FINISHING ───────────► OVER,
 *      │ what the session did before   │           │                    │                   done
 *      └── too much waits, refused ────┴── lost ───┴────────────────────┴──► OVER, dropped
 * </pre>
 */
final class MirrorWork implements UpstreamProvider.Waiter, Downstream {
  /** What a step takes besides the bytes that it sends. */
  private static final int STEP_BYTES = 64;

  private static final PgError ENDED_EARLY =
      PgError.error(
          SqlState.CONNECTION_FAILURE, "its session ended before the mirror had done all of it");

  private static final PgError TOO_MUCH =
      PgError.error(SqlState.INSUFFICIENT_RESOURCES, "mirror_queue_kb are waiting for it");

  /** Hears that work is over. */
  interface End {
    /** The work is over; what it has waited for, if it never began, is not. */
    void over(MirrorWork work, @Nullable MirrorWork before);
  }

  /**
   * Something to be done.
   *
   * @param run what is sent, or null
   * @param whole whether the run ends with a message's end
   * @param action what is done besides
   */
  private record Step(@Nullable ByteBuf run, boolean whole, @Nullable Consumer<Upstream> action) {
    int bytes() {
      return STEP_BYTES + (run == null ? 0 : run.readableBytes());
    }

    void release() {
      if (run != null) {
        run.release();
      }
    }
  }

  private final UpstreamProvider mirror;
  private final MirrorTraffic traffic;
  private final End atEnd;
  private final ArrayDeque<Step> steps = new ArrayDeque<>();
  private @Nullable Upstream server;
  private Upstream.@Nullable Release ended;
  private @Nullable MirrorWork before;
  private @Nullable MirrorWork next;
  private boolean begun;
  private boolean over;
  private int cancels;
  private boolean whole = true;
  private byte status = 'I';
  private long waitingSinceNanos;

  /**
   * Work that has not begun.
   *
   * @param atEnd is told when it is over
   */
  MirrorWork(UpstreamProvider mirror, MirrorTraffic traffic, End atEnd) {
    this.mirror = mirror;
    this.traffic = traffic;
    this.atEnd = atEnd;
  }

  /** Asks for a connection to the mirror. */
  void begin() {
    begun = true;
    before = null;
    server = mirror.open(this);
    goOn();
  }

  /** This comes next of the same session. */
  void then(MirrorWork work) {
    next = work;
    work.before = this;
  }

  /** Who comes next does so now, or behind what this one had to wait for. */
  private void isOver() {
    over = true;
    forget();
    MirrorWork behind = next;
    MirrorWork ahead = before;
    next = null;
    before = null;
    atEnd.over(this, ahead);
    if (ahead != null) {
      ahead.next = behind;
    }
    if (behind != null) {
      behind.before = ahead;
      if (ahead == null) {
        behind.begin();
      }
    }
  }

  // ---- what the session does -------------------------------------------------------------------

  /** Whether nothing more is done. */
  boolean over() {
    return over;
  }

  /** The session does something that sends nothing by itself. */
  void does(Consumer<Upstream> action) {
    next(new Step(null, true, action));
  }

  /**
   * The session sends something; owns the buffer.
   *
   * @param whole whether it ends with a message's end
   */
  void sends(ByteBuf run, boolean ends) {
    next(new Step(run, ends, null));
  }

  /** The session cancels: a request that is late must not hit what it does next. */
  void cancels() {
    does(mirror -> {
      if (!mirror.drained()) {
        cancels++;
        mirror.cancel().thenRun(this::cancelTaken);
      }
    });
  }

  private void cancelTaken() {
    cancels--;
    goOn();
  }

  private void next(Step step) {
    if (over) {
      step.release();
      return;
    }
    Upstream present = server;
    if (present != null && steps.isEmpty() && takes(present)) {
      take(present, step);
    } else if (traffic.take(step.bytes())) {
      steps.add(step);
    } else {
      step.release();
      drop(TOO_MUCH);
    }
  }

  void flush() {
    Upstream present = server;
    if (present != null) {
      present.flush();
    }
  }

  /** The session gives its server back. */
  void end(Upstream.Release how) {
    if (over) {
      return;
    }
    if (how == Upstream.Release.ABANDONED || how == Upstream.Release.BROKEN) {
      // The server rolls it back, too; what came before in the same work it may have committed.
      if (steps.isEmpty() && begun) {
        traffic.done();
        giveBack();
      } else {
        drop(ENDED_EARLY);
      }
      return;
    }
    ended = how;
    goOn();
  }

  // ---- the mirror does it ----------------------------------------------------------------------

  private boolean takes(Upstream present) {
    return cancels == 0 && present.writable();
  }

  private void take(Upstream present, Step step) {
    ByteBuf run = step.run();
    Consumer<Upstream> action = step.action();
    if (run != null) {
      present.send(run);
      whole = step.whole();
    }
    if (action != null) {
      action.accept(present);
    }
  }

  private void goOn() {
    Upstream present = server;
    if (present == null) {
      return;
    }
    while (!over && !steps.isEmpty() && takes(present)) {
      Step step = steps.remove();
      traffic.give(step.bytes());
      take(present, step);
    }
    if (over) {
      return;
    }
    present.flush();
    if (steps.isEmpty() && ended != null) {
      finish(present, ended);
    }
  }

  private void finish(Upstream present, Upstream.Release how) {
    if (present.copyingIn()) {
      drop(PgError.error(SqlState.PROTOCOL_VIOLATION, "it waits for other data than its server"));
    } else if (present.drained()) {
      server = null;
      traffic.done();
      present.release(status == 'I' ? how : Upstream.Release.ABANDONED);
      isOver();
    } else {
      present.drain();
    }
  }

  private void drop(PgError why) {
    traffic.dropped(why);
    giveBack();
  }

  private void giveBack() {
    Upstream present = server;
    server = null;
    if (present != null) {
      present.release(whole ? Upstream.Release.ABANDONED : Upstream.Release.BROKEN);
    } else if (begun) {
      mirror.withdraw(this);
    }
    isOver();
  }

  private void forget() {
    for (Step step = steps.poll(); step != null; step = steps.poll()) {
      traffic.give(step.bytes());
      step.release();
    }
  }

  // ---- the mirror's connection -----------------------------------------------------------------

  @Override
  public Downstream downstream() {
    return this;
  }

  @Override
  public void onUpstream(Upstream given) {
    server = given;
    goOn();
  }

  @Override
  public void onRefused(PgError error) {
    if (!over) {
      traffic.dropped(error);
      isOver();
    }
  }

  @Override
  public void onReplies(ByteBuf run) {
    run.release();
  }

  @Override
  public void onReady(byte newStatus) {
    status = newStatus;
  }

  @Override
  public void onDrained() {
    goOn();
  }

  @Override
  public void onServerWritable() {
    goOn();
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    server = null;
    onRefused(error);
  }

  @Override
  public long waitingSinceNanos() {
    return waitingSinceNanos;
  }

  @Override
  public void waitingSinceNanos(long nanos) {
    waitingSinceNanos = nanos;
  }
}
