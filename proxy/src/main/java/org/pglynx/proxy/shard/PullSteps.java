package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.BitSet;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Some rows of a portal that is open on several shards: each is asked for as many as must be known,
 * until there are enough.
 *
 * <pre>
 *   begin() ──► enough are known ──────────────────────────► PortalSuspended, CommandComplete
 *                 │    ▲
 *                 └────┴── shards of which the next row is not known are asked for a round
 * </pre>
 */
final class PullSteps extends Steps {
  private final OpenCursor cursor;
  private final PulledRows rows;
  private final long limit;
  private final BitSet asked = new BitSet();
  private long given;

  /**
   * Of a portal.
   *
   * @param limit how many rows at most; 0 for all
   */
  PullSteps(ScatterGather whole, OpenCursor cursor, long limit) {
    super(whole, false);
    PulledRows known = cursor.pulled();
    if (known == null) {
      throw new IllegalStateException("its rows are not merged here");
    }
    this.cursor = cursor;
    this.rows = known;
    this.limit = limit;
  }

  private long wanted() {
    return limit == 0 ? Long.MAX_VALUE : limit - given;
  }

  @Override
  void begin() {
    proceed();
  }

  @Override
  void proceed() {
    if (!asked.isEmpty() || stopsHere()) {
      return;
    }
    ByteBuf out = Unpooled.buffer(256);
    given += rows.take(wanted(), out);
    whole().client().pass(out);
    boolean enough = wanted() == 0;
    if (!enough && !rows.over()) {
      ask();
      return;
    }
    ByteBuf end = Unpooled.buffer(32);
    if (enough) {
      FrameWriter.empty(end, BackendTag.PORTAL_SUSPENDED);
    } else {
      FrameWriter.string(end, BackendTag.COMMAND_COMPLETE, "SELECT " + given);
    }
    whole().client().pass(end);
    whole().client().onRead();
    end();
  }

  private void ask() {
    int round = rows.round(wanted());
    asked.or(rows.lacking());
    for (ShardPart part : whole().who().parts(asked)) {
      GatherFrames frames = frames(part.server());
      frames.execute(cursor.name(), round);
      frames.send();
    }
  }

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    switch (tag) {
      case BackendTag.DATA_ROW -> {
        return add(part, buffer, offset, length);
      }
      case BackendTag.PORTAL_SUSPENDED -> asked.clear(part.index());
      case BackendTag.COMMAND_COMPLETE -> {
        rows.exhausted(part.index());
        asked.clear(part.index());
      }
      default -> {
        // Says nothing of rows.
      }
    }
    return Verdict.DROP;
  }

  private Verdict add(ShardPart part, ByteBuf buffer, int offset, int length) {
    try {
      rows.add(part.index(), buffer, offset, length);
      return Verdict.DROP;
    } catch (PgErrorException e) {
      return fails(part, e.error());
    }
  }

  @Override
  boolean clientsText() {
    return true;
  }

  @Override
  void forget() {
    GatherRun run = cursor.run();
    if (run != null) {
      run.plan().forget();
    }
  }

  /** The next rows of one that one server has. */
  static Steps onOne(ScatterGather whole, OpenCursor cursor, ShardPart one, long limit) {
    return new OneServerSteps(whole, false, one, frames -> frames.execute(cursor.name(), limit));
  }
}
