package org.pglynx.proxy.ml;

import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Runs work in one transaction: the caller's, when the conversation is on its connection and the
 * outcome is the caller's to decide, else one of its own.
 */
final class Transactions {
  private Transactions() {}

  /** The work. */
  interface Work<T> {
    T run() throws PgErrorException, InterruptedException;
  }

  /** Work without a result. */
  interface Action {
    void run() throws PgErrorException, InterruptedException;
  }

  /** The same for work without a result. */
  static void execute(SqlSession session, Action action)
      throws PgErrorException, InterruptedException {
    run(
        session,
        () -> {
          action.run();
          return Boolean.TRUE;
        });
  }

  /** Runs the work; a failure leaves nothing of it behind ({@link SqlSession#close} rolls back). */
  static <T> T run(SqlSession session, Work<T> work) throws PgErrorException, InterruptedException {
    if (session.callersTransaction()) {
      return work.run();
    }
    session.query("BEGIN");
    // Between two statements the proxy may compute: that is not the idleness which is limited.
    session.query("SET LOCAL idle_in_transaction_session_timeout = 0");
    T result = work.run();
    session.query("COMMIT");
    return result;
  }
}
