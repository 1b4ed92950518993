package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;

/**
 * Runs a statement on one shard after the other, and stops at the first that fails.
 *
 * <pre>
 *   begin() ──► on shard 0 ── done ──► on shard 1 ── done ──► … ──► over
 *                   └── failed: what is done is told with the error
 * </pre>
 */
final class OneByOneSteps extends Steps {
  private final String sql;
  private int shard = -1;
  private boolean done;
  private @Nullable ByteBuf end;

  OneByOneSteps(ScatterGather whole, String sql, boolean query) {
    super(whole, query);
    this.sql = sql;
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

  // ---- steps ---------------------------------------------------------------------------------

  @Override
  void begin() {
    next();
  }

  @Override
  void proceed() {
    if (done) {
      next();
    }
  }

  private void next() {
    shard++;
    if (shard == parts().size()) {
      ByteBuf told = end;
      if (told != null) {
        whole().client().pass(told);
      }
      end();
      return;
    }
    if (stopsHere()) {
      return;
    }
    done = false;
    GatherFrames frames = frames(parts().get(shard).server());
    frames.parse(sql, new int[0]);
    frames.bind(Arguments.NONE, List.of(), new short[0]);
    frames.execute();
    frames.send();
  }

  // ---- replies -------------------------------------------------------------------------------

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    if (tag == BackendTag.COMMAND_COMPLETE) {
      end = Unpooled.copiedBuffer(buffer.slice(offset, length));
      done = true;
      part.cut();
      tell(
          PgError.notice(
              PgError.Severity.NOTICE,
              "done on shard %d (%d of %d)".formatted(shard, shard + 1, parts().size())));
    }
    return Verdict.DROP;
  }

  private void tell(PgError notice) {
    ByteBuf out = Unpooled.buffer(64);
    FrameWriter.error(out, notice);
    whole().client().pass(out);
  }

  /** With what is done, and what is not. */
  @Override
  ByteBuf told(ByteBuf buffer, int offset, int length) {
    PgError error = ErrorFields.read(buffer, offset, length);
    String before =
        shard == 0
            ? "It is done on no shard."
            : "It is done on the shards " + numbers(0, shard) + ", and stays so there.";
    ByteBuf out = Unpooled.buffer(256);
    FrameWriter.error(
        out,
        new PgError(
            PgError.Severity.ERROR,
            error.code(),
            "on shard " + shard + ": " + error.message(),
            error.detail() == null ? before : error.detail() + " " + before,
            "When the reason is gone, run it on the shards %s: SET SHARD TO n."
                .formatted(numbers(shard, parts().size())),
            error.routine()));
    return out;
  }

  private static String numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(String::valueOf).collect(Collectors.joining(", "));
  }
}
