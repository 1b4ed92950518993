package org.pglynx.proxy.session;

import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Sees to it that a client which has asked what its statement returns gets that, or an error. On a
 * server that has not prepared the statement yet it is prepared and described first, and the
 * client's message waits for that: it cannot be taken back when it turns out that a table has
 * changed meanwhile.
 *
 * <pre>
 *             not verified on this server           all answered
 *   NONE ──────────────────────────────────► ASKED ──────────────► NONE, and it is verified or not
 * </pre>
 */
final class ColumnCheck {
  /** As Postgres tells it; drivers look at the routine, and prepare anew. */
  static final PgError OUTDATED =
      PgError.error(SqlState.FEATURE_NOT_SUPPORTED, "cached plan must not change result type")
          .withRoutine("RevalidateCachedQuery");

  enum Outcome {
    HOLDS,
    ASKED,
    CHANGED
  }

  private boolean asked;

  /** Whether the server returns what the client has been told. */
  Outcome of(ClientStatement.OnServer known, Upstream server) {
    if (server.verified(known.statement())) {
      asked = false;
      return Outcome.HOLDS;
    }
    if (asked && server.drained()) {
      asked = false;
      return Outcome.CHANGED;
    }
    if (!asked) {
      asked = true;
      server.verify(known.statement());
    }
    return Outcome.ASKED;
  }

  /** The message that waited is not visited again. */
  void reset() {
    asked = false;
  }
}
