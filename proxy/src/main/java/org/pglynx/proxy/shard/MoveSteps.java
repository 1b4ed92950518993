package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * One execution of an UPDATE that moves rows: they are deleted where they are, and inserted where
 * they come to, in the transaction that the client's message is in, or in one of the proxy's own.
 *
 * <pre>
 *   begin() ──► ASKING ──► TAKING ── on all ──► GIVING ── where rows come to ──► over
 * </pre>
 */
final class MoveSteps extends Steps {
  private enum Phase {
    ASKING,
    TAKING,
    GIVING
  }

  private final MoveRun run;
  private final List<MoveText.Column> columns = new ArrayList<>();
  private final BitSet pending = new BitSet();
  private MoveRows rows;
  private Phase phase = Phase.ASKING;
  private int[] parameters;
  private String obstacle;
  private boolean described;
  private long count;

  /**
   * One that is announced.
   *
   * @param query whether it is a Query, and not an Execute
   */
  MoveSteps(ScatterGather whole, MoveRun run, boolean query) {
    super(whole, query);
    this.run = run;
    this.parameters = run.types();
    this.obstacle = "";
    this.rows = new MoveRows(run, columns);
  }

  @Override
  boolean clientsText() {
    return false;
  }

  @Override
  void forget() {
    // Nothing is remembered of it.
  }

  @Override
  ByteBuf told(ByteBuf buffer, int offset, int length) {
    return GatherErrors.withoutPlace(buffer, offset, length);
  }

  private List<ShardPart> parts() {
    return whole().who().parts();
  }

  private MoveText text() {
    return run.move().text();
  }

  // ---- steps ---------------------------------------------------------------------------------

  @Override
  void proceed() {
    if (!pending.isEmpty() || stopsHere()) {
      return;
    }
    switch (phase) {
      case ASKING -> take();
      case TAKING -> give();
      case GIVING -> finish();
    }
  }

  @Override
  void begin() {
    String encoding = parts().getFirst().server().reported().get("client_encoding");
    if (encoding != null && !encoding.equals("UTF8")) {
      failOwn(
          PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "rows are moved to other shards only if client_encoding is UTF8")
              .withHint("SET client_encoding TO UTF8."));
      return;
    }
    pending.set(0);
    GatherFrames frames = frames(parts().getFirst().server());
    frames.parse(text().sql(), run.types());
    frames.describe('S');
    frames.parse(text().question(), new int[0]);
    frames.bind(Arguments.NONE, List.of(), new short[0]);
    frames.execute();
    frames.send();
  }

  private void take() {
    if (!obstacle.isEmpty()) {
      failOwn(
          PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "the statement changes the sharding key of \"%s\", and its rows cannot be moved:"
                          .formatted(text().table().name())
                      + " "
                      + obstacle)
              .withHint("Delete the rows, and insert them anew."));
      return;
    }
    phase = Phase.TAKING;
    rows = new MoveRows(run, text().carried(columns));
    String sql = text().taking(columns);
    for (ShardPart part : parts()) {
      pending.set(part.index());
      GatherFrames frames = frames(part.server());
      frames.parse(sql, parameters);
      frames.bind(run.arguments(), List.of(), new short[0]);
      frames.describe('P');
      frames.execute();
      frames.send();
    }
  }

  private void give() {
    BitSet shards = rows.shards();
    if (shards.isEmpty() && run.returnsRows()) {
      // Somebody has to say which columns there are none of.
      shards.set(0);
    }
    String sql = text().giving(columns, run.arguments().count() + 1, rows.types());
    if (sql == null) {
      failOwn(
          PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED, "rows are not moved with a value of such a type")
              .withHint("Cast the value to the type of the column."));
      return;
    }
    phase = Phase.GIVING;
    shards.stream()
        .forEach(shard -> {
          pending.set(shard);
          GatherFrames frames = frames(parts().get(shard).server());
          frames.parse(sql, parameters);
          frames.bind(run.arguments(), rows.texts(shard), run.arguments().resultFormats());
          frames.describe('P');
          frames.execute();
          frames.send();
        });
    if (pending.isEmpty()) {
      finish();
    }
  }

  private void finish() {
    ByteBuf end = Unpooled.buffer(32);
    FrameWriter.string(end, BackendTag.COMMAND_COMPLETE, "UPDATE " + count);
    if (!whole().own().keepsEnd(end)) {
      whole().client().pass(end);
    }
    end();
  }

  // ---- replies -------------------------------------------------------------------------------

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    if (tag == BackendTag.COMMAND_COMPLETE) {
      pending.clear(part.index());
      if (phase == Phase.GIVING) {
        count += Math.max(CommandCount.NONE.plus(buffer, offset, length).rows(), 0);
      }
      return Verdict.DROP;
    }
    return switch (phase) {
      case ASKING -> onAsked(tag, buffer, offset);
      case TAKING -> onTaken(part, tag, buffer, offset);
      case GIVING -> onGiven(tag);
    };
  }

  private Verdict onAsked(byte tag, ByteBuf buffer, int offset) {
    if (tag == BackendTag.PARAMETER_DESCRIPTION && !described) {
      described = true;
      parameters = Executions.parameters(buffer, offset);
    } else if (tag == BackendTag.DATA_ROW) {
      int at = offset + FrameScanner.HEADER + Short.BYTES;
      String row = buffer.toString(at + Integer.BYTES, buffer.getInt(at), StandardCharsets.UTF_8);
      String[] fields = row.split("\n", -1);
      if (fields[0].equals("c")) {
        columns.add(new MoveText.Column(fields[1], fields[2]));
      } else {
        obstacle = fields[1];
      }
    }
    return Verdict.DROP;
  }

  private Verdict onTaken(ShardPart part, byte tag, ByteBuf buffer, int offset) {
    try {
      if (tag == BackendTag.ROW_DESCRIPTION) {
        rows.described(Executions.types(buffer, offset));
      } else if (tag == BackendTag.DATA_ROW) {
        rows.add(buffer, offset);
      }
    } catch (PgErrorException e) {
      return fails(part, e.error());
    }
    return Verdict.DROP;
  }

  private Verdict onGiven(byte tag) {
    if (tag == BackendTag.ROW_DESCRIPTION) {
      boolean first = query() && described;
      described = false;
      return first ? Verdict.FORWARD : Verdict.DROP;
    }
    return tag == BackendTag.DATA_ROW ? Verdict.FORWARD : Verdict.DROP;
  }
}
