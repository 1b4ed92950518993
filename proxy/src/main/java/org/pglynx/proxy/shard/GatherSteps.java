package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * One execution of a query over several shards that is more than sending it to all: its rows are
 * collected from all shards, and one of the servers makes the result of them. All in the batch and
 * the transaction that the client's message is in.
 *
 * <pre>
 *   QUIET ── all before is answered ──► DESCRIBING ──► COLLECTING ──► FINISHING ──► OVER
 *     │ the first server says the types    ▲  on all      │              on the first
 *     └──────── known already ─────────────┴──► OVER, if rows can be merged as they come
 *   FAILED  from any: the others fail, too, and skip what is behind it as PostgreSQL does
 * </pre>
 */
final class GatherSteps {
  private enum Phase {
    QUIET,
    DESCRIBING,
    COLLECTING,
    FINISHING,
    FAILED,
    OVER
  }

  private final ScatterGather whole;
  private final GatherRun run;
  private final boolean query;
  private final ByteBuf frame = Unpooled.buffer(64);
  private Phase phase = Phase.QUIET;
  private int[] parameters;
  private int[] columns = {};
  private @Nullable ByteBuf description;
  private int nextWay;
  private Way.@Nullable Collected way;
  private @Nullable Collecting collecting;
  private boolean answered;
  private boolean executed;
  private boolean cancelled;
  private @Nullable ShardPart failing;

  /**
   * One that is announced.
   *
   * @param query whether it is a Query, and not an Execute
   */
  GatherSteps(ScatterGather whole, GatherRun run, boolean query) {
    this.whole = whole;
    this.run = run;
    this.query = query;
    this.parameters = run.types();
  }

  /** Bytes of the client's frame. */
  void frame(ByteBuf bytes) {
    frame.writeBytes(bytes);
  }

  /** Nobody waits for it any more. */
  void stop() {
    phase = Phase.OVER;
  }

  /**
   * The client cancels it. A request that finds the servers between two steps does nothing there,
   * and so the next step is not taken.
   */
  void cancel() {
    cancelled = true;
  }

  /** Whether the servers' replies are to its own messages. */
  boolean listens() {
    return switch (phase) {
      case DESCRIBING, COLLECTING, FINISHING -> true;
      case QUIET, FAILED, OVER -> false;
    };
  }

  private Upstream first() {
    return whole.who().first();
  }

  // ---- steps ---------------------------------------------------------------------------------

  /**
   * Takes the next step, if all is there for it.
   *
   * @return whether it is over
   */
  boolean goOn() {
    switch (phase) {
      case QUIET -> {
        if (whole.quiet()) {
          begin();
        }
      }
      case DESCRIBING -> {
        if (answered && !stopsHere()) {
          choose();
        }
      }
      case COLLECTING -> {
        Collecting rows = collecting;
        if (rows != null && rows.complete() && !stopsHere()) {
          finish(rows);
        }
      }
      case FINISHING -> {
        if (answered) {
          end();
        }
      }
      case FAILED -> fail();
      case OVER -> {
        return true;
      }
    }
    return phase == Phase.OVER;
  }

  private void begin() {
    if (whole.skipping()) {
      // What comes before it in the batch has failed.
      phase = Phase.OVER;
      return;
    }
    if (stopsHere()) {
      return;
    }
    String encoding = first().reported().get("client_encoding");
    if (encoding != null && !encoding.equals("UTF8")) {
      failOwn(
          PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "rows of several shards are collected only if client_encoding is UTF8")
              .withHint("SET client_encoding TO UTF8."));
      return;
    }
    GatherPlan.Shape known = query ? null : run.plan().known(run.types());
    if (known != null) {
      parameters = known.parameters();
      columns = known.columns();
      choose();
      return;
    }
    phase = Phase.DESCRIBING;
    answered = false;
    GatherFrames frames = frames(first());
    frames.parse(run.plan().sql(), run.types());
    frames.describe('S');
    frames.send();
  }

  private static GatherFrames frames(Upstream server) {
    return new GatherFrames(server, Unpooled.buffer(512));
  }

  /** The types are known. */
  private void choose() {
    while (nextWay < run.plan().ways().size()) {
      switch (run.plan().ways().get(nextWay++)) {
        case Way.Streamed streamed -> {
          if (streamed.plan().fits(columns)) {
            phase = Phase.OVER;
            whole.sendStreamed(run.streamed(streamed.plan()), query, columns, frame);
            return;
          }
        }
        case Way.Collected collected -> {
          collect(collected);
          return;
        }
      }
    }
    failOwn(
        PgError.error(
                SqlState.FEATURE_NOT_SUPPORTED,
                "columns of such types are not collected from several shards")
            .withHint(Plan.HINT));
  }

  private void collect(Way.Collected collected) {
    way = collected;
    collecting = new Collecting(collected, whole.who().aimed(), run.plan().limit());
    phase = Phase.COLLECTING;
    for (ShardPart part : whole.who().active()) {
      GatherFrames frames = frames(part.server());
      for (String source : collected.sources()) {
        frames.parse(source, parameters);
        frames.bind(run.arguments(), List.of(), new short[0]);
        frames.describe('P');
        frames.execute();
      }
      frames.send();
    }
  }

  private void finish(Collecting rows) {
    Way.Collected made = way;
    String last = made == null ? null : made.last().of(run.arguments().count() + 1, rows.types());
    if (last == null) {
      // Of no use with these types: the next way, perhaps.
      choose();
      return;
    }
    phase = Phase.FINISHING;
    answered = false;
    executed = false;
    ByteBuf described = description;
    if (query && described != null) {
      whole.client().pass(described);
      description = null;
    }
    GatherFrames frames = frames(first());
    frames.parse(last, parameters);
    frames.bind(run.arguments(), rows.texts(), run.arguments().resultFormats());
    frames.describe('P');
    frames.execute();
    frames.close('S');
    frames.send();
    collecting = null;
  }

  private void end() {
    phase = Phase.OVER;
    if (query) {
      whole.syncAll();
    }
  }

  private boolean stopsHere() {
    if (cancelled) {
      failOwn(PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
    }
    return cancelled;
  }

  // ---- failures ------------------------------------------------------------------------------

  /** An error of the proxy's own. */
  private void failOwn(PgError error) {
    run.plan().forget();
    ByteBuf out = Unpooled.buffer(128);
    FrameWriter.error(out, error);
    whole.client().pass(out);
    failing = null;
    phase = Phase.FAILED;
    whole.merger().failsElsewhere(null);
    fail();
  }

  /** Each server that has not failed is made to, so that all skip what is behind it. */
  private void fail() {
    for (ShardPart part : whole.who().active()) {
      if (part != failing && !part.server().skipping()) {
        part.server().failTransaction(true);
      }
    }
    phase = Phase.OVER;
    if (query) {
      whole.syncAll();
    } else {
      whole.sendOut();
    }
  }

  // ---- replies -------------------------------------------------------------------------------

  /** A reply to one of its own messages. */
  Verdict onReply(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    return switch (tag) {
      case BackendTag.PARAMETER_STATUS, BackendTag.NOTIFICATION ->
          part == whole.who().active().getFirst() ? Verdict.FORWARD : Verdict.DROP;
      case BackendTag.NOTICE -> Verdict.FORWARD;
      case BackendTag.ERROR -> onError(part, buffer, offset, length);
      default ->
          switch (phase) {
            case DESCRIBING -> onDescribed(tag, buffer, offset, length);
            case COLLECTING -> onCollected(part, tag, buffer, offset, length);
            case FINISHING -> onFinished(part, tag, buffer, offset);
            case QUIET, FAILED, OVER -> Verdict.DROP;
          };
    };
  }

  private Verdict onDescribed(byte tag, ByteBuf buffer, int offset, int length) {
    switch (tag) {
      case BackendTag.PARAMETER_DESCRIPTION -> parameters = Executions.parameters(buffer, offset);
      case BackendTag.ROW_DESCRIPTION -> {
        columns = Executions.types(buffer, offset);
        description = Unpooled.copiedBuffer(buffer.slice(offset, length));
        run.plan().learn(new GatherPlan.Shape(run.types(), parameters, columns));
        answered = true;
      }
      case BackendTag.NO_DATA -> answered = true;
      default -> {
        // Says nothing of types.
      }
    }
    return Verdict.DROP;
  }

  private Verdict onCollected(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    Collecting rows = collecting;
    if (rows == null) {
      return Verdict.DROP;
    }
    try {
      rows.onReply(part.index(), tag, buffer, offset, length);
      return Verdict.DROP;
    } catch (PgErrorException e) {
      return fails(null, part, e.error());
    }
  }

  private Verdict onFinished(ShardPart part, byte tag, ByteBuf buffer, int offset) {
    switch (tag) {
      case BackendTag.ROW_DESCRIPTION -> {
        if (!sameColumns(Executions.types(buffer, offset))) {
          return fails(
              null,
              part,
              PgError.error(
                      SqlState.FEATURE_NOT_SUPPORTED,
                      "over several shards the columns would be of other types than on one server")
                  .withHint(Plan.HINT));
        }
        return Verdict.DROP;
      }
      case BackendTag.DATA_ROW, BackendTag.COMMAND_COMPLETE -> {
        executed = tag == BackendTag.COMMAND_COMPLETE;
        return Verdict.FORWARD;
      }
      case BackendTag.CLOSE_COMPLETE -> {
        // The one behind the rows is the last reply.
        answered = executed;
        return Verdict.DROP;
      }
      default -> {
        return Verdict.DROP;
      }
    }
  }

  private boolean sameColumns(int[] types) {
    return Arrays.equals(types, columns);
  }

  private Verdict onError(ShardPart part, ByteBuf buffer, int offset, int length) {
    run.plan().forget();
    if (phase == Phase.DESCRIBING) {
      failed(part);
      return Verdict.FORWARD;
    }
    part.cut();
    whole.client().pass(GatherErrors.ofClient(buffer, offset, length));
    failed(part);
    return Verdict.DROP;
  }

  private Verdict fails(@Nullable ShardPart failed, ShardPart inHand, PgError error) {
    run.plan().forget();
    ByteBuf out = Unpooled.buffer(128);
    FrameWriter.error(out, error);
    inHand.cut();
    whole.client().pass(out);
    failed(failed);
    return Verdict.DROP;
  }

  private void failed(@Nullable ShardPart part) {
    failing = part;
    phase = Phase.FAILED;
    whole.merger().failsElsewhere(part);
  }
}
