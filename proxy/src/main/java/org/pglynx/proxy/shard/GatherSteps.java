package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * One execution of a query over several shards whose rows are collected from all of them, and of
 * which one of the servers makes the result; or of which it turns out that its rows can be merged
 * as they come.
 *
 * <pre>
 *   begin() ──────────────────────► DESCRIBING ──► COLLECTING ──► FINISHING ──► over
 *     │ the first server says the types    ▲  on all      │              on the first
 *     └──────── known already ─────────────┴──► over, if rows can be merged as they come
 * </pre>
 *
 * <p>The result may be that of a cursor or of a portal that is fetched in parts: see {@link
 * OpenCursor}.
 */
final class GatherSteps extends Steps {
  private enum Step {
    DESCRIBING,
    COLLECTING,
    FINISHING
  }

  private final GatherRun run;
  private final @Nullable OpenCursor opens;
  private final long limit;
  private Step step = Step.DESCRIBING;
  private int[] parameters;
  private int[] columns = {};
  private @Nullable ByteBuf description;
  private int nextWay;
  private Way.@Nullable Collected way;
  private @Nullable Collecting collecting;
  private boolean answered;
  private boolean executed;

  /** All rows at once. */
  GatherSteps(ScatterGather whole, GatherRun run, boolean query) {
    this(whole, run, query, null, 0);
  }

  /**
   * One that opens a cursor, or takes the first rows of a portal.
   *
   * @param opens what is open then
   * @param limit how many rows at most; 0 for all
   */
  GatherSteps(
      ScatterGather whole, GatherRun run, boolean query, @Nullable OpenCursor opens, long limit) {
    super(whole, query);
    this.run = run;
    this.opens = opens;
    this.limit = limit;
    this.parameters = run.types();
  }

  private Upstream first() {
    return whole().who().first();
  }

  private @Nullable Declaration declaration() {
    return run.declaration();
  }

  @Override
  @Nullable Steps successor() {
    return opens != null && declaration() == null && opens.pulled() != null
        ? new PullSteps(whole(), opens, limit)
        : null;
  }

  // ---- steps ---------------------------------------------------------------------------------

  @Override
  void begin() {
    if (declaration() == null && run.plan().concatenates()) {
      choose();
      return;
    }
    boolean described = query() || declaration() != null || run.copy() != null;
    GatherPlan.Shape known = described ? null : run.plan().known(run.types());
    if (known != null) {
      parameters = known.parameters();
      columns = known.columns();
      choose();
      return;
    }
    GatherFrames frames = frames(first());
    frames.parse(run.plan().sql(), run.types());
    frames.describe('S');
    frames.send();
  }

  @Override
  void proceed() {
    switch (step) {
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
    }
  }

  /** The types are known. */
  private void choose() {
    while (nextWay < run.plan().ways().size()) {
      switch (run.plan().ways().get(nextWay++)) {
        case Way.Streamed streamed -> {
          if (streamed.plan().fits(columns) && serves(streamed.plan())) {
            stream(streamed.plan());
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

  private boolean atOnce() {
    return opens == null || declaration() == null && limit == 0;
  }

  /** What is folded is one row, of which there is no part. */
  private boolean serves(MergePlan plan) {
    return atOnce() || !(plan instanceof MergePlan.Fold);
  }

  private void stream(MergePlan plan) {
    over();
    if (opens == null || atOnce()) {
      whole().sendStreamed(run.streamed(plan), query(), columns, frame());
      return;
    }
    opens.pulled(plan, columns, description, whole().who().aimed());
    if (declaration() != null) {
      whole().sendStreamed(Executions.AS_THEY_COME, query(), columns, frame());
    }
  }

  private void collect(Way.Collected collected) {
    String encoding = first().reported().get("client_encoding");
    if (encoding != null && !encoding.equals("UTF8")) {
      failOwn(
          PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "rows of several shards are collected only if client_encoding is UTF8")
              .withHint("SET client_encoding TO UTF8."));
      return;
    }
    way = collected;
    collecting = new Collecting(collected, whole().who().aimed(), run.plan().limit());
    step = Step.COLLECTING;
    for (ShardPart part : whole().who().active()) {
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
    step = Step.FINISHING;
    answered = false;
    executed = false;
    CopyOut copy = run.copy();
    if (copy != null) {
      copy(copy, last, rows);
      return;
    }
    Declaration declares = declaration();
    ByteBuf described = description;
    if (query() && declares == null && described != null) {
      whole().client().pass(described);
      description = null;
    }
    GatherFrames frames = frames(first());
    frames.parse(last, parameters);
    if (declares != null) {
      // For its columns, which DECLARE does not tell.
      frames.describe('S');
      frames.parse(declares.head() + " " + Collected.named(last, described), parameters);
    }
    if (opens == null || declares != null) {
      frames.bind(run.arguments(), rows.texts(), run.arguments().resultFormats());
      frames.describe('P');
      frames.execute();
    } else {
      frames.rebind(opens.name(), run.arguments(), rows.texts(), run.arguments().resultFormats());
      frames.describe('P', opens.name());
      frames.execute(opens.name(), limit);
    }
    if (opens != null) {
      opens.isOn(whole().who().active().getFirst());
    }
    frames.close('S');
    frames.send();
    collecting = null;
  }

  private void copy(CopyOut out, String last, Collecting rows) {
    ByteBuf described = description;
    List<String> names = described == null ? List.of() : Descriptions.names(described);
    GatherFrames frames = frames(first());
    // For its columns, which COPY does not tell.
    frames.parse(last, parameters);
    frames.describe('S');
    frames.parse(out.text(last, names, rows.texts()), new int[0]);
    frames.bind(Arguments.NONE, List.of(), new short[0]);
    frames.execute();
    frames.close('S');
    frames.send();
    collecting = null;
  }

  @Override
  boolean clientsText() {
    return step == Step.DESCRIBING;
  }

  @Override
  void forget() {
    run.plan().forget();
  }

  // ---- replies -------------------------------------------------------------------------------

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    return switch (step) {
      case DESCRIBING -> onDescribed(tag, buffer, offset, length);
      case COLLECTING -> onCollected(part, tag, buffer, offset, length);
      case FINISHING -> onFinished(part, tag, buffer, offset);
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
      return fails(part, e.error());
    }
  }

  private Verdict onFinished(ShardPart part, byte tag, ByteBuf buffer, int offset) {
    switch (tag) {
      case BackendTag.ROW_DESCRIPTION -> {
        if (!Arrays.equals(Executions.types(buffer, offset), columns)) {
          return fails(
              part,
              PgError.error(
                      SqlState.FEATURE_NOT_SUPPORTED,
                      "over several shards the columns would be of other types than on one server")
                  .withHint(Plan.HINT));
        }
        return Verdict.DROP;
      }
      case BackendTag.DATA_ROW, BackendTag.COMMAND_COMPLETE, BackendTag.PORTAL_SUSPENDED -> {
        executed = tag != BackendTag.DATA_ROW;
        return Verdict.FORWARD;
      }
      case BackendTag.COPY_OUT, BackendTag.COPY_DATA, BackendTag.COPY_DONE -> {
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
}
