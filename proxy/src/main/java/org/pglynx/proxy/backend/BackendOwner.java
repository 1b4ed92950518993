package org.pglynx.proxy.backend;

import org.pglynx.proxy.wire.PgError;

/** The pool behind a connection; called on the connection's event loop. */
public interface BackendOwner {
  /** Logged in and idle for the first time. */
  void onConnected(BackendConnection connection);

  /** Connecting or logging in failed; {@link #onClosed} does not follow. */
  void onConnectFailed(PgError error);

  /** Given back and clean: the next session may have it. */
  void onIdle(BackendConnection connection);

  /** Gone, whether idle or in use. */
  void onClosed(BackendConnection connection);
}
