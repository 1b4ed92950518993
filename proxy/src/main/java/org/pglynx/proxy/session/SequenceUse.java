package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * currval and lastval in transaction pooling. A server knows what was advanced on it, for whomever:
 * asked in a transaction of their own these functions would tell of another client's row. What
 * advances a sequence cannot be seen (an INSERT does), so the server is not kept for them.
 */
final class SequenceUse {
  private static final PgError REFUSED =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "currval and lastval cannot be used here outside of the transaction that advances the"
                  + " sequence: each transaction may run on another server connection")
          .withHint(
              "Use INSERT ... RETURNING, or the same transaction, or pool_mode = \"session\".");

  private final Session session;
  private final boolean refuses;

  SequenceUse(Session session, SessionProfile profile) {
    this.session = session;
    this.refuses =
        profile.judges()
            && !profile.keepsPrimary()
            && profile.onSessionState() != OnSessionState.IGNORE;
  }

  /** Whether a statement with the effects must run where another one has run before. */
  boolean concerns(int effects) {
    return refuses
        && SessionEffects.any(effects, SessionEffects.SEQUENCE)
        && !SessionEffects.any(effects, SessionEffects.SEVERAL);
  }

  /** Whether it is known by now if the client is in a transaction; else the message must wait. */
  boolean known() {
    return session.lease().quiet();
  }

  /** Why the statement may not run, or null. */
  @Nullable PgError refusal() {
    return session.status() == 'I' ? REFUSED : null;
  }
}
