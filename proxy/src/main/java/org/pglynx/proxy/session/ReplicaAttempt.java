package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;

/**
 * A Query or a batch that a replica tries, outside of any transaction, alone: if the replica cannot
 * because it is one, the primary does the work, once, and the client sees nothing of it. The
 * client's messages are kept until the first reply that is no error; what came before that (that
 * something was parsed, columns) is held back, and is dropped if the work is done again. What the
 * proxy itself answers amid a batch ends the attempt: the client has the replies in their order.
 *
 * <p>Short messages are copied: a slice of them would keep the whole buffer that they were read
 * into from being used again for as long as the replica takes. Long ones fill that buffer.
 *
 * <pre>
 *            sent to a replica          rows, a completion, another error
 *   NOTHING ───────────────────► TRIED ───────────────────────────────────► NOTHING
 *      ▲                           │ an error of a standby
 *      │                           ▼                ReadyForQuery
 *      └── the primary has it ── REFUSED (all held) ──────────────► given back, sent again
 * </pre>
 */
final class ReplicaAttempt {
  /** Longer work is not kept: its client gets the error. */
  static final int MAX_LENGTH = 64 << 10;

  /** Longer work is not copied. */
  static final int MAX_COPY = 2 << 10;

  private enum State {
    NOTHING,
    TRIED,
    REFUSED
  }

  private final Session session;
  private State state = State.NOTHING;
  private @Nullable ByteBuf work;
  private @Nullable ByteBuf held;
  private int parsesToSee;
  private int parsesSeen;
  private int seen;
  private int answered;

  ReplicaAttempt(Session session) {
    this.session = session;
  }

  /**
   * The work that is about to be sent.
   *
   * @param from where the messages begin that are to be sent again
   * @param to where they end
   * @param parses how many named statements are parsed before these, and stay parsed
   */
  void begin(ByteBuf buffer, int from, int to, int parses) {
    if (to - from > MAX_LENGTH) {
      end();
      return;
    }
    forget();
    work = kept(buffer, from, to - from);
    state = State.TRIED;
    parsesToSee = parses;
    parsesSeen = 0;
    seen = 0;
    answered = 0;
  }

  private ByteBuf kept(ByteBuf buffer, int from, int length) {
    return length > MAX_COPY
        ? buffer.retainedSlice(from, length)
        : session.client().allocator().buffer(length).writeBytes(buffer, from, length);
  }

  /** Whether the replica has refused, and all it says is held. */
  boolean refused() {
    return state == State.REFUSED;
  }

  /**
   * Looks at replies; owns the buffer.
   *
   * @return what the client is to get now, or null
   */
  @Nullable ByteBuf pass(ByteBuf run) {
    if (state == State.NOTHING) {
      return run;
    }
    ByteBuf all = held == null ? run : joined(held, run);
    held = null;
    if (state == State.TRIED && decided(all)) {
      state = State.NOTHING;
      forget();
      return all;
    }
    held = all;
    return null;
  }

  private static ByteBuf joined(ByteBuf before, ByteBuf run) {
    ByteBuf all = before.alloc().buffer(before.readableBytes() + run.readableBytes());
    all.writeBytes(before).writeBytes(run);
    before.release();
    run.release();
    return all;
  }

  /**
   * Whether the replies go to the client: the work has begun to be done, or has failed for good.
   */
  private boolean decided(ByteBuf all) {
    int end = all.readableBytes();
    while (end - seen >= FrameScanner.HEADER) {
      int at = all.readerIndex() + seen;
      int length = 1 + all.getInt(at + 1);
      switch (all.getByte(at)) {
        case BackendTag.PARSE_COMPLETE -> {
          parsesSeen++;
          answered = parsesSeen == parsesToSee ? seen + length : answered;
        }
        case BackendTag.BIND_COMPLETE,
            BackendTag.CLOSE_COMPLETE,
            BackendTag.PARAMETER_DESCRIPTION,
            BackendTag.ROW_DESCRIPTION,
            BackendTag.NO_DATA,
            BackendTag.NOTICE,
            BackendTag.NOTIFICATION,
            BackendTag.PARAMETER_STATUS -> {
          // Nothing is decided yet.
        }
        case BackendTag.ERROR -> {
          if (seen + length > end) {
            return false;
          }
          boolean again = parsesSeen >= parsesToSee && StandbyError.is(all, at, length);
          state = again ? State.REFUSED : state;
          return !again;
        }
        default -> {
          return true;
        }
      }
      seen += length;
    }
    return end > MAX_LENGTH;
  }

  /** Other work is sent behind it, so it cannot be taken back: its replies go to the client. */
  void end() {
    state = State.NOTHING;
    forget();
    ByteBuf replies = held;
    held = null;
    if (replies != null) {
      session.fromServer().tell(replies);
    }
  }

  /** The refused work, for the primary; what is not to be done again is told to the client. */
  ByteBuf again() {
    ByteBuf again = work;
    ByteBuf replies = held;
    work = null;
    held = null;
    state = State.NOTHING;
    if (again == null || replies == null) {
      throw new IllegalStateException("nothing was refused");
    }
    if (answered > 0) {
      session.fromServer().tell(replies.readRetainedSlice(answered));
    }
    replies.release();
    return again;
  }

  private void forget() {
    ByteBuf copy = work;
    work = null;
    if (copy != null) {
      copy.release();
    }
  }

  /** The session ends. */
  void close() {
    state = State.NOTHING;
    forget();
    ByteBuf replies = held;
    held = null;
    if (replies != null) {
      replies.release();
    }
  }
}
