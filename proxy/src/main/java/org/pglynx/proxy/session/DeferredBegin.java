package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.QUERY;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.TransactionText;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;

/**
 * A BEGIN that has been answered and not been sent: a transaction takes its server with its first
 * statement. The BEGIN goes ahead of that in the same write, by Parse, Bind and Execute without a
 * Sync: should it fail, the server skips the statement, which must not run outside of its
 * transaction, and nothing is sent behind the statement before the outcome is known.
 *
 * <pre>
 *            BEGIN, no server at hand               first statement: BEGIN goes ahead of it
 *   NOTHING ──────────────────────────► DEFERRED ─────────────────────────────────────► NOTHING
 *     ▲ ▲                                │    │ no server to be had, or it refuses BEGIN
 *     │ └── COMMIT, ROLLBACK ────────────┘    ▼
 *     └──── COMMIT, ROLLBACK ──────────── FAILED ── next statement: BEGIN and a failure go ahead
 *                                           ▲
 *     the server is lost amid a transaction ┘
 * </pre>
 *
 * <p>A client whose transaction is lost with its server is in a failed one until it says that it
 * ends, as Postgres has it: what it sends behind the error belongs to what is gone, and must not be
 * kept without that (docs/adr/0380-a-lost-transaction-has-failed.md).
 */
final class DeferredBegin {
  private static final byte[] NOTHING = {};

  /** The body of Parse behind the name. */
  private static final byte[] BEGIN = {'B', 'E', 'G', 'I', 'N', 0, 0, 0};

  private enum State {
    NOTHING,
    DEFERRED,
    FAILED
  }

  private final Session session;
  private final boolean enabled;
  private @Nullable TransactionText texts;
  private byte[] definition = NOTHING;
  private State state = State.NOTHING;
  private boolean unproven;

  DeferredBegin(Session session, SessionProfile profile) {
    this.session = session;
    this.enabled = profile.defersBegin();
  }

  /** Whether the client is in a transaction that no server knows of. */
  boolean holds() {
    return state != State.NOTHING;
  }

  /**
   * Answers the Query in hand if it is a BEGIN that can wait. One with more behind it cannot, nor
   * one that finds a server at hand: they gain nothing.
   */
  boolean answers(ByteBuf buffer, int offset, int available, int length) {
    if (!enabled
        || session.provider() == null
        || session.status() != 'I'
        || available < length
        || !gains(buffer, offset + length)) {
      return false;
    }
    String tag =
        switch (read(buffer, offset, length)) {
          case BEGIN -> "BEGIN";
          case START -> "START TRANSACTION";
          case COMMIT, ROLLBACK, OTHER -> "";
        };
    if (tag.isEmpty()) {
      return false;
    }
    define(buffer, offset + FrameScanner.HEADER, length - FrameScanner.HEADER);
    state = State.DEFERRED;
    answer(tag, (byte) 'T');
    return true;
  }

  /** Keeps the body of Parse behind the name: the text with its zero, and no types. */
  private void define(ByteBuf buffer, int text, int length) {
    if (!defined(buffer, text, length)) {
      definition = new byte[length + Short.BYTES];
      buffer.getBytes(text, definition, 0, length);
    }
  }

  /** A client begins as it did before, nearly always. */
  private boolean defined(ByteBuf buffer, int text, int length) {
    if (definition.length != length + Short.BYTES) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (definition[i] != buffer.getByte(text + i)) {
        return false;
      }
    }
    return true;
  }

  /** Of several shards none may be taken before the first statement says which. */
  private boolean gains(ByteBuf buffer, int end) {
    if (session.shards() != null) {
      return session.settled() && session.upstream() == null;
    }
    return session.upstream() == null && buffer.writerIndex() == end;
  }

  private TransactionText.Kind read(ByteBuf buffer, int offset, int length) {
    TransactionText known = texts;
    if (known == null) {
      known = new TransactionText();
      texts = known;
    }
    int text = offset + FrameScanner.HEADER;
    return buffer.getByte(offset + length - 1) == 0
        ? known.of(buffer, text, length - FrameScanner.HEADER - 1)
        : TransactionText.Kind.OTHER;
  }

  private void answer(String tag, byte status) {
    session.queries();
    ByteBuf out = session.client().allocator().buffer(32);
    FrameWriter.string(out, BackendTag.COMMAND_COMPLETE, tag);
    session.client().write(out);
    session.statusIs(status);
    session.writeReady();
  }

  /** Answers the Query in hand if it ends the transaction before any server has heard of it. */
  boolean ends(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (tag != QUERY || available < length) {
      return false;
    }
    TransactionText.Kind kind = read(buffer, offset, length);
    boolean commits = kind == TransactionText.Kind.COMMIT;
    if (!commits && kind != TransactionText.Kind.ROLLBACK) {
      return false;
    }
    boolean committed = commits && state == State.DEFERRED;
    state = State.NOTHING;
    answer(committed ? "COMMIT" : "ROLLBACK", (byte) 'I');
    return true;
  }

  /** The text of BEGIN, as Parse has it behind the name. */
  byte[] definition() {
    return definition;
  }

  /** Whether there is a server, which then has the transaction; see {@link Session#attach}. */
  boolean begins() {
    if (!session.attach()) {
      return false;
    }
    Upstream server = session.upstream();
    if (server != null) {
      session.scanner().cut();
      server.begin(definition);
      if (state == State.FAILED) {
        server.failTransaction(false);
      }
      unproven = true;
      state = State.NOTHING;
    }
    return true;
  }

  /**
   * A frame is about to be sent that ends a batch.
   *
   * @return whether nothing may be sent behind it yet
   */
  boolean awaitsProof() {
    boolean awaited = unproven;
    unproven = false;
    return awaited;
  }

  /** There is no server for the transaction, or it has refused BEGIN: a statement has failed. */
  void failed() {
    state = State.FAILED;
    session.statusIs((byte) 'E');
  }

  /**
   * The server is gone, and with it what it was to prove.
   *
   * @param transaction whether the client's transaction is gone as well
   */
  void serverLost(boolean transaction) {
    unproven = false;
    if (transaction) {
      definition = BEGIN;
      failed();
    }
  }

  /**
   * The client is about to be told of the loss by the Query in hand, and may end the transaction by
   * it.
   *
   * @return whether that is answered: it has got what it wants by a ROLLBACK
   */
  boolean endsLost(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (tag != QUERY || available < length || state != State.FAILED) {
      return false;
    }
    return switch (read(buffer, offset, length)) {
      case ROLLBACK -> {
        state = State.NOTHING;
        answer("ROLLBACK", (byte) 'I');
        yield true;
      }
      case COMMIT -> {
        state = State.NOTHING;
        session.statusIs((byte) 'I');
        yield false;
      }
      case BEGIN, START, OTHER -> false;
    };
  }
}
