package org.pglynx.proxy.session;

import org.pglynx.proxy.wire.FrameScanner;

/**
 * Neither side of a session is read faster than the other one takes.
 *
 * <p>The client is not read while the server takes no more, the client takes no more, or many bytes
 * are held. The server is not read while the client takes no more.
 */
final class Backpressure {
  /** How much a client may have sent ahead while its frames are held. */
  private static final int HELD_BYTES = 64 << 10;

  private final Session session;
  private final ClientEnd client;
  private final ServerLease lease;
  private final FrameScanner scanner;
  private boolean unread;

  /**
   * Both are read.
   *
   * @param scanner holds what the client has sent ahead
   */
  Backpressure(Session session, ClientEnd client, ServerLease lease, FrameScanner scanner) {
    this.session = session;
    this.client = client;
    this.lease = lease;
    this.scanner = scanner;
  }

  /** Reads from either side only what the other takes. */
  void regulate() {
    if (session.closed()) {
      return;
    }
    boolean clientTakes = client.writable();
    unread = !clientTakes || heldEnough() || !lease.writable();
    client.reading(!unread);
    lease.reading(clientTakes);
  }

  /**
   * The server may have taken no more, or be lost already; it tells this session of that no more.
   */
  void serverReleased() {
    if (unread) {
      regulate();
    }
  }

  /**
   * A client that waits for its answer sends nothing, so there is nothing to stop: two system calls
   * (epoll_ctl) saved each time that a session waits for a server. One that pipelines is stopped.
   */
  private boolean heldEnough() {
    return session.blocked() && scanner.pendingBytes() > HELD_BYTES;
  }
}
