package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.ProtocolException;

/**
 * What a server sends, on its way to the session that has the connection; without one it goes
 * nowhere. The {@link ReplyTracker} says what each frame answers; here is done what that means for
 * the stream: frames pass, are dropped, held, reworded, or come in between.
 *
 * <pre>
 *            ReadyForQuery that the session is not ready for
 *   PASSING ─────────────────────────────────────────────────► HELD (nothing is scanned)
 *      ▲                                                         │
 *      └────────────────────── goOn() ◄──────────────────────────┘
 * </pre>
 */
final class ReplyStream implements FrameScanner.Visitor {
  private final BackendConnection connection;
  private final ReplyTracker tracker;
  private final ReportedParameters reported;
  private final Inquiries inquiries;
  private final CancelRequests cancels;
  private final FrameScanner scanner = new FrameScanner(this);
  private final Transactions transactions = new Transactions();
  private final CommandTags commandTags;

  private @Nullable RewrittenRows rewritten;
  private @Nullable Downstream receiver;
  private boolean drainWanted;
  private long received;
  private boolean readyPending;
  private boolean readyHeld;
  private byte status = 'I';
  private boolean over;

  ReplyStream(
      BackendConnection connection,
      ReplyTracker tracker,
      Preparation preparation,
      ReportedParameters reported,
      Inquiries inquiries,
      CancelRequests cancels) {
    this.connection = connection;
    this.tracker = tracker;
    this.reported = reported;
    this.inquiries = inquiries;
    this.cancels = cancels;
    this.commandTags = new CommandTags(transactions, preparation::forgetAll);
  }

  /** The channel whose replies these are; anew when it has moved to another event loop. */
  void comeFrom(Channel channel, Executor offload) {
    rewritten = new RewrittenRows(connection, this, tracker, offload, channel);
  }

  /** Takes what the server has sent behind the end of the login. */
  void takeOver(FrameScanner login) {
    try {
      login.moveTo(scanner);
    } catch (ProtocolException e) {
      connection.onBroken(e);
    }
  }

  // ---- receivers -----------------------------------------------------------------------------

  /** Whoever has the connection; null if nobody has. */
  @Nullable Downstream receiver() {
    return receiver;
  }

  /** Replies are for this session, or what it has lent its server to, from now on. */
  void to(Downstream next) {
    receiver = next;
  }

  /** Nobody has the connection any more. */
  void toNobody() {
    receiver = null;
    drainWanted = false;
  }

  /** The receiver is to hear when all announced replies have arrived. */
  void tellDrained() {
    drainWanted = true;
  }

  // ---- facts ---------------------------------------------------------------------------------

  /** Whether all announced replies have arrived, and have gone on. */
  boolean drained() {
    return tracker.drained() && !rewritten().away() && !scanner.midFrame();
  }

  /** Whether a frame has been passed on in part. */
  boolean midReply() {
    return scanner.midFrame();
  }

  /** Whether nothing more is to be read before rows come back that are being transformed. */
  boolean stopped() {
    return rewritten().stopped();
  }

  /** I, T or E as the server last said. */
  byte status() {
    return status;
  }

  /** How many bytes have been read. */
  long received() {
    return received;
  }

  /** How many transactions have ended. */
  long transactions() {
    return transactions.ended();
  }

  RewrittenRows rewritten() {
    RewrittenRows rows = rewritten;
    if (rows == null) {
      throw new IllegalStateException("not connected yet");
    }
    return rows;
  }

  // ---- reads ---------------------------------------------------------------------------------

  void onRead(ByteBuf in) {
    received += in.readableBytes();
    try {
      scanner.feed(in);
      afterScan();
    } catch (ProtocolException e) {
      connection.onBroken(e);
    }
  }

  void onReadComplete() {
    Downstream served = receiver;
    if (served != null) {
      served.onRepliesRead();
    }
  }

  private void afterScan() {
    if (!scanner.midFrame() && tracker.unsettled()) {
      tracker.settle();
    }
    rewritten().submit();
    Downstream served = receiver;
    boolean ready = readyPending;
    readyPending = false;
    if (served == null) {
      inquiries.forgetAnswers();
      connection.settleIdle();
      return;
    }
    if (ready) {
      served.onReady(status);
    }
    inquiries.tell();
    if (drainWanted && receiver == served && (drained() || tracker.copyingIn())) {
      drainWanted = false;
      served.onDrained();
    }
  }

  /** Frames that were held are looked at again. */
  void scanOn() {
    if (over) {
      return;
    }
    try {
      scanner.resume();
      afterScan();
    } catch (ProtocolException e) {
      connection.onBroken(e);
    }
    onReadComplete();
  }

  /** Whether a ReadyForQuery waits for {@link #goOn}. */
  boolean readyHeld() {
    return readyHeld;
  }

  /** Looks again at a ReadyForQuery that was held back. */
  void goOn() {
    if (readyHeld) {
      readyHeld = false;
      scanOn();
    }
  }

  /** Nothing comes any more, and nothing that is here goes on. */
  void stop() {
    over = true;
    scanner.stop();
  }

  // ---- frames --------------------------------------------------------------------------------

  @Override
  public int wanted(byte tag, int length) {
    settleBeforeFrame();
    return tracker.wanted(tag, length);
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    settleBeforeFrame();
    if (!RewrittenRows.isRow(tag) && rewritten().holds()) {
      return Verdict.HOLD;
    }
    Downstream served = receiver;
    if (tag == BackendTag.PARAMETER_STATUS) {
      onParameter(buffer, offset, length);
    } else if (tag == BackendTag.COMMAND_COMPLETE && served != null) {
      commandTags.read(served, buffer, offset + FrameScanner.HEADER);
    } else if (tag == BackendTag.ERROR && ErrorFields.outdatedPlan(buffer, offset, available)) {
      planOutdated();
    }
    if (tag == BackendTag.READY
        && served != null
        && readyWaits(served, buffer.getByte(offset + FrameScanner.HEADER))) {
      return Verdict.HOLD;
    }
    Verdict verdict =
        rewritten().failing()
            ? rewritten().onReplyOfFailed(tag, buffer, offset, available)
            : tracker.onReply(tag, buffer, offset, available);
    // A frame that begins between two sessions must not end in the second one's stream.
    if (receiver == null) {
      return Verdict.DROP;
    }
    if (tag == BackendTag.ERROR && cancels.words().pending() && verdict == Verdict.FORWARD) {
      return reword(buffer, offset, available, length);
    }
    return verdict;
  }

  private void settleBeforeFrame() {
    if (tracker.unsettled()) {
      scanner.cut();
      tracker.settle();
    }
  }

  /** ParameterStatus, of the login as well. */
  void onParameter(ByteBuf buffer, int offset, int length) {
    int name = offset + FrameScanner.HEADER;
    int end = offset + length;
    int nameEnd = buffer.indexOf(name, end, (byte) 0);
    int valueEnd = nameEnd < 0 ? -1 : buffer.indexOf(nameEnd + 1, end, (byte) 0);
    if (valueEnd < 0) {
      throw new ProtocolException("ParameterStatus without name and value");
    }
    String parameter = buffer.toString(name, nameEnd - name, StandardCharsets.UTF_8);
    String value = buffer.toString(nameEnd + 1, valueEnd - nameEnd - 1, StandardCharsets.UTF_8);
    Downstream served = receiver;
    if (served != null && !tracker.swallowing()) {
      reported.changed(parameter, value);
      served.onParameter(parameter, value);
    } else {
      reported.known(parameter, value);
    }
  }

  private void planOutdated() {
    Downstream served = receiver;
    if (served != null) {
      served.onPlanOutdated();
    }
  }

  private boolean readyWaits(Downstream served, byte next) {
    readyHeld = tracker.showsReady() && !served.onBeforeReady(next);
    return readyHeld;
  }

  private Verdict reword(ByteBuf buffer, int offset, int available, int length) {
    if (available < length || !ErrorFields.canceled(buffer, offset, length)) {
      return Verdict.FORWARD;
    }
    ByteBuf out = connection.allocator().buffer(length + 64);
    cancels.words().tell(buffer, offset, length, out);
    insert(out);
    return Verdict.DROP;
  }

  /** ReadyForQuery that concerns the client; gives whether the client is to see it. */
  boolean ready(byte now) {
    Downstream served = receiver;
    readyPending = served != null;
    status = now;
    transactions.ready(now);
    if (!cancels.anyUnderWay()) {
      cancels.words().forget();
    }
    return now == 'I' || served == null || !served.refusesBlocks();
  }

  /** The client's last plain Parse has failed. */
  void parseFailed() {
    Downstream served = receiver;
    if (served != null) {
      served.onParseFailed();
    }
  }

  /** An error passes on to the client as it is. */
  void errorPasses(ByteBuf buffer, int offset, int length) {
    Downstream served = receiver;
    if (served != null) {
      served.onServerError(buffer, offset, length);
    }
  }

  /** Sends frames to the client that come from elsewhere, behind all that came before. */
  void insert(ByteBuf frames) {
    scanner.cut();
    onRun(frames);
  }

  @Override
  public void onRun(ByteBuf run) {
    Downstream served = receiver;
    if (served == null) {
      run.release();
    } else {
      served.onReplies(run);
    }
  }
}
