package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;

/**
 * The connection to the primary of a session whose reads go to replicas although it keeps its
 * server (session pooling with {@code session_split}): the session's own from its first work there
 * until its end, and set aside while there is none.
 *
 * <pre>
 *            first work for the primary                idle, nothing left on it
 *   NONE ──────────────────────────────► IN USE ◄──────────────────────────────► ASIDE
 *     ▲                                     │          work for the primary        │
 *     └──────────────── lost ───────────────┴──────────────────────────────────────┘
 * </pre>
 *
 * <p>What the session has left there otherwise keeps it in use, as in transaction pooling, and with
 * it all that the session does. Confined to the session's event loop.
 */
final class KeptPrimary implements Downstream {
  private @Nullable Upstream aside;

  /** The connection is idle, and the session has nothing to do there now. */
  void setAside(Upstream server) {
    if (aside != null) {
      // While this one was lent the session has come to another.
      server.release(Upstream.Release.SESSION_ENDED);
      return;
    }
    aside = server;
    server.lend(this);
  }

  /** The connection for work of the session; null if there is none yet. */
  @Nullable Upstream take(Downstream session) {
    Upstream server = aside;
    aside = null;
    if (server != null) {
      server.lend(session);
    }
    return server;
  }

  /** The session ends. */
  void giveBack() {
    Upstream server = aside;
    aside = null;
    if (server != null) {
      server.release(Upstream.Release.SESSION_ENDED);
    }
  }

  /** What a server says to nobody in particular: that it stops, for example. */
  @Override
  public void onReplies(ByteBuf run) {
    run.release();
  }

  /** Nothing was left there that is known of: the next work for the primary gets another one. */
  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    aside = null;
  }
}
