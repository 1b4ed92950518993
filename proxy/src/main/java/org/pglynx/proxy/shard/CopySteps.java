package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Begins a COPY FROM STDIN on all shards, and has a {@link CopyFeed} take the data.
 *
 * <pre>
 *   begin() ── keys are looked up ──► LOOKING UP ── columns are not listed ──► ASKING ──► OPENING
 *      └─────────────────────────────────┴───────── they are listed ──────────────────────► │
 *                                                                       all want data ▼ over
 * </pre>
 *
 * <p>Where keys are looked up, the whole directory is read first, in the COPY's own transaction:
 * its rows are placed by what that sees, as rows that a statement of the transaction would join.
 */
final class CopySteps extends Steps {
  /** Of a server that does not tell its version. */
  private static final int NEWEST = 9_999;

  /** What a key in a map takes besides its text, about. */
  private static final int ENTRY_BYTES = 100;

  private enum Phase {
    LOOKING_UP,
    ASKING,
    OPENING
  }

  private final Map<KeyValue, Integer> places = new HashMap<>();
  private CopyFrom copy;
  private final List<String> columns = new ArrayList<>();
  private final BitSet open = new BitSet();
  private Phase phase = Phase.ASKING;
  private boolean answered;
  private long looked;

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
    if (copy.table().function() instanceof ShardFunction.Lookup lookup) {
      phase = Phase.LOOKING_UP;
      ask(lookup.directory().on(), lookup.directory().all());
    } else {
      columns();
    }
  }

  private void columns() {
    List<String> listed = copy.text().columns();
    if (listed != null) {
      open(listed);
      return;
    }
    phase = Phase.ASKING;
    answered = false;
    ask(0, copy.text().question());
  }

  private void ask(int shard, String question) {
    GatherFrames frames = frames(parts().get(shard).server());
    frames.parse(question, new int[0]);
    frames.bind(Arguments.NONE, List.of(), new short[0]);
    frames.execute();
    frames.send();
  }

  @Override
  void proceed() {
    if (phase == Phase.LOOKING_UP && answered) {
      if (!stopsHere()) {
        copy =
            copy.placed(new ShardFunction.Mapping(places, new TreeMap<>(), ShardFunction.NOWHERE));
        columns();
      }
    } else if (phase == Phase.ASKING && answered) {
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
      whole().out().feeds(copy.feed(new CopyOutlet(whole()), listed, clients, version()));
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

  private int version() {
    String reported = parts().getFirst().server().reported().getOrDefault("server_version", "");
    int end = 0;
    while (end < reported.length() && Character.isDigit(reported.charAt(end))) {
      end++;
    }
    return end == 0 || end > 4 ? NEWEST : Integer.parseInt(reported.substring(0, end));
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
      String value = value(buffer, offset + FrameScanner.HEADER);
      if (phase == Phase.ASKING) {
        columns.add(value);
      } else if (copy.table().function() instanceof ShardFunction.Lookup lookup) {
        PgError error = place(lookup.directory(), value);
        if (error != null) {
          return fails(part, error);
        }
      }
    }
    answered |= tag == BackendTag.COMMAND_COMPLETE;
    return Verdict.DROP;
  }

  /** A key and its shard; tells what is wrong with them. */
  private @Nullable PgError place(Directory directory, String row) {
    try {
      directory.read(row, places);
    } catch (PgErrorException e) {
      return e.error();
    }
    looked += row.length() + ENTRY_BYTES;
    return looked <= copy.limit()
        ? null
        : PgError.error(
                SqlState.LIMIT_EXCEEDED,
                "the directory \"%s\" takes more than max_merge_memory (%d bytes)"
                    .formatted(directory.name(), copy.limit()))
            .withHint("Use INSERT, of which each key is looked up, or raise max_merge_memory.");
  }

  private static String value(ByteBuf buffer, int at) {
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
