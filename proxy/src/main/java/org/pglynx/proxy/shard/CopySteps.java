package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Begins a COPY FROM STDIN on all shards, and has a {@link CopyFeed} take the data.
 *
 * <pre>
 *   begin() ── columns are not listed ──► ASKING ──► OPENING ── all want data ──► over
 *      └────── they are listed ────────────────────────▲
 * </pre>
 */
final class CopySteps extends Steps {
  private enum Phase {
    ASKING,
    OPENING
  }

  private final CopyFrom copy;
  private final List<String> columns = new ArrayList<>();
  private final BitSet open = new BitSet();
  private Phase phase = Phase.ASKING;
  private boolean answered;

  /**
   * A COPY that is announced.
   *
   * @param query whether it is a Query, and not an Execute
   */
  CopySteps(ScatterGather whole, CopyFrom copy, boolean query) {
    super(whole, query);
    this.copy = copy;
  }

  private List<ShardPart> parts() {
    return whole().who().parts();
  }

  @Override
  boolean clientsText() {
    return false;
  }

  @Override
  void forget() {
    // Nothing is remembered of it.
  }

  /** Once it runs, its errors are told as those of what the client has sent. */
  @Override
  boolean takesErrors() {
    return phase == Phase.OPENING;
  }

  @Override
  ByteBuf told(ByteBuf buffer, int offset, int length) {
    return GatherErrors.withoutPlace(buffer, offset, length);
  }

  // ---- steps ---------------------------------------------------------------------------------

  @Override
  void begin() {
    List<String> listed = copy.text().columns();
    if (listed != null) {
      open(listed);
      return;
    }
    GatherFrames frames = frames(parts().getFirst().server());
    frames.parse(copy.text().question(), new int[0]);
    frames.bind(Arguments.NONE, List.of(), new short[0]);
    frames.execute();
    frames.send();
  }

  @Override
  void proceed() {
    if (phase == Phase.ASKING && answered) {
      if (!stopsHere()) {
        open(columns);
      }
    } else if (phase == Phase.OPENING
        && (open.cardinality() == parts().size() || whole().merger().failed())) {
      over();
    }
  }

  private void open(List<String> listed) {
    String clients = parts().getFirst().server().reported().getOrDefault("client_encoding", "UTF8");
    try {
      whole().feeds(copy.feed(new CopyOutlet(whole()), listed, clients));
    } catch (PgErrorException e) {
      failOwn(e.error());
      return;
    }
    phase = Phase.OPENING;
    String sql = copy.text().listing(listed);
    MergeRun run = MergeRun.writing(MergePlan.CONCAT, new short[0], false);
    whole().merger().executions().executes(run, query(), new int[0]);
    for (ShardPart part : parts()) {
      if (query()) {
        send(part.server(), sql);
      } else {
        GatherFrames frames = frames(part.server());
        frames.parse(sql, new int[0]);
        frames.bind(Arguments.NONE, List.of(), new short[0]);
        frames.execute();
        frames.send();
      }
    }
    whole().flush();
  }

  private static void send(Upstream server, String sql) {
    server.expect(FrontendTag.QUERY);
    ByteBuf out = Unpooled.buffer(sql.length() + 16);
    FrameWriter.query(out, sql);
    server.send(out);
  }

  // ---- replies -------------------------------------------------------------------------------

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    if (phase == Phase.OPENING) {
      return onOpened(part, tag, buffer, offset, length);
    }
    if (tag == BackendTag.DATA_ROW) {
      columns.add(name(buffer, offset + FrameScanner.HEADER));
    }
    answered |= tag == BackendTag.COMMAND_COMPLETE;
    return Verdict.DROP;
  }

  private static String name(ByteBuf buffer, int at) {
    int length = buffer.getInt(at + Short.BYTES);
    return buffer.toString(at + Short.BYTES + Integer.BYTES, length, StandardCharsets.UTF_8);
  }

  /** Until it wants data, a server also answers the frames with the text. */
  private Verdict onOpened(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    switch (tag) {
      case BackendTag.PARSE_COMPLETE, BackendTag.BIND_COMPLETE, BackendTag.CLOSE_COMPLETE -> {
        return Verdict.DROP;
      }
      case BackendTag.COPY_IN -> open.set(part.index());
      default -> {
        // As to what the client has sent.
      }
    }
    return whole().merger().onReply(part, tag, buffer, offset, length);
  }
}
