package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

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

  /** So much is kept before the client is not read any more; announcements weigh as they take. */
  static final int MAX_KEPT = 1 << 20;

  private static final int KEPT_WEIGHT = 128;

  private static final PgError IN_PARTS =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the rows of a FETCH from several shards are not fetched in parts themselves")
          .withHint("FETCH as many rows as the fetch size.");

  private static final PortalNote NOTHING = new PortalNote("", 0, null);

  private final ScatterGather whole;
  private Queue<Kept> kept = new ArrayDeque<>();

  /** How much memory that takes, about. */
  private int weight;

  private PortalNote next = NOTHING;
  private @Nullable Steps awaited;
  private @Nullable Steps taken;

  /** Frames that execute, are sent as they are, and have not been seen yet. */
  private int straight;

  /** Bytes of the frame in hand that are still to come. */
  private int rest;

  /** How many of them belong to the frame that is awaited. */
  private boolean restAwaited;

  /** What is to be done when they have been sent. */
  private final Queue<Runnable> atEnd = new ArrayDeque<>();

  Detour(ScatterGather whole) {
    this.whole = whole;
  }

  /** The steps that are taken, or null. */
  @Nullable Steps taken() {
    return taken;
  }

  /** Whether something is taken out, or kept. */
  boolean busy() {
    return awaited != null || taken != null;
  }

  /** Whether no more is to be kept: it is what the client has sent while steps are taken. */
  boolean full() {
    return weight >= MAX_KEPT;
  }

  private void keep(Kept more) {
    ByteBuf run = more.run();
    weight += KEPT_WEIGHT + (run == null ? 0 : run.readableBytes());
    kept.add(more);
  }

  /** Does it, now or when its turn comes. */
  void inTurn(Runnable action) {
    if (busy()) {
      keep(new Kept(action, null));
    } else {
      action.run();
    }
  }

  // ---- announcements -------------------------------------------------------------------------

  /** What the frame that comes next is about. */
  void merging(PortalNote note) {
    next = note;
  }

  /** Whether the frame that is announced is taken out, or announced otherwise. */
  boolean takes(byte tag) {
    PortalNote note = next;
    return switch (tag) {
      case FrontendTag.BIND -> {
        bound(note);
        yield false;
      }
      case FrontendTag.EXECUTE -> executes(whole.cursors().get(note.portal()), note.limit());
      case FrontendTag.QUERY -> {
        next = NOTHING;
        yield takes(start(note.how(), true, 0));
      }
      default -> false;
    };
  }

  private void bound(PortalNote note) {
    if (note.how() == null) {
      whole.cursors().remove(note.portal());
    } else {
      whole.cursors().put(new OpenCursor(note.portal(), note.how()));
    }
  }

  /** An Execute of a portal. */
  private boolean executes(@Nullable OpenCursor portal, int limit) {
    if (portal == null
        || !(portal.how() instanceof GatherRun run)
        || run.declaration() != null
        || run.copy() != null) {
      return takes(portal == null ? null : start(portal.how(), false, limit));
    }
    if (portal.fresh() && limit == 0 && straight(run, false)) {
      return takes(null);
    }
    ShardPart one = portal.one();
    if (one != null) {
      return takes(PullSteps.onOne(whole, portal, one, limit));
    }
    return takes(
        portal.pulled() == null
            ? new GatherSteps(whole, run, false, portal, limit)
            : new PullSteps(whole, portal, limit));
  }

  private boolean takes(@Nullable Steps steps) {
    if (steps == null) {
      straight++;
      return false;
    }
    awaited = steps;
    return true;
  }

  /** What an execution takes; null if nothing. */
  private @Nullable Steps start(@Nullable Merging how, boolean query, int limit) {
    return switch (how) {
      case GatherRun run when run.declaration() != null -> declares(run, query);
      case GatherRun run -> straight(run, query) ? null : new GatherSteps(whole, run, query);
      case CursorRun run -> uses(run, query, limit);
      case ExplainRun run -> new ExplainSteps(whole, run, query);
      case SteppedRun run -> run.steps(whole, query);
      case null, default -> null;
    };
  }

  /** Whether its rows are merged as they come, which is announced then. */
  private boolean straight(GatherRun run, boolean query) {
    MergeRun streamed = run.streamed();
    return streamed != null && streams(streamed, query);
  }

  private boolean streams(MergeRun run, boolean query) {
    boolean known = whole.merger().executions().streams(run, query);
    return known || run.plan() instanceof MergePlan.Concat;
  }

  private Steps declares(GatherRun run, boolean query) {
    Declaration declaration = run.declaration();
    OpenCursor cursor = new OpenCursor(declaration == null ? "" : declaration.name(), run);
    whole.cursors().put(cursor);
    return new GatherSteps(whole, run, query, cursor, 0);
  }

  /** FETCH, MOVE or CLOSE of a cursor that is on several shards. */
  private @Nullable Steps uses(CursorRun run, boolean query, int limit) {
    CursorMove move = run.move();
    OpenCursor cursor = whole.cursors().get(move.name());
    ShardPart one = cursor == null ? whole.who().active().getFirst() : cursor.one();
    if (move.closes()) {
      whole.cursors().remove(move.name());
    }
    if (limit > 0 && move.fetches() && (move.rows() > limit || move.rows() == CursorMove.BACK)) {
      return new RefusedSteps(whole, query, IN_PARTS);
    }
    if (one != null) {
      return new OneServerSteps(whole, query, one, frames -> frames.run(run));
    }
    return cursor == null || move.closes() ? null : new CursorSteps(whole, cursor, run, query);
  }

  // ---- bytes ---------------------------------------------------------------------------------

  /** Sends what is to be sent now, and keeps the rest. */
  void send(ByteBuf run) {
    if (taken != null) {
      keep(new Kept(() -> send(run), run));
      return;
    }
    int from = run.readerIndex();
    int at = from;
    while (at < run.writerIndex()) {
      if (rest == 0) {
        rest = 1 + run.getInt(at + 1);
        restAwaited = executes(run.getByte(at));
        if (restAwaited && at > from) {
          whole.out().send(run.retainedSlice(from, at - from));
        }
        from = restAwaited ? at : from;
      }
      int step = Math.min(rest, run.writerIndex() - at);
      rest -= step;
      at += step;
      if (rest == 0 && !atEnd.isEmpty()) {
        frameEnds(run.retainedSlice(from, at - from));
        from = at;
      }
      if (restAwaited) {
        Steps steps = awaited;
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

  /** Does it where the servers have no part of a frame. */
  void betweenFrames(Runnable action) {
    if (rest == 0 || restAwaited) {
      action.run();
    } else {
      atEnd.add(action);
    }
  }

  private void frameEnds(ByteBuf sent) {
    whole.out().send(sent);
    for (Runnable next = atEnd.poll(); next != null; next = atEnd.poll()) {
      next.run();
    }
  }

  private void pass(ByteBuf run, int from) {
    if (from == run.writerIndex()) {
      run.release();
    } else {
      whole.out().send(run.readerIndex(from));
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
      keep(new Kept(() -> send(behind), behind));
    } else {
      behind.release();
    }
    goOn();
  }

  // ---- steps ---------------------------------------------------------------------------------

  /** The client cancels what is under way. */
  void cancel() {
    Steps steps = taken == null ? awaited : taken;
    if (steps != null) {
      steps.cancel();
    }
  }

  /** Something has been answered. */
  void goOn() {
    Steps steps = taken;
    if (steps == null || !steps.goOn()) {
      return;
    }
    Steps successor = steps.successor();
    taken = successor;
    if (successor != null) {
      goOn();
      return;
    }
    Queue<Kept> turn = kept;
    boolean wasFull = full();
    kept = new ArrayDeque<>();
    weight = 0;
    turn.forEach(this::again);
    whole.sendOut();
    if (wasFull && !full()) {
      whole.client().onWritable();
    }
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
    atEnd.clear();
  }
}
