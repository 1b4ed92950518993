package org.pglynx.proxy.session;

import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Lends a session's server to the proxy's own work for its client, and sees to what the session
 * makes of how that has ended. Confined to the session's event loop.
 *
 * <pre>
 *            lend()         takeBack(): idle
 *   IN USE ─────────► LENT ──────────────────► IN USE
 *                      ├── takeBack(): lost ──► none; the transaction, or the session, is lost
 *                      └── ended() ───────────► none; the transaction has ended with it
 * </pre>
 */
final class Lending {
  private static final PgError LOST =
      PgError.error(SqlState.CONNECTION_FAILURE, "the connection to the server was lost");

  private final Session session;
  private final ServerLease lease;
  private final FrontendFrames frames;

  Lending(Session session, ServerLease lease, FrontendFrames frames) {
    this.session = session;
    this.lease = lease;
    this.frames = frames;
  }

  /** Lends the server to the proxy's own work. */
  void lend(Upstream server, Downstream borrower) {
    lease.lend(server, borrower);
  }

  /** Takes the server back; the status is 0 if it was lost meanwhile. */
  void takeBack(Upstream server, int newStatus) {
    if (!lease.takeBack(server, newStatus)) {
      if (!session.closed()) {
        lostMeanwhile();
      }
      return;
    }
    if (!session.unsynced()) {
      session.transaction().is((byte) newStatus);
    } else if (newStatus == 'E') {
      frames.extended().serverSkips();
    }
  }

  /**
   * The server is gone, but not what was to be done with it.
   *
   * @param outcome what the client is told of that, should its session end
   */
  void ended(Upstream server, String outcome) {
    // Asked first: a session without a server has left nothing there.
    boolean ends = session.profile().sessionPooling() || session.state().mayLoseWithServer();
    server.release(Upstream.Release.ABANDONED);
    lease.takeBack(server, 0);
    session.serverReleased();
    if (ends && !session.closed()) {
      session.die((outcome.isEmpty() ? LOST : LOST.withDetail(outcome)).fatal());
    }
  }

  private void lostMeanwhile() {
    ClientTransaction transaction = session.transaction();
    boolean inTransaction = !transaction.none();
    if (inTransaction || session.unsynced()) {
      transaction.lose(LOST);
    }
    if (inTransaction) {
      frames.transactionLost();
    }
    boolean ends = session.profile().sessionPooling() || session.state().losesWithServer();
    session.serverReleased();
    if (ends) {
      session.die(LOST.fatal());
    }
  }
}
