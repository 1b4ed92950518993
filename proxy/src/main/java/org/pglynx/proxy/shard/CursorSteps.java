package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * FETCH and MOVE of a cursor that is open on several shards: as {@link PullSteps}, by FETCH of the
 * proxy's own. The servers are asked at least whether the cursor is there still.
 */
final class CursorSteps extends Steps {
  private final OpenCursor cursor;
  private final CursorRun run;
  private final short[] formats;
  private final BitSet asked = new BitSet();
  private @Nullable PulledRows rows;
  private boolean touched;
  private int round;
  private long given;

  CursorSteps(ScatterGather whole, OpenCursor cursor, CursorRun run, boolean query) {
    super(whole, query);
    this.cursor = cursor;
    this.run = run;
    this.formats = query ? Formats.ALL_TEXT : run.formats();
  }

  private long wanted() {
    long all = run.move().rows();
    return all == CursorMove.ALL ? all : all - given;
  }

  @Override
  void begin() {
    PulledRows known = run.move().fetches() ? cursor.pulled(formats) : moved();
    rows = known;
    if (run.move().rows() == CursorMove.BACK) {
      failOwn(
          PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "cursors over several shards go forward only, unless they are declared so")
              .withHint("DECLARE it with SCROLL, or use FETCH FORWARD."));
    } else if (known == null) {
      failOwn(
          PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "a cursor over several shards is fetched in one format only")
              .withHint("Ask for text in each FETCH, or for binary values in each."));
    } else {
      proceed();
    }
  }

  /** MOVE has no format of its own. */
  private PulledRows moved() {
    PulledRows known = cursor.pulled();
    PulledRows made = known == null ? cursor.pulled(Formats.ALL_TEXT) : known;
    if (made == null) {
      throw new IllegalStateException("it has no rows");
    }
    return made;
  }

  @Override
  void proceed() {
    PulledRows known = rows;
    if (known == null || !asked.isEmpty() || stopsHere()) {
      return;
    }
    if (touched) {
      ByteBuf out = Unpooled.buffer(256);
      given += known.take(wanted(), run.move().fetches() ? out : null);
      whole().client().pass(out);
      if (wanted() == 0 || known.over()) {
        finish();
        return;
      }
    }
    ask(known);
  }

  private void ask(PulledRows known) {
    boolean first = !touched;
    touched = true;
    if (first && query() && run.move().fetches()) {
      describe();
    }
    asked.or(known.lacking());
    round = known.round(wanted());
    String what = "FETCH FORWARD " + round + " FROM ";
    if (asked.isEmpty()) {
      // No row is needed for the next ones: but is the cursor there still?
      asked.set(whole().who().active().getFirst().index());
      round = 0;
      what = "MOVE FORWARD 0 IN ";
    }
    for (ShardPart part : whole().who().parts(asked)) {
      GatherFrames frames = frames(part.server());
      frames.parse(what + Literals.quoteIdentifier(cursor.name()), new int[0]);
      frames.bind(Arguments.NONE, List.of(), formats);
      frames.execute();
      frames.send();
    }
  }

  private void describe() {
    ByteBuf described = cursor.description();
    if (described != null) {
      whole().client().pass(described.copy());
    }
  }

  private void finish() {
    ByteBuf end = Unpooled.buffer(32);
    FrameWriter.string(end, BackendTag.COMMAND_COMPLETE, run.move().verb() + " " + given);
    whole().client().pass(end);
    whole().client().onRead();
    end();
  }

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    PulledRows known = rows;
    if (known != null && tag == BackendTag.DATA_ROW) {
      try {
        known.add(part.index(), buffer, offset, length);
      } catch (PgErrorException e) {
        return fails(part, e.error());
      }
    } else if (known != null && tag == BackendTag.COMMAND_COMPLETE) {
      if (CommandCount.NONE.plus(buffer, offset, length).rows() < round) {
        known.exhausted(part.index());
      }
      asked.clear(part.index());
    }
    return Verdict.DROP;
  }

  @Override
  boolean clientsText() {
    return true;
  }

  @Override
  void forget() {
    // The cursor is gone with the transaction.
  }
}
