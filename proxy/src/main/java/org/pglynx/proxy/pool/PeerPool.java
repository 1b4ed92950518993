package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;

/**
 * Cancel requests on their way to one other proxy. Anybody can send requests with made-up keys, so
 * there are at most so many connections at once, the others wait for one, not for long and not
 * without number; what finds no room is dropped, as Postgres ignores a request that it cannot use.
 * Safe for many threads.
 *
 * <pre>
 *   forward ── room ──────────────► UNDER WAY ── taken, unreachable, too slow ──► done
 *      │ none                           ▲
 *      ├──► WAITING ── one is done ─────┘
 *      │       └── too long ──► done, dropped
 *      └── too many wait ──► done, dropped
 * </pre>
 */
public final class PeerPool {
  /** PgBouncer's cancel_wait_timeout. */
  private static final long WAIT_SECONDS = 10;

  private static final int MAX_WAITING = 1000;

  private record Request(EventLoop loop, int pid, byte[] key, CompletableFuture<Void> done) {}

  private final BackendTarget peer;
  private final Connector connector;
  private final int size;
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private int underWay;

  /**
   * Without requests yet.
   *
   * @param peer the other proxy; its user and database mean nothing
   * @param size the most requests under way at once
   */
  public PeerPool(BackendTarget peer, Connector connector, int size) {
    this.peer = peer;
    this.connector = connector;
    this.size = size;
  }

  /** Forwards a request on the loop; completes when the peer has taken it, or will not. */
  public CompletionStage<Void> forward(EventLoop loop, int pid, byte[] key) {
    Request request = new Request(loop, pid, key, new CompletableFuture<>());
    if (begins(request)) {
      send(request);
    }
    return request.done();
  }

  private synchronized boolean begins(Request request) {
    if (underWay < size) {
      underWay++;
      return true;
    }
    if (waiting.size() < MAX_WAITING) {
      waiting.add(request);
      request.loop().schedule(() -> drop(request), WAIT_SECONDS, TimeUnit.SECONDS);
    } else {
      request.done().complete(null);
    }
    return false;
  }

  private void drop(Request request) {
    boolean waited;
    synchronized (this) {
      waited = waiting.remove(request);
    }
    if (waited) {
      request.done().complete(null);
    }
  }

  private void send(Request request) {
    request
        .loop()
        .execute(() ->
            connector
                .cancel(peer, null, request.loop(), request.pid(), request.key())
                .whenComplete((none, late) -> taken(request)));
  }

  private void taken(Request request) {
    request.done().complete(null);
    Request next = next();
    if (next != null) {
      send(next);
    }
  }

  private synchronized @Nullable Request next() {
    Request next = waiting.poll();
    if (next == null) {
      underWay--;
    }
    return next;
  }

  /** How many requests are on their way. */
  public synchronized int underWay() {
    return underWay;
  }

  /** How many requests wait for their turn. */
  public synchronized int waiting() {
    return waiting.size();
  }
}
