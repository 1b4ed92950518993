package org.pglynx.proxy.session;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;

/**
 * The batch of messages in hand, from one Sync to the next: how each goes to the server, waits, or
 * fails.
 *
 * <pre>
 *            a message is sent              Execute is sent
 *   EMPTY ─────────────────────► UNSYNCED ─────────────────► EXECUTED
 *     ▲                             │                           │
 *     └── Sync, Query, server gone ─┴───────────────────────────┘
 * </pre>
 */
final class ExtendedBatch {
  private final Session session;
  private final Consumer<PgError> fail;
  private final Runnable awaitOutcome;
  private boolean unsynced;
  private boolean executed;

  /**
   * A batch of nothing.
   *
   * @param fail tells the client, and skips all up to Sync
   * @param awaitOutcome holds what comes next until all is answered
   */
  ExtendedBatch(Session session, Consumer<PgError> fail, Runnable awaitOutcome) {
    this.session = session;
    this.fail = fail;
    this.awaitOutcome = awaitOutcome;
  }

  /** Whether the server has messages that no Sync has followed. */
  boolean unsynced() {
    return unsynced;
  }

  /** Whether a statement of the batch has been executed. */
  boolean executed() {
    return executed;
  }

  /** Something of it is sent. */
  void begins() {
    unsynced = true;
  }

  /** A statement is executed. */
  void executes() {
    executed = true;
  }

  /** Sync, what works as one, or the loss of the server. */
  void ends() {
    unsynced = false;
    executed = false;
  }

  /** The server that is attached. */
  Upstream server() {
    Upstream server = session.upstream();
    if (server == null) {
      throw new IllegalStateException("no server is attached");
    }
    return server;
  }

  /** The message in hand goes to the server as it is. */
  Verdict relay(byte tag) {
    if (!session.attach()) {
      return heldOrRefused();
    }
    unsynced = true;
    server().expect(tag);
    return Verdict.FORWARD;
  }

  /** The message in hand goes to the server, and its replies are rewritten. */
  Verdict relayRewritten(
      byte tag, RowRewrite rewrite, RowRewrite.@Nullable RowTransform transform) {
    unsynced = true;
    server().expectRewritten(tag, rewrite, transform);
    if (transform != null) {
      awaitOutcome.run();
    }
    return Verdict.FORWARD;
  }

  /** Nothing may follow the message in hand before its outcome is known. */
  void awaitOutcome() {
    awaitOutcome.run();
  }

  /** Answers the message in hand with an error, after the replies to all before it. */
  Verdict refuse(PgError error) {
    return session.settled() ? fail(error) : Verdict.HOLD;
  }

  /** What becomes of the message in hand while there is no server for it. */
  Verdict heldOrRefused() {
    PgError refusal = session.takeRefusal();
    return refusal == null ? Verdict.HOLD : fail(refusal);
  }

  /** Answers the message in hand with an error now. */
  Verdict fail(PgError error) {
    fail.accept(error);
    return Verdict.DROP;
  }
}
