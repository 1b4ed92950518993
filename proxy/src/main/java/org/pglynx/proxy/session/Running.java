package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;

/** Looks at what a session is at. On its loop. */
final class Running {
  private Running() {}

  /** What it is at; null if it waits for its client outside of a transaction. */
  static @Nullable RunningView of(Session session) {
    SessionCounters counts = session.activity().counts();
    boolean answering = session.localAnswer().underWay();
    boolean waiting = session.lease().checkout().waiting();
    boolean running = answering || counts.queryStart() != 0;
    if (!running && !waiting && session.status() == 'I') {
      return null;
    }
    long now = System.nanoTime();
    Upstream server = session.upstream();
    StatementTrace trace = session.activity().trace();
    return new RunningView(
        session.id(),
        session.profile().database(),
        session.profile().user(),
        session.clientParameters().applicationName(),
        session.client().remoteAddress(),
        waiting ? "waiting" : running ? "active" : "idle in transaction",
        answering ? counts.localNanos() : since(counts.queryStart(), now),
        since(counts.transactionStart(), now),
        session.lease().checkout().waitNanos(now),
        session.serverName(),
        server == null ? 0 : server.pid(),
        trace == null ? null : trace.text());
  }

  private static long since(long start, long now) {
    return start == 0 ? 0 : now - start;
  }
}
