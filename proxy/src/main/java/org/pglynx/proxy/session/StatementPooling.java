package org.pglynx.proxy.session;

import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Statement pooling: transaction pooling in which no transaction block outlives its message. A text
 * that only begins one is refused unsent. One that begins and ends it (BEGIN; …; COMMIT) is sent,
 * and if it leaves the block open all the same, for it has failed in its midst, the block is undone
 * before anybody uses the server again.
 *
 * <pre>
 *   the server tells   the client is told
 *   Z I                Z I
 *   Z E                Z I                  behind the error that it has already
 *   Z T                E 0A000, Z I
 * </pre>
 */
final class StatementPooling {
  private StatementPooling() {}

  /** What a client is told that begins a transaction block, in PgBouncer's words. */
  static PgError refusal() {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "transaction blocks not allowed in statement pooling mode")
        .withHint("Use pool_mode = \"transaction\", or send all statements in one message.");
  }

  /** Undoes the block that is open, and tells the client what it gets instead. */
  static void undo(Session session, Upstream server, byte status) {
    if (!server.drained()) {
      // What is on its way belongs to the block, and its replies would tell so.
      session.die(refusal().fatal());
      return;
    }
    if (status == 'T') {
      session.write(refusal());
    }
    session.statusIs((byte) 'I');
    session.writeReady();
    server.rollBack();
    server.flush();
  }
}
