package org.pglynx.proxy.backend;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.CLOSE;
import static org.pglynx.proxy.wire.FrontendTag.COPY_DONE;
import static org.pglynx.proxy.wire.FrontendTag.COPY_FAIL;
import static org.pglynx.proxy.wire.FrontendTag.DESCRIBE;
import static org.pglynx.proxy.wire.FrontendTag.EXECUTE;
import static org.pglynx.proxy.wire.FrontendTag.FUNCTION_CALL;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;
import static org.pglynx.proxy.wire.FrontendTag.SYNC;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Matches a server's replies against what was sent (PostgreSQL manual, "Message Flow"): one ring of
 * expected replies says which pass on, which are swallowed because the proxy asked for them, and
 * where one must be made up.
 *
 * <pre>
 *   reply   removes from the head          reply   removes
 *   1       P                              C I s   E   (nothing under Q)
 *   2       B                              Z       Q, F or S
 *   3       C                              E       all up to the next S, unless under Q or F
 *   T n     D   (nothing under Q or E)     G       every S right behind the head, as the server
 *                                                  ignores Sync while it copies in
 * </pre>
 *
 * <p>After an error without a Sync in the ring the server skips messages until Sync, and so does
 * this: nothing is expected until Sync is announced.
 */
final class ReplyTracker {
  /** Of a longer error the beginning is read: a user can raise one of any length. */
  private static final int MAX_COLLECTED = 64 << 10;

  /**
   * What is looked at as a whole is no longer: 1664 columns (MaxTupleAttributeNumber) and 65,535
   * parameters take a quarter of it, a parameter's value as much as nobody sets.
   */
  private static final int MAX_WHOLE = 1 << 20;

  private final ReplyActions actions;
  private final ReplyRing ring = new ReplyRing();
  private final CarriedReplies carried;
  private boolean skipping;
  private boolean batchOpen;
  private boolean copyIn;
  private boolean settleLater;

  ReplyTracker(ReplyActions actions) {
    this.actions = actions;
    this.carried = new CarriedReplies(actions);
  }

  /** Whether nothing is outstanding. */
  boolean drained() {
    return ring.isEmpty();
  }

  /** How many frames have been answered so far. */
  long answered() {
    return ring.popped();
  }

  /** Whether nothing is outstanding but statements of the proxy's own, none of which takes long. */
  boolean onlyOwn() {
    return ring.isOnly(Expected::swallowed);
  }

  /** Whether the server skips messages until Sync. */
  boolean skipping() {
    return skipping;
  }

  /** Whether the server waits for COPY data. */
  boolean copyingIn() {
    return copyIn;
  }

  /** Whether Sync would end a batch, and with it perhaps commit what it did. */
  boolean batchOpen() {
    return batchOpen && !skipping;
  }

  /** How many ReadyForQuery the client still waits for. */
  int lostSyncs() {
    return ring.count(QUERY)
        + ring.count(Expected.QUERY_REWRITTEN)
        + ring.count(Expected.FAIL_QUERY_SHOWN)
        + ring.count(FUNCTION_CALL)
        + ring.count(SYNC);
  }

  /** A frame of the client is sent as it is. */
  void expect(byte tag) {
    if (tag == SYNC) {
      if (copyIn) {
        return;
      }
      skipping = false;
      batchOpen = false;
    } else {
      batchOpen |= tag == PARSE || tag == BIND || tag == EXECUTE;
      copyIn = false;
      if ((tag == COPY_DONE || tag == COPY_FAIL) && ring.isEmpty()) {
        // No COPY is under way, nor asked for: the server ignores it.
        return;
      }
    }
    if (!skipping) {
      ring.push(tag);
    }
  }

  void expectRewritten(byte code, RowRewrite rewrite, RowRewrite.@Nullable RowTransform rows) {
    batchOpen |= code == Expected.EXECUTE_REWRITTEN || code == Expected.PARSE_REWRITTEN;
    if (!skipping) {
      ring.push(code);
      carried.rewriting(rewrite, rows);
    }
  }

  /** A Bind that fails the batch. */
  void expectFailingBind() {
    expect(Expected.FAIL_BIND);
  }

  /** A Parse, injected, the client's own, or faked; the code says which. */
  void expectParse(byte code, ServerStatement statement, Runnable undo) {
    expectParse(code, statement, undo, null);
  }

  /** The same of a text that was rewritten. */
  void expectParse(
      byte code, ServerStatement statement, Runnable undo, @Nullable RowRewrite rewrite) {
    batchOpen = true;
    carried.parse(statement, undo, rewrite);
    ring.push(code);
    settleIfBetweenFrames();
  }

  /** A message of a BEGIN of which the client has been told before; the code says which. */
  void expectOfBegin(byte code) {
    ring.push(code);
  }

  /** A Describe of our own, right behind a Parse. */
  void expectDescription(Consumer<StatementShape> receiver) {
    carried.descriptions().ask(receiver);
    ring.push(Expected.INJECTED_DESCRIBE);
  }

  /** A Close of our own. */
  void expectInjectedClose(ServerStatement statement) {
    carried.parse(statement, () -> {});
    ring.push(Expected.INJECTED_CLOSE);
  }

  /** A Sync of our own. */
  void expectInjectedSync() {
    ring.push(Expected.INJECTED_SYNC);
    batchOpen = false;
  }

  private void settleIfBetweenFrames() {
    if (actions.midReply()) {
      settleLater = true;
    } else {
      settle();
    }
  }

  /** A reply that is made up in its turn. */
  void expectFakedClose(Runnable undo) {
    if (skipping) {
      undo.run();
      return;
    }
    carried.close(undo);
    ring.push(Expected.FAKE_CLOSE);
    settleIfBetweenFrames();
  }

  /** How many bytes of a reply must be there to judge it. */
  int wanted(byte tag, int length) {
    return switch (tag) {
      case BackendTag.READY, BackendTag.PARAMETER_STATUS, BackendTag.COMMAND_COMPLETE ->
          whole(tag, length);
      // These come at any time; whole ones need no care when something is inserted.
      case BackendTag.ERROR, BackendTag.NOTICE, BackendTag.NOTIFICATION -> MAX_COLLECTED;
      case BackendTag.DATA_ROW -> rewrites() || ring.peek() == Expected.INQUIRY ? length : 0;
      case BackendTag.COPY_DATA -> rewrites() ? length : 0;
      case BackendTag.ROW_DESCRIPTION -> rewrites() || describes() ? whole(tag, length) : 0;
      case BackendTag.PARAMETER_DESCRIPTION -> describes() ? whole(tag, length) : 0;
      default -> 0;
    };
  }

  /** A message that no Postgres sends would be collected in memory, however long it is. */
  private int whole(byte tag, int length) {
    if (length > MAX_WHOLE) {
      String message =
          "the server sent a message of type \"%c\" of %d bytes, of which at most %d are taken"
              .formatted((char) tag, length, MAX_WHOLE);
      actions.fatal(PgError.error(SqlState.PROTOCOL_VIOLATION, message));
      throw new ProtocolException(message);
    }
    return length;
  }

  private boolean describes() {
    return ring.peek() == Expected.INJECTED_DESCRIBE;
  }

  private boolean rewrites() {
    return Expected.rewrites(ring.peek());
  }

  /**
   * The next reply; so much of the frame is there as {@link #wanted} asked for.
   *
   * @param length bytes of the frame that are there
   */
  Verdict onReply(byte tag, ByteBuf buffer, int offset, int length) {
    byte head = ring.peek();
    return switch (tag) {
      case BackendTag.DATA_ROW, BackendTag.COPY_DATA -> onRow(head, buffer, offset, length);
      case BackendTag.READY -> onReady(head, buffer.getByte(offset + 5));
      case BackendTag.ROW_DESCRIPTION -> onDescription(head, buffer, offset, length);
      case BackendTag.ERROR -> onError(head, buffer, offset, length);
      case BackendTag.PARSE_COMPLETE -> onParseComplete(head);
      case BackendTag.CLOSE_COMPLETE -> onCloseComplete(head);
      case BackendTag.BIND_COMPLETE ->
          head == Expected.QUERY_REWRITTEN ? Verdict.DROP : pass(popped());
      case BackendTag.NO_DATA -> onNoData(head);
      case BackendTag.PARAMETER_DESCRIPTION -> onParameters(head, buffer, offset, length);
      case BackendTag.COMMAND_COMPLETE -> onComplete(head, buffer, offset, length);
      case BackendTag.EMPTY_QUERY, BackendTag.PORTAL_SUSPENDED -> onExecuted(head);
      case BackendTag.COPY_IN -> onCopyIn(head);
      // It is no reply: also amid those that are swallowed it is for whoever has the connection.
      case BackendTag.NOTIFICATION -> Verdict.FORWARD;
      default -> unlessSwallowed(head);
    };
  }

  private Verdict onRow(byte head, ByteBuf buffer, int offset, int length) {
    if (head == QUERY || head == EXECUTE) {
      return Verdict.FORWARD;
    }
    if (sendingRewritten()) {
      RowRewrite.RowTransform rows = carried.rewriting().rows();
      if (rows != null) {
        return actions.rewriteRow(rows, buffer, offset, length);
      }
    }
    if (head == Expected.INQUIRY) {
      actions.inquiryRow(buffer, offset);
    }
    return unlessSwallowed(head);
  }

  private Verdict onReady(byte head, byte status) {
    popped();
    if (Expected.showsReady(head)) {
      return actions.ready(status) ? Verdict.FORWARD : Verdict.DROP;
    }
    if (head == Expected.RESET) {
      actions.resetDone();
    } else if (head == Expected.INQUIRY) {
      actions.inquiryDone();
    }
    return Verdict.DROP;
  }

  /** Whether the next ReadyForQuery is one that the client waits for. */
  boolean showsReady() {
    return Expected.showsReady(ring.peek());
  }

  private Verdict onDescription(byte head, ByteBuf buffer, int offset, int length) {
    if (head == Expected.DESCRIBE_REWRITTEN || head == Expected.QUERY_REWRITTEN) {
      actions.rewriteDescription(carried.rewriting().rewrite(), buffer, offset, length);
      if (head == Expected.DESCRIBE_REWRITTEN) {
        popped();
      }
      return Verdict.DROP;
    }
    if (head == Expected.INJECTED_DESCRIBE) {
      popped();
      carried.descriptions().columns(buffer, offset, length);
      return Verdict.DROP;
    }
    if (head == DESCRIBE) {
      popped();
    }
    return unlessSwallowed(head);
  }

  private Verdict onParameters(byte head, ByteBuf buffer, int offset, int length) {
    if (head == Expected.INJECTED_DESCRIBE) {
      carried.descriptions().parameters(buffer, offset, length);
      return Verdict.DROP;
    }
    return unlessSwallowed(head);
  }

  private Verdict onNoData(byte head) {
    if (head == Expected.INJECTED_DESCRIBE) {
      popped();
      carried.descriptions().noColumns();
      return Verdict.DROP;
    }
    if (head == DESCRIBE || head == Expected.DESCRIBE_REWRITTEN) {
      popped();
    }
    return Verdict.FORWARD;
  }

  private Verdict onParseComplete(byte head) {
    if (head == Expected.QUERY_REWRITTEN) {
      return Verdict.DROP;
    }
    if (head == Expected.NAMED_PARSE || head == Expected.INJECTED_PARSE) {
      carried.parsed();
    }
    return passOrSwallow(popped());
  }

  private Verdict onCloseComplete(byte head) {
    if (head == Expected.QUERY_REWRITTEN) {
      return Verdict.DROP;
    }
    if (head == Expected.INJECTED_CLOSE) {
      carried.parsed();
    }
    return passOrSwallow(popped());
  }

  private Verdict onComplete(byte head, ByteBuf buffer, int offset, int length) {
    RowRewrite.RowTransform rows = sendingRewritten() ? carried.rewriting().rows() : null;
    Verdict verdict = onExecuted(head);
    return rows == null ? verdict : actions.finishRows(rows, buffer, offset, length);
  }

  private Verdict onExecuted(byte head) {
    if (head == EXECUTE || head == Expected.EXECUTE_REWRITTEN || head == Expected.BEGIN_EXECUTE) {
      popped();
    }
    return head == Expected.BEGIN_EXECUTE ? Verdict.DROP : unlessSwallowed(head);
  }

  private Verdict onCopyIn(byte head) {
    // What was sent behind these Syncs ends the COPY, be it CopyDone or a violation of the
    // protocol.
    copyIn = ring.removeBehindHead(SYNC, Expected.FAKE_CLOSE);
    return Verdict.FORWARD;
  }

  private Verdict onError(byte head, ByteBuf buffer, int offset, int length) {
    copyIn = false;
    if (ErrorFields.ends(buffer, offset, length)) {
      actions.fatal(ErrorFields.read(buffer, offset, length));
      return Verdict.DROP;
    }
    return switch (head) {
      case QUERY, FUNCTION_CALL, SYNC, Expected.NONE -> onErrorOf(null, buffer, offset, length);
      case Expected.QUERY_REWRITTEN ->
          onErrorOf(carried.rewriting().rewrite(), buffer, offset, length);
      case Expected.FAIL_QUERY, Expected.FAIL_QUERY_SHOWN -> Verdict.DROP;
      case Expected.RESET -> {
        actions.resetFailed(ErrorFields.read(buffer, offset, length));
        yield Verdict.DROP;
      }
      case Expected.INQUIRY -> {
        actions.inquiryFailed(ErrorFields.read(buffer, offset, length));
        yield Verdict.DROP;
      }
      case Expected.APPLY -> {
        actions.applyFailed(ErrorFields.read(buffer, offset, length));
        yield Verdict.DROP;
      }
      case Expected.BEGIN_PARSE,
          Expected.BEGIN_BIND,
          Expected.BEGIN_EXECUTE,
          Expected.BEGIN_CLOSE -> {
        actions.beginFailed(ErrorFields.read(buffer, offset, length));
        yield Verdict.STOP;
      }
      case Expected.FAIL_BIND -> {
        skipToSync();
        yield Verdict.DROP;
      }
      default -> {
        RowRewrite rewrite = rewriteOf(head);
        skipToSync();
        yield onErrorOf(rewrite, buffer, offset, length);
      }
    };
  }

  /** How the text was rewritten that the reply in hand is to, or null. */
  private @Nullable RowRewrite rewriteOf(byte head) {
    if (Expected.rewrites(head)) {
      return carried.rewriting().rewrite();
    }
    return head == Expected.NAMED_PARSE ? carried.parseRewrite() : null;
  }

  private Verdict onErrorOf(@Nullable RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
    if (rewrite != null) {
      return actions.rewriteError(rewrite, buffer, offset, length);
    }
    actions.errorPasses(buffer, offset, length);
    return Verdict.FORWARD;
  }

  /** The server discards all up to Sync; what was expected of it will not come. */
  private void skipToSync() {
    boolean parse = false;
    while (!ring.isEmpty() && ring.peek() != SYNC && ring.peek() != Expected.INJECTED_SYNC) {
      byte entry = ring.pop();
      parse |= entry == PARSE || entry == Expected.PARSE_REWRITTEN;
      carried.drop(entry);
    }
    carried.undo();
    skipping = ring.isEmpty();
    if (parse && ring.count(PARSE) + ring.count(Expected.PARSE_REWRITTEN) == 0) {
      actions.parseFailed();
    }
  }

  /** The connection is gone: what was announced will be neither prepared nor closed. */
  void lost() {
    while (!ring.isEmpty()) {
      carried.drop(ring.pop());
    }
    carried.undo();
  }

  private byte popped() {
    if (ring.isEmpty()) {
      return Expected.NONE;
    }
    byte entry = ring.pop();
    if (Expected.rewrites(entry)) {
      carried.rewritten();
    }
    settleLater = true;
    return entry;
  }

  /**
   * Makes up the replies that are next in turn. Called after the reply in hand has passed on, so
   * that the made-up ones come behind it.
   */
  void settle() {
    settleLater = false;
    while (!ring.isEmpty()) {
      switch (ring.peek()) {
        case Expected.FAKE_PARSE -> {
          ring.pop();
          carried.parsed();
          actions.fakeParseComplete();
        }
        case Expected.FAKE_CLOSE -> {
          ring.pop();
          carried.closed();
          actions.fakeCloseComplete();
        }
        case COPY_DONE, COPY_FAIL -> ring.pop();
        default -> {
          return;
        }
      }
    }
  }

  /** Whether {@link #settle} has something to do. */
  boolean unsettled() {
    if (!settleLater) {
      return false;
    }
    if (Expected.settles(ring.peek())) {
      return true;
    }
    settleLater = false;
    return false;
  }

  private static Verdict unlessSwallowed(byte head) {
    return Expected.swallowed(head) ? Verdict.DROP : Verdict.FORWARD;
  }

  private static Verdict passOrSwallow(byte entry) {
    return switch (entry) {
      case PARSE, CLOSE, Expected.NAMED_PARSE, Expected.PARSE_REWRITTEN -> Verdict.FORWARD;
      default -> Verdict.DROP;
    };
  }

  private static Verdict pass(byte entry) {
    return entry == BIND ? Verdict.FORWARD : Verdict.DROP;
  }

  /** Whether the rows that come are those of a rewritten statement. */
  boolean sendingRewritten() {
    byte head = ring.peek();
    return head == Expected.EXECUTE_REWRITTEN || head == Expected.QUERY_REWRITTEN;
  }

  /** Whether an Execute whose rows are rewritten is being answered. */
  boolean executingRewritten() {
    return ring.peek() == Expected.EXECUTE_REWRITTEN;
  }

  /** Whether the replies in hand are to something that the proxy itself asked. */
  boolean swallowing() {
    return Expected.swallowed(ring.peek());
  }

  /** Takes the ReadyForQuery in hand for known, unseen by the client. */
  void swallowReady() {
    popped();
  }
}
