package org.pglynx.proxy.commit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;

/**
 * One statement of the proxy's own on a connection that is lent for it. Confined to the
 * connection's event loop.
 */
final class ServerQuery implements Downstream, FrameScanner.Visitor {
  /** An answer is a name, a flag, or an error. */
  private static final int MAX_FRAME = 1 << 20;

  /**
   * What the server has said.
   *
   * @param error why it has failed; null if it has not
   * @param lost whether the connection is gone, and with it what became of the statement
   * @param open whether the server is in a transaction still
   * @param values the first column of each row
   */
  record Answer(@Nullable PgError error, boolean lost, boolean open, List<String> values) {
    boolean good() {
      return error == null;
    }
  }

  private final FrameScanner scanner = new FrameScanner(this);
  private final Consumer<Answer> end;
  private final @Nullable Downstream asides;
  private final Runnable lostLater;
  private final List<String> values = new ArrayList<>();
  private @Nullable PgError error;
  private boolean over;

  private ServerQuery(Consumer<Answer> end, @Nullable Downstream asides, Runnable lostLater) {
    this.end = end;
    this.lostLater = lostLater;
    this.asides = asides;
  }

  /**
   * Runs it.
   *
   * @param server drained; its replies are the statement's from now on
   * @param asides who gets notices and parameters; null for nobody
   * @param end hears of the end, once, on the event loop
   * @param lostLater runs if the connection is lost behind the end, and is still lent for this
   */
  static void run(
      Upstream server,
      String sql,
      @Nullable Downstream asides,
      Consumer<Answer> end,
      Runnable lostLater) {
    server.lend(new ServerQuery(end, asides, lostLater));
    server.expect(FrontendTag.QUERY);
    ByteBuf out = Unpooled.buffer(sql.length() + 16);
    FrameWriter.query(out, sql);
    server.send(out);
    server.flush();
  }

  @Override
  public void onReplies(ByteBuf run) {
    try {
      scanner.feed(run);
    } catch (ProtocolException e) {
      error = PgError.error(SqlState.PROTOCOL_VIOLATION, String.valueOf(e.getMessage()));
      scanner.stop();
    }
  }

  @Override
  public void onReady(byte status) {
    ended(new Answer(error, false, status != 'I', List.copyOf(values)));
  }

  @Override
  public void onParameter(String name, String value) {
    if (asides != null) {
      asides.onParameter(name, value);
    }
  }

  @Override
  public void onLost(PgError why, int lostSyncs, boolean midReply) {
    if (over) {
      lostLater.run();
      return;
    }
    PgError known = error;
    ended(new Answer(known == null ? why : known, true, false, List.of()));
  }

  private void ended(Answer answer) {
    if (!over) {
      over = true;
      scanner.stop();
      end.accept(answer);
    }
  }

  // ---- frames --------------------------------------------------------------------------------

  @Override
  public int wanted(byte tag, int length) {
    if (length > MAX_FRAME) {
      throw new ProtocolException("an answer of " + length + " bytes is too long");
    }
    return length;
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    switch (tag) {
      case BackendTag.DATA_ROW -> values.add(first(buffer, offset + FrameScanner.HEADER));
      case BackendTag.ERROR -> error = ErrorFields.read(buffer, offset, length);
      case BackendTag.NOTICE, BackendTag.PARAMETER_STATUS, BackendTag.NOTIFICATION -> {
        return asides == null ? Verdict.DROP : Verdict.FORWARD;
      }
      default -> {
        // Says nothing more.
      }
    }
    return Verdict.DROP;
  }

  private static String first(ByteBuf buffer, int at) {
    int length = buffer.getUnsignedShort(at) == 0 ? -1 : buffer.getInt(at + Short.BYTES);
    return length < 0
        ? ""
        : buffer.toString(at + Short.BYTES + Integer.BYTES, length, StandardCharsets.UTF_8);
  }

  @Override
  public void onRun(ByteBuf run) {
    Downstream receiver = asides;
    if (receiver == null) {
      run.release();
    } else {
      receiver.onReplies(run);
    }
  }
}
