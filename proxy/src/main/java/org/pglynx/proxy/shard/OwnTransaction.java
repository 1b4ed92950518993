package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * The transaction of a statement that writes on several shards and is in none of the client's: the
 * servers get a BEGIN ahead of it, and the client gets its end when it is committed on all.
 *
 * <pre>
 *          wanted(), first frame                 all are ready             committed, rolled back
 *   NONE ───────────────────────► OPEN ────────────────────────► ENDING ─────────────────────► NONE
 * </pre>
 *
 * <p>In the simple protocol CommandComplete waits for the commit, as in Postgres; in the extended
 * one the commit belongs to Sync, and an error of it comes behind CommandComplete, as in Postgres.
 */
final class OwnTransaction {
  /** The body of Parse behind the name: the text with its zero, and no types. */
  private static final byte[] BEGIN =
      Arrays.copyOf("BEGIN".getBytes(StandardCharsets.US_ASCII), "BEGIN".length() + 3);

  private enum State {
    NONE,
    OPEN,
    ENDING
  }

  private final ScatterGather whole;
  private final ReplyMerger merger;
  private State state = State.NONE;
  private boolean wanted;
  private boolean query;
  private boolean shown;
  private @Nullable ByteBuf end;

  OwnTransaction(ScatterGather whole, ReplyMerger merger) {
    this.whole = whole;
    this.merger = merger;
  }

  /** Whether the frame announced next needs one. */
  void wanted(boolean needed) {
    wanted = needed;
  }

  /** A frame is announced, behind which nothing of its batch has gone before. */
  void announced(byte tag) {
    if (tag == FrontendTag.PARSE) {
      // It does nothing yet; and it may be that of the client's own BEGIN.
      return;
    }
    if (wanted && state == State.NONE) {
      for (ShardPart part : whole.who().active()) {
        Upstream server = part.server();
        server.begin(BEGIN);
      }
      state = State.OPEN;
      query = tag == FrontendTag.QUERY;
    }
    wanted = false;
  }

  /** What a batch has done on all that take part, and does, is one from now on. */
  void opens() {
    if (state == State.NONE) {
      whole.who().all(server -> server.begin(BEGIN));
      state = State.OPEN;
      query = false;
    }
    wanted = false;
  }

  /** Whether the client must not hear that all are ready. */
  boolean open() {
    return state != State.NONE;
  }

  /** Keeps the end of the statement until it is committed; whether it does. */
  boolean keepsEnd(ByteBuf frame) {
    if (state == State.OPEN && query) {
      end = frame;
      return true;
    }
    return false;
  }

  /** What the client is told of its transaction: of this one it knows nothing. */
  byte shown(byte status) {
    boolean hidden = shown;
    shown = false;
    return hidden ? (byte) 'I' : status;
  }

  /** Ends it if all are ready. */
  void goOn() {
    boolean ready =
        state == State.OPEN
            && !whole.cancels().underWay()
            && whole.who().active().stream()
                .allMatch(part -> part.position().atReady() && part.readyUntold());
    if (!ready) {
      return;
    }
    state = State.ENDING;
    if (merger.failed()) {
      PgError known = PgError.error(SqlState.FAILED_TRANSACTION, "the statement has failed");
      whole.ending().rollBack(known, (committed, notice, intact) -> ended(true, null, intact));
    } else {
      whole.ending().commit(whole.client().receiver(), this::ended);
    }
  }

  private void ended(boolean good, @Nullable PgError notice, boolean intact) {
    state = State.NONE;
    shown = true;
    if (notice != null) {
      tell(notice);
    }
    ByteBuf kept = end;
    end = null;
    if (kept != null && good) {
      whole.client().pass(kept);
    } else if (kept != null) {
      kept.release();
    }
    if (intact) {
      merger.settleReady();
      whole.client().settle();
    } else {
      whole
          .client()
          .endWithout(
              PgError.error(SqlState.CONNECTION_FAILURE, "the connection to a shard was lost"));
    }
    whole.client().onRead();
  }

  private void tell(PgError notice) {
    ByteBuf out = Unpooled.buffer(256);
    FrameWriter.error(out, notice);
    whole.client().pass(out);
  }
}
