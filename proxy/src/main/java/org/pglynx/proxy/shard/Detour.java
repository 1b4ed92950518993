package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * Takes executions that need steps of the proxy's own out of what a session sends, and keeps all
 * that is sent behind one until it is over.
 *
 * <pre>
 *            announced                 its frame is there                 all is answered
 *   STRAIGHT ─────────► FRAME AWAITED ───────────────────► STEPS TAKEN ─────────────────┐
 *      ▲                 what comes before it is sent,        all is kept               │
 *      │                 announcements are kept                                         │
 *      └──────────────────────────── what was kept is done ◄────────────────────────────┘
 * </pre>
 */
final class Detour {
  /** What is kept: an announcement, or bytes to be sent. */
  private record Kept(Runnable action, @Nullable ByteBuf run) {}

  private final ScatterGather whole;
  private Queue<Kept> kept = new ArrayDeque<>();
  private @Nullable GatherRun next;
  private @Nullable GatherRun bound;
  private @Nullable GatherSteps awaited;
  private @Nullable GatherSteps taken;

  /** Frames that execute, are sent as they are, and have not been seen yet. */
  private int straight;

  /** Bytes of the frame in hand that are still to come. */
  private int rest;

  /** How many of them belong to the frame that is awaited. */
  private boolean restAwaited;

  Detour(ScatterGather whole) {
    this.whole = whole;
  }

  /** The steps that are taken, or null. */
  @Nullable GatherSteps taken() {
    return taken;
  }

  /** Whether something is taken out, or kept. */
  boolean busy() {
    return awaited != null || taken != null;
  }

  /** Does it, now or when its turn comes. */
  void inTurn(Runnable action) {
    if (busy()) {
      kept.add(new Kept(action, null));
    } else {
      action.run();
    }
  }

  // ---- announcements -------------------------------------------------------------------------

  /** Of the Query or Bind that comes next; null if it takes no steps. */
  void merging(@Nullable GatherRun run) {
    next = run;
  }

  /** Whether the frame that is announced is taken out, or announced otherwise. */
  boolean takes(byte tag) {
    return switch (tag) {
      case FrontendTag.BIND -> {
        bound = next;
        next = null;
        yield false;
      }
      case FrontendTag.EXECUTE -> executes(bound, false);
      case FrontendTag.QUERY -> {
        GatherRun run = next;
        next = null;
        yield executes(run, true);
      }
      default -> false;
    };
  }

  private boolean executes(@Nullable GatherRun run, boolean query) {
    MergeRun streamed = run == null ? null : run.streamed();
    if (streamed != null && whole.merger().executions().streams(streamed, query)) {
      straight++;
      return false;
    }
    if (run == null) {
      straight++;
      return false;
    }
    awaited = new GatherSteps(whole, run, query);
    return true;
  }

  // ---- bytes ---------------------------------------------------------------------------------

  /** Sends what is to be sent now, and keeps the rest. */
  void send(ByteBuf run) {
    if (taken != null) {
      kept.add(new Kept(() -> send(run), run));
      return;
    }
    int from = run.readerIndex();
    int at = from;
    while (at < run.writerIndex()) {
      if (rest == 0) {
        rest = 1 + run.getInt(at + 1);
        restAwaited = executes(run.getByte(at));
        if (restAwaited && at > from) {
          whole.sendToAll(run.retainedSlice(from, at - from));
        }
        from = restAwaited ? at : from;
      }
      int step = Math.min(rest, run.writerIndex() - at);
      rest -= step;
      at += step;
      if (restAwaited) {
        GatherSteps steps = awaited;
        if (steps != null) {
          steps.frame(run.slice(from, at - from));
        }
        from = at;
        if (rest == 0) {
          restAwaited = false;
          begin(run.retainedSlice(at, run.writerIndex() - at));
          run.release();
          return;
        }
      }
    }
    pass(run, from);
  }

  private void pass(ByteBuf run, int from) {
    if (from == run.writerIndex()) {
      run.release();
    } else {
      whole.sendToAll(run.readerIndex(from));
    }
  }

  /** A frame that executes has been sent some other way. */
  void passed() {
    straight--;
  }

  /** Whether the frame that begins here is the one awaited. */
  private boolean executes(byte tag) {
    if (tag != FrontendTag.EXECUTE && tag != FrontendTag.QUERY) {
      return false;
    }
    if (straight > 0) {
      straight--;
      return false;
    }
    return awaited != null;
  }

  private void begin(ByteBuf behind) {
    taken = awaited;
    awaited = null;
    if (behind.isReadable()) {
      kept.add(new Kept(() -> send(behind), behind));
    } else {
      behind.release();
    }
    goOn();
  }

  // ---- steps ---------------------------------------------------------------------------------

  /** The client cancels what is under way. */
  void cancel() {
    GatherSteps steps = taken == null ? awaited : taken;
    if (steps != null) {
      steps.cancel();
    }
  }

  /** Something has been answered. */
  void goOn() {
    GatherSteps steps = taken;
    if (steps == null || !steps.goOn()) {
      return;
    }
    taken = null;
    Queue<Kept> turn = kept;
    kept = new ArrayDeque<>();
    turn.forEach(this::again);
    whole.sendOut();
  }

  /** Another one may have been announced among what was kept: then the rest is kept again. */
  private void again(Kept each) {
    if (each.run() == null) {
      inTurn(each.action());
    } else {
      each.action().run();
    }
  }

  /** Whoever has sent it is gone. */
  void stop() {
    for (Kept each : kept) {
      ByteBuf run = each.run();
      if (run != null) {
        run.release();
      }
    }
    kept.clear();
    if (awaited != null) {
      awaited.stop();
    }
    if (taken != null) {
      taken.stop();
    }
    awaited = null;
    taken = null;
  }
}
