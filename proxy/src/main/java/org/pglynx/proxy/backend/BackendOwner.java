package org.pglynx.proxy.backend;

import org.pglynx.proxy.wire.PgError;

/** The pool behind a connection; called on the connection's event loop. */
public interface BackendOwner {
  /** Logged in and idle for the first time. */
  void onConnected(BackendConnection connection);

  /** Connecting or logging in failed; {@link #onClosed} does not follow. */
  void onConnectFailed(PgError error);

  /** Arrived from another event loop, idle; see {@link BackendConnection#migrate}. */
  default void onArrived(BackendConnection connection) {
    throw new IllegalStateException("this owner moves no connections");
  }

  /** One that should have arrived from another event loop was lost on the way. */
  default void onArrivalFailed() {
    throw new IllegalStateException("this owner moves no connections");
  }

  /** Given back and clean: the next session may have it. */
  void onIdle(BackendConnection connection);

  /** A statement is prepared on the connection that its server did not know. */
  default void onPrepared() {
    // Of no concern to an owner that counts none.
  }

  /** The owner's clock; its origin has no meaning. */
  default long nanoTime() {
    return System.nanoTime();
  }

  /** Gone, whether idle or in use. */
  void onClosed(BackendConnection connection);
}
