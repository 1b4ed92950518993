package org.pglynx.proxy.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;

/**
 * Carries the cancel requests of one session to its server. Confined to the session's event loop.
 *
 * <pre>
 *            request: sent, frames are held                request: remembered, once
 *   AT REST ───────────────────────────────► UNDER WAY ───────────────────────────────► AND AGAIN
 *      ▲                                       │  ▲                                       │
 *      └── taken by the server, frames go on ──┘  └──── taken, the server still works ────┘
 * </pre>
 *
 * <p>While a request is under way no frame goes to the server, and the session keeps its server: so
 * the request can hit neither the client's next statement nor another client's. A flood of requests
 * makes two connections to the server, one after the other, whatever their number.
 */
final class Cancellation {
  private final Session session;
  private @Nullable CompletableFuture<Void> underWay;
  private @Nullable CompletableFuture<Void> again;

  Cancellation(Session session) {
    this.session = session;
  }

  /** Whether frames must wait for the server to take a request. */
  boolean underWay() {
    return underWay != null;
  }

  /** Cancels what the server runs; completes when it has taken the request. */
  CompletionStage<Void> request(Upstream server) {
    if (underWay == null) {
      return send(server);
    }
    CompletableFuture<Void> next = again;
    if (next == null) {
      next = new CompletableFuture<>();
      again = next;
    }
    return next;
  }

  private CompletionStage<Void> send(Upstream server) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    underWay = done;
    server.cancel().thenRun(() -> taken(server, done));
    return done;
  }

  private void taken(Upstream server, CompletableFuture<Void> done) {
    CompletableFuture<Void> next = again;
    again = null;
    underWay = null;
    done.complete(null);
    if (next == null) {
      session.resume();
    } else if (session.upstream() == server && !server.drained()) {
      // A pipeline goes on: the request may have been meant for its next statement.
      send(server).thenRun(() -> next.complete(null));
    } else {
      next.complete(null);
      session.resume();
    }
  }
}
