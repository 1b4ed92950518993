package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;

/**
 * One small query of the proxy's own over a pooled connection, without a thread that waits;
 * confined to the pool's event loop. Values are bound, never pasted into the text.
 *
 * <pre>
 *   WAITING (for a connection) ──► ASKED ── ReadyForQuery ──► answered
 *      └── refused, too late ────────┴── lost, too late ────► failed
 * </pre>
 */
public final class OneQuestion implements UpstreamProvider.Waiter, Downstream {
  /** An answer is some columns of a catalog. */
  private static final int MAX_FRAME = 1 << 20;

  private final UpstreamProvider pool;
  private final ParameterSet parameters;
  private final String sql;
  private final String value;
  private final Upstream.Release late;
  private final CompletableFuture<List<@Nullable String[]>> answer = new CompletableFuture<>();
  private final List<@Nullable String[]> rows = new ArrayList<>();
  private final FrameScanner scanner = new FrameScanner(new Reader());
  private @Nullable ScheduledFuture<?> deadline;
  private @Nullable Upstream upstream;
  private @Nullable PgError error;
  private long waitingSinceNanos;

  private OneQuestion(
      UpstreamProvider pool,
      ParameterSet parameters,
      String sql,
      String value,
      Upstream.Release late) {
    this.pool = pool;
    this.parameters = parameters;
    this.sql = sql;
    this.value = value;
    this.late = late;
  }

  /**
   * Asks.
   *
   * @param loop the pool's event loop, on which this is called and the answer comes
   * @param parameters session parameters that must be in force
   * @param sql with the one parameter {@code $1}
   * @param timeoutMillis for all of it
   * @return the rows in text form, or a {@link org.pglynx.proxy.wire.PgErrorException}
   */
  public static CompletableFuture<List<@Nullable String[]>> ask(
      UpstreamProvider pool,
      ScheduledExecutorService loop,
      ParameterSet parameters,
      String sql,
      String value,
      long timeoutMillis) {
    return ask(pool, loop, parameters, sql, value, timeoutMillis, Upstream.Release.ABANDONED);
  }

  /**
   * Asks.
   *
   * @param late what becomes of a connection on which no answer came in time; see {@link #ask} for
   *     the rest
   */
  public static CompletableFuture<List<@Nullable String[]>> ask(
      UpstreamProvider pool,
      ScheduledExecutorService loop,
      ParameterSet parameters,
      String sql,
      String value,
      long timeoutMillis,
      Upstream.Release late) {
    OneQuestion question = new OneQuestion(pool, parameters, sql, value, late);
    question.deadline = loop.schedule(question::tooLate, timeoutMillis, TimeUnit.MILLISECONDS);
    Upstream given = pool.open(question);
    if (given != null) {
      question.onUpstream(given);
    }
    return question.answer;
  }

  @Override
  public void onUpstream(Upstream given) {
    if (answer.isDone()) {
      given.release(Upstream.Release.IDLE);
      return;
    }
    upstream = given;
    given.apply(parameters);
    given.expect(FrontendTag.PARSE);
    given.expect(FrontendTag.BIND);
    given.expect(FrontendTag.EXECUTE);
    given.expect(FrontendTag.SYNC);
    given.send(frames());
    given.flush();
  }

  private ByteBuf frames() {
    byte[] bound = value.getBytes(StandardCharsets.UTF_8);
    ByteBuf out = Unpooled.buffer(128 + sql.length() + bound.length);
    int parse = FrameWriter.begin(out, FrontendTag.PARSE);
    FrameWriter.cstring(out, "");
    FrameWriter.cstring(out, sql);
    out.writeShort(0);
    FrameWriter.finish(out, parse);
    int bind = FrameWriter.begin(out, FrontendTag.BIND);
    FrameWriter.cstring(out, "");
    FrameWriter.cstring(out, "");
    out.writeShort(0).writeShort(1).writeInt(bound.length).writeBytes(bound).writeShort(0);
    FrameWriter.finish(out, bind);
    int execute = FrameWriter.begin(out, FrontendTag.EXECUTE);
    FrameWriter.cstring(out, "");
    out.writeInt(0);
    FrameWriter.finish(out, execute);
    FrameWriter.empty(out, FrontendTag.SYNC);
    return out;
  }

  @Override
  public void onReplies(ByteBuf run) {
    try {
      scanner.feed(run);
    } catch (ProtocolException e) {
      giveUp(PgError.error(SqlState.PROTOCOL_VIOLATION, String.valueOf(e.getMessage())));
    }
  }

  @Override
  public void onReady(byte status) {
    letGo(Upstream.Release.IDLE);
    PgError failure = error;
    if (failure == null) {
      answer.complete(List.copyOf(rows));
    } else {
      answer.completeExceptionally(failure.toException());
    }
  }

  private void tooLate() {
    if (!answer.isDone() && upstream == null) {
      pool.withdraw(this);
    }
    giveUp(PgError.error(SqlState.CONNECTION_FAILURE, "the server did not answer in time"));
  }

  private void giveUp(PgError why) {
    letGo(late);
    answer.completeExceptionally(why.toException());
  }

  private void letGo(Upstream.Release how) {
    scanner.stop();
    ScheduledFuture<?> running = deadline;
    if (running != null) {
      running.cancel(false);
    }
    Upstream held = upstream;
    upstream = null;
    if (held != null) {
      held.release(how);
    }
  }

  @Override
  public void onRefused(PgError refusal) {
    giveUp(refusal);
  }

  @Override
  public void onLost(PgError lost, int lostSyncs, boolean midReply) {
    upstream = null;
    giveUp(lost);
  }

  @Override
  public Downstream downstream() {
    return this;
  }

  @Override
  public long waitingSinceNanos() {
    return waitingSinceNanos;
  }

  @Override
  public void waitingSinceNanos(long nanos) {
    waitingSinceNanos = nanos;
  }

  private final class Reader implements FrameScanner.Visitor {
    @Override
    public int wanted(byte tag, int length) {
      if (length > MAX_FRAME) {
        throw new ProtocolException("an answer of " + length + " bytes is too long");
      }
      return length;
    }

    @Override
    public FrameScanner.Verdict onFrame(
        byte tag, ByteBuf buffer, int offset, int available, int length) {
      switch (tag) {
        case BackendTag.DATA_ROW -> rows.add(row(buffer, offset + FrameScanner.HEADER));
        case BackendTag.ERROR -> error = ErrorFields.read(buffer, offset, length);
        default -> {
          // Completions and notices say nothing more.
        }
      }
      return FrameScanner.Verdict.DROP;
    }

    private @Nullable String[] row(ByteBuf buffer, int start) {
      int at = start + Short.BYTES;
      @Nullable String[] values = new String[buffer.getUnsignedShort(start)];
      for (int i = 0; i < values.length; i++) {
        int length = buffer.getInt(at);
        at += Integer.BYTES;
        if (length >= 0) {
          values[i] = buffer.toString(at, length, StandardCharsets.UTF_8);
          at += length;
        }
      }
      return values;
    }

    @Override
    public void onRun(ByteBuf run) {
      run.release();
    }
  }
}
